"""The cap of a day: typed on the customer's own pages, kept, shown, and told when it is reached."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from exchange_app.arguments import BadArgument
from exchange_app.customer.caps_state import Caps, sum_of, typed
from exchange_app.customer.money_state import Money
from exchange_app.customer.overview import standing
from exchange_domain import campaigns, database, ledger, shifts, spend_caps
from exchange_domain.tables import Campaign
from exchange_domain.words import EndpointKind
from tests.app.conftest import Page

from .conftest import Shop


async def caps(shop: Shop) -> spend_caps.Caps:
    async with database.session() as s:
        return await spend_caps.caps_of(s, shop.customer, shop.campaign)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("", "RUB", None), (" ", "RUB", None), ("5000", "RUB", 500_000), ("5 000,50", "RUB", 500_050),
     ("1\u00a0000", "USD", 100_000), ("700", "JPY", 700)],
)  # fmt: skip
def test_a_sum_as_people_type_it(text: str, currency: str, minor: int | None):
    assert sum_of(text, currency) == minor
    assert sum_of(typed(minor, currency), currency) == minor


@pytest.mark.parametrize("text", ["0", "-5", "5.001", "1e99", "NaN", "Infinity", "пять", "5;drop", "9" * 29, None, 5])
def test_what_is_no_sum_is_refused(text: object):
    with pytest.raises(BadArgument):
        sum_of(text, "RUB")


async def test_the_cap_of_all_campaigns_is_set_and_taken_away_on_the_money_page(shop: Shop, owner: Page):
    await owner.send(Money.enter(), path="/customer/money")
    assert (owner.values(Caps)["value"], owner.values(Caps)["per_day"]) == ("", 0)
    await owner.send(Caps.change_customer_cap(f"{shop.customer}:cap", "2 500,50"), path="/customer/money")
    assert await caps(shop) == spend_caps.Caps(250_050, None)
    assert owner.values(Caps)["value"] == "2 500,50"
    await owner.send(Money.enter(), path="/customer/money")
    assert owner.values(Caps)["value"] == "2500.50"
    await owner.send(Caps.change_customer_cap(f"{shop.customer}:cap", ""), path="/customer/money")
    assert await caps(shop) == spend_caps.Caps()


async def test_what_is_no_sum_is_said_and_the_cap_before_it_holds(shop: Shop, owner: Page):
    for value in ("100", "a lot"):
        await owner.send(Caps.change_campaign_cap(f"{shop.campaign}:cap", value), path=shop.address("start"))
    assert (owner.values(Caps)["fault"], owner.values(Caps)["value"]) == ("not_a_sum", "a lot")
    assert await caps(shop) == spend_caps.Caps(None, 10_000)


async def test_the_start_page_shows_the_campaigns_cap_what_is_spent_and_what_a_call_holds(shop: Shop, owner: Page):
    await shop.ready()
    async with database.session() as s:
        await ledger.deposit(s, shop.customer, 100_000, "RUB", str(uuid4()))
        await campaigns.start(s, shop.campaign)
        await spend_caps.set_cap(s, shop.customer, shop.campaign, 1_000)
        await spend_caps.set_cap(s, shop.customer, None, 900_000)
        await spend_caps.set_cap(s, shop.customer, shop.campaign, 1_200_000)
    await shop.call()
    async with database.session() as s:
        await spend_caps.set_cap(s, shop.customer, shop.campaign, 1_000)
    await owner.send(Caps.enter(), path=shop.address("start"))
    shown = owner.values(Caps)
    assert (shown["value"], shown["per_day"], shown["needed"]) == ("10.00", 1_000, 1500 + 6050 + 6000)
    # The test's call is settled a day later than it was made, by the same clock as the page's day.
    assert shown["spent"] in (0, 8_100)


async def test_nobody_sets_the_cap_of_another_customer(shop: Shop, other_owner: Page):
    await other_owner.send(Caps.change_customer_cap(f"{shop.customer}:cap", "5"), path="/customer/money")
    await other_owner.send(Caps.change_campaign_cap(f"{shop.campaign}:cap", "5"), path=shop.address("start"))
    assert await caps(shop) == spend_caps.Caps()


async def test_why_a_campaign_stands_at_its_cap(shop: Shop):
    await shop.ready()
    now = datetime.now(UTC)
    async with database.session() as s:
        await campaigns.start(s, shop.campaign)
        await shifts.open(
            s, operator_id=shop.operator, campaign_id=shop.campaign, switch_name="main",
            endpoint_kind=EndpointKind.BROWSER, endpoint="operator-1",
        )  # fmt: skip
        campaign = await s.get_one(Campaign, shop.campaign)
        assert (await standing(s, campaign, now)).code == "running"
        await spend_caps.set_cap(s, shop.customer, None, 100)
        told = await standing(s, campaign, now)
        _, tomorrow = spend_caps.day_of("Europe/Moscow", now)
        assert (told.code, told.until_ms) == ("spend_cap", int(tomorrow.timestamp() * 1000))
