"""Arrival windows: what the history says, every window that was told, when a parcel is late

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

import store.models.base

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

Moment = store.models.base.UtcDateTime


def upgrade() -> None:
    op.create_table(
        "arrival_fits",
        sa.Column("id", store.models.base.Id, autoincrement=True, nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("learned_at", Moment(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("handover", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("transit", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("silence", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival_fits")),
        sa.UniqueConstraint("day", name=op.f("uq_arrival_fits_day")),
    )
    op.create_table(
        "arrival_revisions",
        sa.Column("id", store.models.base.Id, autoincrement=True, nullable=False),
        sa.Column("shipment_id", store.models.base.Id, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("earliest", Moment(), nullable=True),
        sa.Column("latest", Moment(), nullable=True),
        sa.Column("source", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_arrival_revisions_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival_revisions")),
    )
    op.create_index("ix_arrival_revisions_shipment_id", "arrival_revisions", ["shipment_id"], unique=False)
    for name in ("late_at", "delay_told_at"):
        op.add_column("shipments", sa.Column(name, Moment(), nullable=True))
    op.add_column("shipments", sa.Column("eta_has_time", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("shipments", sa.Column("eta_source", sa.String(length=32), nullable=True))
    op.create_index("ix_shipments_late", "shipments", ["status", "promised_until"], unique=False)
    # Until now every promise was made from the merchant's days.
    op.execute("UPDATE shipments SET late_at = promised_until WHERE promised_until IS NOT NULL")
    op.execute("UPDATE shipments SET eta_source = 'method' WHERE eta_until IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_shipments_late", table_name="shipments")
    for name in ("eta_source", "eta_has_time", "delay_told_at", "late_at"):
        op.drop_column("shipments", name)
    op.drop_table("arrival_revisions")
    op.drop_table("arrival_fits")
