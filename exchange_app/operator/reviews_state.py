"""An operator's judged calls: heard with the moderators' notes, and appealed."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import reflex as rx

from exchange_app.arguments import fields
from exchange_app.i18n import later
from exchange_app.ids import read_id
from exchange_app.judged import CodeLine, NoteLine, ScoreLine, codes_shown, notes_shown, scores_shown
from exchange_app.recordings.wave_player import drawn
from exchange_app.security import current_account, roles
from exchange_domain import appeals, certificates, database, own_reviews, score_cards
from exchange_domain.appeals import AppealError
from exchange_domain.call_rows import epoch_ms
from exchange_domain.own_reviews import OwnReview
from exchange_domain.talk_figures import of_peaks


@dataclass(frozen=True)
class ReviewLine:
    """Money in minor units, times in epoch milliseconds. `standing`: accepted, apart, appealed, granted, refused or
    kept."""

    call_id: str
    campaign: str
    called_ms: int
    outcome: str
    standing: str
    pay: int
    currency: str
    until_ms: int
    may_appeal: bool


@dataclass
class Opened:
    """The call that is looked at."""

    call_id: str = ""
    campaign: str = ""
    called_ms: int = 0
    outcome: str = ""
    standing: str = ""
    heard: bool = False
    duration_ms: int = 0
    peaks: str = ""
    silences: list[list[int]] = field(default_factory=list)
    may_appeal: bool = False
    until_ms: int = 0
    appeal: str = ""
    decision: str = ""


def standing_of(one: OwnReview) -> str:
    if one.verdict == "accepted":
        return "accepted"
    if one.appeal is not None:
        return {"open": "appealed", "granted": "granted", "refused": "refused"}[one.appeal.value]
    return "kept" if one.pay == "kept" else "apart"


def may_appeal(one: OwnReview, now: datetime) -> bool:
    return standing_of(one) == "apart" and one.appeal_until is not None and one.appeal_until > now


def line_of(one: OwnReview, now: datetime) -> ReviewLine:
    return ReviewLine(
        str(one.call_id), one.campaign, epoch_ms(one.called_at) or 0, one.outcome.value if one.outcome else "",
        standing_of(one), one.earned if one.verdict == "accepted" else one.withheld, one.currency,
        epoch_ms(one.appeal_until) or 0, may_appeal(one, now),
    )  # fmt: skip


class OwnReviews(rx.State):
    loaded: bool = False
    lines: rx.Field[list[ReviewLine]] = rx.field(default_factory=list)
    judged: int = 0
    accepted: int = 0
    apart: int = 0
    apart_sum: int = 0
    currency: str = "RUB"
    certified: rx.Field[list[str]] = rx.field(default_factory=list)
    """Names of the certificates one has."""
    opened: rx.Field[Opened] = rx.field(default_factory=Opened)
    notes: rx.Field[list[NoteLine]] = rx.field(default_factory=list)
    scores: rx.Field[list[ScoreLine]] = rx.field(default_factory=list)
    codes: rx.Field[list[CodeLine]] = rx.field(default_factory=list)
    appealing: bool = False
    mark_ms: int = 0
    """The moment of the call that the appeal points to."""
    fault: str = ""
    """no_words"""

    @rx.event
    @roles("operator")
    async def enter(self):
        """On_load."""
        self.reset()
        await self._read()
        self.loaded = True

    async def _read(self) -> None:
        me, now = current_account(self).account_id, datetime.now(UTC)
        async with database.session() as s:
            found = await own_reviews.of_operator(s, me)
            sums = await own_reviews.sums(s, me)
            self.certified = await certificates.names_of(s, me)
        self.lines = [line_of(one, now) for one in found]
        self.judged, self.accepted, self.apart, self.apart_sum = sums.judged, sums.accepted, sums.apart, sums.apart_sum
        self.currency = found[0].currency if found else "RUB"

    @rx.event
    @roles("operator")
    async def open(self, call_id: str):
        """A judged call with its sound and what was found."""
        wanted = read_id(call_id)
        if wanted is None:
            return None
        async with database.session() as s:
            one = await own_reviews.one(s, current_account(self).account_id, wanted)
            if one is None:
                return rx.toast.error(later("This call is not yours, or not judged."))
            found = await own_reviews.findings(s, one)
            card = await score_cards.of_campaign(s, one.campaign_id)
        silences = of_peaks(one.peaks, one.peak_ms).silences
        self.opened = Opened(
            str(one.call_id), one.campaign, epoch_ms(one.called_at) or 0, one.outcome.value if one.outcome else "",
            standing_of(one), one.heard, one.duration_ms, drawn(one.peaks), [list(pair) for pair in silences],
            may_appeal(one, datetime.now(UTC)), epoch_ms(one.appeal_until) or 0, one.appeal_words, one.decision,
        )  # fmt: skip
        self.notes, self.codes = notes_shown(found.notes), codes_shown(card, one.codes)
        self.scores = scores_shown(card, found.scores)
        self.appealing, self.fault = False, ""
        return None

    @rx.event
    @roles("operator")
    def close(self):
        self.opened, self.appealing = Opened(), False

    @rx.event
    @roles("operator")
    def begin_appeal(self, at_ms: int):
        """With the moment that the player is at."""
        if self.opened.may_appeal:
            known = isinstance(at_ms, int) and not isinstance(at_ms, bool) and 0 <= at_ms < 86_400_000
            self.appealing, self.mark_ms, self.fault = True, at_ms if known else 0, ""

    @rx.event
    @roles("operator")
    def show_appeal(self, wanted: bool):
        if not wanted:
            self.appealing = False

    @rx.event
    @roles("operator")
    async def appeal(self, form: dict):
        """Another moderator will hear the call; until then the pay stays where it is."""
        words = str(fields(form).get("words", ""))
        call_id = read_id(self.opened.call_id)
        if call_id is None or not self.appealing:
            return None
        try:
            async with database.session() as s:
                me = current_account(self).account_id
                await appeals.appeal(s, call_id, me, self.mark_ms, words, datetime.now(UTC))
        except AppealError as refused:
            if refused.code == "no_words":
                self.fault = refused.code
                return rx.set_focus("appeal-words")
            self.appealing = False
            await self._read()
            return rx.toast.error(later("The time to appeal is over."))
        self.appealing = False
        await self._read()
        await OwnReviews.open.fn(self, self.opened.call_id)  # pyright: ignore[reportAttributeAccessIssue]
        return rx.toast.success(later("Another moderator will hear the call. You see the answer here."))
