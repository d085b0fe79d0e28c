"""Money that comes and goes: payments and their notices, contested charges, released earnings, payouts.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = (
    "customer_funds", "customer_hold", "operator_pending", "operator_available", "platform_revenue", "bonus_expense",
    "cash_in", "payouts", "telephony_cost", "carrier_payable",
)  # fmt: skip
OPERATORS = ("operator_pending", "operator_available")
DISPUTES = ("open", "refunded", "upheld")
PAYOUTS = ("requested", "batched", "paid", "failed", "cancelled")
BATCHES = ("open", "approved", "exported")
PROVIDERS = ("yookassa", "stripe", "sandbox")
PAYMENTS = ("new", "pending", "paid", "cancelled")


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _account_kinds(kinds: tuple[str, ...], of_operators: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_ledger_account_ledgerkind"), "ledger_account", type_="check")
    op.create_check_constraint(op.f("ck_ledger_account_ledgerkind"), "ledger_account", f"kind in ({_listed(kinds)})")
    op.drop_constraint(op.f("ck_ledger_account_operators_own"), "ledger_account", type_="check")
    op.create_check_constraint(
        op.f("ck_ledger_account_operators_own"), "ledger_account",
        f"(kind in ({_listed(of_operators)})) = (operator_id is not null)",
    )  # fmt: skip


def _word(name: str, kind: str, words: tuple[str, ...], default: str | None = None) -> sa.Column:
    enum = sa.Enum(*words, name=kind, native_enum=False, create_constraint=True, length=32)
    return sa.Column(name, enum, server_default=default, nullable=False)


def _now(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def _then(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _points(table: str, column: str, target: str, **more) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), **more)


def upgrade() -> None:
    _account_kinds((*KINDS, "operator_payout", "disputed"), (*OPERATORS, "operator_payout"))
    op.create_table(
        "dispute",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("withheld", sa.BigInteger(), server_default="0", nullable=False),
        _word("state", "disputestate", DISPUTES, "open"),
        sa.Column("refunded", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("operator_keeps", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decision", sa.Text(), server_default="", nullable=False),
        _now("opened_at"),
        _then("decided_at"),
        sa.CheckConstraint(
            "amount > 0 and withheld between 0 and amount and refunded between 0 and amount",
            name=op.f("ck_dispute_sane"),
        ),
        sa.CheckConstraint("length(words) <= 2000 and length(decision) <= 2000", name=op.f("ck_dispute_words_length")),
        sa.CheckConstraint("(state = 'open') = (decided_at is null)", name=op.f("ck_dispute_decided_when_decided")),
        _points("dispute", "call_id", "call.id"),
        _points("dispute", "customer_id", "customer.id"),
        _points("dispute", "opened_by", "account.id"),
        _points("dispute", "decided_by", "account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("call_id", name=op.f("uq_dispute_call_id")),
    )
    op.create_index(op.f("ix_dispute_customer_id"), "dispute", ["customer_id"])
    op.create_index("ix_dispute_open", "dispute", ["id"], postgresql_where=sa.text("state = 'open'"))
    op.create_table(
        "earning_release",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        _now("released_at"),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_earning_release_not_negative")),
        _points("earning_release", "call_id", "call.id"),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_earning_release")),
    )
    op.create_table(
        "payout_batch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        _word("state", "batchstate", BATCHES, "open"),
        sa.Column("approvals_needed", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        _now("created_at"),
        _then("exported_at"),
        sa.CheckConstraint("total > 0 and approvals_needed between 1 and 2", name=op.f("ck_payout_batch_sane")),
        _points("payout_batch", "created_by", "account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_batch")),
    )
    op.create_table(
        "payout_approval",
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        _now("approved_at"),
        _points("payout_approval", "batch_id", "payout_batch.id", ondelete="CASCADE"),
        _points("payout_approval", "account_id", "account.id"),
        sa.PrimaryKeyConstraint("batch_id", "account_id", name=op.f("pk_payout_approval")),
    )
    op.create_table(
        "payout",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        _word("state", "payoutstate", PAYOUTS, "requested"),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        _now("requested_at"),
        _then("ended_at"),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payout_something")),
        sa.CheckConstraint(
            "length(target) between 4 and 200 and length(why) <= 500", name=op.f("ck_payout_words_length")
        ),
        _points("payout", "operator_id", "account.id"),
        _points("payout", "batch_id", "payout_batch.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
    )
    op.create_index(op.f("ix_payout_operator_id"), "payout", ["operator_id"])
    op.create_index(op.f("ix_payout_batch_id"), "payout", ["batch_id"])
    op.create_index(
        "ix_payout_requested", "payout", ["currency", "requested_at"],
        postgresql_where=sa.text("state = 'requested'"),
    )  # fmt: skip
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        _word("provider", "paymentprovider", PROVIDERS),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        _word("state", "paymentstate", PAYMENTS, "new"),
        sa.Column("pay_at", sa.Text(), server_default="", nullable=False),
        _now("created_at"),
        _then("ended_at"),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_something")),
        _points("payment", "customer_id", "customer.id"),
        _points("payment", "account_id", "account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("provider", "provider_id", name=op.f("uq_payment_provider_provider_id")),
    )
    op.create_index(op.f("ix_payment_customer_id"), "payment", ["customer_id"])
    op.create_table(
        "payment_notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _word("provider", "paymentprovider", PROVIDERS),
        sa.Column("notice_id", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(), server_default="{}", nullable=False),
        _now("received_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_notice")),
        sa.UniqueConstraint("provider", "notice_id", name=op.f("uq_payment_notice_provider_notice_id")),
    )


def downgrade() -> None:
    for table in (
        "payment_notice", "payment", "payout", "payout_approval", "payout_batch", "earning_release", "dispute",
    ):  # fmt: skip
        op.drop_table(table)
    # Accounts that these moved money to: without entries they go, and with entries there is no way back.
    op.execute("delete from ledger_account where kind in ('operator_payout', 'disputed')")
    _account_kinds(KINDS, OPERATORS)
