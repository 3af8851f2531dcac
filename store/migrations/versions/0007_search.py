"""What products are found by, and what customers look for

Revision ID: 0007
Revises: 0006
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import MEDIUMTEXT

import store.models.base
from store.search_index import weights, written
from store.search_terms import spellings

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

AT_ONCE = 500
_TERM = sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql")
_ID = sa.BigInteger().with_variant(sa.INTEGER(), "sqlite")
Row = dict[str, Any]


def upgrade() -> None:
    op.create_table(
        "search_keys",
        sa.Column("product_id", _ID, autoincrement=False, nullable=False),
        sa.Column("terms", sa.Text().with_variant(MEDIUMTEXT(), "mysql", "mariadb"), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_search_keys_product_id")),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_search_keys")),
    )
    op.create_table(
        "search_terms",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("term", _TERM, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_terms")),
        sa.UniqueConstraint("term", name=op.f("uq_search_terms_term")),
    )
    op.create_table(
        "search_spellings",
        sa.Column("spelling", _TERM, nullable=False),
        sa.Column("term_id", _ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("spelling", "term_id", name=op.f("pk_search_spellings")),
    )
    op.create_table(
        "search_postings",
        sa.Column("term_id", _ID, autoincrement=False, nullable=False),
        sa.Column("product_id", _ID, autoincrement=False, nullable=False),
        sa.Column("is_title", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("term_id", "product_id", name=op.f("pk_search_postings")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "searches",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("customer_id", _ID, nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("at", store.models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_searches_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_searches")),
        sa.UniqueConstraint("customer_id", "text", name=op.f("uq_searches_customer_id_text")),
    )
    op.create_index("ix_searches_latest", "searches", ["customer_id", "id"], unique=False)
    _fill(op.get_bind())


def downgrade() -> None:
    for table in ("searches", "search_postings", "search_spellings", "search_terms", "search_keys"):
        op.drop_table(table)


def _fill(connection: sa.Connection) -> None:
    """The goods that are there are found at once. The tables as they are in this revision, whatever becomes of the models."""
    names = ("search_keys", "search_terms", "search_spellings", "search_postings")
    keys, terms, spelled, postings = (sa.Table(name, sa.MetaData(), autoload_with=connection) for name in names)
    ids: dict[str, int] = {}
    for products in _products(connection):
        found = {product_id: weights(title, about, sold) for product_id, title, about, sold in products}
        new = sorted({term for each in found.values() for term in each} - ids.keys())
        first = len(ids) + 1
        ids |= {term: number for number, term in enumerate(new, start=first)}
        _insert(connection, terms, [{"id": ids[term], "term": term} for term in new])
        _insert(connection, spelled, [{"spelling": s, "term_id": ids[t]} for t in new for s in sorted(spellings(t))])
        posted = [(ids[term], product, strong) for product, own in found.items() for term, strong in own.items()]
        _insert(connection, postings, [{"term_id": t, "product_id": p, "is_title": s} for t, p, s in posted])
        _insert(connection, keys, [{"product_id": each, "terms": written(own)} for each, own in found.items()])
    if ids and connection.dialect.name == "postgresql":
        connection.execute(
            sa.text("SELECT setval(pg_get_serial_sequence('search_terms', 'id'), :last)"), {"last": len(ids)}
        )


def _products(connection: sa.Connection) -> Iterator[list[tuple[int, dict[str, str], dict[str, str], list[Any]]]]:
    product = sa.table(
        "products", sa.column("id"), sa.column("status"), sa.column("title", sa.JSON), sa.column("description", sa.JSON)
    )
    variant = sa.table(
        "variants",
        sa.column("id"),
        sa.column("product_id"),
        sa.column("status"),
        sa.column("sku"),
        sa.column("title", sa.JSON),
    )
    last = 0
    while rows := _after(connection, product, last):
        last = rows[-1].id
        sold: dict[int, list[Any]] = {}
        named = sa.select(variant.c.product_id, variant.c.sku, variant.c.title).order_by(variant.c.id)
        for each in connection.execute(
            named.where(variant.c.status == "active", variant.c.product_id.in_([row.id for row in rows]))
        ):
            sold.setdefault(each.product_id, []).append((each.sku, each.title))
        yield [(row.id, row.title, row.description, sold.get(row.id, [])) for row in rows]


def _after(connection: sa.Connection, product: Any, last: int) -> Sequence[Any]:
    wanted = sa.select(product).where(product.c.status == "active", product.c.id > last)
    return connection.execute(wanted.order_by(product.c.id).limit(AT_ONCE)).all()


def _insert(connection: sa.Connection, table: sa.Table, rows: list[Row]) -> None:
    for start in range(0, len(rows), 2000):
        connection.execute(sa.insert(table), rows[start : start + 2000])
