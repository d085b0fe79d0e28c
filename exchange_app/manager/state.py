"""The manager's live state: the transfer that rings or talks at this desk, and what the operator wrote about it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import reflex as rx
import structlog
from redis.exceptions import RedisError
from reflex.state import BaseState
from sqlalchemy.exc import SQLAlchemyError

from exchange_app import live
from exchange_app.security import current_account, roles
from exchange_domain import database
from exchange_domain.accounts import first_name, short_name
from exchange_domain.clock import now_ms
from exchange_domain.messages import DeclineTransfer, DraftSaved, ManagerView
from exchange_domain.words import TransferState

from . import desk_rows
from .desk_rows import Earlier, Line, Post, RecentTransfer, readable_number
from .own_words_state import OwnWords

log = structlog.get_logger(__name__)

FRESH_MS = 60_000
"""A transfer that ended this long ago is still shown to who opens the page; older ones are in the list only."""

AWAY = (SQLAlchemyError, OSError)


def stage_of(view: ManagerView) -> str:
    """waiting, ringing, consulting, with_contact; ended, missed or returned when it is over."""
    if view.transfer is None or view.call_id is None:
        return "waiting"
    if view.ended:
        if view.with_contact:
            return "ended"
        return "missed" if view.transfer.state in (TransferState.RINGING, TransferState.FAILED) else "returned"
    if view.with_contact:
        return "with_contact"
    return "ringing" if view.transfer.state == TransferState.RINGING else "consulting"


LIVE_STAGES = ("ringing", "consulting", "with_contact")


class ManagerDesk(live.OnlyChanges, rx.State):
    """Times are epoch milliseconds, 0 for none; texts are codes or what people wrote."""

    stage: str = "waiting"
    version: int = -1
    call_id: str = ""
    transfer_id: str = ""
    contact: str = ""
    person: str = ""
    number: str = ""
    operator: str = ""
    operator_first: str = ""
    campaign: str = ""
    customer: str = ""
    time_zone: str = ""
    started_ms: int = 0
    answered_ms: int = 0
    joined_ms: int = 0
    ended_ms: int = 0
    answers: list[Line] = []
    note: str = ""
    saved_ms: int = 0
    closed: bool = False
    facts: list[Line] = []
    history: list[Earlier] = []
    folded: bool = False
    """The dialog of an incoming transfer was put away; the page shows the same."""
    pane: str = "contact"
    posts: list[Post] = []
    recent: list[RecentTransfer] = []
    taken: int = 0
    missed: int = 0
    unread: bool = False
    """The database could not be read: what is shown may be old."""

    _account_id: int = 0

    @rx.event
    @roles("manager")
    async def enter(self):
        """On_load: the desk as it stands; whatever is newer comes by itself."""
        self._account_id = current_account(self).account_id
        try:
            view = await live.snapshot("manager", self._account_id, self)
        except RedisError as unreadable:
            log.warning("snapshot_unreadable", manager_id=self._account_id, error=type(unreadable).__name__)
            view = None
        self.version = -1
        if isinstance(view, ManagerView) and not await self._is_old(view):
            await self._take(view)
        else:
            self._clear()
            self.version = view.version if isinstance(view, ManagerView) else -1
        await self._read_desk()

    async def _is_old(self, view: ManagerView) -> bool:
        """Whether the view is of a transfer that was over before this page was opened."""
        if not view.ended or view.transfer is None:
            return False
        return view.transfer.started_ms < now_ms() - FRESH_MS

    async def _take(self, view: ManagerView) -> None:
        """Shows a view of the engine; one that is older than what is shown is ignored."""
        if view.manager_id != self._account_id or view.version <= self.version:
            return
        before, self.version = self.stage, view.version
        stage = stage_of(view)
        if stage == "waiting":
            self._clear()
        elif view.transfer is not None:
            if self.transfer_id != str(view.transfer.transfer_id):
                self._clear()
                self.transfer_id, self.call_id = str(view.transfer.transfer_id), str(view.call_id)
                self.folded, self.pane = False, "contact"
            self._show(view, stage)
            await self._read_briefing()
            await (await self.get_state(OwnWords))._open(self._account_id, self.transfer_id)
        if before != self.stage and self.stage not in LIVE_STAGES:
            await self._read_desk()

    def _show(self, view: ManagerView, stage: str) -> None:
        assert view.transfer is not None
        if stage == "with_contact" and not self.joined_ms:
            self.joined_ms = now_ms()
        if stage not in LIVE_STAGES and not self.ended_ms:
            self.ended_ms = now_ms()
        self.stage = stage
        self.contact, self.person = view.contact_name or "", view.person_name or ""
        self.number = readable_number(view.number) if view.number else ""
        self.operator = short_name(view.operator_name or "")
        self.operator_first = first_name(view.operator_name or "")
        self.started_ms, self.answered_ms = view.transfer.started_ms, view.transfer.answered_ms or 0

    def _clear(self) -> None:
        for name, value in EMPTY.items():
            setattr(self, name, list(value) if isinstance(value, list) else value)

    async def _read_briefing(self) -> None:
        """The operator's notes as they are now, if a transfer of this call is this manager's."""
        if not self.call_id:
            return
        try:
            async with database.session() as s:
                found = await desk_rows.briefing(s, self._account_id, UUID(self.call_id))
        except AWAY as failed:
            log.warning("briefing_not_read", manager_id=self._account_id, error=type(failed).__name__)
            self.unread = True
            return
        self.unread = False
        if found is None:
            return
        self.campaign, self.customer, self.time_zone = found.campaign, found.customer, found.time_zone
        self.answers, self.note, self.saved_ms, self.closed = found.answers, found.note, found.saved_ms, found.closed
        self.facts, self.history = found.facts, found.history
        self.joined_ms = found.joined_ms or self.joined_ms

    async def _read_desk(self) -> None:
        """Where transfers ring, and those of before."""
        midnight = datetime.now(UTC) - timedelta(hours=24)
        try:
            async with database.session() as s:
                self.posts = await desk_rows.posts(s, self._account_id)
                self.recent = await desk_rows.recent(s, self._account_id)
                self.taken, self.missed = await desk_rows.counts_since(s, self._account_id, midnight)
            self.unread = False
        except AWAY as failed:
            log.warning("desk_not_read", manager_id=self._account_id, error=type(failed).__name__)
            self.unread = True

    @rx.event
    @roles("manager")
    async def read_again(self):
        """Reads everything that is shown once more."""
        self._account_id = current_account(self).account_id
        await self._read_briefing()
        await self._read_desk()

    @rx.event
    @roles("manager")
    async def decline(self, transfer_id: Any = ""):
        """Busy: the transfer that rings here goes on to the next manager. Only one's own can be declined."""
        manager_id = current_account(self).account_id
        if self.stage != "ringing" or manager_id != self._account_id or transfer_id != self.transfer_id:
            return
        call_id = UUID(self.call_id)
        try:
            async with database.session() as s:
                call = await desk_rows.given(s, manager_id, call_id)
            if call is None:
                return
            command = DeclineTransfer(
                operator_id=call.operator_id, call_id=call_id, transfer_id=UUID(self.transfer_id), manager_id=manager_id
            )
            await live.send_command(command, call.switch_name)
        except (*AWAY, RedisError) as failed:
            log.warning("not_declined", manager_id=manager_id, error=type(failed).__name__)

    @rx.event
    @roles("manager")
    async def fold(self, open: Any = False):
        """Puts the dialog away; the transfer goes on, and the page shows it."""
        self.folded = not bool(open)

    @rx.event
    @roles("manager")
    async def leave_ended(self):
        """From a transfer that is over back to the desk."""
        if self.stage not in LIVE_STAGES:
            self._account_id = current_account(self).account_id
            self._clear()
            await self._read_desk()

    @rx.event
    @roles("manager")
    async def show_pane(self, name: Any):
        """Which half a phone shows."""
        if name in ("contact", "list"):
            self.pane = name


EMPTY: dict[str, Any] = {
    "stage": "waiting",
    "call_id": "",
    "transfer_id": "",
    "contact": "",
    "person": "",
    "number": "",
    "operator": "",
    "operator_first": "",
    "campaign": "",
    "customer": "",
    "time_zone": "",
    "started_ms": 0,
    "answered_ms": 0,
    "joined_ms": 0,
    "ended_ms": 0,
    "answers": [],
    "note": "",
    "saved_ms": 0,
    "closed": False,
    "facts": [],
    "history": [],
    "folded": False,
    "pane": "contact",
}
"""The desk without a transfer."""


def epoch(at: datetime | None) -> int:
    return 0 if at is None else round(at.timestamp() * 1000)


async def apply(root: BaseState, view: ManagerView) -> None:
    """A change from the engine, for one open page of this manager."""
    desk = await root.get_state(ManagerDesk)
    await desk._take(view)


async def written(root: BaseState, saved: DraftSaved) -> None:
    """The operator has written more about a call; of another call than the one on this page it says nothing."""
    desk = await root.get_state(ManagerDesk)
    if desk.call_id == str(saved.call_id):
        await desk._read_briefing()


live.on("manager", apply)
live.on("draft", written)
