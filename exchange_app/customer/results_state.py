"""A campaign as it runs: calls, totals, and why it stands. Live through the campaign's room."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import reflex as rx
from reflex.state import BaseState
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app import live
from exchange_app.arguments import fields, line, one_of, uuid
from exchange_app.filled_in import Answer, answers_of
from exchange_app.security import roles
from exchange_domain import call_rows, database, recordings
from exchange_domain.messages import CampaignChanged, ImportMoved
from exchange_domain.tables import Call, Campaign, Script
from exchange_domain.words import Outcome

from . import page_room, pilot_state
from .call_lines import line_of, shown_number, state_code
from .here import Here
from .live_totals import LiveTotals
from .overview import standing, totals
from .recording_line import RecordingLine, line_of_recording
from .rights import gone, opened

PAGE = 50
MOST = 500
"""Rows one page shows; older ones are found by filter and search."""
ROOM = "campaign"


@dataclass(frozen=True)
class CallDetails:
    """All there is to know about one call. Times in epoch milliseconds, 0 for none."""

    id: str = ""
    contact: str = ""
    person: str = ""
    number: str = ""
    operator: str = ""
    attempt: int = 0
    state: str = ""
    words: str = ""
    claimed_ms: int = 0
    answered_ms: int = 0
    talk_to_ms: int = 0
    charge: int = 0
    settled: bool = False
    note: str = ""
    manager: str = ""
    manager_result: str = ""
    manager_note: str = ""
    transferred: bool = False


class Results(rx.State):
    snapshot: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    patch: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    """Set in the browser by the room; the server never reads it."""
    totals: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    standing: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    """`overview.Standing`: why it is slow, or that all is well."""
    outcome: str = ""
    """Only calls that ended so; live. Empty: all."""
    search: str = ""
    """Found on the server when asked; not live."""
    limit: int = PAGE
    more: bool = False
    """Whether older rows are there."""
    at_ms: int = 0
    """When the rows were read."""
    details: CallDetails = CallDetails()
    recording: RecordingLine = RecordingLine()
    answers: rx.Field[list[Answer]] = rx.field(default_factory=list)
    open: bool = False
    _room: str = ""
    """The room the page is in."""

    @rx.event
    @roles("customer")
    async def enter(self):
        """On_load: joins the campaign's room after the rights were checked."""
        await page_room.leave(self)
        self.reset()
        async with opened(self) as at:
            if at is None:
                return
            self.totals, self.standing = await _sums(at.db, at.campaign)
        self.snapshot = await page_room.enter(self, f"{ROOM}:{at.id}", self._rows(at.id))

    @rx.event
    @roles("customer")
    async def leave(self):
        """The page was left: no more patches."""
        await page_room.leave(self)

    @rx.event
    @roles("customer")
    async def gap(self, _: int):
        """A patch was missed: the rows anew."""
        await self._again()

    @rx.event
    @roles("customer")
    async def choose_outcome(self, outcome: str):
        self.outcome = one_of(Outcome, outcome).value if outcome else ""
        self.limit = PAGE
        return await self._again()

    @rx.event
    @roles("customer")
    async def find(self, form: dict):
        self.search, self.limit = line(fields(form).get("search", ""), 100), PAGE
        return await self._again()

    @rx.event
    @roles("customer")
    async def forget_search(self):
        self.search, self.limit = "", PAGE
        return await self._again()

    @rx.event
    @roles("customer")
    async def show_more(self):
        self.limit = min(self.limit + PAGE, MOST)
        return await self._again()

    @rx.event
    @roles("customer")
    async def open_call(self, call_id: str):
        """All about one call of this campaign."""
        wanted = uuid(call_id)
        async with opened(self) as at:
            call = await at.db.get(Call, wanted) if at else None
            if at is None or call is None or call.campaign_id != at.id:
                return gone()
            row = await call_rows.one(at.db, wanted)
            script = await at.db.get(Script, call.script_id)
            found = await recordings.shown(at.db, wanted, at.campaign.keep_recordings_days)
        self.recording = line_of_recording(found)
        self.answers = answers_of(script.form if script else [], row.result)
        talk_to = (
            (row.answered_ms or 0) + row.talk_s * 1000 if row.answered_ms and row.talk_s is not None else row.ended_ms
        )
        self.details = CallDetails(
            id=str(wanted),
            contact=row.contact_name,
            person=row.person_name,
            number=shown_number(row.number),
            operator=row.operator_name,
            attempt=row.attempt,
            state=state_code(row),
            words=row.disposition or "",
            claimed_ms=row.claimed_ms,
            answered_ms=row.answered_ms or 0,
            talk_to_ms=talk_to or 0,
            charge=row.charge or 0,
            settled=row.settled,
            note=row.note,
            manager=row.manager_name or "",
            manager_result=row.manager_result or "",
            manager_note=row.manager_note,
            transferred=row.transferred,
        )
        self.open = True

    @rx.event
    @roles("customer")
    def show_details(self, wanted: bool):
        self.open = bool(wanted) and bool(self.details.id)

    async def _again(self) -> rx.event.EventSpec | None:
        async with opened(self) as at:
            if at is None:
                return gone()
        self.snapshot = await live.again(self, f"{ROOM}:{at.id}", self._rows(at.id))
        return None

    def _rows(self, campaign_id: int) -> Callable[[], Awaitable[list[dict[str, Any]]]]:
        async def load() -> list[dict[str, Any]]:
            outcome = Outcome(self.outcome) if self.outcome else None
            async with database.session() as db:
                found = await call_rows.page(db, campaign_id, outcome=outcome, search=self.search, limit=self.limit + 1)
            self.more, self.at_ms = len(found) > self.limit, call_rows.epoch_ms(datetime.now(UTC)) or 0
            return [line_of(row) for row in found[: self.limit]]

        return load


async def _sums(db: AsyncSession, campaign: Campaign) -> tuple[dict[str, Any], dict[str, Any]]:
    """Totals and standing, as the page shows them."""
    assert campaign.id is not None
    return (await totals(db, campaign.id)).as_dict(), asdict(await standing(db, campaign, datetime.now(UTC)))


async def _read_sums(campaign_id: int) -> dict[str, Any]:
    async with database.session() as db:
        found, why = await _sums(db, await db.get_one(Campaign, campaign_id))
    return {"totals": found, "standing": why}


async def changed(root: BaseState, message: CampaignChanged | ImportMoved) -> None:
    """Status or money changed: what the page says of it is read again."""
    if not isinstance(message, CampaignChanged):
        return
    here = await root.get_state(Here)
    if here.number != message.campaign_id:
        return
    async with database.session() as db:
        campaign = await db.get(Campaign, message.campaign_id)
        if campaign is not None:
            results = await root.get_state(Results)
            results.totals, results.standing = await _sums(db, campaign)
            await here._read(db, campaign)
            await pilot_state.show(root, db, campaign)


LIVE_TOTALS = LiveTotals(ROOM, _read_sums)
live.room(ROOM, Results, patch="patch", row=LIVE_TOTALS.row, other=changed)
