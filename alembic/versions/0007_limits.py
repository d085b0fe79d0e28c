"""Carriers and their rates, allowed destinations, price ceilings, spend caps, limits of lines.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

PREFIX = "prefix ~ '^\\+[1-9][0-9]{0,14}$'"
PER_SECOND = "calls_per_second between 0.1 and 1000"
CONCURRENT = "max_concurrent between 1 and 100000"
CURRENCY = "currency ~ '^[A-Z]{3}$'"


def upgrade() -> None:
    op.create_table(
        "carrier",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="1", nullable=False),
        sa.Column("calls_per_second", sa.Float(), nullable=True),
        sa.Column("max_concurrent", sa.Integer(), nullable=True),
        sa.Column("currency", sa.Text(), server_default="RUB", nullable=False),
        sa.CheckConstraint("name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'", name=op.f("ck_carrier_name_is_a_gateway")),
        sa.CheckConstraint(PER_SECOND, name=op.f("ck_carrier_calls_per_second_range")),
        sa.CheckConstraint(CONCURRENT, name=op.f("ck_carrier_max_concurrent_range")),
        sa.CheckConstraint(CURRENCY, name=op.f("ck_carrier_currency_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier")),
        sa.UniqueConstraint("name", name=op.f("uq_carrier_name")),
    )
    op.create_table(
        "carrier_rate",
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("per_minute", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(PREFIX, name=op.f("ck_carrier_rate_prefix_is_e164")),
        sa.CheckConstraint("per_minute >= 0", name=op.f("ck_carrier_rate_not_negative")),
        sa.ForeignKeyConstraint(
            ["carrier_id"], ["carrier.id"], name=op.f("fk_carrier_rate_carrier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("carrier_id", "prefix", name=op.f("pk_carrier_rate")),
    )
    op.create_index("ix_carrier_rate_prefix", "carrier_rate", ["prefix"])
    op.create_table(
        "destination_prefix",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint(PREFIX, name=op.f("ck_destination_prefix_prefix_is_e164")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_destination_prefix_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destination_prefix")),
        sa.UniqueConstraint(
            "customer_id", "prefix", name=op.f("uq_destination_prefix_customer_id_prefix"),
            postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip
    op.create_table(
        "price_ceiling",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("per_minute", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("per_minute >= 0", name=op.f("ck_price_ceiling_not_negative")),
        sa.CheckConstraint(CURRENCY, name=op.f("ck_price_ceiling_currency_code")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_price_ceiling_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_ceiling")),
        sa.UniqueConstraint(
            "customer_id", "currency", name=op.f("uq_price_ceiling_customer_id_currency"),
            postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip
    op.create_table(
        "spend_cap",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("per_day", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("per_day > 0", name=op.f("ck_spend_cap_more_than_nothing")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_spend_cap_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_spend_cap_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spend_cap")),
        sa.UniqueConstraint(
            "customer_id", "campaign_id", name=op.f("uq_spend_cap_customer_id_campaign_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip
    op.create_table(
        "customer_lines",
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("calls_per_second", sa.Float(), nullable=True),
        sa.Column("max_concurrent", sa.Integer(), nullable=True),
        sa.CheckConstraint(PER_SECOND, name=op.f("ck_customer_lines_calls_per_second_range")),
        sa.CheckConstraint(CONCURRENT, name=op.f("ck_customer_lines_max_concurrent_range")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_customer_lines_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_lines")),
    )
    op.add_column("call", sa.Column("carrier_id", sa.BigInteger(), nullable=True))
    op.add_column("call", sa.Column("carrier_per_minute", sa.BigInteger(), nullable=True))
    op.add_column("call", sa.Column("dial_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_call_carrier_id"), "call", "carrier", ["carrier_id"], ["id"])
    live = sa.text("ended_at is null")
    op.create_index("ix_call_carrier_live", "call", ["carrier_id"], postgresql_where=live)
    op.create_index("ix_call_customer_live", "call", ["customer_id"], postgresql_where=live)
    op.create_index(
        "ix_call_carrier", "call", ["carrier_id", "claimed_at"], postgresql_where=sa.text("carrier_id is not null")
    )
    op.create_index("ix_call_customer", "call", ["customer_id", "claimed_at"])
    op.create_index("ix_call_overran", "call", ["ended_at"], postgresql_where=sa.text("overran"))
    op.add_column("contact", sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("contact_number", sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("contact_number", "refused_at")
    op.drop_column("contact", "refused_at")
    for index in ("overran", "customer", "carrier", "customer_live", "carrier_live"):
        op.drop_index(f"ix_call_{index}", table_name="call")
    op.drop_constraint(op.f("fk_call_carrier_id"), "call", type_="foreignkey")
    for column in ("dial_at", "carrier_per_minute", "carrier_id"):
        op.drop_column("call", column)
    for table in ("customer_lines", "spend_cap", "price_ceiling", "destination_prefix", "carrier_rate", "carrier"):
        op.drop_table(table)
