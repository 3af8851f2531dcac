"""Price lists in further currencies, and which one a customer has chosen

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

from store.models.base import Id, UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "price_lists",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("minimum_minor", sa.BigInteger(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["seller_id"], ["sellers.id"], name=op.f("fk_price_lists_seller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_lists")),
        sa.UniqueConstraint("seller_id", "currency", name=op.f("uq_price_lists_seller_id_currency")),
    )
    op.add_column("customers", sa.Column("currency", sa.String(length=3), nullable=True))


def downgrade() -> None:
    op.drop_column("customers", "currency")
    op.drop_table("price_lists")
