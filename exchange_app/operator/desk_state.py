"""What the engine says of this operator, and the commands that go to it. A view: the truth is the engine's snapshot."""

from typing import Any
from uuid import UUID

import reflex as rx
import structlog
from redis.exceptions import RedisError
from reflex.state import BaseState
from sqlalchemy.exc import SQLAlchemyError

from exchange_app import live
from exchange_app.ids import read_id
from exchange_app.security import current_account, roles
from exchange_domain import database, recordings
from exchange_domain.clock import now_ms
from exchange_domain.messages import (
    CallNext,
    CallView,
    Command,
    CompleteTransfer,
    EndShift,
    HangUp,
    MaskRecording,
    NextManager,
    OperatorView,
    ReturnToContact,
    RingSeat,
    StartTransfer,
)
from exchange_domain.words import OperatorState
from observability.tracing import span

log = structlog.get_logger(__name__)

ANSWER_MS = 5000
"""After this long without an answer the page says that the exchange does not answer, and the button acts again."""

ON_THE_LINE = frozenset(
    {OperatorState.RINGING, OperatorState.TALKING, OperatorState.TRANSFERRING, OperatorState.CONNECTION_LOST}
)


SEAT_WANTED = frozenset({OperatorState.CONNECTING, OperatorState.CONNECTION_LOST})


