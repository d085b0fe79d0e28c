"""Customers' programs: tokens, idempotency, events, webhooks; the pilot of a campaign; contacts found and sorted.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KINDS = ("call_closed", "call_changed", "campaign_changed")
PILOTS = ("due", "review", "over")

# By the database itself, so that no way of closing or settling a call can forget it. A contact that was only shown is
# no call to anybody who looks at calls.
NOTE_CALL = """
create function note_closed_call() returns trigger language plpgsql as $$
begin
  if new.dial_at is not null or new.ringing_at is not null or new.answered_at is not null then
    insert into customer_event (customer_id, campaign_id, call_id, kind)
    values (new.customer_id, new.campaign_id, new.id, 'call_closed');
  end if;
  return null;
end $$
"""
# A settlement before the result is told with it: the call is not closed by then.
NOTE_CHANGE = """
create function note_changed_call() returns trigger language plpgsql as $$
begin
  insert into customer_event (customer_id, campaign_id, call_id, kind)
  select customer_id, campaign_id, id, 'call_changed' from call where id = new.call_id and state = 'closed'
    and (dial_at is not null or ringing_at is not null or answered_at is not null);
  return null;
end $$
"""
NOTE_CAMPAIGN = """
create function note_changed_campaign() returns trigger language plpgsql as $$
begin
  insert into customer_event (customer_id, campaign_id, kind) values (new.customer_id, new.id, 'campaign_changed');
  return null;
end $$
"""
FILL = """
insert into customer_event (seq, customer_id, campaign_id, call_id, kind, at)
select row_number() over (partition by customer_id order by closed_at, id), customer_id, campaign_id, id,
       'call_closed', closed_at
from call where state = 'closed' and (dial_at is not null or ringing_at is not null or answered_at is not null)
"""
CALLED = """
update contact c set last_call_at = k.at from (
  select contact_id, max(claimed_at) as at from call
  where state = 'closed' and (dial_at is not null or ringing_at is not null or answered_at is not null)
  group by contact_id) k
