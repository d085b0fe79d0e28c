"""The most that may be spent in a day: of the customer on the money page, of one campaign on its start page."""

from typing import Any

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.arguments import BadArgument
from exchange_app.security import current_account, roles
from exchange_app.sums import sum_of, typed
from exchange_domain import database, spend_caps, tariffs
from exchange_domain.clock import moment, now_ms
from exchange_domain.tables import Campaign, Customer

from .rights import field_of, gone, opened


class Caps(rx.State):
    """The one cap of the page that is open. Money in minor units."""

    value: str = ""
    """As typed; empty: no cap."""
    fault: str = ""
    """not_a_sum"""
    per_day: int = 0
    """What is saved; 0: no cap."""
    spent: int = 0
    """Of the day so far, held money with it."""
    needed: int = 0
    """The most that one call of the campaign can cost; 0 where it is the customer's cap."""
    currency: str = "RUB"

    @rx.event
    @roles("customer")
    async def enter(self):
        """On_load of a campaign's start page."""
        async with opened(self) as at:
            if at is None:
                self.reset()
                return
            await self._show(at.db, await at.db.get_one(Customer, at.campaign.customer_id), at.campaign)

    async def _show(self, db: AsyncSession, customer: Customer, campaign: Campaign | None = None) -> None:
        assert customer.id is not None
        campaign_id = campaign.id if campaign else None
        now = moment(now_ms())
        caps = await spend_caps.caps_of(db, customer.id, campaign_id)
        spent = await spend_caps.spent(db, customer, campaign_id, now)
        tariff = await tariffs.current(db, customer.id, customer.currency, now) if campaign else None
        per_day = caps.campaign if campaign else caps.customer
        self.currency, self.per_day, self.fault = customer.currency, per_day or 0, ""
        self.spent = spent.campaign if campaign else spent.customer
        self.needed = tariffs.most(tariff, campaign.longest_call_s) if tariff and campaign else 0
        self.value = typed(per_day, customer.currency)

    @rx.event
    @roles("customer")
    async def change_customer_cap(self, field: str, value: str):
        """Saves the cap of all campaigns of a customer."""
        customer_id, _ = field_of(field)
        if customer_id not in current_account(self).customers:
            return
        async with database.session() as db:
            customer = await db.get_one(Customer, customer_id)
            await self._save(db, customer, None, value)

    @rx.event
    @roles("customer")
    async def change_campaign_cap(self, field: str, value: str):
        """Saves the cap of one campaign."""
        campaign_id, _ = field_of(field)
        async with opened(self, campaign_id) as at:
            if at is None:
                return gone()
            await self._save(at.db, await at.db.get_one(Customer, at.campaign.customer_id), at, value)

    async def _save(self, db: AsyncSession, customer: Customer, at: Any, value: str) -> None:
        """What is no sum is shown as typed and not taken: the cap that was there goes on to hold."""
        assert customer.id is not None
        try:
            per_day = sum_of(value, customer.currency)
        except BadArgument:
            fault = "not_a_sum"
        else:
            fault = ""
            await spend_caps.set_cap(db, customer.id, at.id if at else None, per_day)
        if at is None or at.on_page:
            if not fault:
                await self._show(db, customer, at.campaign if at else None)
            self.value, self.fault = str(value)[:30], fault