class Desk(live.OnlyChanges, rx.State):
    """The operator's live state. Every time is epoch milliseconds, 0 for none; texts are codes or people's names."""

    version: rx.Field[int] = rx.field(-1)
    state: rx.Field[str] = rx.field(OperatorState.OFF_SHIFT.value)
    shift_id: rx.Field[int] = rx.field(0)
    campaign_id: rx.Field[int] = rx.field(0)
    shift_started_ms: rx.Field[int] = rx.field(0)
    has_telephone: rx.Field[bool] = rx.field(False)
    """Her telephone can be rung instead of a line that is lost."""
    notice: rx.Field[str] = rx.field("")
    notice_reason: rx.Field[str] = rx.field("")
    notice_until_ms: rx.Field[int] = rx.field(0)
    call_id: rx.Field[str] = rx.field("")
    contact_name: rx.Field[str] = rx.field("")
    person_name: rx.Field[str] = rx.field("")
    masked_number: rx.Field[str] = rx.field("")
    time_zone: rx.Field[str] = rx.field("")
    attempt: rx.Field[int] = rx.field(0)
    claimed_ms: rx.Field[int] = rx.field(0)
    preview: rx.Field[bool] = rx.field(False)
    """The contact is only shown: nothing is dialled yet."""
    preview_until_ms: rx.Field[int] = rx.field(0)
    """When it is dialled by itself; 0: the countdown is stopped."""
    answered_ms: rx.Field[int] = rx.field(0)
    ended_ms: rx.Field[int] = rx.field(0)
    limit_ms: rx.Field[int] = rx.field(0)
    limit_figures: rx.Field[str] = rx.field("")
    """The longest call as m:ss."""
    warning_ms: rx.Field[int] = rx.field(0)
    wrap_up_until_ms: rx.Field[int] = rx.field(0)
    ended_by: rx.Field[str] = rx.field("")
    recorded: rx.Field[bool] = rx.field(False)
    masked: rx.Field[bool] = rx.field(False)
    """The recording is paused."""
    transfer_state: rx.Field[str] = rx.field("")
    manager_name: rx.Field[str] = rx.field("")
    transfer_started_ms: rx.Field[int] = rx.field(0)
    transfer_answered_ms: rx.Field[int] = rx.field(0)
    managers_waiting: rx.Field[int] = rx.field(0)
    """How many managers can be rung after the present one."""
    pending: rx.Field[str] = rx.field("")
    """Kind of the command that the engine has not answered yet."""
    pending_until_ms: rx.Field[int] = rx.field(0)
    """When the page stops waiting for the answer."""

    _account_id: int = 0
    _account_name: str = ""
    _pending_key: str = ""
    _pending_for: str = ""

    @rx.event
    @roles("operator")
    async def enter(self):
        """On_load of each operator's page: the snapshot first, then whatever is newer comes by itself."""
        account = current_account(self)
        self._account_id, self._account_name = account.account_id, account.display_name
        try:
            view = await live.snapshot("operator", account.account_id, self)
        except RedisError as unreadable:
            log.warning("snapshot_unreadable", operator_id=account.account_id, error=type(unreadable).__name__)
            view = None
        if not isinstance(view, OperatorView):
            view = OperatorView(operator_id=account.account_id, version=-1, state=OperatorState.OFF_SHIFT)
        from .sheet_state import Sheet

        (await self.get_state(Sheet))._stale = True
        self.version = -1
        await self._take(view, again=True)
        await self._follow(view)

    async def _take(self, view: OperatorView, again: bool = False) -> bool:
        """Shows a view of the engine, without waiting for anything; True: `_follow` then reads what belongs to it.

        An older one than what is shown is ignored; `again`: even if it is the same.
        """
        if view.operator_id != self._account_id or view.version < self.version:
            return False
        if view.version == self.version and not again:
            return False
        self.version, self.state = view.version, view.state.value
        self.shift_id, self.campaign_id = view.shift_id or 0, view.campaign_id or 0
        self.shift_started_ms = view.shift_started_ms or 0
        self.has_telephone = view.has_telephone
        self.notice = view.notice.code if view.notice else ""
        self.notice_reason = (view.notice.reason or "") if view.notice else ""
        self.notice_until_ms = (view.notice.until_ms or 0) if view.notice else 0
        self._show_call(view.call)
        if self._pending_key and (str(view.last_command) == self._pending_key or now_ms() >= self.pending_until_ms):
            self._answered()
        await self._show_names(view)
        return True

    async def _show_names(self, view: OperatorView) -> None:
        """The sheet's names have the contact's numbers taken out, should a list have put one there."""
        from .sheet_state import Sheet

        sheet = await self.get_state(Sheet)
        known = view.call is not None and sheet.call_id == str(view.call.call_id)
        self.contact_name = sheet.contact_name if known else ""
        self.person_name = sheet.person_name if known else ""

    async def _follow(self, view: OperatorView) -> None:
        """Reads what belongs to a view, unless a newer one is shown by now: that one reads for itself."""
        from .sheet_state import Sheet

        if view.version != self.version:
            return
        sheet = await self.get_state(Sheet)
        try:
            await sheet._follow(view, self._account_id, self._account_name)
        except (SQLAlchemyError, OSError) as failed:
            # The call goes on without its sheet; the next change reads it again.
            log.warning("sheet_not_read", operator_id=self._account_id, error=type(failed).__name__)
            sheet._stale = True
        await self._show_names(view)

    def _show_call(self, call: CallView | None) -> None:
        self.call_id = str(call.call_id) if call else ""
        self.masked_number = call.masked_number if call else ""
        self.time_zone, self.attempt = (call.time_zone, call.attempt) if call else ("", 0)
        self.claimed_ms = call.claimed_ms if call else 0
        self.preview = call is not None and call.preview
        self.preview_until_ms = (call.preview_until_ms or 0) if call else 0
        self.answered_ms = (call.answered_ms or 0) if call else 0
        self.ended_ms = (call.ended_ms or 0) if call else 0
        self.limit_ms = (call.limit_ms or 0) if call else 0
        longest_s = (self.limit_ms - self.answered_ms) // 1000
        self.limit_figures = f"{longest_s // 60}:{longest_s % 60:02}" if self.limit_ms else ""
        self.warning_ms = (call.warning_ms or 0) if call else 0
        self.wrap_up_until_ms = (call.wrap_up_until_ms or 0) if call else 0
        self.ended_by = (call.ended_by or "") if call else ""
        self.recorded, self.masked = (call.recorded, call.masked) if call else (False, False)
        transfer = call.transfer if call else None
        self.transfer_state = transfer.state.value if transfer else ""
        self.manager_name = transfer.manager_name if transfer else ""
        self.transfer_started_ms = transfer.started_ms if transfer else 0
        self.transfer_answered_ms = (transfer.answered_ms or 0) if transfer else 0
        self.managers_waiting = transfer.waiting if transfer else 0

    def _answered(self) -> None:
        self.pending, self.pending_until_ms, self._pending_key, self._pending_for = "", 0, "", ""

    async def _send(self, command: Command, kind: str) -> bool:
        """Sends a command unless the same one is under way. False: nothing was sent.

        A press has a key of its own; only a repeated press of what was never answered has the key of the first, so that
        an engine that comes back does it once.
        """
        now = now_ms()
        about = ":".join([kind, *(str(getattr(command, name, "")) for name in ("call_id", "campaign_id", "on"))])
        again = bool(self._pending_key) and self._pending_for == about
        if again and now < self.pending_until_ms:
            return False
        if again and kind != "close_call":
            command = command.model_copy(update={"key": UUID(self._pending_key)})
        self.pending, self._pending_key, self._pending_for = kind, str(command.key), about
        self.pending_until_ms = now + ANSWER_MS
        try:
            with span("press", command.key, kind=kind, operator_id=command.operator_id):
                await live.send_command(command)
        except (live.NoSwitch, RedisError, SQLAlchemyError, OSError) as unreachable:
            log.warning("command_not_sent", kind=kind, error=type(unreachable).__name__)
            self.pending_until_ms = now
        return True

    def _is_current(self, call_id: Any) -> UUID | None:
        """The call on this desk, when that is the one the page meant. A press that comes late means the call before."""
        wanted = read_id(call_id)
        return wanted if wanted is not None and str(wanted) == self.call_id else None

    @rx.event
    @roles("operator")
    async def call_next(self):
        operator_id = current_account(self).account_id
        if self.state == OperatorState.READY and operator_id == self._account_id:
            await self._send(CallNext(operator_id=operator_id), "call_next")

    @rx.event
    @roles("operator")
    async def ring_seat(self, by_number: bool):
        """The lost line again, now; `by_number`: her telephone instead, if the tariff allows it."""
        operator_id = current_account(self).account_id
        if self.state in SEAT_WANTED and operator_id == self._account_id:
            await self._send(RingSeat(operator_id=operator_id, by_number=by_number is True), "ring_seat")

    @rx.event
    @roles("operator")
    async def hang_up(self, call_id: str):
        """Ends or cancels the call that the page showed when the key was pressed."""
        call = self._is_current(call_id)
        if call is not None and self.state in ON_THE_LINE:
            await self._send(HangUp(operator_id=current_account(self).account_id, call_id=call), "hang_up")

    @rx.event
    @roles("operator")
    async def start_transfer(self, call_id: str):
        call = self._is_current(call_id)
        if call is not None and self.state == OperatorState.TALKING:
            command = StartTransfer(operator_id=current_account(self).account_id, call_id=call)
            await self._send(command, "start_transfer")

    @rx.event
    @roles("operator")
    async def complete_transfer(self, call_id: str):
        call = self._is_current(call_id)
        if call is not None and self.state == OperatorState.TRANSFERRING and self.transfer_answered_ms:
            command = CompleteTransfer(operator_id=current_account(self).account_id, call_id=call)
            await self._send(command, "complete_transfer")

    @rx.event
    @roles("operator")
    async def return_to_contact(self, call_id: str):
        call = self._is_current(call_id)
        if call is not None and self.state == OperatorState.TRANSFERRING:
            command = ReturnToContact(operator_id=current_account(self).account_id, call_id=call)
            await self._send(command, "return_to_contact")

    @rx.event
    @roles("operator")
    async def give_up_ringing(self, call_id: str):
        """Esc outside a field: back to the contact, as long as no manager has answered."""
        call = self._is_current(call_id)
        if call is not None and self.state == OperatorState.TRANSFERRING and not self.transfer_answered_ms:
            command = ReturnToContact(operator_id=current_account(self).account_id, call_id=call)
            await self._send(command, "return_to_contact")

    @rx.event
    @roles("operator")
    async def next_manager(self, call_id: str):
        """This manager is let go, the next one in order is rung: a machine answered, or it rings for too long."""
        call = self._is_current(call_id)
        if call is not None and self.state == OperatorState.TRANSFERRING:
            command = NextManager(operator_id=current_account(self).account_id, call_id=call)
            await self._send(command, "next_manager")

    @rx.event
    @roles("operator")
    async def mask_recording(self, call_id: str, on: bool):
        """Pauses or resumes the recording; the page says which it meant, so that two presses are not one and back."""
        call = self._is_current(call_id)
        if call is None or self.state != OperatorState.TALKING or not self.recorded:
            return
        operator_id, wanted = current_account(self).account_id, on is True
        if wanted:
            async with database.session() as s:
                if not await recordings.may_mask(s, call, operator_id):
                    return
        await self._send(MaskRecording(operator_id=operator_id, call_id=call, on=wanted), "mask_recording")

    @rx.event
    @roles("operator")
    async def end_shift(self):
        """Only between calls; in wrap-up the result is saved first (`Sheet.close`)."""
        if (self.preview or not self.call_id) and self.state != OperatorState.OFF_SHIFT:
            await self._send(EndShift(operator_id=current_account(self).account_id), "end_shift")


async def apply(state: BaseState, message: OperatorView) -> live.More | None:
    """A change that came over the live channel, for one open page."""
    if not await (await state.get_state(Desk))._take(message):
        return None

    async def more(again: BaseState) -> None:
        await (await again.get_state(Desk))._follow(message)

    return more


live.on("operator", apply)
