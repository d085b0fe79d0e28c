"""The campaign whose page is open: its name, its status, and which steps are done."""

import reflex as rx
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.arguments import line
from exchange_app.design import loading
from exchange_app.i18n import t
from exchange_app.security import roles
from exchange_app.shell.error_pages import not_found
from exchange_domain import ledger, tariffs
from exchange_domain.tables import Campaign, Customer

from .rights import field_of, gone, opened

STEPS_DONE = text("""
select exists (select from contact where campaign_id = :campaign) as list,
       exists (select from script where id = :script) as script,
       exists (select from campaign_hours where campaign_id = :campaign) as hours,
       exists (select from campaign_manager where campaign_id = :campaign) as people
""")


class Here(rx.State):
    """What every page of one campaign shows of it. Rebuilt on each load."""

    found: str = "loading"
    """loading, here, missing"""
    number: int = 0
    name: str = ""
    status: str = "draft"
    pilot: str = "over"
    """due, review, over"""
    customer: str = ""
    customer_id: int = 0
    currency: str = "RUB"
    available: int = 0
    needed: int = 0
    """The most one call can cost: less than this on the account, and nothing is called."""
    has_tariff: bool = True
    has_list: bool = False
    has_script: bool = False
    has_hours: bool = False
    has_managers: bool = False

    @rx.event
    @roles("customer")
    async def enter(self):
        """On_load of every page of a campaign, before the page's own."""
        async with opened(self) as at:
            if at is None:
                self.reset()
                self.found = "missing"
                return
            await self._read(at.db, at.campaign)

    async def _read(self, db: AsyncSession, campaign: Campaign) -> None:
        customer = await db.get_one(Customer, campaign.customer_id)
        assert campaign.id is not None and customer.id is not None
        done = (await db.execute(STEPS_DONE, {"campaign": campaign.id, "script": campaign.script_id})).one()
        balance = await ledger.balance(db, customer.id)
        tariff = await tariffs.current(db, customer.id, customer.currency)
        self.number, self.name, self.status = campaign.id, campaign.name, campaign.status.value
        self.pilot = campaign.pilot.value
        self.customer, self.customer_id, self.currency = customer.name, customer.id, customer.currency
        self.available, self.has_tariff = balance.available, tariff is not None
        self.needed = tariffs.most(tariff, campaign.longest_call_s) if tariff else 0
        self.has_list, self.has_script, self.has_hours, self.has_managers = (
            done.list,
            done.script,
            done.hours,
            done.people,
        )
        self.found = "here"

    @rx.event
    @roles("customer")
    async def rename(self, field: str, name: str):
        """Saves the campaign's name while it is typed; an empty one is not taken."""
        campaign_id, _ = field_of(field)
        wanted = line(name, 200)
        async with opened(self, campaign_id) as at:
            if at is None:
                return gone()
            if wanted:
                at.campaign.name = wanted
                at.db.add(at.campaign)
            if wanted and at.on_page:
                self.name = name


def of_campaign(content: rx.Component) -> rx.Component:
    """A page of one campaign: for everybody but its owner there is no such page."""
    return rx.fragment(rx.match(Here.found, ("here", content), ("missing", not_found()), loading(t("One moment…"))))
