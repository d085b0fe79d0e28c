"""Starting, pausing and finishing a campaign, from its page or from the last step."""

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.arguments import flag
from exchange_app.campaign_news import announce
from exchange_app.security import roles
from exchange_domain import campaigns, pilots
from exchange_domain.campaigns import CampaignError
from exchange_domain.words import CampaignStatus, PilotState

from .here import Here
from .rights import gone, opened


async def _go_on(s: AsyncSession, campaign_id: int) -> CampaignStatus:
    await pilots.go_on(s, campaign_id)
    return await campaigns.start(s, campaign_id)


class Run(rx.State):
    refused: str = ""
    """Code of CampaignError."""
    needed: int = 0
    available: int = 0
    finishing: bool = False
    """Whether it is being asked if the campaign is to end for good."""

    @rx.event
    @roles("customer")
    def enter(self):
        self.reset()

    @rx.event
    @roles("customer")
    async def start(self):
        return await self._change("start")

    @rx.event
    @roles("customer")
    async def go_on(self):
        """The calls of the pilot were looked at: the campaign goes on, and does not stop after them again."""
        return await self._change("go_on")

    @rx.event
    @roles("customer")
    async def switch_pilot(self, on: bool):
        """Whether a campaign that has made no call yet stops after its first ones."""
        wanted = PilotState.DUE if flag(on) else PilotState.OVER
        async with opened(self) as at:
            if at is None:
                return gone()
            await pilots.choose(at.db, at.id, wanted)
        await self._show_anew()

    @rx.event
    @roles("customer")
    async def pause(self):
        """No new call begins; calls on the line go on."""
        return await self._change("pause")

    @rx.event
    @roles("customer")
    def ask_finish(self, wanted: bool):
        self.finishing = bool(wanted)

    @rx.event
    @roles("customer")
    async def finish(self):
        """For good: a finished campaign is not started again."""
        self.finishing = False
        return await self._change("finish")

    async def _change(self, what: str) -> rx.event.EventSpec | list[rx.event.EventSpec] | None:
        self.refused = ""
        action = {
            "start": campaigns.start, "pause": campaigns.pause, "finish": campaigns.finish, "go_on": _go_on,
        }[what]  # fmt: skip
        try:
            async with opened(self) as at:
                if at is None:
                    return gone()
                status = await action(at.db, at.id)
        except CampaignError as refused:
            self.refused = refused.code
            self.needed, self.available = refused.params.get("needed", 0), refused.params.get("available", 0)
            return None
        await announce(at.id, status)
        await self._show_anew()
        return rx.redirect(f"/customer/campaign/{at.id}") if what == "start" else None

    async def _show_anew(self) -> None:
        here = await self.get_state(Here)
        async with opened(self) as at:
            if at is not None:
                await here._read(at.db, at.campaign)
