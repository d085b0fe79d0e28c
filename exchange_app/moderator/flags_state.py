"""Open flags: filtered by kind, taken, given back, resolved with a word."""

from dataclasses import dataclass
from datetime import UTC, datetime

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.arguments import fields
from exchange_app.i18n import later
from exchange_app.security import current_account, roles
from exchange_domain import database, flag_desk
from exchange_domain.call_rows import epoch_ms
from exchange_domain.flag_desk import FlagError, OpenFlag
from exchange_domain.words import FlagKind

SHOWN = 100


@dataclass(frozen=True)
class Kind:
    code: str
    count: int


@dataclass(frozen=True)
class Figure:
    """One of a flag's details: the code of what it is, and its value; `at_ms` for one that is a moment, else 0."""

    code: str
    value: str
    at_ms: int


@dataclass(frozen=True)
class FlagLine:
    """`mine` and `taken`: whether somebody looks into it, and whether it is this person."""

    id: int
    kind: str
    count: int
    first_ms: int
    last_ms: int
    campaign: str
    customer: str
    operator: str
    call_id: str
    heard: bool
    figures: list[Figure]
    words: str
    taken: bool
    mine: bool
    by: str


HIDDEN = frozenset({"report", "latest", "script"})
"""Details that are keys to other rows, and tell a reader nothing."""


def _moment(value: object) -> int:
    if not isinstance(value, str) or "T" not in value:
        return 0
    try:
        return epoch_ms(datetime.fromisoformat(value)) or 0
    except ValueError:
        return 0


def line_of(flag: OpenFlag, account_id: int) -> FlagLine:
    return FlagLine(
        flag.id, flag.kind.value, flag.count, epoch_ms(flag.first_at) or 0, epoch_ms(flag.last_at) or 0,
        flag.campaign, flag.customer, flag.operator, str(flag.call_id or ""), flag.heard,
        [Figure(name, str(value), _moment(value)) for name, value in flag.details.items() if name not in HIDDEN],
        flag.words, flag.assigned_to is not None, flag.assigned_to == account_id, flag.assigned_name,
    )  # fmt: skip


class Flags(rx.State):
    loaded: bool = False
    kinds: rx.Field[list[Kind]] = rx.field(default_factory=list)
    lines: rx.Field[list[FlagLine]] = rx.field(default_factory=list)
    kind: str = ""
    own_only: bool = False
    open: int = 0
    """The flag that is being resolved."""
    fault: str = ""
    """no_words"""
    listening: str = ""

    @rx.event
    @roles("moderator")
    async def enter(self):
        """On_load."""
        self.reset()
        await self._show()

    async def _show(self) -> None:
        async with database.session() as s:
            await self._read(s)
        self.loaded = True

    async def _read(self, s: AsyncSession) -> None:
        me = current_account(self).account_id
        counted = await flag_desk.counts(s)
        found = await flag_desk.open_flags(
            s, kind=FlagKind(self.kind) if self.kind else None, assigned_to=me if self.own_only else None, limit=SHOWN
        )
        self.kinds = [Kind(kind.value, n) for kind, n in sorted(counted.items(), key=lambda one: -one[1])]
        self.lines = [line_of(flag, me) for flag in found]

    @rx.event
    @roles("moderator")
    async def choose_kind(self, kind: str):
        self.kind = kind if kind in {one.value for one in FlagKind} else ""
        await self._show()

    @rx.event
    @roles("moderator")
    async def switch_mine(self, on: bool):
        self.own_only = on is True
        await self._show()

    @rx.event
    @roles("moderator")
    async def take(self, flag_id: int):
        return await self._do("take", flag_id)

    @rx.event
    @roles("moderator")
    async def give_back(self, flag_id: int):
        return await self._do("give_back", flag_id)

    async def _do(self, what: str, flag_id: object) -> rx.event.EventSpec | None:
        me = current_account(self).account_id
        action = {"take": flag_desk.take, "give_back": flag_desk.give_back}[what]
        try:
            async with database.session() as s:
                await action(s, _id(flag_id), me)
        except FlagError as refused:
            await self._show()
            return _said(refused.code)
        await self._show()
        return None

    @rx.event
    @roles("moderator")
    def ask(self, flag_id: int):
        """Opens the question of what was found."""
        wanted = _id(flag_id)
        self.open, self.fault = wanted if any(one.id == wanted for one in self.lines) else 0, ""

    @rx.event
    @roles("moderator")
    def show_question(self, wanted: bool):
        if not wanted:
            self.open = 0

    @rx.event
    @roles("moderator")
    async def resolve(self, form: dict):
        """Ends the flag with a word."""
        words = fields(form).get("words", "")
        if not self.open:
            return None
        try:
            async with database.session() as s:
                await flag_desk.resolve(
                    s, self.open, current_account(self).account_id, str(words).replace("\x00", ""), datetime.now(UTC)
                )
        except FlagError as refused:
            if refused.code == "no_words":
                self.fault = refused.code
                return rx.set_focus("words")
            self.open = 0
            await self._show()
            return _said(refused.code)
        self.open = 0
        await self._show()
        return None

    @rx.event
    @roles("moderator")
    def listen(self, call_id: str):
        """Opens the recording of a flag's call; pressed again, it closes."""
        known = any(one.call_id == call_id for one in self.lines)
        self.listening = call_id if known and self.listening != call_id else ""


def _id(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53 else 0


def _said(code: str) -> rx.event.EventSpec:
    if code == "somebody_elses":
        return rx.toast.error(later("Another moderator looks into this one."))
    return rx.toast.info(later("This one is resolved already."))
