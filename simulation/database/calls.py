"""The life of a call's row: repeats exchange_domain/calls.py. Every step is fenced by the lease's token."""

from datetime import timedelta
from uuid import UUID

from exchange_domain import outcomes
from exchange_domain.clock import moment, ms_of
from exchange_domain.words import ON_THE_LINE, CallState, ContactStatus, NumberState, Outcome

from . import recordings
from .rows import Call, Contact, Tables

NOT_PLACED_REST_MS = 60_000
"""A contact whose call the switch could not make goes behind the others that are due."""
SKIPPED_REST_MS = 1_800_000
SWITCH_LOST = "SWITCH_LOST"


class LeaseLost(Exception):
    """The number's lock has another fencing token by now."""

    def __init__(self, call_id: UUID):
        super().__init__(f"call {call_id}: its lease was lost")
        self.call_id = call_id


class BadDisposition(Exception):
    """The disposition is not one of the call's campaign."""


def _own(t: Tables, call_id: UUID, token: int) -> Call:
    call = t.calls.get(call_id)
    if call is None or call.token != token:
        raise LeaseLost(call_id)
    return call


def _fenced(t: Tables, call_id: UUID, token: int) -> Call:
    call = _own(t, call_id, token)
    if call.ended_at is None:
        lock = t.locks.get(call.e164)
        if lock is None or lock.token != token:
            raise LeaseLost(call_id)
    return call


def ringing(t: Tables, call_id: UUID, token: int, at: int) -> None:
    call = _fenced(t, call_id, token)
    if call.state is CallState.CLAIMED:
        call.state, call.ringing_at = CallState.RINGING, at


def answered(t: Tables, call_id: UUID, token: int, at: int, recorded: bool) -> None:
    call = _fenced(t, call_id, token)
    if call.state in (CallState.CLAIMED, CallState.RINGING):
        call.state, call.answered_at = CallState.TALKING, at
        if recorded:
            recordings.expect(t, call_id)


def transferring(t: Tables, call_id: UUID, token: int, on: bool) -> None:
    call = _fenced(t, call_id, token)
    before, now = (CallState.TALKING, CallState.TRANSFERRING) if on else (CallState.TRANSFERRING, CallState.TALKING)
    if call.state is before:
        call.state = now


def no_manager(t: Tables, call_id: UUID, token: int, at: int) -> None:
    call = _own(t, call_id, token)
    call.no_manager_at = call.no_manager_at or at


def wrap_up(t: Tables, call_id: UUID, token: int, until: int) -> None:
    call = _own(t, call_id, token)
    if call.state in ON_THE_LINE:
        call.state, call.wrap_up_until = CallState.WRAP_UP, until


def ended(t: Tables, call_id: UUID, token: int, at: int, cause: str | None, ended_by: str, overran: bool) -> None:
    """The contact's leg is gone: the number is free again after the campaign's minimum gap. Once per call."""
    call = _own(t, call_id, token)
    if call.ended_at is not None:
        return
    campaign = t.campaigns[call.campaign_id]
    at = max(at, call.answered_at or at)
    call.ended_at, call.hangup_cause, call.ended_by, call.overran = at, cause, ended_by, overran
    if call.state in ON_THE_LINE:
        call.state, call.wrap_up_until = CallState.WRAP_UP, at + campaign.wrap_up_s * 1_000
    recordings.call_ended(t, call_id, at)
    _free_number(t, call, at, campaign.min_gap_s)
    _no_longer_open(t, call)


def not_placed(t: Tables, call_id: UUID, token: int, at: int, cause: str) -> None:
    """The switch made no channel for the call: it counts for nothing, and its contact is where it was."""
    call = _own(t, call_id, token)
    if call.ended_at is not None:
        close(t, call_id, at=at, outcome=Outcome.UNREACHABLE)
        return
    call.ended_at, call.hangup_cause, call.ended_by = at, cause, "switch"
    _free_number(t, call, at, None)
    close(t, call_id, at=at, outcome=Outcome.UNREACHABLE, placed=False)


def skipped(t: Tables, call_id: UUID, token: int, at: int) -> None:
    """The operator passed over it: it rests longer."""
    call = _own(t, call_id, token)
    if call.ended_at is None:
        contact = t.contacts[call.contact_id]
        contact.due_at = max(contact.due_at, at + SKIPPED_REST_MS)
    not_placed(t, call_id, token, at, "SKIPPED")


