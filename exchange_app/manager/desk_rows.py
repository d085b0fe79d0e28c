"""What a manager's desk shows, read from the database. Every question is asked for one manager: who is not concerned
gets the same answer as for what does not exist."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import phonenumbers
from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import drafts
from exchange_domain.accounts import short_name
from exchange_domain.call_rows import epoch_ms
from exchange_domain.forms import FormField, parse_form
from exchange_domain.searching import patterns
from exchange_domain.tables import Account, Call, Campaign, Contact, Customer, Script, Transfer
from exchange_domain.words import CallState, FieldKind

MOST_RECENT = 30
MOST_HISTORY = 8


@dataclass
class Post:
    """A campaign whose transfers ring at this manager, and where."""

    campaign_id: int
    campaign: str
    customer: str
    running: bool
    kind: str
    """browser, sip, number"""
    endpoint: str
    """A telephone number as people write it, or the name under which a telephone is registered."""
    position: int
    before: str
    """Who is asked before, by short names; empty for the first."""


@dataclass
class Line:
    """Something that is known: a question of the form or a column of the list, with its answer."""

    label: str
    value: str
    kind: str = "text"
    """text; number; date (ISO); yes_no (the value is yes or no)"""


@dataclass
class Earlier:
    """An earlier call to the same contact in this campaign."""

    at_ms: int
    operator: str
    outcome: str
    talk_s: int
    note: str


@dataclass
class Briefing:
    """What the operator knows of the contact, for the manager who is given it."""

    campaign: str
    customer: str
    operator: str
    contact: str
    person: str
    number: str
    time_zone: str
    answers: list[Line] = field(default_factory=list)
    note: str = ""
    saved_ms: int = 0
    """When the operator last wrote something; 0: nothing yet."""
    closed: bool = False
    """The operator has saved the call; nothing of it changes any more."""
    facts: list[Line] = field(default_factory=list)
    history: list[Earlier] = field(default_factory=list)
    joined_ms: int = 0
    """Since when manager and contact talk; 0: not yet."""


@dataclass
class RecentTransfer:
    """One transfer of the past, as a row."""

    transfer_id: str
    at_ms: int
    contact: str
    person: str
    about: str
    operator: str
    talk_s: int
    """Manager and contact together; 0 when they never were."""
    result: str
    """taken, missed, returned, or live"""
    outcome: str
    label: str
    """The customer's own words for the outcome, if any."""
    said: str = ""
    """The manager's own result."""
    note: str = ""
    """The manager's own note."""