where k.contact_id = c.id
"""


def _now(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def _then(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _id() -> sa.Column:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _whole(name: str, default: str | None = None, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), server_default=default, nullable=nullable)


def _text(name: str, default: str | None = None) -> sa.Column:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _words(name: str) -> sa.Column:
    return sa.Column(name, postgresql.ARRAY(sa.Text()), nullable=False)


def _word(name: str, kind: str, words: tuple[str, ...], default: str | None = None) -> sa.Column:
    enum = sa.Enum(*words, name=kind, native_enum=False, create_constraint=True, length=32)
    return sa.Column(name, enum, server_default=default, nullable=False)


def _points(table: str, column: str, target: str, **more) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), **more)


def upgrade() -> None:
    op.add_column("campaign", _word("pilot", "pilotstate", PILOTS, "over"))
    op.add_column("contact", _then("last_call_at"))
    op.execute("alter table contact disable trigger count_changed")
    op.execute(CALLED)
    op.execute("alter table contact enable trigger count_changed")
    op.create_index("ix_contact_name", "contact", ["campaign_id", sa.text("lower(name)"), "id"])
    op.create_index(
        "ix_contact_called", "contact", ["campaign_id", "last_call_at", "id"],
        postgresql_where=sa.text("last_call_at is not null"),
    )  # fmt: skip
    op.create_index(
        "ix_contact_done", "contact", ["campaign_id", "last_outcome", "id"],
        postgresql_where=sa.text("status = 'done'"),
    )  # fmt: skip
    op.create_table(
        "api_token",
        _id(), _whole("customer_id"), _text("name"), _text("token_hash"), _text("ending"), _words("scopes"),
        _whole("created_by", nullable=True), _now("created_at"), _then("last_used_at"), _then("revoked_at"),
        sa.CheckConstraint("length(name) between 1 and 100", name=op.f("ck_api_token_name_length")),
        sa.CheckConstraint("cardinality(scopes) > 0", name=op.f("ck_api_token_has_scopes")),
        _points("api_token", "customer_id", "customer.id", ondelete="CASCADE"),
        _points("api_token", "created_by", "account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )  # fmt: skip
    op.create_index(op.f("ix_api_token_customer_id"), "api_token", ["customer_id"])
    op.create_table(
        "api_reply",
        _whole("customer_id"), _text("idempotency_key"), _text("fingerprint"),
        sa.Column("status", sa.Integer(), server_default="0", nullable=False),
        sa.Column("body", postgresql.JSONB(), server_default="{}", nullable=False), _now("created_at"),
        sa.CheckConstraint("length(idempotency_key) between 1 and 255", name=op.f("ck_api_reply_key_length")),
        _points("api_reply", "customer_id", "customer.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("customer_id", "idempotency_key", name=op.f("pk_api_reply")),
    )  # fmt: skip
    op.create_index("ix_api_reply_created_at", "api_reply", ["created_at"])
    op.create_table(
        "customer_event",
        _id(), _whole("seq", nullable=True), _whole("customer_id"), _whole("campaign_id"),
        sa.Column("call_id", sa.Uuid(), nullable=True), _word("kind", "eventkind", KINDS), _now("at"),
        _points("customer_event", "customer_id", "customer.id", ondelete="CASCADE"),
        _points("customer_event", "campaign_id", "campaign.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_event")),
    )  # fmt: skip
    op.execute(FILL)
    op.create_index(
        "ix_customer_event_new", "customer_event", ["customer_id", "id"], postgresql_where=sa.text("seq is null")
    )
    op.create_index(
        "uq_customer_event_seq", "customer_event", ["customer_id", "seq"], unique=True,
        postgresql_where=sa.text("seq is not null"),
    )  # fmt: skip
    op.create_table(
        "webhook_endpoint",
        _id(), _whole("customer_id"), _text("url"), _text("secret"), _words("kinds"), _whole("told_upto", "0"),
        _whole("failures", "0"), _then("failing_since"), _then("next_try_at"), _then("stopped_at"), _now("created_at"),
        sa.CheckConstraint("length(url) between 8 and 2000", name=op.f("ck_webhook_endpoint_url_length")),
        sa.CheckConstraint("cardinality(kinds) > 0", name=op.f("ck_webhook_endpoint_has_kinds")),
        _points("webhook_endpoint", "customer_id", "customer.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
    )  # fmt: skip
    op.create_index(op.f("ix_webhook_endpoint_customer_id"), "webhook_endpoint", ["customer_id"])
    op.create_table(
        "webhook_delivery",
        _id(), _whole("endpoint_id"), _whole("seq"), _word("kind", "eventkind", KINDS),
        sa.Column("call_id", sa.Uuid(), nullable=True), _whole("attempt"), _whole("status", nullable=True),
        _text("error", ""), _whole("took_ms", "0"), _now("at"),
        _points("webhook_delivery", "endpoint_id", "webhook_endpoint.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
    )  # fmt: skip
    op.create_index("ix_webhook_delivery_endpoint", "webhook_delivery", ["endpoint_id", "id"])
    op.create_index("ix_webhook_delivery_at", "webhook_delivery", ["at"])
    for function in (NOTE_CALL, NOTE_CHANGE, NOTE_CAMPAIGN):
        op.execute(function)
    op.execute(
        "create trigger note_closed after update of state on call for each row "
        "when (new.state = 'closed' and old.state <> 'closed') execute function note_closed_call()"
    )
    op.execute(
        "create trigger note_settled after insert on settlement for each row execute function note_changed_call()"
    )
    op.execute(
        "create trigger note_corrected after update on settlement for each row "
        "when (new.charge <> old.charge or new.billed_s <> old.billed_s) execute function note_changed_call()"
    )
    op.execute(
        "create trigger note_said after update on transfer for each row when (new.manager_result is distinct from "
        "old.manager_result or new.manager_note <> old.manager_note) execute function note_changed_call()"
    )
    op.execute(
        "create trigger note_status after update of status on campaign for each row "
        "when (new.status <> old.status) execute function note_changed_campaign()"
    )


def downgrade() -> None:
    op.execute("drop trigger note_status on campaign")
    op.execute("drop trigger note_said on transfer")
    op.execute("drop trigger note_corrected on settlement")
    op.execute("drop trigger note_settled on settlement")
    op.execute("drop trigger note_closed on call")
    for name in ("note_closed_call", "note_changed_call", "note_changed_campaign"):
        op.execute(f"drop function {name}()")
    for table in ("webhook_delivery", "webhook_endpoint", "customer_event", "api_reply", "api_token"):
        op.drop_table(table)
    for index in ("ix_contact_done", "ix_contact_called", "ix_contact_name"):
        op.drop_index(index, "contact")
    op.drop_column("contact", "last_call_at")
    op.drop_column("campaign", "pilot")
