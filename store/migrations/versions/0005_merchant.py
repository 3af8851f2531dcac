"""What a merchant keeps by hand: hidden categories, and when and from which sum on the shop sells

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

import store.models.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("categories", sa.Column("hidden_at", store.models.base.UtcDateTime(), nullable=True))
    op.add_column("sellers", sa.Column("opening_hours", sa.JSON(), nullable=True))
    op.add_column("sellers", sa.Column("closed_until", store.models.base.UtcDateTime(), nullable=True))
    op.add_column("sellers", sa.Column("closed_message", sa.JSON(), nullable=True))
    op.add_column("sellers", sa.Column("minimum_minor", sa.BigInteger(), nullable=True))
    op.add_column("sellers", sa.Column("low_at", sa.Integer(), nullable=True))


def downgrade() -> None:
    for column in ("low_at", "minimum_minor", "closed_message", "closed_until", "opening_hours"):
        op.drop_column("sellers", column)
    op.drop_column("categories", "hidden_at")