def readable_number(e164: str) -> str:
    """A number as people write it.

    >>> readable_number("+78125550147")
    '+7 812 555-01-47'
    """
    try:
        return phonenumbers.format_number(phonenumbers.parse(e164), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return e164


POSTS = text("""
select c.id, c.name, u.name as customer, c.status, m.endpoint_kind, m.endpoint, mine.position,
       coalesce((select json_agg(a.display_name order by o.position) from campaign_manager o
                 join account a on a.id = o.account_id
                 where o.campaign_id = c.id and o.position < mine.position and a.suspended_at is null), '[]') as before
from campaign_manager mine
join campaign c on c.id = mine.campaign_id
join customer u on u.id = c.customer_id
join customer_member m on m.customer_id = c.customer_id and m.account_id = mine.account_id and m.role = 'manager'
where mine.account_id = :manager and c.status <> 'finished'
order by (c.status = 'active') desc, c.id
""")


async def posts(s: AsyncSession, manager_id: int) -> list[Post]:
    """Where this manager's transfers come from, running campaigns first."""
    rows = (await s.execute(POSTS, {"manager": manager_id})).all()

    def rings_at(kind: str, endpoint: str | None) -> str:
        return readable_number(endpoint or "") if kind == "number" else endpoint or f"manager-{manager_id}"

    return [
        Post(
            campaign_id=r.id,
            campaign=r.name,
            customer=r.customer,
            running=r.status == "active",
            kind=r.endpoint_kind,
            endpoint=rings_at(r.endpoint_kind, r.endpoint),
            position=r.position,
            before=", ".join(short_name(name) for name in r.before),
        )
        for r in rows
    ]


async def given(s: AsyncSession, manager_id: int, call_id: UUID) -> Call | None:
    """The call, if a transfer of it is or was this manager's; else None, as for a call that does not exist."""
    found = await s.exec(
        select(Call)
        .join(Transfer, col(Transfer.call_id) == Call.id)
        .where(Call.id == call_id, Transfer.manager_id == manager_id)
        .limit(1)
    )
    return found.first()


async def written_at(s: AsyncSession, manager_id: int, call_id: UUID) -> tuple[datetime | None, bool] | None:
    """When the operator last wrote something, and whether the call is closed; None if the call is not the manager's."""
    call = await given(s, manager_id, call_id)
    if call is None:
        return None
    return (await drafts.of(s, call_id)).saved_at, call.state == CallState.CLOSED


async def briefing(s: AsyncSession, manager_id: int, call_id: UUID) -> Briefing | None:
    """All that is known of a contact which is handed over to this manager; None if it is not."""
    call = await given(s, manager_id, call_id)
    if call is None:
        return None
    campaign = await s.get_one(Campaign, call.campaign_id)
    customer = await s.get_one(Customer, campaign.customer_id)
    contact = await s.get_one(Contact, call.contact_id)
    operator = await s.get_one(Account, call.operator_id)
    script = await s.get_one(Script, call.script_id)
    draft = await drafts.of(s, call_id)
    closed = call.state == CallState.CLOSED
    joined = await s.exec(
        select(Transfer.completed_at)
        .where(Transfer.call_id == call_id, Transfer.manager_id == manager_id, col(Transfer.completed_at).is_not(None))
        .order_by(col(Transfer.completed_at).desc())
        .limit(1)
    )
    return Briefing(
        campaign=campaign.name,
        customer=customer.name,
        operator=short_name(operator.display_name),
        contact=contact.name,
        person=call.person_name,
        number=readable_number(call.e164),
        time_zone=contact.time_zone,
        answers=answered(parse_form(script.form), call.result if closed else draft.result),
        note=call.note if closed else draft.note,
        saved_ms=epoch_ms(call.closed_at if closed else draft.saved_at) or 0,
        closed=closed,
        facts=[Line(str(name), str(value)) for name, value in contact.fields.items() if str(value).strip()],
        history=await _history(s, call),
        joined_ms=epoch_ms(joined.first()) or 0,
    )


def answered(fields: list[FormField], answers: dict[str, Any]) -> list[Line]:
    """The form's answers so far, in the form's order; what is not answered is left out."""
    lines = []
    for one in fields:
        value = answers.get(one.key)
        if value is None or value == "" or value == []:
            continue
        kind = {FieldKind.DATE: "date", FieldKind.NUMBER: "number"}.get(one.kind, "text")
        if one.kind == FieldKind.YES_NO:
            kind, value = "yes_no", "yes" if str(value).lower() in ("true", "yes", "1") else "no"
        elif isinstance(value, list):
            value = ", ".join(str(v) for v in value)
        lines.append(Line(one.label, str(value), kind))
    return lines


HISTORY = text("""
select k.claimed_at, k.outcome, k.note, a.display_name,
       coalesce(extract(epoch from k.ended_at - k.answered_at), 0)::int as talk_s
from call k join account a on a.id = k.operator_id
where k.contact_id = :contact and k.campaign_id = :campaign and k.id <> :call and k.state = 'closed'
order by k.claimed_at desc limit :most
""")


async def _history(s: AsyncSession, call: Call) -> list[Earlier]:
    values = {"contact": call.contact_id, "campaign": call.campaign_id, "call": call.id, "most": MOST_HISTORY}
    rows = (await s.execute(HISTORY, values)).all()
    return [
        Earlier(epoch_ms(r.claimed_at) or 0, short_name(r.display_name), r.outcome, max(0, r.talk_s), r.note)
        for r in rows
    ]


TRANSFERS = """
select t.id, t.started_at, t.state, t.completed_at, t.ended_at, c.name as contact, k.person_name, k.note, k.outcome,
       k.result, s.form, d.label, a.display_name as operator, t.manager_result, t.manager_note
from transfer t
join call k on k.id = t.call_id
join contact c on c.id = k.contact_id
join account a on a.id = k.operator_id
join script s on s.id = k.script_id
left join disposition d on d.id = k.disposition_id
where t.manager_id = :manager {more}
order by t.started_at desc, t.id desc limit :most offset :past
"""
RESULTS = {"completed": "taken", "returned": "returned", "failed": "missed"}


SEARCHED = (
    "and (c.name ilike :like or k.person_name ilike :like or k.note ilike :like or t.manager_note ilike :like "
    "or a.display_name ilike :like or k.e164 like :digits)"
)


async def recent(
    s: AsyncSession, manager_id: int, search: str = "", *, past: int = 0, most: int = MOST_RECENT
) -> list[RecentTransfer]:
    """This manager's transfers and what became of their contacts, the last one first.

    `search` looks into names, numbers and notes; `past` of those found are left out, for later pages.
    """
    values: dict[str, Any] = {"manager": manager_id, "most": most, "past": past}
    if searched := bool(search.strip()):
        values |= patterns(search, least_digits=3)
    rows = (await s.execute(text(TRANSFERS.format(more=SEARCHED if searched else "")), values)).all()
    return [
        RecentTransfer(
            transfer_id=str(r.id),
            at_ms=epoch_ms(r.started_at) or 0,
            contact=r.contact,
            person=r.person_name,
            about=_about(r.note, r.form, r.result),
            operator=short_name(r.operator),
            talk_s=round((r.ended_at - r.completed_at).total_seconds()) if r.completed_at and r.ended_at else 0,
            result=RESULTS.get(r.state, "live"),
            outcome=r.outcome or "",
            label=r.label or "",
            said=r.manager_result or "",
            note=r.manager_note,
        )
        for r in rows
    ]


def _about(note: str, form: list[dict[str, Any]], result: dict[str, Any]) -> str:
    """What it was about, in a few words: the first answer of the form, else the note."""
    lines = answered(parse_form(form), result)
    first = next((line.value for line in lines if line.kind == "text"), "")
    words = first or " ".join(note.split())
    return words if len(words) <= 80 else words[:79].rstrip() + "…"


async def counts_since(s: AsyncSession, manager_id: int, since: datetime) -> tuple[int, int]:
    """Transfers taken and missed since a moment."""
    row = (
        await s.execute(
            text(
                "select count(*) filter (where state = 'completed') as taken, "
                "count(*) filter (where state = 'failed') as missed "
                "from transfer where manager_id = :manager and started_at >= :since"
            ),
            {"manager": manager_id, "since": since},
        )
    ).one()
    return row.taken, row.missed
