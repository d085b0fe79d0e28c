"""Effects that are rows: each is one transaction of the domain, tried again while the database is away."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import (
    accounts,
    call_back_notes,
    calling_rules,
    calls,
    claiming,
    database,
    recordings,
    returned_calls,
    seats,
    settling,
    shifts,
    transfers,
)
from exchange_domain.clock import moment, ms_of, now_ms
from exchange_domain.settings import settings
from exchange_domain.tables import Shift as ShiftRow

from . import metrics
from .core import effects as fx
from .core import events as ev
from .core.state import CallFacts, Manager, Shift
from .lease import current_lease
from .mailbox import Mailbox
from .readiness import Readiness
from .switch.command_text import CommandText

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
PAUSE_S = (0.1, 2.0)
DEADLOCK_STATES = frozenset({"40001", "40P01", "25P03"})
"""Also the end of a transaction that stood still for too long: the engine was stopped in it."""
AWAY = (
    OperationalError,
    InterfaceError,
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InterfaceError,
)
T = TypeVar("T")


def shift_of(row: ShiftRow) -> Shift:
    assert row.id is not None and row.started_at is not None
    return Shift(
        row.id, row.campaign_id, row.endpoint_kind, row.endpoint, ms_of(row.started_at),
        idle_s=settings().seat_idle_s, fallback_number=row.fallback_number, preview_s=settings().preview_s,
    )  # fmt: skip


def call_facts(claim: claiming.Claim) -> CallFacts:
    return CallFacts(
        call_id=claim.call_id, campaign_id=claim.campaign_id, customer_id=claim.customer_id,
        contact_id=claim.contact_id, contact_name=claim.contact_name, person_name=claim.person_name, e164=claim.e164,
        time_zone=claim.time_zone, attempt=claim.attempt, token=claim.fencing_token,
        longest_call_s=claim.longest_call_s, warning_s=claim.warning_s, ring_s=claim.ring_s,
        wrap_up_s=claim.wrap_up_s, recording=claim.recording, speech=claim.speech,
        dial_at_ms=0 if claim.dial_at is None else ms_of(claim.dial_at), preview=claim.dial_at is None,
    )  # fmt: skip


async def while_away(work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """One transaction; again, with growing pauses, as long as the database cannot be reached or was in the way.

    Inside an engine it begins with the fence of its lease: who lost the switch never gets to `work`.
    """
    pause = PAUSE_S[0]
    while True:
        try:
            async with database.session() as s:
                if (lease := current_lease.get()) is not None:
                    await lease.fence(s)
                return await work(s)
        except AWAY as error:
            log.warning("database away", error=type(error).__name__, retry_s=pause)
        except DBAPIError as error:
            state = getattr(error.orig, "sqlstate", None)
            if not error.connection_invalidated and state not in DEADLOCK_STATES:
                raise
            log.warning("transaction again", sqlstate=state)
        await asyncio.sleep(pause)
        pause = min(pause * 2, PAUSE_S[1])


async def record_fact(leg: UUID) -> ev.Fact | None:
    """What the switch's own record says of a leg that is gone."""
    record = await while_away(lambda s: settling.record_of(s, leg))
    if record is None:
        return None
    return ev.Fact(
        ev.LegState.GONE,
        answered_ms=None if record.answered_at is None else ms_of(record.answered_at),
        cause=record.cause,
        ended_ms=None if record.ended_at is None else ms_of(record.ended_at),
    )


