"""Coupons

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

from store.models.base import Id, UtcDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "coupons",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("percent", sa.SmallInteger(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("minimum_minor", sa.BigInteger(), nullable=False),
        sa.Column("max_uses", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("customer_id", Id, nullable=True),
        sa.Column("shipment_id", Id, nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("(percent IS NULL) <> (amount_minor IS NULL)", name=op.f("ck_coupons_percent_or_amount")),
        sa.CheckConstraint("percent IS NULL OR percent BETWEEN 1 AND 100", name=op.f("ck_coupons_percent_possible")),
        sa.CheckConstraint("used >= 0", name=op.f("ck_coupons_used_not_negative")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_coupons_customer_id")),
        sa.ForeignKeyConstraint(["seller_id"], ["sellers.id"], name=op.f("fk_coupons_seller_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_coupons_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupons")),
        sa.UniqueConstraint("seller_id", "code", name=op.f("uq_coupons_seller_id_code")),
        sa.UniqueConstraint("shipment_id", name=op.f("uq_coupons_shipment_id")),
    )
    op.create_index(op.f("ix_coupons_customer_id"), "coupons", ["customer_id"])
    op.create_table(
        "coupon_uses",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("coupon_id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("order_id", Id, nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.Column("given_back_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_coupon_uses_customer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_coupon_uses_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_uses")),
        sa.UniqueConstraint("coupon_id", "customer_id", "slot", name=op.f("uq_coupon_uses_coupon_id_customer_id_slot")),
        sa.UniqueConstraint("order_id", name=op.f("uq_coupon_uses_order_id")),
    )
    op.create_index(op.f("ix_coupon_uses_customer_id"), "coupon_uses", ["customer_id"])
    with op.batch_alter_table("checkouts") as batch:
        batch.add_column(sa.Column("coupon_id", Id, nullable=True))
        batch.create_foreign_key(op.f("fk_checkouts_coupon_id"), "coupons", ["coupon_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("checkouts") as batch:
        batch.drop_constraint(op.f("fk_checkouts_coupon_id"), type_="foreignkey")
        batch.drop_column("coupon_id")
    op.drop_table("coupon_uses")
    op.drop_table("coupons")
