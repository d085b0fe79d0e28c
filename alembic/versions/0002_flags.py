"""What a moderator should look at: flags.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KINDS = (
    "duplicate_contact", "own_contact", "overruns_of_campaign", "overruns_of_operator", "abusive_contact",
    "recording_lost", "recording_delayed", "record_missing", "settlement_corrected", "cap_reached",
    "destination_refused", "switch_lost",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "flag",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="flagkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("operator_id", sa.BigInteger(), nullable=True),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("details", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("count", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.BigInteger(), nullable=True),
        sa.Column("resolution", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_flag_count_positive")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_flag_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_flag_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["operator_id"], ["account.id"], name=op.f("fk_flag_operator_id")),
        sa.ForeignKeyConstraint(["resolved_by"], ["account.id"], name=op.f("fk_flag_resolved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
    )
    op.create_index(
        "uq_flag_open", "flag", ["kind", "subject"], unique=True, postgresql_where=sa.text("resolved_at is null")
    )


def downgrade() -> None:
    op.drop_table("flag")
