"""The relay's pace: one budget for all processes, and what a chat has heard lately

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

import store.models.base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sending_paces",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("free_at", store.models.base.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sending_paces")),
    )
    op.add_column("deliveries", sa.Column("language", sa.String(length=16), nullable=True))
    op.create_index("ix_deliveries_oldest", "deliveries", ["status", "id"], unique=False)
    op.create_index("ix_deliveries_heard", "deliveries", ["chat_id", "sent_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_deliveries_heard", table_name="deliveries")
    op.drop_index("ix_deliveries_oldest", table_name="deliveries")
    op.drop_column("deliveries", "language")
    op.drop_table("sending_paces")
