"""Tips, and room for the longest numbers of providers

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_NUMBERED = ("payment_attempts", "provider_events", "refunds")


def upgrade() -> None:
    op.add_column("orders", sa.Column("tip_minor", sa.BigInteger(), nullable=False, server_default="0"))
    _resize(before=128, after=255)


def downgrade() -> None:
    _resize(before=255, after=128)
    op.drop_column("orders", "tip_minor")


def _resize(*, before: int, after: int) -> None:
    """SQLite does not count a text's characters: there is nothing to change, and a table would be copied for it."""
    if op.get_bind().dialect.name == "sqlite":
        return
    for table in _NUMBERED:
        op.alter_column(
            table,
            "provider_ref",
            existing_type=sa.String(length=before),
            type_=sa.String(length=after),
            existing_nullable=True,
        )
