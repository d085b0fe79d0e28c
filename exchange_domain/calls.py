"""The life of a call in the database. Every step of it is fenced: who lost the number's lease changes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Text, and_, bindparam, text
from sqlalchemy import select as sql_select
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import call_backs, daily_caps, do_not_call, drafts, pilots, recordings, transfers
from .forms import check_answers, parse_form
from .outcomes import Next, after, unattended_outcome
from .tables import (
    Account,
    Call,
    Campaign,
    CampaignTally,
    Contact,
    ContactNumber,
    Disposition,
    RetryRule,
    Script,
    Transfer,
)  # fmt: skip
from .transfers import LIVE, ManagerEndpoint
from .words import (
    ON_THE_LINE,
    CallState,
    ContactStatus,
    DoNotCallSource,
    EndpointKind,
    NumberState,
    Outcome,
    TransferState,
)  # fmt: skip

NOT_PLACED_REST = timedelta(seconds=60)
"""A contact whose call the switch could not make goes behind the others that are due."""
SKIPPED_REST = timedelta(minutes=30)
"""A contact that an operator passed over is shown to nobody for so long."""
SKIPPED = "SKIPPED"
"""Cause of a call that was never placed because its operator passed over the contact; why is in the note."""


class LeaseLost(Exception):
    """The number's lock has another fencing token by now: this engine must let go of the call."""

    def __init__(self, call_id: UUID):
        super().__init__(f"call {call_id}: its lease was lost")
        self.call_id = call_id


class BadDisposition(Exception):
    """The disposition is not one of the call's campaign, or the answers do not fit: problems as (field, code)."""

    def __init__(self, problems: list[tuple[str, str]] | None = None):
        super().__init__(str(problems or "unknown disposition"))
        self.problems = problems or []


@dataclass(frozen=True)
class Closed:
    call_id: UUID
    campaign_id: int
    contact_id: int
    outcome: Outcome
    first_time: bool


async def _own(s: AsyncSession, call_id: UUID, token: int) -> Call:
    """The call, locked, if this token is its own. Enough for what only ends it. Raises LeaseLost."""
    call = (await s.exec(select(Call).where(Call.id == call_id).with_for_update())).one_or_none()
    if call is None or call.fencing_token != token:
        raise LeaseLost(call_id)
    return call


async def _save(s: AsyncSession, call: Call, **values: Any) -> None:
    for name, value in values.items():
        setattr(call, name, value)
    s.add(call)
    await s.flush()


# One statement for one step: the call is locked, the fence looked at (for what goes on with the call, the number's lock
# too), and the state moves on from one of those before it.
_STEP = """
with own as (
  select c.id, c.state, {holds} as holds
  from call c left join number_lock l on l.e164 = c.e164
  where c.id = :call and c.fencing_token = :token
  for update of c
),
moved as (
  update call c set state = :now{values} from own
  where c.id = own.id and own.holds and own.state = any(:before)
  returning c.switch_name
)
select coalesce(own.holds, false) as holds, moved.switch_name from own left join moved on true
"""
_GOES_ON = "c.ended_at is not null or l.fencing_token = :token"
_RINGING = text(_STEP.format(holds=_GOES_ON, values=", ringing_at = :at"))
_ANSWERED = text(_STEP.format(holds=_GOES_ON, values=", answered_at = :at, recording_path = :recording_path"))
_TRANSFERRING = text(_STEP.format(holds=_GOES_ON, values=""))
_WRAP_UP = text(_STEP.format(holds="true", values=", wrap_up_until = :until"))


async def _step(
    s: AsyncSession, step: Any, call_id: UUID, token: int, before: Iterable[CallState], now: CallState, **values: Any
) -> str | None:
    """The switch of the call, if the step was made; None: its state was another. Raises LeaseLost."""
    states = {"before": [state.value for state in before], "now": now.value}
    found = (await s.execute(step, {"call": call_id, "token": token, **states, **values})).one_or_none()
    if found is None or not found.holds:
        raise LeaseLost(call_id)
    return found.switch_name


async def ringing(s: AsyncSession, call_id: UUID, token: int, at: datetime) -> None:
    await _step(s, _RINGING, call_id, token, (CallState.CLAIMED,), CallState.RINGING, at=at)


async def answered(s: AsyncSession, call_id: UUID, token: int, at: datetime, recording_path: str | None) -> None:
    before = (CallState.CLAIMED, CallState.RINGING)
    switch = await _step(
        s, _ANSWERED, call_id, token, before, CallState.TALKING, at=at, recording_path=recording_path
    )  # fmt: skip
    if switch is not None and recording_path is not None:
        await recordings.expect(s, call_id, switch, recording_path)


