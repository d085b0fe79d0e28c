"""Contact rules: days off, call-backs before the list, do-not-call sources, gaps of both campaigns, caps a day.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("max_calls_per_day", sa.BigInteger(), nullable=True))
    op.add_column("campaign", sa.Column("holidays_off", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.create_check_constraint(
        op.f("ck_campaign_daily_cap_range"), "campaign", "max_calls_per_day between 1 and 1000000"
    )
    op.create_table(
        "campaign_day",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_day_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "day", name=op.f("pk_campaign_day")),
    )
    op.create_table(
        "calls_of_day",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("calls >= 0", name=op.f("ck_calls_of_day_not_negative")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_calls_of_day_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "day", name=op.f("pk_calls_of_day")),
    )
    op.create_index(
        "ix_contact_call_back", "contact", ["campaign_id", "bound_to", "due_at", "id"],
        postgresql_where=sa.text("status = 'waiting' and last_outcome = 'call_back'"),
    )  # fmt: skip
    op.create_index(
        "ix_contact_bound", "contact", ["campaign_id", "due_at"],
        postgresql_where=sa.text("status = 'waiting' and bound_to is not null"),
    )  # fmt: skip
    op.create_index(
        "ix_contact_added_by", "contact", ["added_by"], postgresql_where=sa.text("added_by is not null")
    )
    op.add_column(
        "contact_number", sa.Column("call_back", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("number_lock", sa.Column("called_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_call_number", "call", ["e164", "claimed_at"])
    op.add_column(
        "do_not_call",
        sa.Column(
            "source",
            sa.Enum("call", "customer", "admin", name="donotcallsource", native_enum=False, length=32),
            server_default="call",
            nullable=False,
        ),
    )
    op.add_column("do_not_call", sa.Column("reason", sa.Text(), server_default="", nullable=False))
    op.add_column("do_not_call", sa.Column("added_by", sa.BigInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_do_not_call_donotcallsource"), "do_not_call", "source in ('call', 'customer', 'admin')"
    )
    op.create_check_constraint(op.f("ck_do_not_call_reason_length"), "do_not_call", "length(reason) <= 200")
    op.create_foreign_key(op.f("fk_do_not_call_added_by"), "do_not_call", "account", ["added_by"], ["id"])
    op.create_index("ix_do_not_call_customer", "do_not_call", ["customer_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_do_not_call_customer", "do_not_call")
    op.drop_constraint(op.f("fk_do_not_call_added_by"), "do_not_call", type_="foreignkey")
    op.drop_constraint(op.f("ck_do_not_call_reason_length"), "do_not_call", type_="check")
    op.drop_constraint(op.f("ck_do_not_call_donotcallsource"), "do_not_call", type_="check")
    for column in ("added_by", "reason", "source"):
        op.drop_column("do_not_call", column)
    op.drop_index("ix_call_number", "call")
    op.drop_column("number_lock", "called_at")
    op.drop_column("contact_number", "call_back")
    op.drop_index("ix_contact_added_by", "contact")
    op.drop_index("ix_contact_bound", "contact")
    op.drop_index("ix_contact_call_back", "contact")
    op.drop_table("calls_of_day")
    op.drop_table("campaign_day")
    op.drop_constraint(op.f("ck_campaign_daily_cap_range"), "campaign", type_="check")
    op.drop_column("campaign", "holidays_off")
    op.drop_column("campaign", "max_calls_per_day")
