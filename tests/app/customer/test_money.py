"""Balance, statement and prices, of one's own customer only."""

from uuid import uuid4

import pytest

from exchange_app.customer.money_state import Money
from exchange_app.customer.purse import Purse
from exchange_domain import campaigns, database, ledger
from exchange_domain.words import Outcome
from tests.app.conftest import Page

from .conftest import Shop


async def test_every_movement_has_its_reason(shop: Shop, owner: Page):
    await shop.ready()
    async with database.session() as s:
        await ledger.deposit(s, shop.customer, 100_000, "RUB", str(uuid4()))
        await campaigns.start(s, shop.campaign)
    await shop.call(Outcome.SUCCESS)
    await owner.send(Money.enter(), path="/customer/money")
    shown = owner.values(Money)
    assert [(line.kind, line.amount) for line in shown["lines"]] == [
        ("settle", -8100), ("deposit", 100_000), ("bonus", 500_000),
    ]  # fmt: skip
    call = shown["lines"][0]
    assert (call.contact, call.billed_s, call.campaign, call.campaign_id) == ("Ирина", 60, "Замер", shop.campaign)
    assert (shown["available"], shown["held"]) == (591_900, 0)
    prices = shown["prices"]
    assert (prices.none, prices.per_answered_call, prices.per_minute, prices.per_success) == (False, 1500, 600, 6000)


async def test_pages_of_the_statement(shop: Shop, owner: Page, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("exchange_app.customer.money_state.PAGE", 2)
    async with database.session() as s:
        for amount in (1, 2, 3, 4):
            await ledger.deposit(s, shop.customer, amount, "RUB", str(uuid4()))
    await owner.send(Money.enter(), path="/customer/money")
    seen = []
    for _ in range(3):
        seen.append([line.amount for line in owner.values(Money)["lines"]])
        await owner.send(Money.show_more(), path="/customer/money")
    assert seen == [[4, 3], [4, 3, 2, 1], [4, 3, 2, 1, 500_000]]
    assert owner.values(Money)["more"] is False


async def test_the_address_cannot_ask_for_anothers_money(shop: Shop, owner: Page, other_owner: Page):
    address = f"/customer/money?customer={shop.customer}"
    async with database.session() as s:
        await ledger.deposit(s, shop.customer, 777, "RUB", str(uuid4()))
    await other_owner.send(Money.enter(), path=address)
    assert other_owner.values(Money)["customer"] == shop.other_customer
    await other_owner.send(Money.choose(str(shop.customer)), path=address)
    assert other_owner.values(Money)["customer"] == shop.other_customer
    assert 777 not in [line.amount for line in other_owner.values(Money)["lines"]]


async def test_the_balance_in_the_bar_is_of_the_campaigns_customer(shop: Shop, owner: Page, other_owner: Page):
    async with database.session() as s:
        await ledger.deposit(s, shop.customer, 777, "RUB", str(uuid4()))
    await owner.send(Purse.enter(), path=shop.address())
    await other_owner.send(Purse.enter(), path=shop.address())
    assert owner.values(Purse)["available"] == 500_777
    assert other_owner.values(Purse)["available"] == 500_000
