"""Addresses with a district, a name and a point on the map; what a customer saw before placing; when to remind of a hold that ends

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

import store.models.base

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("addresses", sa.Column("area", sa.String(length=128), nullable=False, server_default=""))
    op.add_column("addresses", sa.Column("label", sa.String(length=32), nullable=False, server_default=""))
    op.add_column("addresses", sa.Column("latitude", sa.Double(), nullable=True))
    op.add_column("addresses", sa.Column("longitude", sa.Double(), nullable=True))
    op.add_column("checkouts", sa.Column("seen", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("orders", sa.Column("remind_at", store.models.base.UtcDateTime(), nullable=True))
    op.create_index("ix_orders_remind", "orders", ["remind_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_orders_remind", table_name="orders")
    op.drop_column("orders", "remind_at")
    op.drop_column("checkouts", "seen")
    op.drop_column("addresses", "longitude")
    op.drop_column("addresses", "latitude")
    op.drop_column("addresses", "label")
    op.drop_column("addresses", "area")
