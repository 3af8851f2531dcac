"""Updates from Telegram: which have acted, which are still to be handled

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

import store.models.base

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bot_updates",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("tries", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("claimed_by", sa.String(length=64), nullable=True),
        sa.Column("claimed_until", store.models.base.UtcDateTime(), nullable=True),
        sa.Column("received_at", store.models.base.UtcDateTime(), nullable=False),
        sa.Column("acted_at", store.models.base.UtcDateTime(), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=True),
        sa.Column("last_error", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("bot_id", "update_id", name=op.f("pk_bot_updates")),
    )
    op.create_index("ix_bot_updates_status", "bot_updates", ["status", "received_at"], unique=False)


def downgrade() -> None:
    op.drop_table("bot_updates")
