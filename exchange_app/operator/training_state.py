"""An operator's training: the aptitude test, the lessons, what moderators say, and the reports."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import reflex as rx
from reflex.state import BaseState

from exchange_app import live
from exchange_app.i18n import later
from exchange_app.practised.rows import NoteRow, Opened, RunRow, Sound, note_row, opened_of, run_row, sound_of
from exchange_app.security import current_account, roles
from exchange_domain import database
from exchange_domain.messages import PracticeMeasured, StartShift
from exchange_domain.practice import aptitude, desk, runs
from exchange_domain.practice.desk import Progress
from exchange_domain.practice.runs import PracticeError
from exchange_domain.settings import settings

from .desk_state import Desk

TEST = "test"
"""What the page calls the aptitude test among the lessons."""


@dataclass(frozen=True)
class LessonRow:
    """`last`: the run to look at, 0 for none; `advised`: a moderator named it last."""

    key: str
    times: int
    reached: bool
    last: int
    advised: bool


def _number(given: Any) -> int:
    """An argument that our pages send as a number; 0 for anything else, which there is nothing of."""
    known = isinstance(given, int) and not isinstance(given, bool) and 0 < given < 2**53
    return given if known else 0


class Training(live.OnlyChanges, rx.State):
    loaded: rx.Field[bool] = rx.field(False)
    required: rx.Field[bool] = rx.field(True)
    """The house asks for the aptitude test."""
    admitted: rx.Field[bool] = rx.field(False)
    """May call campaigns that pay."""
    lessons: rx.Field[list[LessonRow]] = rx.field(default_factory=list)
    tests: rx.Field[list[RunRow]] = rx.field(default_factory=list)
    notes: rx.Field[list[NoteRow]] = rx.field(default_factory=list)
    under_way: rx.Field[str] = rx.field("")
    """The lesson that is open, `test` for the aptitude test; empty: none."""
    made: rx.Field[int] = rx.field(0)
    """Calls of it that are over, of `of`."""
    of: rx.Field[int] = rx.field(0)
    opened: rx.Field[Opened] = rx.field(default_factory=Opened)
    sound: rx.Field[Sound] = rx.field(default_factory=Sound)

    @rx.event
    @roles("operator")
    async def enter(self):
        """On_load. Whoever has a test that nobody has looked at sees its report at once."""
        self.opened, self.sound = Opened(), Sound()
        await self._read()
        self.loaded = True

    async def _read(self) -> Progress:
        me = current_account(self).account_id
        async with database.session() as s:
            found = await desk.progress(s, me, required=settings().aptitude_required)
            under_way = await runs.open_run(s, me)
            calls = await runs.placed(s, under_way.id) if under_way is not None and under_way.id is not None else []
        advised = next((note.lesson for note in found.notes if note.lesson), None)
        self.required, self.admitted = settings().aptitude_required, found.admitted
        self.lessons = [
            LessonRow(one.key, one.times, one.reached, one.last or 0, one.key == advised and not one.reached)
            for one in found.lessons
        ]
        self.tests = [run_row(run) for run in found.tests if run.state != "open"]
        self.notes = [note_row(note) for note in found.notes]
        self.under_way = "" if under_way is None else under_way.lesson or TEST
        self.made, self.of = sum(call.over for call in calls), len(calls)
        return found

    @rx.event
    @roles("operator")
    async def begin(self, what: str):
        """The test or a lesson, from the workspace on; what was open is left. In a call one goes back to it."""
        operator = current_account(self)
        line = await self.get_state(Desk)
        if line.call_id and not line.preview:
            return rx.redirect("/operator/work")
        lesson = None if what == TEST else str(what)
        language = "ru" if operator.language == "ru" else "en"
        try:
            async with database.session() as s:
                begun = await runs.begin(s, operator.account_id, lesson, language)
        except PracticeError:
            return rx.toast.error(later("There is no such lesson."))
        await line._send(StartShift(operator_id=operator.account_id, campaign_id=begun.campaign_id), "start_shift")
        return rx.redirect("/operator/work")

    @rx.event
    @roles("operator")
    async def give_up(self):
        """What is open counts for nothing."""
        async with database.session() as s:
            await runs.leave(s, current_account(self).account_id)
        await self._read()

    @rx.event
    @roles("operator")
    async def look(self, run_id: int):
        """The report of a run of one's own."""
        async with database.session() as s:
            run = await desk.one(s, current_account(self).account_id, _number(run_id))
        if run is not None:
            self.opened, self.sound = opened_of(run), Sound()

    @rx.event
    @roles("operator")
    def look_away(self):
        self.opened, self.sound = Opened(), Sound()

    @rx.event
    @roles("operator")
    async def hear(self, place: int):
        """One call of the report that is open."""
        async with database.session() as s:
            self.sound = await sound_of(s, self.opened, _number(place))
        if not self.sound.call_id:
            return rx.toast.error(later("There is no recording to hear."))
        return None

    @rx.event
    @roles("operator")
    async def ask(self):
        """A person is to look at the test that is open."""
        me = current_account(self).account_id
        try:
            async with database.session() as s:
                await aptitude.ask(s, me, self.opened.id, datetime.now(UTC))
        except PracticeError:
            return rx.toast.error(later("Only a test that was measured can be looked at."))
        await self._show_again()
        return rx.toast.success(later("A moderator will listen to it."))

    async def _show_again(self) -> None:
        """What is open, as it stands now."""
        await self._read()
        if self.opened.id:
            async with database.session() as s:
                run = await desk.one(s, current_account(self).account_id, self.opened.id)
            if run is not None:
                self.opened = opened_of(run)


async def apply(state: BaseState, message: PracticeMeasured) -> None:
    training = await state.get_state(Training)
    if training.loaded and current_account(training).account_id == message.operator_id:
        await training._show_again()


live.on("practice", apply)
