"""Which files of Telegram's the shop's pictures have become

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

import store.models.base

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "picture_files",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("file_id", sa.String(length=255), nullable=False),
        sa.Column("at", store.models.base.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "digest", name=op.f("pk_picture_files")),
    )


def downgrade() -> None:
    op.drop_table("picture_files")
