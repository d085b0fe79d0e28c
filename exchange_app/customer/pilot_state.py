"""The pilot of the campaign whose page is open: its first calls, to be heard before it goes on."""

from dataclasses import dataclass

import reflex as rx
from reflex.state import BaseState
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.security import roles
from exchange_domain import call_rows, pilots
from exchange_domain.tables import Campaign, Recording
from exchange_domain.words import PilotState, RecordingState

from .call_lines import answer_of, line_of
from .rights import opened


@dataclass(frozen=True)
class PilotCall:
    """`talk_s` is 0 for a call nobody answered."""

    id: str
    contact: str
    number: str
    state: str
    answer: str
    talk_s: int
    heard: bool
    """Whether there is a recording to hear."""


class Pilot(rx.State):
    calls: rx.Field[list[PilotCall]] = rx.field(default_factory=list)
    most: int = pilots.CALLS

    @rx.event
    @roles("customer")
    async def enter(self):
        """On_load."""
        self.reset()
        async with opened(self) as at:
            if at is not None:
                await self._read(at.db, at.campaign)

    async def _read(self, s: AsyncSession, campaign: Campaign) -> None:
        assert campaign.id is not None
        self.calls = await calls_of(s, campaign.id) if campaign.pilot is PilotState.REVIEW else []


async def calls_of(s: AsyncSession, campaign_id: int) -> list[PilotCall]:
    found = []
    for row in await call_rows.of_calls(s, await pilots.first_calls(s, campaign_id)):
        recording, shown = await s.get(Recording, row.call_id), line_of(row)
        found.append(
            PilotCall(
                str(row.call_id), shown["contact"], shown["number"], shown["state"], answer_of(row), row.talk_s or 0,
                recording is not None and recording.state is RecordingState.STORED,
            )
        )  # fmt: skip
    return found


async def show(root: BaseState, s: AsyncSession, campaign: Campaign) -> None:
    """The campaign has changed while its page is open."""
    await (await root.get_state(Pilot))._read(s, campaign)
