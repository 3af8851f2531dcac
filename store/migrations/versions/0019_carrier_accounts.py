"""How each carrier stands with us; parcels that are due are found by their carrier

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

import store.models.base

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "carrier_accounts",
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("free_at", store.models.base.UtcDateTime(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("calls", store.models.base.Id, nullable=False),
        sa.Column("failures", store.models.base.Id, nullable=False),
        sa.Column("failing_since", store.models.base.UtcDateTime(), nullable=True),
        sa.Column("quiet_until", store.models.base.UtcDateTime(), nullable=True),
        sa.Column("told_at", store.models.base.UtcDateTime(), nullable=True),
        sa.Column("answered_at", store.models.base.UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("carrier", name=op.f("pk_carrier_accounts")),
    )
    op.add_column("shipments", sa.Column("subscriptions", sa.SmallInteger(), nullable=False, server_default="0"))
    op.drop_index("ix_shipments_due", table_name="shipments")
    op.create_index("ix_shipments_due", "shipments", ["carrier", "next_poll_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_shipments_due", table_name="shipments")
    op.create_index("ix_shipments_due", "shipments", ["next_poll_at"], unique=False)
    op.drop_column("shipments", "subscriptions")
    op.drop_table("carrier_accounts")
