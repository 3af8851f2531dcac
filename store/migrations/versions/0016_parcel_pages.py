"""A page for every parcel, behind a link that nobody guesses

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("shipments") as table:
        table.add_column(sa.Column("public_key", sa.String(length=32), nullable=True))
        table.create_unique_constraint("uq_shipments_public_key", ["public_key"])


def downgrade() -> None:
    with op.batch_alter_table("shipments") as table:
        table.drop_constraint("uq_shipments_public_key", type_="unique")
        table.drop_column("public_key")
