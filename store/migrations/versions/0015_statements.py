"""How far the providers' statements have been read

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

import store.models.base

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "statement_marks",
        sa.Column("gateway", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("until", store.models.base.UtcDateTime(), nullable=False),
        sa.Column("due_at", store.models.base.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("gateway", "account", name=op.f("pk_statement_marks")),
    )
    op.create_index("ix_provider_events_ref", "provider_events", ["merchant_ref"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_provider_events_ref", table_name="provider_events")
    op.drop_table("statement_marks")