async def transferring(s: AsyncSession, call_id: UUID, token: int, on: bool) -> None:
    """A transfer began, or it was given up and the talk goes on."""
    before, now = (CallState.TALKING, CallState.TRANSFERRING) if on else (CallState.TRANSFERRING, CallState.TALKING)
    await _step(s, _TRANSFERRING, call_id, token, (before,), now)


async def wrap_up(s: AsyncSession, call_id: UUID, token: int, until: datetime) -> None:
    """The operator is off the line and writes the result; the contact may go on with the manager."""
    await _step(s, _WRAP_UP, call_id, token, ON_THE_LINE, CallState.WRAP_UP, until=until)


async def ended(
    s: AsyncSession,
    call_id: UUID,
    token: int,
    at: datetime,
    *,
    cause: str | None,
    ended_by: str | None,
    overran: bool = False,
) -> None:
    """The contact's leg is gone: the number is free again after the campaign's minimum gap. Once per call.

    Whoever lost the number's lease can still end its own call, and frees nothing that is another's by now.
    """
    values = {
        "call": call_id, "token": token, "at": at, "cause": cause, "ended_by": ended_by, "overran": overran,
        "on_the_line": [state.value for state in ON_THE_LINE], "wrap_up": CallState.WRAP_UP.value,
    }  # fmt: skip
    found = (await s.execute(_ENDED, values)).one_or_none()
    if found is None:
        raise LeaseLost(call_id)
    if found.recorded:
        await recordings.call_ended(s, call_id, found.ended_at)


_ENDED = text("""
with own as (
  select c.id, c.ended_at, c.state, p.wrap_up_s, p.min_gap_s, greatest(:at, c.answered_at) as ends
  from call c join campaign p on p.id = c.campaign_id
  where c.id = :call and c.fencing_token = :token
  for update of c
),
done as (
  update call c set ended_at = own.ends, hangup_cause = :cause, ended_by = :ended_by, overran = :overran,
    state = case when own.state = any(:on_the_line) then :wrap_up else c.state end,
    wrap_up_until = case when own.state = any(:on_the_line) then own.ends + make_interval(secs => own.wrap_up_s)
                    else c.wrap_up_until end
  from own where c.id = own.id and own.ended_at is null
  returning c.id, c.e164, c.ended_at
),
freed as (
  update number_lock l set leased_until = least(l.leased_until, done.ended_at), called_at = done.ended_at,
    not_before = done.ended_at + make_interval(secs => own.min_gap_s)
  from done, own where l.e164 = done.e164 and l.call_id = done.id and l.fencing_token = :token
)
select done.ended_at, done.id is not null and exists (select from recording r where r.call_id = own.id) as recorded
from own left join done on true
""")


async def _free_number(s: AsyncSession, call: Call, at: datetime) -> None:
    """Gives the lease back of a call that was never placed: the number need not rest."""
    await s.execute(
        text(
            "update number_lock set leased_until = least(leased_until, :at) "
            "where e164 = :e164 and call_id = :call and fencing_token = :token"
        ),
        {"e164": call.e164, "call": call.id, "token": call.fencing_token, "at": at},
    )


async def skipped(s: AsyncSession, call_id: UUID, token: int, at: datetime, reason: str) -> Closed:
    """The operator passed over a contact that was shown to her: nothing was dialled, nothing is counted or paid."""
    call = await _own(s, call_id, token)
    if call.ended_at is None:
        contact = await s.get_one(Contact, call.contact_id)
        contact.due_at = max(contact.due_at, at + SKIPPED_REST)
        await _save(s, call, note=reason)
        s.add(contact)
    return await not_placed(s, call_id, token, at, SKIPPED)


async def not_placed(s: AsyncSession, call_id: UUID, token: int, at: datetime, cause: str | None = None) -> Closed:
    """The switch made no channel for the call: it ends unreached, and counts for nothing. The contact is where it was,
    with its attempts and its call-back; the day's caps get the call back."""
    call = await _own(s, call_id, token)
    if call.ended_at is not None:
        return await close(s, call_id, outcome=Outcome.UNREACHABLE, at=at)
    await _save(s, call, ended_at=at, hangup_cause=cause, ended_by="switch")
    await _free_number(s, call, at)
    await daily_caps.give_back(s, await s.get_one(Campaign, call.campaign_id), call.claimed_at or at)
    return await close(s, call_id, outcome=Outcome.UNREACHABLE, at=at, placed=False)


