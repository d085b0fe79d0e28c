"""Listening to a call: taken from the queue, noted on, scored, judged. All of it is in the database at once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.arguments import fields
from exchange_app.filled_in import Answer, answers_of
from exchange_app.i18n import later
from exchange_app.judged import CodeLine, NoteLine, ScoreLine, codes_shown, notes_shown, scores_shown
from exchange_app.recordings.wave_player import drawn
from exchange_app.security import current_account, roles
from exchange_domain import database, review_desk, review_pay, score_cards
from exchange_domain.call_rows import epoch_ms
from exchange_domain.review_desk import ReviewError
from exchange_domain.score_cards import POINTS, Card
from exchange_domain.tables import Hearing
from exchange_domain.words import HearingVerdict

from .review_rows import (
    CallShown,
    Measured,
    PartLine,
    QueueLine,
    measured,
    queue_line,
    reasons_of,
    script_of,
    silences_of,
)

AGREED_OVER = timedelta(days=90)


class Review(rx.State):
    loaded: bool = False
    waiting: int = 0
    """How many calls wait for this moderator, up to a thousand."""
    lines: rx.Field[list[QueueLine]] = rx.field(default_factory=list)
    hearing_id: int = 0
    """What is being heard; 0: nothing."""
    second: bool = False
    """Another has heard it: what they found is not shown."""
    call: rx.Field[CallShown] = rx.field(default_factory=CallShown)
    measured: rx.Field[Measured] = rx.field(default_factory=Measured)
    answers: rx.Field[list[Answer]] = rx.field(default_factory=list)
    parts: rx.Field[list[PartLine]] = rx.field(default_factory=list)
    peaks: str = ""
    silences: rx.Field[list[list[int]]] = rx.field(default_factory=list)
    notes: rx.Field[list[NoteLine]] = rx.field(default_factory=list)
    criteria: rx.Field[list[ScoreLine]] = rx.field(default_factory=list)
    codes: rx.Field[list[CodeLine]] = rx.field(default_factory=list)
    total: int = 0
    note_at: int = -1
    """Where a note is being written, in milliseconds; -1: none is."""
    fault: str = ""
    """no_scores, no_reason, no_words, too_many"""
    said: str = ""
    """What the last verdict came to: accepted, rejected, another."""
    pairs: int = 0
    alike: int = 0
    own_pairs: int = 0
    own_alike: int = 0

    _card: rx.Field[Card] = rx.field(default_factory=Card)

    @rx.event
    @roles("moderator")
    async def enter(self):
        """On_load: goes on with the call that was being heard, if one was."""
        self.reset()
        await self._read_queue()
        held = next((one for one in self.lines if one.mine), None)
        if held is not None:
            await self._open(held.id)
        self.loaded = True

    @rx.event
    @roles("moderator")
    async def look_again(self):
        """The queue as it is now."""
        await self._read_queue()

    async def _read_queue(self) -> None:
        me, now = current_account(self).account_id, datetime.now(UTC)
        async with database.session() as s:
            found = await review_desk.queue(s, me, now)
            self.waiting = await review_desk.waiting(s, me, now)
            everybody = await review_desk.agreed(s, now - AGREED_OVER)
            own = await review_desk.agreed(s, now - AGREED_OVER, me)
        self.lines = [queue_line(one) for one in found]
        self.pairs, self.alike = everybody.pairs, everybody.alike
        self.own_pairs, self.own_alike = own.pairs, own.alike

    @rx.event
    @roles("moderator")
    async def open(self, hearing_id: int):
        """Takes a call of the queue; the one that was open before goes back."""
        if self.hearing_id and self.hearing_id != hearing_id:
            await self._let_go()
        self.said = ""
        return await self._open(_whole(hearing_id))

    @rx.event
    @roles("moderator")
    async def next(self):
        """The first of the queue."""
        await self._read_queue()
        waits = [one for one in self.lines if one.id != self.hearing_id]
        if waits:
            return await Review.open.fn(self, waits[0].id)  # pyright: ignore[reportAttributeAccessIssue]
        return None

    async def _open(self, hearing_id: int) -> rx.event.EventSpec | None:
        me = current_account(self).account_id
        try:
            async with database.session() as s:
                call_id = await review_desk.take(s, hearing_id, me, datetime.now(UTC))
        except ReviewError:
            self._forget()
            await self._read_queue()
            return rx.toast.info(later("Another moderator has taken this one."))
        async with database.session() as s:
            await self._show(s, hearing_id, call_id)
        await self._read_queue()
        return None

    async def _show(self, s: AsyncSession, hearing_id: int, call_id: UUID) -> None:
        seen = await review_desk.heard(s, call_id)
        hearing = await s.get(Hearing, hearing_id, populate_existing=True)
        if seen is None or hearing is None:
            return
        self._card = await score_cards.of_campaign(s, seen.campaign_id)
        self.hearing_id, self.second, self.fault, self.note_at = hearing_id, hearing.turn > 1, "", -1
        self.call = CallShown(
            str(seen.call_id), seen.operator, seen.campaign, seen.customer, epoch_ms(seen.called_at) or 0,
            seen.outcome.value if seen.outcome else "", seen.disposition, seen.note, seen.duration_ms,
            reasons_of(seen.reasons),
        )  # fmt: skip
        self.measured = measured(seen.report)
        self.answers = answers_of(seen.form, seen.result)
        self.parts = script_of(seen.markdown)
        self.peaks, self.silences = drawn(seen.peaks), silences_of(seen)
        self.notes = notes_shown(await review_desk.notes(s, [hearing_id]))
        self._score(dict(hearing.scores), list(hearing.codes))

    def _score(self, scores: dict[str, int], codes: list[str]) -> None:
        self.criteria = scores_shown(self._card, scores)
        self.codes = codes_shown(self._card, codes, all_of_them=True)
        self.total = sum(one.points for one in self.criteria if one.points > 0)

    def _forget(self) -> None:
        self.hearing_id, self.call, self.peaks, self.note_at = 0, CallShown(), "", -1
        self.notes, self.criteria, self.codes, self.answers, self.parts = [], [], [], [], []
        self.fault = ""

    async def _let_go(self) -> None:
        try:
            async with database.session() as s:
                me = current_account(self).account_id
                await review_desk.give_back(s, self.hearing_id, me, datetime.now(UTC))
        except ReviewError:
            pass  # it was not theirs any more

    @rx.event
    @roles("moderator")
    async def give_back(self):
        """Somebody else may hear it."""
        if self.hearing_id:
            await self._let_go()
            self._forget()
            await self._read_queue()

    # --- notes ---

    @rx.event
    @roles("moderator")
    def begin_note(self, at_ms: int):
        """A note is to be pinned here: the sound goes on."""
        if self.hearing_id:
            self.note_at, self.fault = max(0, _whole(at_ms)), ""

    @rx.event
    @roles("moderator")
    def drop_note(self):
        self.note_at, self.fault = -1, ""

    @rx.event
    @roles("moderator")
    async def save_note(self, form: dict):
        """Pins what was written."""
        words = str(fields(form).get("words", ""))
        if not self.hearing_id or self.note_at < 0:
            return None
        try:
            async with database.session() as s:
                me = current_account(self).account_id
                await review_desk.note(s, self.hearing_id, me, self.note_at, words, datetime.now(UTC))
                found = await review_desk.notes(s, [self.hearing_id])
        except ReviewError as refused:
            if refused.code in ("no_words", "too_many"):
                self.fault = refused.code
                return rx.set_focus("note-words")
            return await self._lost()
        self.notes, self.note_at, self.fault = notes_shown(found), -1, ""
        return rx.set_focus("player-note")

    @rx.event
    @roles("moderator")
    async def remove_note(self, note_id: int):
        if not self.hearing_id:
            return None
        try:
            async with database.session() as s:
                me = current_account(self).account_id
                await review_desk.remove_note(s, self.hearing_id, me, _whole(note_id), datetime.now(UTC))
                found = await review_desk.notes(s, [self.hearing_id])
        except ReviewError:
            return await self._lost()
        self.notes = notes_shown(found)
        return None

    # --- the score card ---

    @rx.event
    @roles("moderator")
    async def score(self, name: str, points: int):
        """Points of one criterion, 0 to 2."""
        if points in POINTS and not isinstance(points, bool):
            return await self._keep({name: points}, None)
        return None

    @rx.event
    @roles("moderator")
    async def press(self, place: int):
        """A criterion's key: good at first, then less each time."""
        known = next((one for one in self.criteria if one.place == place), None)
        if known is None:
            return None
        return await self._keep({known.key: 2 if known.points <= 0 else known.points - 1}, None)

    @rx.event
    @roles("moderator")
    async def toggle_code(self, code: str):
        """A reason to reject, on or off."""
        chosen = [one.code for one in self.codes if one.on != (one.code == code)]
        return await self._keep({}, chosen)

    async def _keep(self, change: dict[str, int], codes: list[str] | None) -> rx.event.EventSpec | None:
        if not self.hearing_id:
            return None
        now = {one.key: one.points for one in self.criteria if one.points >= 0}
        scores = score_cards.clean_scores(self._card, {**now, **change})
        chosen = score_cards.clean_codes(
            self._card, [one.code for one in self.codes if one.on] if codes is None else codes
        )
        try:
            async with database.session() as s:
                me = current_account(self).account_id
                await review_desk.keep(s, self.hearing_id, me, scores, chosen, datetime.now(UTC))
        except ReviewError:
            return await self._lost()
        self._score(scores, chosen)
        self.fault = ""
        return None

    # --- the verdict ---

    @rx.event
    @roles("moderator")
    async def give(self, verdict: str):
        """Accepted, rejected or unsure; the pay follows when nobody else has to listen. Then the next one."""
        if not self.hearing_id or verdict not in {one.value for one in HearingVerdict}:
            return None
        call_id = UUID(self.call.id)
        try:
            async with database.session() as s:
                found = await review_desk.give(
                    s, self.hearing_id, current_account(self).account_id, HearingVerdict(verdict), "",
                    datetime.now(UTC),
                )  # fmt: skip
        except ReviewError as refused:
            if refused.code in ("no_scores", "no_reason"):
                self.fault = refused.code
                return None
            return await self._lost()
        async with database.session() as s:
            await review_pay.carry_out(s, call_id, datetime.now(UTC))
        self._forget()
        self.said = found.value if found else "another"
        await self._read_queue()
        if self.lines:
            return await self._open(self.lines[0].id)
        return None

    async def _lost(self) -> rx.event.EventSpec:
        """It is not theirs any more: the time was over, or it is judged."""
        self._forget()
        await self._read_queue()
        return rx.toast.info(later("This call went back to the queue: its time was over."))


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else 0
