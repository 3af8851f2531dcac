"""What a piece cost when it was put into the cart

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cart_lines", sa.Column("seen_minor", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("cart_lines", "seen_minor")
