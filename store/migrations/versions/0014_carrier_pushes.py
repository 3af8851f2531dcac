"""What carriers push, and what they want to know of a parcel

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

import store.models.base

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "carrier_pushes",
        sa.Column("id", store.models.base.Id, autoincrement=True, nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", store.models.base.Blob, nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("received_at", store.models.base.UtcDateTime(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=128), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_pushes")),
        sa.UniqueConstraint("carrier", "digest", name=op.f("uq_carrier_pushes_carrier_digest")),
    )
    op.create_index("ix_carrier_pushes_status", "carrier_pushes", ["status", "received_at"], unique=False)
    op.add_column("shipments", sa.Column("carrier_slug", sa.String(length=64), nullable=True))
    op.add_column("shipments", sa.Column("phone_sealed", sa.String(length=255), nullable=True))
    op.add_column("shipments", sa.Column("trouble", sa.String(length=32), nullable=True))
    op.add_column("shipments", sa.Column("subscribed_at", store.models.base.UtcDateTime(), nullable=True))
    op.add_column("scans", sa.Column("raw_status", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("scans", sa.Column("raw_time", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("scans", sa.Column("mark", sa.String(length=16), nullable=True))


def downgrade() -> None:
    for column in ("mark", "raw_time", "raw_status"):
        op.drop_column("scans", column)
    for column in ("subscribed_at", "trouble", "phone_sealed", "carrier_slug"):
        op.drop_column("shipments", column)
    op.drop_table("carrier_pushes")
