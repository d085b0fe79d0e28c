"""Settlement: the log of what the switch said of a leg, corrections by late records, costs of carriers.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OLD_LEDGER_KINDS = (
    "customer_funds", "customer_hold", "operator_pending", "operator_available", "platform_revenue", "bonus_expense",
    "cash_in", "payouts", "telephony_cost",
)  # fmt: skip
LEDGER_KINDS = (*OLD_LEDGER_KINDS, "carrier_payable")

# A settlement changes once in its life: when the switch's record comes after it was settled without one.
CORRECTED_ONCE = """
create function corrected_once() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.corrected_at is null and new.corrected_at is not null
     and old.source <> 'record' and new.source = 'record'
     and (new.call_id, new.transaction_id, new.settled_at, new.limit_s)
         is not distinct from (old.call_id, old.transaction_id, old.settled_at, old.limit_s) then
    return new;
  end if;
  raise exception 'a settlement is corrected once, by the record of its call' using errcode = '42501';
end $$;
"""


def upgrade() -> None:
    op.create_table(
        "leg_event",
        sa.Column("leg", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "answered",
                "seen",
                "hungup",
                "completed",
                name="legeventkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("core_uuid", sa.Text(), server_default="", nullable=False),
        sa.Column("sequence", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_leg_event_call_id")),
        sa.PrimaryKeyConstraint("leg", "kind", name=op.f("pk_leg_event")),
    )
    op.create_index(op.f("ix_leg_event_call_id"), "leg_event", ["call_id"])

    op.add_column(
        "settlement", sa.Column("answered", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("settlement", sa.Column("limit_s", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("settlement", sa.Column("shortfall", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("settlement", sa.Column("overpaid", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("settlement", sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("settlement", sa.Column("correction_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_settlement_correction_id"), "settlement", "ledger_transaction", ["correction_id"], ["id"]
    )
    op.create_unique_constraint(op.f("uq_settlement_correction_id"), "settlement", ["correction_id"])
    op.create_check_constraint(
        op.f("ck_settlement_borne_not_negative"), "settlement", "shortfall >= 0 and overpaid >= 0 and limit_s >= 0"
    )
    op.execute("drop trigger only_added on settlement")
    # Of settlements made before this was kept: the limit of their campaign, and what they were settled by.
    op.execute(
        "update settlement x set limit_s = greatest(x.billed_s, p.longest_call_s + 5), "
        "answered = case x.source when 'record' then coalesce((select r.body->'variables'->>'answer_uepoch' ~ '[1-9]' "
        "from switch_record r where r.leg = x.call_id), false) when 'event' then c.answered_at is not null "
        "else false end from call c join campaign p on p.id = c.campaign_id where c.id = x.call_id"
    )
    op.alter_column("settlement", "limit_s", server_default=None)
    op.execute(CORRECTED_ONCE)
    op.execute(
        "create trigger corrected_once before update or delete on settlement "
        "for each row execute function corrected_once()"
    )

    op.add_column("call", sa.Column("settled", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.execute("update call set settled = true where id in (select call_id from settlement)")
    op.create_index(
        "ix_call_unsettled", "call", ["closed_at"], postgresql_where=sa.text("state = 'closed' and not settled")
    )
    op.add_column("switch_record", sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("update switch_record set applied_at = now() where leg in (select call_id from settlement)")
    op.create_index(
        "ix_switch_record_waiting",
        "switch_record",
        ["leg"],
        postgresql_where=sa.text("applied_at is null and call_id = leg"),
    )
    _ledger_kinds(LEDGER_KINDS)


def downgrade() -> None:
    _ledger_kinds(OLD_LEDGER_KINDS)
    op.drop_index("ix_switch_record_waiting", "switch_record")
    op.drop_column("switch_record", "applied_at")
    op.drop_index("ix_call_unsettled", "call")
    op.drop_column("call", "settled")
    op.execute("drop trigger corrected_once on settlement")
    op.execute("drop function corrected_once()")
    for column in ("correction_id", "corrected_at", "overpaid", "shortfall", "limit_s", "answered"):
        op.drop_column("settlement", column)
    op.execute(
        "create trigger only_added before update or delete on settlement for each row execute function only_added()"
    )
    op.drop_table("leg_event")


def _ledger_kinds(kinds: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("ck_ledger_account_ledgerkind"), "ledger_account", type_="check")
    op.create_check_constraint(op.f("ck_ledger_account_ledgerkind"), "ledger_account", f"kind in ({allowed})")
