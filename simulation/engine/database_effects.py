"""Effects that are rows (call_engine/database_effects.py): one transaction each, refused when the engine is fenced."""

from collections.abc import Callable
from typing import Any

from call_engine.core import effects as fx
from call_engine.core import events as ev
from exchange_domain.words import TransferState

from ..database import calls, recordings, transfers
from ..database.claiming import Refusal
from ..database.rows import Tables
from ..faults import Unknown
from .mailbox import Mailbox

ASKED = ((60.0, (0, 0)), (30.0, (2, 400)), (10.0, (400, 5_000)))
"""How long a transaction takes that is waited for: milliseconds by weight."""
RESERVED = ((85.0, (0, 0)), (15.0, (1, 3_000)))
"""How long a claim has to wait for its moment to dial."""


def run(mailbox: Mailbox, effect: fx.Persist) -> None:
    if (ask := ASKS.get(type(effect))) is not None:
        _after_a_while(mailbox, lambda: ask(mailbox, effect))
        return
    note = NOTES.get(type(effect))
    if note is None:
        raise Unknown(f"effect {type(effect).__name__}: add it to simulation/engine/database_effects.py")
    database = mailbox.engine.world.database
    database.fence(mailbox.engine.number)
    try:
        note(database.tables, effect, mailbox.engine.world.agenda.now)
    except calls.LeaseLost as lost:
        mailbox.post(ev.LeaseLost, call_id=lost.call_id)


def _after_a_while(mailbox: Mailbox, do: Callable[[], None]) -> None:
    engine = mailbox.engine
    wait = engine.world.chance.span(ASKED) + engine.database_slow
    if wait == 0:
        _transaction(mailbox, do)
        return
    go_on = mailbox.block()
    engine.at(wait, lambda: go_on(lambda: _transaction(mailbox, do)))


def _transaction(mailbox: Mailbox, do: Callable[[], None]) -> None:
    mailbox.engine.world.database.fence(mailbox.engine.number)
    do()


def _open_shift(mailbox: Mailbox, effect: fx.OpenShift) -> None:
    from .engine import shift_of

    world = mailbox.engine.world
    operator = world.operators[effect.operator_id]
    row = transfers.open_shift(
        world.database.tables, effect.operator_id, effect.campaign_id, operator.endpoint, world.agenda.now,
        idle_s=operator.idle_s, fallback_number=operator.fallback_number, preview_s=operator.preview_s,
    )  # fmt: skip
    mailbox.post(ev.ShiftOpened, shift=shift_of(row), operator_name=operator.name)


def _claim(mailbox: Mailbox, effect: fx.Claim) -> None:
    world = mailbox.engine.world
    now = world.agenda.now
    made = world.database.claim(effect, now, now + world.chance.span(RESERVED))
    if isinstance(made, Refusal):
        mailbox.post(ev.ClaimRefused, call_id=effect.call_id, code=made.code, until_ms=made.until_ms)
    else:
        mailbox.post(ev.Claimed, facts=world.database.call_facts(made))


def _close(mailbox: Mailbox, effect: fx.Close) -> None:
    try:
        mailbox.engine.world.database.close(effect)
    except calls.BadDisposition:
        mailbox.post(ev.CloseRefused, call_id=effect.call_id)
    else:
        mailbox.post(ev.Closed, call_id=effect.call_id)


def _list_managers(mailbox: Mailbox, effect: fx.ListManagers) -> None:
    managers = mailbox.engine.world.database.managers_of(effect.campaign_id)
    mailbox.post(ev.ManagersListed, call_id=effect.call_id, managers=managers)


def _note_unreached(mailbox: Mailbox, effect: fx.NoteUnreached) -> None:
    calls.no_manager(mailbox.engine.world.database.tables, effect.call_id, effect.token, effect.at)
    mailbox.post(ev.Noted, call_id=effect.call_id)


ASKS: dict[type[fx.Persist], Callable[[Mailbox, Any], None]] = {
    fx.OpenShift: _open_shift,
    fx.Claim: _claim,
    fx.Close: _close,
    fx.ListManagers: _list_managers,
    fx.NoteUnreached: _note_unreached,
}
"""Whose answer comes back as an event."""


def _ended(t: Tables, e: fx.SaveEnded, _: int) -> None:
    calls.ended(t, e.call_id, e.token, e.at, e.cause, e.ended_by, e.overran)


NOTES: dict[type[fx.Persist], Callable[[Tables, Any, int], None]] = {
    fx.SaveSeat: lambda t, e, _: transfers.set_seat(t, e.shift_id, e.leg, e.by_number),
    fx.EndShift: lambda t, e, now: transfers.end_shift(t, e.shift_id, now),
    fx.SaveRinging: lambda t, e, _: calls.ringing(t, e.call_id, e.token, e.at),
    fx.SaveAnswered: lambda t, e, _: calls.answered(t, e.call_id, e.token, e.at, e.recorded),
    fx.SaveRecording: lambda t, e, _: recordings.switch_said(t, e.call_id, e.at, e.started),
    fx.SaveMasked: lambda t, e, _: recordings.mask(t, e.call_id, e.at, e.on),
    fx.SaveTransferring: lambda t, e, _: calls.transferring(t, e.call_id, e.token, e.on),
    fx.SaveWrapUp: lambda t, e, _: calls.wrap_up(t, e.call_id, e.token, e.until),
    fx.SaveEnded: _ended,
    fx.SaveReturned: lambda t, e, _: calls.returned(t, e.call_id, e.token, ended_at=e.ended, at=e.at),
    fx.SaveSkipped: lambda t, e, _: calls.skipped(t, e.call_id, e.token, e.at),
    fx.SaveNotPlaced: lambda t, e, _: calls.not_placed(t, e.call_id, e.token, e.at, e.cause),
    fx.SaveTransferStarted: lambda t, e, _: transfers.start(t, e.transfer_id, e.call_id, e.manager_id, e.at),
    fx.SaveTransferAnswered: lambda t, e, _: transfers.answered(t, e.transfer_id, e.at),
    fx.SaveTransferCompleted: lambda t, e, _: transfers.completed(t, e.transfer_id, e.at),
    fx.SaveTransferReturned: lambda t, e, _: transfers.over(t, e.transfer_id, e.at, TransferState.RETURNED),
    fx.SaveTransferFailed: lambda t, e, _: transfers.over(t, e.transfer_id, e.at, TransferState.FAILED, e.cause),
    fx.SaveTransferEnded: lambda t, e, _: transfers.ended(t, e.transfer_id, e.at),
}
"""Which are only noted. A new effect needs a line here, or above."""
