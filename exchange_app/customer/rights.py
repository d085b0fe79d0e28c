"""Whose campaign is it: every handler and route asks here. A foreign one and a missing one are told apart nowhere."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.arguments import BadArgument, whole
from exchange_app.i18n import later
from exchange_app.security import current_account
from exchange_domain import database
from exchange_domain.accounts import Principal
from exchange_domain.tables import Campaign
from exchange_domain.words import Role

_PATH = re.compile(r"/customer/campaign/(\d{1,18})(?:/|$)")


def campaign_in(path: str) -> int:
    """The campaign's number in a page's address; 0 when there is none. The address is the client's word, no right."""
    found = _PATH.match(path)
    return int(found.group(1)) if found else 0


async def owned(db: AsyncSession, account: Principal, campaign_id: int) -> Campaign | None:
    """The campaign, if its customer belongs to this account; else None, whether it exists or not."""
    if Role.CUSTOMER.value not in account.roles or campaign_id <= 0:
        return None
    campaign = await db.get(Campaign, campaign_id)
    return campaign if campaign is not None and campaign.customer_id in account.customers else None


@dataclass(frozen=True)
class Opened:
    """A campaign of the person whose event is handled, and the transaction to change it in."""

    db: AsyncSession
    account: Principal
    campaign: Campaign
    id: int
    on_page: bool
    """Whether its page is the one that is open: what was typed for another may arrive after leaving that."""


@asynccontextmanager
async def opened(state: rx.State, campaign_id: int | None = None) -> AsyncIterator[Opened | None]:
    """The campaign at the page's address, or of that number, in a transaction; None when it is not this person's."""
    account = current_account(state)
    here = campaign_in(str(state.router.url.path))
    wanted = here if campaign_id is None else campaign_id
    async with database.session() as db:
        campaign = await owned(db, account, wanted)
        yield None if campaign is None else Opened(db, account, campaign, wanted, wanted == here)


def field_of(name: Any) -> tuple[int, str]:
    """Campaign and field in the name of an autosaved field: "12:hours:3" is field "hours:3" of campaign 12."""
    campaign, _, rest = name.partition(":") if isinstance(name, str) else ("", "", "")
    if not rest:
        raise BadArgument("campaign and field are expected")
    return whole(campaign), rest


def gone() -> rx.event.EventSpec:
    """The one answer to a press on a campaign that is not there for this person."""
    return rx.toast.error(later("There is no such campaign. Nothing was changed."))
