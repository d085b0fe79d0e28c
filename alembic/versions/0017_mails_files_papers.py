"""Mails, exported files, invoices and acts; what a customer wants to be told of.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def _now(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def _then(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _id() -> sa.Column:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _whole(name: str, default: str | None = None, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), server_default=default, nullable=nullable)


def _text(name: str, default: str | None = None, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text(), server_default=default, nullable=nullable)


def _word(name: str, kind: str, words: tuple[str, ...], default: str | None = None) -> sa.Column:
    enum = sa.Enum(*words, name=kind, native_enum=False, create_constraint=True, length=32)
    return sa.Column(name, enum, server_default=default, nullable=False)


def _points(table: str, column: str, target: str, **more) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), **more)


def upgrade() -> None:
    op.create_table(
        "mail",
        _id(), _whole("account_id", nullable=True), _text("to_address"), _text("subject"), _text("body"),
        _word("state", "mailstate", ("waiting", "sent", "kept", "failed"), "waiting"),
        _text("once", nullable=True), _text("error", ""), _now("created_at"), _then("sent_at"),
        _points("mail", "account_id", "account.id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("once", name=op.f("uq_mail_once")),
    )  # fmt: skip
    op.create_index(op.f("ix_mail_account_id"), "mail", ["account_id"])
    op.create_index("ix_mail_created_at", "mail", ["created_at"])
    op.create_table(
        "export_file",
        sa.Column("id", sa.Uuid(), nullable=False), _whole("campaign_id"), _whole("account_id"),
        _word("kind", "exportkind", ("results", "contacts")),
        _word("format", "fileformat", ("xlsx", "csv", "parquet")), _text("language", "ru"),
        _word("state", "exportstate", ("waiting", "ready", "failed"), "waiting"), _whole("rows", "0"),
        _now("created_at"), _then("ready_at"),
        _points("export_file", "campaign_id", "campaign.id", ondelete="CASCADE"),
        _points("export_file", "account_id", "account.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_file")),
    )  # fmt: skip
    op.create_index(op.f("ix_export_file_campaign_id"), "export_file", ["campaign_id"])
    op.create_table(
        "paper",
        _id(), _whole("customer_id"), _word("kind", "paperkind", ("invoice", "act")),
        sa.Column("year", sa.Integer(), nullable=False), sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False), sa.Column("month", sa.Date(), nullable=True), _text("currency"),
        _whole("total"), sa.Column("vat_bp", sa.Integer(), nullable=False), _whole("vat"),
        sa.Column("said", postgresql.JSONB(), server_default="{}", nullable=False), _now("created_at"),
        sa.CheckConstraint(
            "total >= 0 and vat between 0 and total and vat_bp between 0 and 10000", name=op.f("ck_paper_sane")
        ),
        sa.CheckConstraint("(kind = 'act') = (month is not null)", name=op.f("ck_paper_act_has_month")),
        _points("paper", "customer_id", "customer.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("kind", "year", "number", name=op.f("uq_paper_kind_year_number")),
        sa.UniqueConstraint("customer_id", "kind", "month", name=op.f("uq_paper_customer_id_kind_month")),
    )  # fmt: skip
    op.create_index(op.f("ix_paper_customer_id"), "paper", ["customer_id"])
    for column in (
        _whole("low_balance", nullable=True), _then("low_told_at"), _text("legal_name", ""), _text("tax_id", ""),
        _text("legal_address", ""),
    ):  # fmt: skip
        op.add_column("customer", column)
    op.create_check_constraint(
        op.f("ck_customer_legal_length"), "customer",
        "length(legal_name) <= 300 and length(tax_id) <= 40 and length(legal_address) <= 500",
    )  # fmt: skip
    op.create_check_constraint(op.f("ck_customer_low_balance_range"), "customer", "low_balance > 0")
    op.add_column("account", sa.Column("weekly_mail", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    op.drop_column("account", "weekly_mail")
    op.drop_constraint(op.f("ck_customer_low_balance_range"), "customer", type_="check")
    op.drop_constraint(op.f("ck_customer_legal_length"), "customer", type_="check")
    for column in ("legal_address", "tax_id", "legal_name", "low_told_at", "low_balance"):
        op.drop_column("customer", column)
    for table in ("paper", "export_file", "mail"):
        op.drop_table(table)
