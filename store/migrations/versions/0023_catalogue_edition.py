"""The edition of the catalogue

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    editions = op.create_table(
        "catalogue_editions",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_editions")),
    )
    op.bulk_insert(editions, [{"id": 1, "number": 0}])


def downgrade() -> None:
    op.drop_table("catalogue_editions")