def returned(t: Tables, call_id: UUID, token: int, *, ended_at: int, at: int) -> None:
    """Repeats exchange_domain/returned_calls.py: nobody had answered when the switch was lost."""
    ended(t, call_id, token, ended_at, SWITCH_LOST, "switch", False)
    call = t.calls[call_id]
    if call.state is CallState.CLOSED:
        return
    call.state, call.closed_at, call.outcome = CallState.CLOSED, at, Outcome.UNREACHABLE
    contact = t.contacts[call.contact_id]
    if contact.status is ContactStatus.WORKING:
        contact.status, contact.due_at = ContactStatus.WAITING, at
    _no_longer_open(t, call)


def _free_number(t: Tables, call: Call, at: int, gap_s: int | None) -> None:
    """A call makes the number rest for its gap; one never placed (None) does not."""
    lock = t.locks.get(call.e164)
    if lock is None or lock.call_id != call.id or lock.token != call.token:
        return
    lock.leased_until = min(lock.leased_until, at)
    if gap_s is not None:
        lock.not_before, lock.called_at = at + gap_s * 1_000, at


def _no_longer_open(t: Tables, call: Call) -> None:
    if call.state is CallState.CLOSED and call.ended_at is not None:
        t.open_calls.pop(call.id, None)


def close(
    t: Tables,
    call_id: UUID,
    *,
    at: int,
    disposition_id: int | None = None,
    outcome: Outcome | None = None,
    call_back_at: int | None = None,
    placed: bool = True,
) -> None:
    """Writes how the call ended and moves its contact on. Once. Raises BadDisposition."""
    call = t.calls[call_id]
    if call.state is CallState.CLOSED:
        return
    if disposition_id is not None:
        outcome = t.campaigns[call.campaign_id].dispositions.get(disposition_id)
        if outcome is None:
            raise BadDisposition
    elif outcome is None:
        answered_ = call.answered_at is not None
        outcome = outcomes.unattended_outcome(call.hangup_cause, answered=answered_, ended_by=call.ended_by)
    call.state, call.closed_at, call.outcome, call.call_back_at = CallState.CLOSED, at, outcome, call_back_at
    move_contact(t, call, outcome, at, placed)
    _no_longer_open(t, call)


def move_contact(t: Tables, call: Call, outcome: Outcome, at: int, placed: bool) -> None:
    contact = t.contacts[call.contact_id]
    usable = {
        n.id for n in contact.numbers
        if n.state is NumberState.GOOD and (n.e164, call.customer_id) not in t.do_not_call
    }  # fmt: skip
    if placed:
        _apply(t, call, contact, outcome, at, other_numbers=bool(usable - {call.number_id}))
    else:
        contact.status, contact.due_at = ContactStatus.WAITING, max(contact.due_at, at + NOT_PLACED_REST_MS)
    if contact.status is ContactStatus.WAITING and not usable:
        contact.status, contact.last_outcome = ContactStatus.DONE, Outcome.DO_NOT_CALL


def _apply(t: Tables, call: Call, contact: Contact, outcome: Outcome, at: int, *, other_numbers: bool) -> None:
    campaign = t.campaigns[call.campaign_id]
    following = outcomes.after(
        outcome,
        now=moment(at),
        attempts=contact.attempts + 1,
        max_attempts=campaign.max_attempts,
        delay=timedelta(seconds=campaign.retry_delay_s.get(outcome, 3600)),
        other_numbers=other_numbers,
        call_back_at=None if call.call_back_at is None else moment(call.call_back_at),
    )
    for number in contact.numbers:
        if number.id == call.number_id:
            number.attempts += 1
            if following.number_is_wrong:
                number.state = NumberState.WRONG
    if following.do_not_call:
        t.do_not_call.setdefault((call.e164, call.customer_id), call.id)
    contact.attempts += 1 if following.counts else 0
    contact.last_outcome = outcome
    contact.status = ContactStatus.DONE if following.done else ContactStatus.WAITING
    if following.due_at is not None:
        contact.due_at = ms_of(following.due_at)
