"""Galleries, favourites, what somebody waits for, the history of prices, and what each customer wants to be told, when

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

import store.models.base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TOPICS = ("wants_parcels", "wants_reminders", "wants_offers")


def upgrade() -> None:
    _galleries()
    _wishes()
    _prices()
    op.add_column("customers", sa.Column("timezone", sa.String(length=64), nullable=True))
    op.add_column("customers", sa.Column("country", sa.String(length=2), nullable=True))
    # The program sets the hours from now on: a default in the database would make "never quiet" hard to write.
    op.add_column("customers", sa.Column("quiet_from", sa.SmallInteger(), nullable=True))
    op.add_column("customers", sa.Column("quiet_until", sa.SmallInteger(), nullable=True))
    op.execute("UPDATE customers SET quiet_from = 22, quiet_until = 8")
    for topic in _TOPICS:
        op.add_column("customers", sa.Column(topic, sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("carts", sa.Column("reminded_at", store.models.base.UtcDateTime(), nullable=True))
    op.create_index("ix_carts_left", "carts", ["open_slot", "reminded_at", "updated_at"], unique=False)


def _galleries() -> None:
    op.create_table(
        "product_pictures",
        sa.Column("id", store.models.base.Id, autoincrement=True, nullable=False),
        sa.Column("product_id", store.models.base.Id, nullable=False),
        sa.Column("position", store.models.base.Id, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("source", sa.String(length=2048), nullable=True),
        sa.Column("created_at", store.models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_product_pictures_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_pictures")),
    )
    op.create_index("ix_product_pictures_gallery", "product_pictures", ["product_id", "position", "id"], unique=False)
    op.execute(
        "INSERT INTO product_pictures (product_id, position, name, created_at)"
        " SELECT id, 0, picture, created_at FROM products WHERE picture IS NOT NULL"
    )


def _wishes() -> None:
    for name, thing, things in (("favourites", "product_id", "products"), ("stock_watches", "variant_id", "variants")):
        op.create_table(
            name,
            sa.Column("customer_id", store.models.base.Id, autoincrement=False, nullable=False),
            sa.Column(thing, store.models.base.Id, autoincrement=False, nullable=False),
            sa.Column("created_at", store.models.base.UtcDateTime(), nullable=False),
            sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f(f"fk_{name}_customer_id")),
            sa.ForeignKeyConstraint([thing], [f"{things}.id"], name=op.f(f"fk_{name}_{thing}")),
            sa.PrimaryKeyConstraint("customer_id", thing, name=op.f(f"pk_{name}")),
        )
    op.create_index("ix_favourites_product", "favourites", ["product_id", "customer_id"], unique=False)
    op.create_index("ix_stock_watches_variant", "stock_watches", ["variant_id", "created_at"], unique=False)


def _prices() -> None:
    op.create_table(
        "price_changes",
        sa.Column("id", store.models.base.Id, autoincrement=True, nullable=False),
        sa.Column("product_id", store.models.base.Id, nullable=False),
        sa.Column("variant_id", store.models.base.Id, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("before_minor", sa.BigInteger(), nullable=True),
        sa.Column("after_minor", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("told_until", store.models.base.Id, nullable=False),
        sa.Column("created_at", store.models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_price_changes_product_id")),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_price_changes_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_changes")),
    )
    op.create_index("ix_price_changes_status", "price_changes", ["status", "id"], unique=False)
    op.create_index("ix_price_changes_variant", "price_changes", ["variant_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_carts_left", table_name="carts")
    op.drop_column("carts", "reminded_at")
    for column in (*_TOPICS, "quiet_until", "quiet_from", "country", "timezone"):
        op.drop_column("customers", column)
    for name in ("price_changes", "stock_watches", "favourites", "product_pictures"):
        op.drop_table(name)
