"""The staff's desk: which pieces of an order went back, its note, who was reminded of it; the staff chat and its topics

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

import store.models.base

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    count = sa.BigInteger().with_variant(sa.INTEGER(), "sqlite")
    op.add_column("order_lines", sa.Column("refunded_quantity", count, nullable=False, server_default="0"))
    op.add_column("orders", sa.Column("staff_note", sa.String(length=500), nullable=False, server_default=""))
    op.add_column("orders", sa.Column("nudges", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column("sellers", sa.Column("staff_chat_id", sa.BigInteger(), nullable=True))
    op.create_table(
        "staff_topics",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", store.models.base.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_topics")),
        sa.UniqueConstraint("chat_id", "topic", name=op.f("uq_staff_topics_chat_id_topic")),
    )


def downgrade() -> None:
    op.drop_table("staff_topics")
    op.drop_column("sellers", "staff_chat_id")
    op.drop_column("orders", "nudges")
    op.drop_column("orders", "staff_note")
    op.drop_column("order_lines", "refunded_quantity")
