"""Legs to managers' numbers and seats by telephone, over carriers.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "carried_leg",
        sa.Column("leg", sa.Uuid(), nullable=False),
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("per_minute", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("billed_s", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("per_minute >= 0 and billed_s >= 0", name=op.f("ck_carried_leg_not_negative")),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_carried_leg_carrier_id")),
        sa.PrimaryKeyConstraint("leg", name=op.f("pk_carried_leg")),
    )
    op.create_index("ix_carried_leg_carrier_id", "carried_leg", ["carrier_id"])
    op.create_index(
        "ix_carried_leg_unbilled", "carried_leg", ["called_at"], postgresql_where=sa.text("billed_s is null")
    )


def downgrade() -> None:
    op.drop_table("carried_leg")
