"""Operators who train, as moderators see them: tests that wait, reports with their sound, notes, and the word."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import reflex as rx

from exchange_app.arguments import BadArgument, fields, flag, line, paragraphs, whole
from exchange_app.i18n import later
from exchange_app.practised.rows import NoteRow, Opened, RunRow, Sound, note_row, opened_of, run_row, sound_of
from exchange_app.practised.telling import tell
from exchange_app.security import current_account, roles
from exchange_domain import database
from exchange_domain.call_rows import epoch_ms
from exchange_domain.practice import aptitude, desk
from exchange_domain.practice.lessons import BY_KEY
from exchange_domain.practice.runs import PracticeError
from exchange_domain.settings import settings

ACTS = ("confirm", "give_back", "admit", "note")


@dataclass(frozen=True)
class TraineeRow:
    """`lessons`: how many goals were reached; `last_ms`: 0 for who has not begun."""

    id: int
    name: str
    admitted: bool
    waits: bool
    passed: bool
    asked: bool
    tests: int
    lessons: int
    last_ms: int
    practising: bool


class Trainees(rx.State):
    loaded: bool = False
    search: str = ""
    people: rx.Field[list[TraineeRow]] = rx.field(default_factory=list)
    waiting: int = 0
    all_lessons: int = len(BY_KEY)
    chosen: int = 0
    """The operator who is looked at."""
    chosen_name: str = ""
    admitted: bool = False
    runs: rx.Field[list[RunRow]] = rx.field(default_factory=list)
    notes: rx.Field[list[NoteRow]] = rx.field(default_factory=list)
    opened: rx.Field[Opened] = rx.field(default_factory=Opened)
    sound: rx.Field[Sound] = rx.field(default_factory=Sound)
    act: str = ""
    """confirm, give_back, admit, note: the question that is open; empty: none."""
    fault: str = ""
    """Codes of PracticeError."""

    @rx.event
    @roles("moderator")
    async def enter(self):
        """On_load."""
        self.reset()
        await self._read()
        self.loaded = True

    async def _read(self) -> None:
        me = current_account(self).account_id
        async with database.session() as s:
            found = await desk.trainees(s, me, search=self.search)
            # Without a search all who wait are among them already.
            self.waiting = await desk.waiting(s, me) if self.search else sum(one.waits for one in found)
        self.people = [
            TraineeRow(
                one.operator_id, one.name, one.admitted, one.waits, one.passed, one.asked, one.tests, one.lessons,
                epoch_ms(one.last_at) or 0, one.practising,
            )
            for one in found
        ]  # fmt: skip

    @rx.event
    @roles("moderator")
    async def find(self, form: dict):
        """Among all operators; empty: those who train."""
        self.search = line(fields(form).get("search") or "", 100)
        await self._read()

    @rx.event
    @roles("moderator")
    async def choose(self, operator_id: int):
        """One operator with their tests and lessons; the last test that waits is opened."""
        person = next((one for one in self.people if one.id == whole(operator_id)), None)
        if person is None:
            return
        self.chosen, self.chosen_name = person.id, person.name
        self.opened, self.sound, self.act, self.fault = Opened(), Sound(), "", ""
        await self._read_chosen()
        first = next((run for run in self.runs if not run.lesson and run.standing in ("passed", "below")), None)
        if first is not None:
            await self._open(first.id)

    async def _read_chosen(self) -> None:
        async with database.session() as s:
            found = await desk.progress(s, self.chosen, required=settings().aptitude_required)
            runs = await desk.runs(s, self.chosen)
        self.admitted = found.admitted
        self.runs, self.notes = [run_row(run) for run in runs], [note_row(note) for note in found.notes]

    async def _open(self, run_id: int) -> None:
        async with database.session() as s:
            run = await desk.one(s, self.chosen, run_id)
        if run is not None:
            self.opened, self.sound = opened_of(run), Sound()

    @rx.event
    @roles("moderator")
    def leave(self):
        self.chosen, self.opened, self.sound, self.act = 0, Opened(), Sound(), ""

    @rx.event
    @roles("moderator")
    async def look(self, run_id: int):
        if self.chosen:
            await self._open(whole(run_id))

    @rx.event
    @roles("moderator")
    async def hear(self, place: int):
        """One call of the run that is open."""
        async with database.session() as s:
            self.sound = await sound_of(s, self.opened, whole(place))
        if not self.sound.call_id:
            return rx.toast.error(later("There is no recording to hear."))
        return None

    @rx.event
    @roles("moderator")
    def ask(self, act: str):
        """Opens a question about the chosen operator, or about the test that is open."""
        if act in ACTS and self.chosen:
            self.act, self.fault = act, ""

    @rx.event
    @roles("moderator")
    def show_question(self, wanted: bool):
        if not flag(wanted):
            self.act, self.fault = "", ""

    @rx.event
    @roles("moderator")
    async def answer(self, form: dict):
        """Does what the open question asked, with its word."""
        if not self.act or not self.chosen:
            return None
        given = fields(form)
        words, lesson = paragraphs(given.get("words") or "", 4_000), str(given.get("lesson") or "")
        try:
            told = await self._do(words, lesson or None)
        except PracticeError as refused:
            self.fault = refused.code
            return rx.set_focus("words")
        await tell(self.chosen)
        self.act, self.fault = "", ""
        await self._read()
        await self._read_chosen()
        if self.opened.id:
            await self._open(self.opened.id)
        return rx.toast.success(told)

    async def _do(self, words: str, lesson: str | None) -> Any:
        """Raises PracticeError. Returns what to say."""
        me, now = current_account(self).account_id, datetime.now(UTC)
        async with database.session() as s:
            match self.act:
                case "note":
                    await desk.note(s, self.chosen, me, words, lesson)
                    return later("The operator sees it.")
                case "admit":
                    await aptitude.give(s, self.chosen, me, words)
                    return later("Campaigns that pay are open now.")
                case "confirm" | "give_back":
                    confirmed = self.act == "confirm"
                    # The run belongs to whom is looked at: a test of somebody else is none here.
                    if await desk.one(s, self.chosen, self.opened.id) is None:
                        raise PracticeError("unknown")
                    await aptitude.decide(s, self.opened.id, me, words, now, confirmed=confirmed)
                    return later("Campaigns that pay are open now.") if confirmed else later("The operator sees it.")
        raise BadArgument("no such act")
