"""How operators are rung: endpoints, and seats by telephone with their cost.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OLD_PRICES = "least(per_answered_call, per_minute, per_success, operator_per_call, registration_bonus) >= 0"
NEW_PRICES = (
    "least(per_answered_call, per_minute, per_success, operator_per_call, registration_bonus, "
    "number_seat_per_minute) >= 0"
)


def upgrade() -> None:
    op.create_table(
        "seat_endpoint",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "browser", "sip", "number", name="endpointkind", native_enum=False, create_constraint=True, length=32
            ),
            server_default="browser",
            nullable=False,
        ),
        sa.Column("number", sa.Text(), nullable=True),
        sa.CheckConstraint("number ~ '^\\+[1-9][0-9]{6,14}$'", name=op.f("ck_seat_endpoint_number_is_e164")),
        sa.CheckConstraint("kind <> 'number' or number is not null", name=op.f("ck_seat_endpoint_number_has_one")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_seat_endpoint_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_seat_endpoint")),
    )
    op.create_table(
        "seat_leg",
        sa.Column("leg", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.BigInteger(), nullable=False),
        sa.Column("per_minute", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("billed_s", sa.BigInteger(), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(cost is null) = (billed_s is null)", name=op.f("ck_seat_leg_cost_has_length")),
        sa.CheckConstraint(
            "per_minute >= 0 and cost >= 0 and billed_s >= 0", name=op.f("ck_seat_leg_not_negative")
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_seat_leg_shift_id")),
        sa.PrimaryKeyConstraint("leg", name=op.f("pk_seat_leg")),
    )
    op.create_index(op.f("ix_seat_leg_shift_id"), "seat_leg", ["shift_id"])
    op.create_index("ix_seat_leg_unbilled", "seat_leg", ["called_at"], postgresql_where=sa.text("cost is null"))
    op.add_column("shift", sa.Column("fallback_number", sa.Text(), nullable=True))
    op.add_column("tariff", sa.Column("number_seats", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column(
        "tariff", sa.Column("number_seat_per_minute", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.drop_constraint(op.f("ck_tariff_not_negative"), "tariff", type_="check")
    op.create_check_constraint(op.f("ck_tariff_not_negative"), "tariff", NEW_PRICES)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_tariff_not_negative"), "tariff", type_="check")
    op.create_check_constraint(op.f("ck_tariff_not_negative"), "tariff", OLD_PRICES)
    op.drop_column("tariff", "number_seat_per_minute")
    op.drop_column("tariff", "number_seats")
    op.drop_column("shift", "fallback_number")
    op.drop_table("seat_leg")
    op.drop_table("seat_endpoint")