async def close(
    s: AsyncSession,
    call_id: UUID,
    *,
    disposition_id: int | None = None,
    outcome: Outcome | None = None,
    result: dict[str, Any] | None = None,
    note: str = "",
    call_back_at: datetime | None = None,
    call_back_bound: bool = False,
    at: datetime,
    placed: bool = True,
) -> Closed:
    """Writes how the call ended and moves its contact on. Once: a second close changes nothing.

    With a disposition (the operator chose) the answers are checked: raises BadDisposition and nothing is written.
    Without one the outcome is what the switch says, and what the operator had typed is kept as it is. A call-back that
    is bound is kept for this operator (call_backs); a call that was not placed moves nobody.
    """
    call = (await s.execute(_CALL, {"call": call_id})).scalar_one()
    if call.state == CallState.CLOSED:
        assert call.outcome is not None
        return Closed(call.id, call.campaign_id, call.contact_id, call.outcome, first_time=False)
    draft = await drafts.of(s, call_id)
    answers = {**draft.result, **(result or {})}
    if disposition_id is not None:
        disposition = await s.get(Disposition, disposition_id)
        if disposition is None or disposition.campaign_id != call.campaign_id:
            raise BadDisposition
        outcome = disposition.outcome
        script = await s.get_one(Script, call.script_id)
        answers, problems = check_answers(parse_form(script.form), answers, outcome)
        if problems:
            raise BadDisposition(problems)
    elif outcome is None:
        outcome = unattended_outcome(call.hangup_cause, answered=call.answered_at is not None, ended_by=call.ended_by)
    call.state, call.closed_at, call.disposition_id, call.outcome = CallState.CLOSED, at, disposition_id, outcome
    call.result, call.note, call.call_back_at = answers, (note or draft.note or call.note)[:10_000], call_back_at
    s.add(call)
    campaign = await _move_contact(s, call, outcome, at, bound=call_back_bound, placed=placed)
    if placed:
        await _count(s, call, outcome)
        await pilots.call_closed(s, campaign)
    return Closed(call.id, call.campaign_id, call.contact_id, outcome, first_time=True)


# Statements that every close asks are built once.
_CALL: Any = sql_select(Call).where(col(Call.id) == bindparam("call")).with_for_update()
_CONTACT: Any = (
    sql_select(Contact, Campaign, RetryRule)
    .join(Campaign, col(Campaign.id) == col(Contact.campaign_id))
    .outerjoin(
        RetryRule,
        and_(
            col(RetryRule.campaign_id) == col(Campaign.id), col(RetryRule.outcome) == bindparam("outcome", type_=Text)
        ),
    )
    .where(col(Contact.id) == bindparam("contact"))
    .with_for_update(of=Contact)
)
_NUMBERS: Any = sql_select(ContactNumber).where(col(ContactNumber.contact_id) == bindparam("contact"))


async def _move_contact(
    s: AsyncSession, call: Call, outcome: Outcome, at: datetime, bound: bool, placed: bool
) -> Campaign:
    """Returns the call's campaign."""
    with s.no_autoflush:
        found = (await s.execute(_CONTACT, {"contact": call.contact_id, "outcome": outcome.value})).one()
        numbers = (await s.execute(_NUMBERS, {"contact": call.contact_id})).scalars().all()
    contact, campaign, rule = found.Contact, found.Campaign, found.RetryRule
    forbidden = await do_not_call.forbidden(s, call.customer_id, [n.e164 for n in numbers])
    usable = {n.id for n in numbers if n.state == NumberState.GOOD and n.refused_at is None and n.e164 not in forbidden}
    if placed:
        contact.last_call_at = max(filter(None, (contact.last_call_at, call.claimed_at)))
        other_numbers = bool(usable - {call.number_id})
        following = after(
            outcome, now=at, attempts=contact.attempts + 1, max_attempts=campaign.max_attempts,
            delay=timedelta(seconds=rule.delay_s if rule else 3600), other_numbers=other_numbers,
            call_back_at=call.call_back_at,
        )  # fmt: skip
        await _apply(s, call, contact, numbers, outcome, following)
        if outcome == Outcome.CALL_BACK:
            contact.due_at = await call_backs.due_at(s, call, contact, contact.due_at)
        wanted = bound and outcome == Outcome.CALL_BACK
        contact.bound_to = await call_backs.bound_to(s, call, at) if wanted else None
    else:
        contact.status, contact.due_at = ContactStatus.WAITING, max(contact.due_at, at + NOT_PLACED_REST)
    if contact.status == ContactStatus.WAITING and not usable:
        # While it was called, its last number came onto a list.
        contact.status, contact.last_outcome = ContactStatus.DONE, Outcome.DO_NOT_CALL
    s.add(contact)
    await s.flush()
    return campaign


