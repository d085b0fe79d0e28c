"""The life of a call in the database. Every step of it is fenced: who lost the number's lease changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
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
    NumberLock,
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


async def _fenced(s: AsyncSession, call_id: UUID, token: int) -> Call:
    """The call, locked, if the token is still its number's: for what goes on with it. Raises LeaseLost."""
    call = await _own(s, call_id, token)
    if call.ended_at is None:
        lock = await s.get(NumberLock, call.e164, populate_existing=True)
        if lock is None or lock.fencing_token != token:
            raise LeaseLost(call_id)
    return call


async def _save(s: AsyncSession, call: Call, **values: Any) -> None:
    for name, value in values.items():
        setattr(call, name, value)
    s.add(call)
    await s.flush()


async def ringing(s: AsyncSession, call_id: UUID, token: int, at: datetime) -> None:
    call = await _fenced(s, call_id, token)
    if call.state == CallState.CLAIMED:
        await _save(s, call, state=CallState.RINGING, ringing_at=at)


async def answered(s: AsyncSession, call_id: UUID, token: int, at: datetime, recording_path: str | None) -> None:
    call = await _fenced(s, call_id, token)
    if call.state in (CallState.CLAIMED, CallState.RINGING):
        await _save(s, call, state=CallState.TALKING, answered_at=at, recording_path=recording_path)
        if recording_path is not None:
            await recordings.expect(s, call, recording_path)


async def transferring(s: AsyncSession, call_id: UUID, token: int, on: bool) -> None:
    """A transfer began, or it was given up and the talk goes on."""
    call = await _fenced(s, call_id, token)
    before, now = (CallState.TALKING, CallState.TRANSFERRING) if on else (CallState.TRANSFERRING, CallState.TALKING)
    if call.state == before:
        await _save(s, call, state=now)


async def wrap_up(s: AsyncSession, call_id: UUID, token: int, until: datetime) -> None:
    """The operator is off the line and writes the result; the contact may go on with the manager."""
    call = await _own(s, call_id, token)
    if call.state in ON_THE_LINE:
        await _save(s, call, state=CallState.WRAP_UP, wrap_up_until=until)


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
    call = await _own(s, call_id, token)
    if call.ended_at is not None:
        return
    campaign = await s.get_one(Campaign, call.campaign_id)
    at = max(at, call.answered_at or at)
    values: dict[str, Any] = {"ended_at": at, "hangup_cause": cause, "ended_by": ended_by, "overran": overran}
    if call.state in ON_THE_LINE:
        until = at + timedelta(seconds=campaign.wrap_up_s)
        values |= {"state": CallState.WRAP_UP, "wrap_up_until": until}
    await _save(s, call, **values)
    await recordings.call_ended(s, call.id, at)
    await _free_number(s, call, at, timedelta(seconds=campaign.min_gap_s))


async def _free_number(s: AsyncSession, call: Call, at: datetime, gap: timedelta | None) -> None:
    """Gives the lease back. A call makes the number rest for its gap; one never placed (None) does not."""
    rests = gap is not None
    await s.execute(
        text(
            "update number_lock set leased_until = least(leased_until, :at), "
            "not_before = case when :rests then :not_before else not_before end, "
            "called_at = case when :rests then :at else called_at end "
            "where e164 = :e164 and call_id = :call and fencing_token = :token"
        ),
        {
            "e164": call.e164, "call": call.id, "token": call.fencing_token, "at": at, "rests": rests,
            "not_before": at + (gap or timedelta(0)),
        },
    )  # fmt: skip


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
    await _free_number(s, call, at, None)
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
    call = (await s.exec(select(Call).where(Call.id == call_id).with_for_update())).one()
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
    await _save(
        s, call, state=CallState.CLOSED, closed_at=at, disposition_id=disposition_id, outcome=outcome,
        result=answers, note=(note or draft.note or call.note)[:10_000], call_back_at=call_back_at,
    )  # fmt: skip
    await _move_contact(s, call, outcome, at, bound=call_back_bound, placed=placed)
    if placed:
        await _count(s, call, outcome)
        await pilots.call_closed(s, await s.get_one(Campaign, call.campaign_id))
    return Closed(call.id, call.campaign_id, call.contact_id, outcome, first_time=True)


async def _move_contact(s: AsyncSession, call: Call, outcome: Outcome, at: datetime, bound: bool, placed: bool) -> None:
    contact = (await s.exec(select(Contact).where(Contact.id == call.contact_id).with_for_update())).one()
    numbers = (await s.exec(select(ContactNumber).where(ContactNumber.contact_id == call.contact_id))).all()
    forbidden = await do_not_call.forbidden(s, call.customer_id, [n.e164 for n in numbers])
    usable = {n.id for n in numbers if n.state == NumberState.GOOD and n.refused_at is None and n.e164 not in forbidden}
    if placed:
        contact.last_call_at = max(filter(None, (contact.last_call_at, call.claimed_at)))
        await _apply(s, call, contact, numbers, outcome, at, other_numbers=bool(usable - {call.number_id}))
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


async def _apply(
    s: AsyncSession,
    call: Call,
    contact: Contact,
    numbers: Sequence[ContactNumber],
    outcome: Outcome,
    at: datetime,
    *,
    other_numbers: bool,
) -> None:
    """What the outcome says of the contact and of the number that was called."""
    campaign = await s.get_one(Campaign, call.campaign_id)
    rule = await s.get(RetryRule, (call.campaign_id, outcome))
    following = after(
        outcome,
        now=at,
        attempts=contact.attempts + 1,
        max_attempts=campaign.max_attempts,
        delay=timedelta(seconds=rule.delay_s if rule else 3600),
        other_numbers=other_numbers,
        call_back_at=call.call_back_at,
    )
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


async def tally(s: AsyncSession, campaign_id: int, outcome: Outcome, **more: int) -> None:
    """Adds to a campaign's running totals: calls, answered, talk_s, charge."""
    values = {"calls": 0, "answered": 0, "talk_s": 0, "charge": 0} | more
    await s.execute(
        text(
            "insert into campaign_tally as t (campaign_id, outcome, calls, answered, talk_s, charge) "
            "values (:campaign, :outcome, :calls, :answered, :talk_s, :charge) "
            "on conflict (campaign_id, outcome) do update set calls = t.calls + excluded.calls, "
            "answered = t.answered + excluded.answered, talk_s = t.talk_s + excluded.talk_s, "
            "charge = t.charge + excluded.charge"
        ),
        {"campaign": campaign_id, "outcome": outcome.value, **values},
    )


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
