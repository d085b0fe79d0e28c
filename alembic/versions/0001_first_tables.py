"""The first tables: people, campaigns, contacts, calls, the ledger.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEEP_BALANCE = """
create function keep_balance() returns trigger language plpgsql as $$
begin
  update ledger_account set balance = balance + new.amount where id = new.account_id and balance is not null;
  return null;
end $$;
"""

BALANCE_BY_ENTRIES = """
create function balance_by_entries() returns trigger language plpgsql as $$
begin
  if pg_trigger_depth() < 2 then
    raise exception 'a balance is changed by ledger entries only';
  end if;
  return new;
end $$;
"""

SUM_TO_ZERO = """
create function sums_to_zero() returns trigger language plpgsql as $$
begin
  if exists (
    select from ledger_entry e join ledger_account a on a.id = e.account_id
    where e.transaction_id = new.transaction_id group by a.currency having sum(e.amount) <> 0
  ) then
    raise exception 'ledger transaction % does not sum to zero', new.transaction_id using errcode = '23514';
  end if;
  return null;
end $$;
"""

ONLY_ADDED = """
create function only_added() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are only ever added', tg_table_name using errcode = '42501';
end $$;
"""


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default="ru", nullable=False),
        sa.Column("theme", sa.Text(), server_default="system", nullable=False),
        sa.Column("gender", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("gender in ('f', 'm')", name=op.f("ck_account_gender_known")),
        sa.CheckConstraint("language in ('ru', 'en')", name=op.f("ck_account_language_known")),
        sa.CheckConstraint("position('@' in email) > 1", name=op.f("ck_account_email_has_at")),
        sa.CheckConstraint("theme in ('system', 'light', 'dark')", name=op.f("ck_account_theme_known")),
        sa.CheckConstraint("length(display_name) between 1 and 200", name=op.f("ck_account_display_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    op.create_index("uq_account_email_lower", "account", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "customer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), server_default="RUB", nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="Europe/Moscow", nullable=False),
        sa.Column("country", sa.Text(), server_default="RU", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_customer_currency_code")),
        sa.CheckConstraint("length(name) between 1 and 200", name=op.f("ck_customer_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    op.create_table(
        "ledger_transaction",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=Text()), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transaction")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_ledger_transaction_idempotency_key")),
    )
    op.create_index(op.f("ix_ledger_transaction_call_id"), "ledger_transaction", ["call_id"], unique=False)
    op.create_table(
        "number_lock",
        sa.Column("e164", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("fencing_token", sa.BigInteger(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("e164 ~ '^\\+[1-9][0-9]{6,14}$'", name=op.f("ck_number_lock_is_e164")),
        sa.PrimaryKeyConstraint("e164", name=op.f("pk_number_lock")),
    )
    op.create_table(
        "switch_record",
        sa.Column("leg", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=Text()), server_default="{}", nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("leg", name=op.f("pk_switch_record")),
    )
    op.create_index("ix_switch_record_call", "switch_record", ["call_id"], unique=False)
    op.create_table(
        "account_role",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint("role in ('operator', 'moderator', 'admin')", name=op.f("ck_account_role_role_known")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_role_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "role", name=op.f("pk_account_role")),
    )
    op.create_table(
        "campaign",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "active",
                "paused",
                "out_of_funds",
                "finished",
                name="campaignstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            server_default="draft",
            nullable=False,
        ),
        sa.Column("script_id", sa.BigInteger(), nullable=True),
        sa.Column("time_zone", sa.Text(), server_default="Europe/Moscow", nullable=False),
        sa.Column("country", sa.Text(), server_default="RU", nullable=False),
        sa.Column("default_prefix", sa.Text(), server_default="", nullable=False),
        sa.Column("longest_call_s", sa.BigInteger(), server_default="600", nullable=False),
        sa.Column("warning_s", sa.BigInteger(), server_default="60", nullable=False),
        sa.Column("ring_s", sa.BigInteger(), server_default="30", nullable=False),
        sa.Column("wrap_up_s", sa.BigInteger(), server_default="120", nullable=False),
        sa.Column("max_attempts", sa.BigInteger(), server_default="3", nullable=False),
        sa.Column("min_gap_s", sa.BigInteger(), server_default="1800", nullable=False),
        sa.Column("recording", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status not in ('active', 'out_of_funds') or script_id is not null",
            name=op.f("ck_campaign_active_has_script"),
        ),
        sa.CheckConstraint("length(name) between 1 and 200", name=op.f("ck_campaign_name_length")),
        sa.CheckConstraint("longest_call_s between 30 and 7200", name=op.f("ck_campaign_longest_call_range")),
        sa.CheckConstraint("max_attempts between 1 and 20", name=op.f("ck_campaign_attempts_range")),
        sa.CheckConstraint("min_gap_s between 0 and 2592000", name=op.f("ck_campaign_gap_range")),
        sa.CheckConstraint("ring_s between 5 and 120", name=op.f("ck_campaign_ring_range")),
        sa.CheckConstraint("warning_s between 5 and longest_call_s - 5", name=op.f("ck_campaign_warning_inside_call")),
        sa.CheckConstraint("wrap_up_s between 10 and 3600", name=op.f("ck_campaign_wrap_up_range")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_campaign_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_index(op.f("ix_campaign_customer_id"), "campaign", ["customer_id"], unique=False)
    op.create_table(
        "customer_member",
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column(
            "endpoint_kind",
            sa.Enum(
                "browser", "sip", "number", name="endpointkind", native_enum=False, create_constraint=True, length=32
            ),
            server_default="browser",
            nullable=False,
        ),
        sa.Column("endpoint", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "endpoint_kind <> 'number' or endpoint ~ '^\\+[1-9][0-9]{6,14}$'",
            name=op.f("ck_customer_member_number_is_e164"),
        ),
        sa.CheckConstraint("role in ('owner', 'manager')", name=op.f("ck_customer_member_role_known")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_customer_member_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_customer_member_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", "account_id", "role", name=op.f("pk_customer_member")),
    )
    op.create_table(
        "do_not_call",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("e164", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("e164 ~ '^\\+[1-9][0-9]{6,14}$'", name=op.f("ck_do_not_call_is_e164")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_do_not_call_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_do_not_call")),
        sa.UniqueConstraint(
            "e164", "customer_id", name=op.f("uq_do_not_call_e164_customer_id"), postgresql_nulls_not_distinct=True
        ),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("roles", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_name", sa.Text(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(used_at is null) = (used_by is null)", name=op.f("ck_invitation_used_by_someone")),
        sa.CheckConstraint("cardinality(roles) > 0", name=op.f("ck_invitation_has_roles")),
        sa.CheckConstraint("customer_id is null or customer_name is null", name=op.f("ck_invitation_one_customer")),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_invitation_created_by")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_invitation_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["used_by"], ["account.id"], name=op.f("fk_invitation_used_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "customer_funds",
                "customer_hold",
                "operator_pending",
                "operator_available",
                "platform_revenue",
                "bonus_expense",
                "cash_in",
                "payouts",
                "telephony_cost",
                name="ledgerkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("operator_id", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(kind in ('customer_funds', 'customer_hold')) = (customer_id is not null)",
            name=op.f("ck_ledger_account_customers_own"),
        ),
        sa.CheckConstraint(
            "(kind in ('operator_pending', 'operator_available')) = (operator_id is not null)",
            name=op.f("ck_ledger_account_operators_own"),
        ),
        sa.CheckConstraint(
            "(customer_id is null and operator_id is null) = (balance is null)",
            name=op.f("ck_ledger_account_balance_of_people"),
        ),
        sa.CheckConstraint("balance >= 0", name=op.f("ck_ledger_account_never_below_zero")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_ledger_account_customer_id")),
        sa.ForeignKeyConstraint(["operator_id"], ["account.id"], name=op.f("fk_ledger_account_operator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint(
            "kind",
            "customer_id",
            "operator_id",
            "currency",
            name=op.f("uq_ledger_account_kind_customer_id_operator_id_currency"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "tariff",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), server_default="RUB", nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("per_answered_call", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("per_minute", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("per_success", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("operator_share_bp", sa.Integer(), nullable=False),
        sa.Column("operator_per_call", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("registration_bonus", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "least(per_answered_call, per_minute, per_success, operator_per_call, registration_bonus) >= 0",
            name=op.f("ck_tariff_not_negative"),
        ),
        sa.CheckConstraint("operator_share_bp between 0 and 10000", name=op.f("ck_tariff_share_range")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_tariff_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff")),
        sa.UniqueConstraint(
            "customer_id",
            "currency",
            "valid_from",
            name=op.f("uq_tariff_customer_id_currency_valid_from"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "campaign_hours",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint(
            "closes > opens or closes = time '00:00'", name=op.f("ck_campaign_hours_opens_before_it_closes")
        ),
        sa.CheckConstraint("weekday between 0 and 6", name=op.f("ck_campaign_hours_weekday_range")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_hours_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "weekday", "opens", name=op.f("pk_campaign_hours")),
    )
    op.create_table(
        "campaign_manager",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_campaign_manager_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_manager_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "account_id", name=op.f("pk_campaign_manager")),
        sa.UniqueConstraint(
            "campaign_id",
            "position",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_campaign_manager_campaign_id_position"),
        ),
    )
    op.create_table(
        "campaign_tally",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("calls", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("answered", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("talk_s", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("charge", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_tally_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "outcome", name=op.f("pk_campaign_tally")),
    )
    op.create_table(
        "disposition",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "success",
                "refused",
                "wrong_number",
                "no_answer",
                "busy",
                "unreachable",
                "dropped",
                "call_back",
                "do_not_call",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("label", sa.Text(), nullable=True),
        sa.CheckConstraint("position between 1 and 9", name=op.f("ck_disposition_position_is_a_digit")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_disposition_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposition")),
        sa.UniqueConstraint(
            "campaign_id",
            "position",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_disposition_campaign_id_position"),
        ),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_entry_moves_something")),
        sa.ForeignKeyConstraint(["account_id"], ["ledger_account.id"], name=op.f("fk_ledger_entry_account_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["ledger_transaction.id"], name=op.f("fk_ledger_entry_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
    )
    op.create_index("ix_ledger_entry_account", "ledger_entry", ["account_id", "id"], unique=False)
    op.create_index(op.f("ix_ledger_entry_transaction_id"), "ledger_entry", ["transaction_id"], unique=False)
    op.create_table(
        "list_import",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=Text()), server_default="{}", nullable=False),
        sa.Column("rejected_file", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_list_import_account_id")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_list_import_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_import")),
    )
    op.create_index(op.f("ix_list_import_campaign_id"), "list_import", ["campaign_id"], unique=False)
    op.create_table(
        "retry_rule",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("delay_s", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "outcome in ('no_answer', 'busy', 'unreachable', 'dropped')", name=op.f("ck_retry_rule_outcome_retried")
        ),
        sa.CheckConstraint("delay_s between 0 and 2592000", name=op.f("ck_retry_rule_delay_range")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_retry_rule_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "outcome", name=op.f("pk_retry_rule")),
    )
    op.create_table(
        "script",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("form", postgresql.JSONB(astext_type=Text()), server_default="[]", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("jsonb_typeof(form) = 'array'", name=op.f("ck_script_form_is_list")),
        sa.CheckConstraint("length(markdown) <= 100000", name=op.f("ck_script_markdown_length")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_script_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_script_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script")),
        sa.UniqueConstraint("campaign_id", "version", name=op.f("uq_script_campaign_id_version")),
    )
    op.create_table(
        "shift",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("operator_id", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("switch_name", sa.Text(), nullable=False),
        sa.Column("seat_leg", sa.Uuid(), nullable=True),
        sa.Column(
            "endpoint_kind",
            sa.Enum(
                "browser", "sip", "number", name="endpointkind", native_enum=False, create_constraint=True, length=32
            ),
            server_default="browser",
            nullable=False,
        ),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_shift_campaign_id")),
        sa.ForeignKeyConstraint(["operator_id"], ["account.id"], name=op.f("fk_shift_operator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    op.create_index(
        "ix_shift_switch_open", "shift", ["switch_name"], unique=False, postgresql_where=sa.text("ended_at is null")
    )
    op.create_index(
        "uq_shift_open", "shift", ["operator_id"], unique=True, postgresql_where=sa.text("ended_at is null")
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=Text()), server_default="{}", nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "waiting", "working", "done", name="contactstatus", native_enum=False, create_constraint=True, length=32
            ),
            server_default="waiting",
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_outcome", sa.Text(), nullable=True),
        sa.Column("bound_to", sa.BigInteger(), nullable=True),
        sa.Column("added_by", sa.BigInteger(), nullable=True),
        sa.Column("added_in_call", sa.Uuid(), nullable=True),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "added_by is null or bound_to is null or added_by <> bound_to", name=op.f("ck_contact_not_bound_to_adder")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_contact_attempts_not_negative")),
        sa.CheckConstraint("length(name) <= 200", name=op.f("ck_contact_name_length")),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"], name=op.f("fk_contact_added_by")),
        sa.ForeignKeyConstraint(["bound_to"], ["account.id"], name=op.f("fk_contact_bound_to")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_contact_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["list_import.id"], name=op.f("fk_contact_import_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index("ix_contact_campaign", "contact", ["campaign_id", "id"], unique=False)
    op.create_index(
        "ix_contact_claim",
        "contact",
        ["campaign_id", "time_zone", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_table(
        "contact_number",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("e164", sa.Text(), nullable=False),
        sa.Column("person_name", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "state",
            sa.Enum("good", "wrong", name="numberstate", native_enum=False, create_constraint=True, length=32),
            server_default="good",
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("e164 ~ '^\\+[1-9][0-9]{6,14}$'", name=op.f("ck_contact_number_is_e164")),
        sa.CheckConstraint("length(person_name) <= 200", name=op.f("ck_contact_number_person_name_length")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_contact_number_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_contact_number_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_number")),
        sa.UniqueConstraint("campaign_id", "e164", name=op.f("uq_contact_number_campaign_id_e164")),
    )
    op.create_index(op.f("ix_contact_number_contact_id"), "contact_number", ["contact_id"], unique=False)
    op.create_index("ix_contact_number_e164", "contact_number", ["e164"], unique=False)
    op.create_table(
        "call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("number_id", sa.BigInteger(), nullable=True),
        sa.Column("e164", sa.Text(), nullable=False),
        sa.Column("person_name", sa.Text(), server_default="", nullable=False),
        sa.Column("operator_id", sa.BigInteger(), nullable=False),
        sa.Column("shift_id", sa.BigInteger(), nullable=False),
        sa.Column("script_id", sa.BigInteger(), nullable=False),
        sa.Column("tariff_id", sa.BigInteger(), nullable=False),
        sa.Column("switch_name", sa.Text(), nullable=False),
        sa.Column("fencing_token", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "claimed",
                "ringing",
                "talking",
                "transferring",
                "wrap_up",
                "closed",
                name="callstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            server_default="claimed",
            nullable=False,
        ),
        sa.Column("claimed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ringing_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrap_up_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hangup_cause", sa.Text(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("transferred", sa.Boolean(), nullable=False),
        sa.Column("overran", sa.Boolean(), nullable=False),
        sa.Column("recording_path", sa.Text(), nullable=True),
        sa.Column("disposition_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "success",
                "refused",
                "wrong_number",
                "no_answer",
                "busy",
                "unreachable",
                "dropped",
                "call_back",
                "do_not_call",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("result", postgresql.JSONB(astext_type=Text()), server_default="{}", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("call_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'closed') = (closed_at is not null)", name=op.f("ck_call_closed_has_time")),
        sa.CheckConstraint("state <> 'closed' or outcome is not null", name=op.f("ck_call_closed_has_outcome")),
        sa.CheckConstraint(
            "answered_at is null or ended_at is null or ended_at >= answered_at", name=op.f("ck_call_ends_after_answer")
        ),
        sa.CheckConstraint("length(note) <= 10000", name=op.f("ck_call_note_length")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_call_campaign_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_call_contact_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_call_customer_id")),
        sa.ForeignKeyConstraint(
            ["disposition_id"], ["disposition.id"], name=op.f("fk_call_disposition_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["number_id"], ["contact_number.id"], name=op.f("fk_call_number_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["operator_id"], ["account.id"], name=op.f("fk_call_operator_id")),
        sa.ForeignKeyConstraint(["script_id"], ["script.id"], name=op.f("fk_call_script_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_call_shift_id")),
        sa.ForeignKeyConstraint(["tariff_id"], ["tariff.id"], name=op.f("fk_call_tariff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
    )
    op.create_index("ix_call_campaign", "call", ["campaign_id", "claimed_at"], unique=False)
    op.create_index(op.f("ix_call_contact_id"), "call", ["contact_id"], unique=False)
    op.create_index("ix_call_operator", "call", ["operator_id", "claimed_at"], unique=False)
    op.create_index(
        "ix_call_switch_open", "call", ["switch_name"], unique=False, postgresql_where=sa.text("state <> 'closed'")
    )
    op.create_index(
        "uq_call_contact_open", "call", ["contact_id"], unique=True, postgresql_where=sa.text("state <> 'closed'")
    )
    op.create_index(
        "uq_call_number_on_the_line",
        "call",
        ["e164"],
        unique=True,
        postgresql_where=sa.text("state in ('claimed', 'ringing', 'talking', 'transferring')"),
    )
    op.create_index(
        "uq_call_operator_open", "call", ["operator_id"], unique=True, postgresql_where=sa.text("state <> 'closed'")
    )
    op.create_table(
        "call_draft",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=Text()), server_default="{}", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(note) <= 10000", name=op.f("ck_call_draft_note_length")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_draft_call_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_call_draft")),
    )
    op.create_table(
        "settlement",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "record",
                "event",
                "not_placed",
                name="recordsource",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("billed_s", sa.BigInteger(), nullable=False),
        sa.Column("charge", sa.BigInteger(), nullable=False),
        sa.Column("operator_pay", sa.BigInteger(), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "billed_s >= 0 and charge >= 0 and operator_pay >= 0", name=op.f("ck_settlement_not_negative")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_settlement_call_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["ledger_transaction.id"], name=op.f("fk_settlement_transaction_id")
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_settlement")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_settlement_transaction_id")),
    )
    op.create_index("ix_settlement_settled_at", "settlement", ["settled_at"], unique=False)
    op.create_table(
        "transfer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("manager_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ringing",
                "consulting",
                "completed",
                "returned",
                "failed",
                name="transferstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            server_default="ringing",
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_transfer_call_id")),
        sa.ForeignKeyConstraint(["manager_id"], ["account.id"], name=op.f("fk_transfer_manager_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
    )
    op.create_index(op.f("ix_transfer_call_id"), "transfer", ["call_id"], unique=False)
    op.create_index(op.f("ix_transfer_manager_id"), "transfer", ["manager_id"], unique=False)
    op.create_index(
        "uq_transfer_live",
        "transfer",
        ["call_id"],
        unique=True,
        postgresql_where=sa.text("state in ('ringing', 'consulting')"),
    )

    op.create_foreign_key("fk_campaign_script_id", "campaign", "script", ["script_id"], ["id"])
    op.execute("create sequence fencing_token as bigint")
    op.execute(KEEP_BALANCE)
    op.execute(BALANCE_BY_ENTRIES)
    op.execute(SUM_TO_ZERO)
    op.execute(ONLY_ADDED)
    for table in ("ledger_entry", "ledger_transaction", "settlement", "script"):
        op.execute(
            f"create trigger only_added before update or delete on {table} for each row execute function only_added()"
        )
        op.execute(f"create trigger not_emptied before truncate on {table} execute function only_added()")
    op.execute("create trigger keep_balance after insert on ledger_entry for each row execute function keep_balance()")
    op.execute(
        "create trigger balance_by_entries before update of balance on ledger_account "
        "for each row execute function balance_by_entries()"
    )
    op.execute(
        "create constraint trigger sums_to_zero after insert on ledger_entry "
        "deferrable initially deferred for each row execute function sums_to_zero()"
    )


def downgrade() -> None:
    op.drop_constraint("fk_campaign_script_id", "campaign", type_="foreignkey")
    op.drop_index(
        "uq_transfer_live", table_name="transfer", postgresql_where=sa.text("state in ('ringing', 'consulting')")
    )
    op.drop_index(op.f("ix_transfer_manager_id"), table_name="transfer")
    op.drop_index(op.f("ix_transfer_call_id"), table_name="transfer")
    op.drop_table("transfer")
    op.drop_index("ix_settlement_settled_at", table_name="settlement")
    op.drop_table("settlement")
    op.drop_table("call_draft")
    op.drop_index("uq_call_operator_open", table_name="call", postgresql_where=sa.text("state <> 'closed'"))
    op.drop_index(
        "uq_call_number_on_the_line",
        table_name="call",
        postgresql_where=sa.text("state in ('claimed', 'ringing', 'talking', 'transferring')"),
    )
    op.drop_index("uq_call_contact_open", table_name="call", postgresql_where=sa.text("state <> 'closed'"))
    op.drop_index("ix_call_switch_open", table_name="call", postgresql_where=sa.text("state <> 'closed'"))
    op.drop_index("ix_call_operator", table_name="call")
    op.drop_index(op.f("ix_call_contact_id"), table_name="call")
    op.drop_index("ix_call_campaign", table_name="call")
    op.drop_table("call")
    op.drop_index("ix_contact_number_e164", table_name="contact_number")
    op.drop_index(op.f("ix_contact_number_contact_id"), table_name="contact_number")
    op.drop_table("contact_number")
    op.drop_index("ix_contact_claim", table_name="contact", postgresql_where=sa.text("status = 'waiting'"))
    op.drop_index("ix_contact_campaign", table_name="contact")
    op.drop_table("contact")
    op.drop_index("uq_shift_open", table_name="shift", postgresql_where=sa.text("ended_at is null"))
    op.drop_index("ix_shift_switch_open", table_name="shift", postgresql_where=sa.text("ended_at is null"))
    op.drop_table("shift")
    op.drop_table("script")
    op.drop_table("retry_rule")
    op.drop_index(op.f("ix_list_import_campaign_id"), table_name="list_import")
    op.drop_table("list_import")
    op.drop_index(op.f("ix_ledger_entry_transaction_id"), table_name="ledger_entry")
    op.drop_index("ix_ledger_entry_account", table_name="ledger_entry")
    op.drop_table("ledger_entry")
    op.drop_table("disposition")
    op.drop_table("campaign_tally")
    op.drop_table("campaign_manager")
    op.drop_table("campaign_hours")
    op.drop_table("tariff")
    op.drop_table("ledger_account")
    op.drop_table("invitation")
    op.drop_table("do_not_call")
    op.drop_table("customer_member")
    op.drop_index(op.f("ix_campaign_customer_id"), table_name="campaign")
    op.drop_table("campaign")
    op.drop_table("account_role")
    op.drop_index("ix_switch_record_call", table_name="switch_record")
    op.drop_table("switch_record")
    op.drop_table("number_lock")
    op.drop_index(op.f("ix_ledger_transaction_call_id"), table_name="ledger_transaction")
    op.drop_table("ledger_transaction")
    op.drop_table("customer")
    op.drop_index("uq_account_email_lower", table_name="account")
    op.drop_table("account")
    op.execute("drop sequence fencing_token")
    for function in ("keep_balance", "balance_by_entries", "sums_to_zero", "only_added"):
        op.execute(f"drop function {function}()")