async def _apply(
    s: AsyncSession,
    call: Call,
    contact: Contact,
    numbers: Sequence[ContactNumber],
    outcome: Outcome,
    following: Next,
) -> None:
    """What the outcome says of the contact and of the number that was called."""
    for number in numbers:
        this = number.id == call.number_id
        number.call_back = this and outcome == Outcome.CALL_BACK
        number.attempts += int(this)
        if this and following.number_is_wrong:
            number.state = NumberState.WRONG
        s.add(number)
    if following.do_not_call:
        asked = [(call.e164, "")]
        await do_not_call.add(
            s, asked, customer_id=call.customer_id, source=DoNotCallSource.CALL, by=call.operator_id, call_id=call.id
        )
    _place(contact, following, outcome)


def _place(contact: Contact, following: Next, outcome: Outcome) -> None:
    contact.attempts += 1 if following.counts else 0
    contact.last_outcome = outcome
    contact.status = ContactStatus.DONE if following.done else ContactStatus.WAITING
    if following.due_at is not None:
        contact.due_at = following.due_at


async def _count(s: AsyncSession, call: Call, outcome: Outcome) -> None:
    await tally(s, call.campaign_id, outcome, calls=1, answered=int(call.answered_at is not None))


_TALLY = text("""
insert into campaign_tally as t (campaign_id, outcome, calls, answered, talk_s, charge)
values (:campaign, :outcome, :calls, :answered, :talk_s, :charge)
on conflict (campaign_id, outcome) do update set calls = t.calls + excluded.calls,
  answered = t.answered + excluded.answered, talk_s = t.talk_s + excluded.talk_s, charge = t.charge + excluded.charge
""")


async def tally(s: AsyncSession, campaign_id: int, outcome: Outcome, **more: int) -> None:
    """Adds to a campaign's running totals: calls, answered, talk_s, charge."""
    values = {"calls": 0, "answered": 0, "talk_s": 0, "charge": 0} | more
    await s.execute(_TALLY, {"campaign": campaign_id, "outcome": outcome.value, **values})


async def totals(s: AsyncSession, campaign_id: int) -> list[CampaignTally]:
    return list(await s.exec(select(CampaignTally).where(CampaignTally.campaign_id == campaign_id)))


@dataclass(frozen=True)
class OpenCall:
    """A call that an engine has to take up again: not closed, or its contact's leg has not ended."""

    call: Call
    contact_name: str
    time_zone: str
    campaign: Campaign
    transfer: Transfer | None
    """The live transfer, or the completed one whose manager still talks."""
    manager_name: str | None
    manager_endpoint: tuple[EndpointKind, str] | None = None
    waiting: tuple[ManagerEndpoint, ...] = ()
    """Managers who would have been rung after the live transfer's."""


async def open_calls(s: AsyncSession, switch_name: str) -> list[OpenCall]:
    found = await s.exec(
        select(Call, Contact, Campaign)
        .join(Contact, col(Contact.id) == Call.contact_id)
        .join(Campaign, col(Campaign.id) == Call.campaign_id)
        .where(Call.switch_name == switch_name, (col(Call.state) != CallState.CLOSED) | col(Call.ended_at).is_(None))
        .order_by(col(Call.claimed_at))
    )
    out = []
    for call, contact, campaign in found.all():
        latest = (
            await s.exec(
                select(Transfer, Account.display_name)
                .join(Account, col(Account.id) == Transfer.manager_id)
                .where(Transfer.call_id == call.id, col(Transfer.state).in_((*LIVE, TransferState.COMPLETED)))
                .order_by(col(Transfer.started_at).desc())
            )
        ).first()
        transfer, manager = latest if latest else (None, None)
        endpoint, waiting = None, ()
        if transfer is not None and transfer.state in LIVE:
            endpoint = await transfers.endpoint_of(s, transfer.manager_id, call.customer_id)
            waiting = tuple(await transfers.waiting_after(s, transfer, call.campaign_id))
        out.append(OpenCall(call, contact.name, contact.time_zone, campaign, transfer, manager, endpoint, waiting))
    return out
