"""Parcels that customers follow here and that are no order's

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

from store.models.base import Id, UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "followed_parcels",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("carrier_slug", sa.String(length=64), nullable=True),
        sa.Column("tracking_number", sa.String(length=64), nullable=False),
        sa.Column("phone_sealed", sa.String(length=255), nullable=True),
        sa.Column("phone_tries", sa.SmallInteger(), nullable=False),
        sa.Column("trouble", sa.String(length=32), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("scans", sa.JSON(), nullable=False),
        sa.Column("eta_from", UtcDateTime(), nullable=True),
        sa.Column("eta_until", UtcDateTime(), nullable=True),
        sa.Column("eta_has_time", sa.Boolean(), nullable=False),
        sa.Column("last_scan_at", UtcDateTime(), nullable=True),
        sa.Column("polled_at", UtcDateTime(), nullable=True),
        sa.Column("next_poll_at", UtcDateTime(), nullable=True),
        sa.Column("poll_failures", Id, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_followed_parcels_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followed_parcels")),
        sa.UniqueConstraint(
            "customer_id", "tracking_number", name=op.f("uq_followed_parcels_customer_id_tracking_number")
        ),
    )
    op.create_index("ix_followed_parcels_due", "followed_parcels", ["carrier", "next_poll_at", "id"])
    op.create_index("ix_followed_parcels_number", "followed_parcels", ["tracking_number"])
    op.create_index("ix_followed_parcels_created", "followed_parcels", ["created_at"])


def downgrade() -> None:
    op.drop_table("followed_parcels")
