"""Questions to the people of the shop: threads, their messages, saved replies

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

import store.models.base

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _threads()
    _messages()
    _saved_replies()
    # Whoever answers a message is asked which one it was: by its place in the chat, not by what it stands for.
    op.create_index("ix_chat_messages_place", "chat_messages", ["chat_id", "message_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_chat_messages_place", table_name="chat_messages")
    op.drop_table("saved_replies")
    op.drop_table("support_messages")
    op.drop_table("support_threads")


def _moment() -> store.models.base.UtcDateTime:
    return store.models.base.UtcDateTime()


def _threads() -> None:
    op.create_table(
        "support_threads",
        sa.Column("id", store.models.base.Id, autoincrement=True, nullable=False),
        sa.Column("customer_id", store.models.base.Id, nullable=False),
        sa.Column("order_id", store.models.base.Id, nullable=True),
        sa.Column("open_slot", sa.SmallInteger(), nullable=True),
        sa.Column("opened_at", _moment(), nullable=False),
        sa.Column("closed_at", _moment(), nullable=True),
        sa.Column("closed_by", sa.String(length=128), nullable=True),
        sa.Column("claimed_by", sa.BigInteger(), nullable=True),
        sa.Column("claimed_name", sa.String(length=128), nullable=True),
        sa.Column("waiting_since", _moment(), nullable=True),
        sa.Column("reminded_at", _moment(), nullable=True),
        sa.Column("last_side", sa.String(length=32), nullable=True),
        sa.Column("last_at", _moment(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_support_threads_customer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_support_threads_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_threads")),
        sa.UniqueConstraint("customer_id", "open_slot", name=op.f("uq_support_threads_customer_id_open_slot")),
    )
    op.create_index(op.f("ix_support_threads_order_id"), "support_threads", ["order_id"], unique=False)
    op.create_index("ix_support_threads_waiting", "support_threads", ["open_slot", "waiting_since"], unique=False)


def _messages() -> None:
    op.create_table(
        "support_messages",
        sa.Column("id", store.models.base.Id, autoincrement=True, nullable=False),
        sa.Column("thread_id", store.models.base.Id, nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("author_name", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("file_id", sa.String(length=255), nullable=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("album", sa.String(length=64), nullable=True),
        sa.Column("order_id", store.models.base.Id, nullable=True),
        sa.Column("answers_id", store.models.base.Id, nullable=True),
        sa.Column("sent_at", _moment(), nullable=False),
        sa.Column("edited_at", _moment(), nullable=True),
        sa.Column("lost_at", _moment(), nullable=True),
        sa.ForeignKeyConstraint(["thread_id"], ["support_threads.id"], name=op.f("fk_support_messages_thread_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_support_messages_order_id")),
        sa.ForeignKeyConstraint(["answers_id"], ["support_messages.id"], name=op.f("fk_support_messages_answers_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_messages")),
        sa.UniqueConstraint("chat_id", "message_id", name=op.f("uq_support_messages_chat_id_message_id")),
    )
    op.create_index("ix_support_messages_thread", "support_messages", ["thread_id", "id"], unique=False)
    op.create_index(op.f("ix_support_messages_order_id"), "support_messages", ["order_id"], unique=False)
    op.create_index(op.f("ix_support_messages_answers_id"), "support_messages", ["answers_id"], unique=False)


def _saved_replies() -> None:
    op.create_table(
        "saved_replies",
        sa.Column("id", store.models.base.Id, autoincrement=True, nullable=False),
        sa.Column("seller_id", store.models.base.Id, nullable=False),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("updated_at", _moment(), nullable=False),
        sa.ForeignKeyConstraint(["seller_id"], ["sellers.id"], name=op.f("fk_saved_replies_seller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_replies")),
        sa.UniqueConstraint("seller_id", "title", name=op.f("uq_saved_replies_seller_id_title")),
    )
