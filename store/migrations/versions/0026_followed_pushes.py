"""Whether the news of a followed parcel are pushed

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

from store.models.base import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("followed_parcels", sa.Column("subscribed_at", UtcDateTime(), nullable=True))
    op.add_column(
        "followed_parcels", sa.Column("subscriptions", sa.SmallInteger(), server_default=sa.text("0"), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("followed_parcels", "subscriptions")
    op.drop_column("followed_parcels", "subscribed_at")
