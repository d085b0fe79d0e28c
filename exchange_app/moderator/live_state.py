"""Operators on shift, live, and the one whom the moderator listens to. What sounds is the switch's and the page's."""

from typing import Any
from uuid import UUID, uuid4

import reflex as rx
import structlog
from redis.exceptions import RedisError
from reflex.state import BaseState
from sqlalchemy.exc import SQLAlchemyError

from exchange_app import live
from exchange_app.arguments import BadArgument, one_of, whole
from exchange_app.i18n import later
from exchange_app.security import current_account, roles
from exchange_domain import database, live_floor
from exchange_domain.clock import now_ms
from exchange_domain.messages import (
    Command,
    Listen,
    ListenerView,
    ListenMode,
    OperatorView,
    StopListening,
)
from exchange_domain.words import ListeningAct, ListeningMode

from . import floor

log = structlog.get_logger(__name__)

ANSWER_MS = 8_000
"""After this long without a word of the engine the page says so."""
FILTERS = ("", "new", "flagged")
WATCHED = "operator-watched"


class Live(rx.State):
    loaded: bool = False
    snapshot: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    patch: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    only: str = ""
    """new, flagged; empty: everybody."""
    operator_id: int = 0
    """Whom the moderator listens to, or did last; 0: nobody."""
    name: str = ""
    campaign: str = ""
    hearing: str = ""
    """calling, on, over; empty: nothing was asked for."""
    reason: str = ""
    mode: str = "listen"
    until_ms: rx.Field[int] = rx.field(0)
    """When the page stops waiting for the engine's answer."""
    asking: bool = False
    """Whether to step in is being asked."""
    state: str = ""
    """Of the operator listened to."""
    since_ms: int = 0
    in_call: bool = False
    contact: str = ""
    with_manager: bool = False

    _leg: str = ""
    _version: int = -1
    _call: str = ""

    @rx.event
    @roles("moderator")
    async def enter(self):
        """On_load. A page that is loaded anew hears nothing: what went on before it is over."""
        me = current_account(self).account_id
        self.reset()
        before = await live.snapshot("listener", me, self)
        if isinstance(before, ListenerView) and before.state != "over":
            await self._send(StopListening(operator_id=before.operator_id, leg=before.leg))
        self.snapshot = await live.enter(self, live.FLOOR, floor.read)
        self.loaded = True

    @rx.event
    @roles("moderator")
    async def gap(self, seq: int):
        """The table asks for everything again: the bus was away."""
        self.snapshot = await live.again(self, live.FLOOR, floor.read)
        if self.operator_id:
            await self._watch(self.operator_id)

    @rx.event
    @roles("moderator")
    async def show_only(self, which: str):
        if which in FILTERS:
            self.only = which

    @rx.event
    @roles("moderator")
    async def leave(self):
        """Another page is opened: nobody listens without seeing so."""
        await self._stop()
        await live.leave(self, live.FLOOR)
        self._forget()

    # --- listening ---

    @rx.event
    @roles("moderator")
    async def listen(self, operator_id: str):
        """Hear this operator's line. It is written down first."""
        try:
            wanted = whole(operator_id)
        except BadArgument:
            return None
        return await self._listen(wanted)

    @rx.event
    @roles("moderator")
    async def again(self):
        """The same operator once more."""
        if self.operator_id and self.hearing != "on":
            return await self._listen(self.operator_id)
        return None

    @rx.event
    @roles("moderator")
    async def speak(self, mode: str):
        """Who hears the moderator: nobody, the operator; before both do, it is asked."""
        try:
            wanted = one_of(ListeningMode, mode)
        except BadArgument:
            return
        if self.hearing != "on" or wanted.value == self.mode:
            return
        if wanted is ListeningMode.STEP_IN:
            self.asking = True
            return
        await self._change(wanted)

    @rx.event
    @roles("moderator")
    async def step_in(self):
        """Yes: the contact hears the moderator, too."""
        if self.asking and self.hearing == "on":
            await self._change(ListeningMode.STEP_IN)
        self.asking = False

    @rx.event
    @roles("moderator")
    def ask_no_more(self, open_: bool):
        if open_ is False:
            self.asking = False

    @rx.event
    @roles("moderator")
    async def stop(self):
        """The moderator's own leg ends; the call goes on."""
        await self._stop()

    async def _listen(self, wanted: int) -> rx.event.EventSpec | None:
        account = current_account(self)
        if self.operator_id == wanted and self.hearing == "on":
            return None
        await self._stop()
        async with database.session() as s:
            own = {*account.customers, *account.manages}
            person = await live_floor.may_listen(s, account.account_id, own, wanted)
            if person is None:
                return rx.toast.info(later("This line cannot be listened to."))
            leg = uuid4()
            view = await live.snapshot("operator", wanted)
            call = view.call.call_id if view is not None and view.call is not None else None
            await live_floor.note(s, leg, account.account_id, wanted, call, ListeningAct.LISTEN)
        if self.operator_id and self.operator_id != wanted:
            await live.leave(self, f"{WATCHED}:{self.operator_id}")
        self.operator_id, self.name, self.campaign = wanted, person.name, person.campaign
        self._leg, self.hearing, self.reason, self.mode = str(leg), "calling", "", ListeningMode.LISTEN.value
        self.until_ms, self._version = now_ms() + ANSWER_MS, -1
        await self._watch(wanted)
        if not await self._send(Listen(key=leg, operator_id=wanted, moderator_id=account.account_id)):
            self.hearing, self.reason = "over", "failed"
        return None

    async def _change(self, mode: ListeningMode) -> None:
        await self._note(ListeningAct(mode.value))
        await self._send(ListenMode(operator_id=self.operator_id, leg=UUID(self._leg), mode=mode))

    async def _stop(self) -> None:
        if self.hearing not in ("calling", "on"):
            return
        await self._note(ListeningAct.STOP)
        self.hearing, self.reason, self.asking = "over", "stopped", False
        await self._send(StopListening(operator_id=self.operator_id, leg=UUID(self._leg)))

    async def _note(self, act: ListeningAct) -> None:
        call = UUID(self._call) if self._call else None
        async with database.session() as s:
            me = current_account(self).account_id
            await live_floor.note(s, UUID(self._leg), me, self.operator_id, call, act)

    async def _send(self, command: Command) -> bool:
        try:
            await live.send_command(command)
        except (live.NoSwitch, RedisError, SQLAlchemyError, OSError) as unreachable:
            log.warning("command_not_sent", kind=type(command).__name__, error=type(unreachable).__name__)
            return False
        return True

    def _forget(self) -> None:
        self.operator_id, self.hearing, self._leg, self.name, self.campaign = 0, "", "", "", ""

    # --- what comes live ---

    async def _watch(self, operator_id: int) -> None:
        """The operator's state beside what is heard."""

        async def nothing() -> list[dict[str, Any]]:
            return []

        await live.enter(self, f"{WATCHED}:{operator_id}", nothing)
        view = await live.snapshot("operator", operator_id)
        if view is not None:
            self._take_operator(view)

    def _take_operator(self, view: OperatorView) -> None:
        if view.operator_id != self.operator_id or view.version < self._version:
            return
        self._version = view.version
        call = view.call if view.call is not None and not view.call.preview else None
        self.state, self.since_ms = view.state.value, floor.since_ms(view)
        self._call = str(call.call_id) if call else ""
        self.in_call = call is not None and bool(call.answered_ms) and not call.ended_ms
        self.contact = (call.person_name or call.contact_name) if call else ""
        self.with_manager = call is not None and call.transfer is not None and bool(call.transfer.answered_ms)

    def _take_listener(self, view: ListenerView) -> None:
        # The leg before this one ends when the next operator is listened to.
        if str(view.leg) != self._leg or self.hearing == "over":
            return
        self.hearing, self.mode, self.reason = view.state, view.mode.value, view.reason
        if view.state == "over":
            self.asking = False


async def _listener(state: BaseState, message: ListenerView) -> None:
    (await state.get_state(Live))._take_listener(message)


async def _watched(state: BaseState, message: Any) -> None:
    if isinstance(message, OperatorView):
        (await state.get_state(Live))._take_operator(message)


live.on("listener", _listener)
live.room(live.FLOOR.partition(":")[0], Live, patch="patch", row=floor.row, rows_of="operator")
live.room(WATCHED, Live, patch="patch", row=lambda _: None, other=_watched, rows_of="none")
