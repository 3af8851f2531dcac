"""Files of goods on their way into the shop, and the pictures that they name

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

import store.models.base

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "goods_imports",
        sa.Column("id", store.models.base.Id, autoincrement=True, nullable=False),
        sa.Column("seller_id", store.models.base.Id, nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("actor_name", sa.String(length=128), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_until", store.models.base.UtcDateTime(), nullable=True),
        sa.Column("created_at", store.models.base.UtcDateTime(), nullable=False),
        sa.Column("updated_at", store.models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["seller_id"], ["sellers.id"], name=op.f("fk_goods_imports_seller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_imports")),
    )
    op.create_index("ix_goods_imports_due", "goods_imports", ["status", "lease_until"], unique=False)
    _chunks()
    _products()
    _pictures()


def _chunks() -> None:
    op.create_table(
        "import_chunks",
        sa.Column("import_id", store.models.base.Id, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", store.models.base.Blob, nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["goods_imports.id"], name=op.f("fk_import_chunks_import_id")),
        sa.PrimaryKeyConstraint("import_id", "position", name=op.f("pk_import_chunks")),
    )


def _products() -> None:
    op.create_table(
        "import_products",
        sa.Column("import_id", store.models.base.Id, autoincrement=False, nullable=False),
        sa.Column("product_id", store.models.base.Id, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["goods_imports.id"], name=op.f("fk_import_products_import_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_import_products_product_id")),
        sa.PrimaryKeyConstraint("import_id", "product_id", name=op.f("pk_import_products")),
    )


def _pictures() -> None:
    op.create_table(
        "import_pictures",
        sa.Column("id", store.models.base.Id, autoincrement=True, nullable=False),
        sa.Column("import_id", store.models.base.Id, nullable=False),
        sa.Column("product_id", store.models.base.Id, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", store.models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["goods_imports.id"], name=op.f("fk_import_pictures_import_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_import_pictures_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_pictures")),
    )
    op.create_index("ix_import_pictures_due", "import_pictures", ["status", "due_at", "id"], unique=False)
    op.create_index("ix_import_pictures_import", "import_pictures", ["import_id", "status"], unique=False)


def downgrade() -> None:
    for table in ("import_pictures", "import_products", "import_chunks", "goods_imports"):
        op.drop_table(table)
