"""Switches with the leases of their engines, and seats promised on them.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create sequence switch_token as bigint")
    op.create_table(
        "switch",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("max_seats", sa.BigInteger(), server_default="200", nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("draining", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("engine_id", sa.Uuid(), nullable=True),
        sa.Column("fencing_token", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("up", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("core_uuid", sa.Text(), nullable=True),
        sa.Column("sessions", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("max_seats > 0", name=op.f("ck_switch_seats_positive")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_switch")),
    )
    op.create_table(
        "seat_promise",
        sa.Column("operator_id", sa.BigInteger(), nullable=False),
        sa.Column("switch_name", sa.Text(), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["account.id"], name=op.f("fk_seat_promise_operator_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("operator_id", name=op.f("pk_seat_promise")),
    )


def downgrade() -> None:
    op.drop_table("seat_promise")
    op.drop_table("switch")
    op.execute("drop sequence switch_token")