class DatabaseEffects:
    """`campaign_changed` is told of campaigns whose status a claim changed.

    A database that was silent for longer than the engine's lease takes the switch away with it, and gives both back
    together: its answers then wait a moment for the switch, or what was asked for would be refused.
    """

    def __init__(self, switch_name: str, text: CommandText, campaign_changed: Callable[[int], None], switch: Readiness):
        self._switch = switch
        self._switch_name = switch_name
        self._text = text
        self._campaign_changed = campaign_changed

    async def run(self, mailbox: Mailbox, effect: fx.Persist) -> None:
        """A lost lease comes back as an event; a refusal of the domain as the refusal of what was asked."""
        try:
            await self._do(mailbox, effect)
        except calls.LeaseLost as lost:
            log.warning("lease lost", operator_id=mailbox.operator_id, call_id=str(lost.call_id))
            mailbox.post(ev.LeaseLost, call_id=lost.call_id)
        except Exception:
            log.exception("not persisted", operator_id=mailbox.operator_id, effect=type(effect).__name__)
            self._refuse(mailbox, effect)

    def _refuse(self, mailbox: Mailbox, effect: fx.Persist) -> None:
        """Something asked for cannot be had: the operator is told, instead of waiting for ever."""
        match effect:
            case fx.Claim():
                mailbox.post(ev.ClaimRefused, call_id=effect.call_id, code="not_possible_now")
            case fx.Close():
                mailbox.post(ev.CloseRefused, call_id=effect.call_id)
            case fx.OpenShift():
                mailbox.post(ev.ShiftRefused, code="not_possible_now")
            case fx.ListManagers():
                mailbox.post(ev.ManagersListed, call_id=effect.call_id, managers=())

    def _answer(self, mailbox: Mailbox, kind: type[ev.Event], **values: Any) -> None:
        """What the database said, if the switch is needed for what follows."""
        if self._switch.is_ready():
            mailbox.post(kind, **values)
        else:
            mailbox.post_after(self._switch.ready(), kind, **values)

    async def _do(self, mailbox: Mailbox, effect: fx.Persist) -> None:
        match effect:
            case fx.OpenShift():
                await self._open_shift(mailbox, effect)
            case fx.SaveSeat():
                await while_away(
                    lambda s: seats.save(
                        s, effect.shift_id, effect.leg, by_number=effect.by_number, at=datetime.now(UTC)
                    )
                )
            case fx.EndShift():
                await while_away(lambda s: shifts.end(s, effect.shift_id, moment(now_ms())))
            case fx.Claim():
                await self._claim(mailbox, effect)
            case fx.Close():
                await self._close(mailbox, effect)
            case fx.ListManagers():
                await self._list_managers(mailbox, effect)
            case fx.NoteUnreached():
                await self._note_unreached(mailbox, effect)
            case fx.CallPersist():
                await while_away(lambda s: self._call(s, effect))
            case fx.TransferPersist():
                await while_away(lambda s: self._transfer(s, effect))

    async def _open_shift(self, mailbox: Mailbox, effect: fx.OpenShift) -> None:
        async def work(s: AsyncSession) -> tuple[ShiftRow, str]:
            seat = await seats.endpoint_for(s, effect.operator_id, effect.campaign_id, datetime.now(UTC))
            row = await shifts.open(
                s, operator_id=effect.operator_id, campaign_id=effect.campaign_id, switch_name=self._switch_name,
                endpoint_kind=seat.kind, endpoint=seat.endpoint, fallback_number=seat.fallback_number,
            )  # fmt: skip
            names = await accounts.names(s, {effect.operator_id})
            return row, names.get(effect.operator_id, "")

        try:
            row, name = await while_away(work)
        except seats.NoSeatByNumber:
            mailbox.post(ev.ShiftRefused, code="no_seat_by_number")
            return
        if row.switch_name != self._switch_name:
            mailbox.post(ev.ShiftRefused, code="not_possible_now")
            return
        mailbox.post(ev.ShiftOpened, shift=shift_of(row), operator_name=accounts.short_name(name))

    async def _claim(self, mailbox: Mailbox, effect: fx.Claim) -> None:
        def claim(s: AsyncSession) -> Awaitable[claiming.Claim | claiming.Refusal]:
            return claiming.claim(
                s, call_id=effect.call_id, operator_id=effect.operator_id, shift_id=effect.shift_id,
                now=datetime.now(UTC), lease=LEASE, preview=effect.preview,
            )  # fmt: skip

        with metrics.CLAIM.time():
            made = await while_away(claim)
        if isinstance(made, claiming.Refusal):
            metrics.REFUSED.labels(made.code).inc()
        if isinstance(made, claiming.Claim) and not await self._may_dial(made):
            made = claiming.Refusal("not_possible_now")
        if isinstance(made, claiming.Claim):
            self._answer(mailbox, ev.Claimed, facts=call_facts(made))
            return
        if made.code == "out_of_funds" and mailbox.state.shift is not None:
            self._campaign_changed(mailbox.state.shift.campaign_id)
        until_ms = None if made.until is None else ms_of(made.until)
        mailbox.post(ev.ClaimRefused, call_id=effect.call_id, code=made.code, until_ms=until_ms)

    async def _may_dial(self, claim: claiming.Claim) -> bool:
        """Looks once more before the number is dialled; a call that must not be made any more is given back."""

        async def work(s: AsyncSession) -> bool:
            now = datetime.now(UTC)
            allowed = await calling_rules.may_dial(s, claim.call_id, now)
            if not allowed:
                await calls.not_placed(s, claim.call_id, claim.fencing_token, now, "NOT_ALLOWED")
            return allowed

        return await while_away(work)

    async def _close(self, mailbox: Mailbox, effect: fx.Close) -> None:
        back = None if effect.call_back_at_ms is None else moment(effect.call_back_at_ms)
        try:
            await while_away(
                lambda s: calls.close(
                    s, effect.call_id, disposition_id=effect.disposition_id, outcome=effect.outcome,
                    result=dict(effect.result), note=effect.note, call_back_at=back,
                    call_back_bound=effect.call_back_bound, at=moment(effect.at),
                )
            )  # fmt: skip
        except calls.BadDisposition:
            mailbox.post(ev.CloseRefused, call_id=effect.call_id)
            return
        self._answer(mailbox, ev.Closed, call_id=effect.call_id)

    async def _list_managers(self, mailbox: Mailbox, effect: fx.ListManagers) -> None:
        found = await while_away(lambda s: transfers.managers(s, effect.campaign_id))
        managers = tuple(Manager(m.account_id, m.name, m.kind, m.dial_name) for m in found)
        self._answer(mailbox, ev.ManagersListed, call_id=effect.call_id, managers=managers)

    async def _note_unreached(self, mailbox: Mailbox, effect: fx.NoteUnreached) -> None:
        call_id, token, at = effect.call_id, effect.token, moment(effect.at)
        await while_away(lambda s: call_back_notes.no_manager_was_free(s, call_id, token, at))
        mailbox.post(ev.Noted, call_id=call_id)

    async def _call(self, s: AsyncSession, effect: fx.CallPersist) -> None:
        call_id, token = effect.call_id, effect.token
        match effect:
            case fx.SaveRinging():
                await calls.ringing(s, call_id, token, moment(effect.at))
            case fx.SaveAnswered():
                path = self._text.recording(call_id, effect.claimed_ms) if effect.recorded else None
                await calls.answered(s, call_id, token, moment(effect.at), path)
            case fx.SaveRecording():
                await recordings.switch_said(s, call_id, moment(effect.at), started=effect.started)
            case fx.SaveMasked():
                await recordings.mask(s, call_id, moment(effect.at), effect.on)
            case fx.SaveTransferring():
                await calls.transferring(s, call_id, token, effect.on)
            case fx.SaveWrapUp():
                await calls.wrap_up(s, call_id, token, moment(effect.until))
            case fx.SaveEnded():
                await calls.ended(
                    s, call_id, token, moment(effect.at), cause=effect.cause, ended_by=effect.ended_by,
                    overran=effect.overran,
                )  # fmt: skip
            case fx.SaveReturned():
                await returned_calls.returned(s, call_id, token, ended_at=moment(effect.ended), at=moment(effect.at))
            case fx.SaveSkipped():
                await calls.skipped(s, call_id, token, moment(effect.at), effect.reason)
            case fx.SaveNotPlaced():
                await calls.not_placed(s, call_id, token, moment(effect.at), effect.cause)

    async def _transfer(self, s: AsyncSession, effect: fx.TransferPersist) -> None:
        transfer_id, at = effect.transfer_id, moment(effect.at)
        match effect:
            case fx.SaveTransferStarted():
                await transfers.start(s, transfer_id, effect.call_id, effect.manager_id, at)
            case fx.SaveTransferAnswered():
                await transfers.answered(s, transfer_id, at)
            case fx.SaveTransferCompleted():
                await transfers.completed(s, transfer_id, at)
            case fx.SaveTransferReturned():
                await transfers.returned(s, transfer_id, at)
            case fx.SaveTransferFailed():
                await transfers.failed(s, transfer_id, at, effect.cause)
            case fx.SaveTransferEnded():
                await transfers.ended(s, transfer_id, at)
