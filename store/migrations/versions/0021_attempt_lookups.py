"""Attempts are found by their reference alone, and by when they are due

Revision ID: 0021
Revises: 0020
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_payment_attempts_ref", "payment_attempts", ["merchant_ref"], unique=False)
    op.drop_index("ix_payment_attempts_due", table_name="payment_attempts")
    op.create_index("ix_payment_attempts_due", "payment_attempts", ["next_check_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_payment_attempts_due", table_name="payment_attempts")
    op.create_index("ix_payment_attempts_due", "payment_attempts", ["status", "next_check_at"], unique=False)
    op.drop_index("ix_payment_attempts_ref", table_name="payment_attempts")
