"""Which of customers' messages ask for a parcel, as the staff says

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

import store.models.base

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "parcel_corrections",
        sa.Column("message_id", store.models.base.Id, autoincrement=False, nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("at", store.models.base.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_parcel_corrections")),
    )
    op.create_index(op.f("ix_parcel_corrections_at"), "parcel_corrections", ["at"])


def downgrade() -> None:
    op.drop_table("parcel_corrections")
