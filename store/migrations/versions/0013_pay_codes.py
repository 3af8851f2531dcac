"""Codes to pay by scanning, and since when a page of a provider is open

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

import store.models.base

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payment_attempts", sa.Column("pay_qr", sa.String(length=1024), nullable=True))
    op.add_column("payment_attempts", sa.Column("linked_at", store.models.base.UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("payment_attempts") as table:
        table.drop_column("linked_at")
        table.drop_column("pay_qr")
