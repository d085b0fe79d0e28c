"""Paying in from a sum to money on the account, and contesting a charge; of one's own customer only."""

from uuid import UUID

import pytest
from sqlmodel import select

from exchange_app.arguments import BadArgument
from exchange_app.customer.contest_state import Contest
from exchange_app.customer.money_state import Money
from exchange_app.customer.pay_in_state import PayIn, SandboxPay
from exchange_app.sums import sum_of, typed
from exchange_domain import books, campaigns, database, disputes, ledger
from exchange_domain.clock import now_ms
from exchange_domain.tables import Dispute, Payment
from exchange_domain.words import CampaignStatus, DisputeState, Outcome, PaymentState
from tests.app.conftest import ORIGIN, Page

from .conftest import Shop

PATH = "/customer/money"


@pytest.fixture(autouse=True)
def sandbox(settings_env, shop: Shop) -> None:
    settings_env(payments="sandbox", sandbox_secret="s3cret")


async def payments() -> list[Payment]:
    async with database.session() as s:
        return list(await s.exec(select(Payment)))


async def begun(page: Page, amount: str = "1 000,50") -> str:
    """The address of the page that takes the money."""
    await page.send(Money.enter(), path=PATH)
    await page.send(PayIn.enter(), path=PATH)
    await page.send(PayIn.begin({"amount": amount}), path=PATH)
    return page.redirects()[-1]


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("5000", 500_000),
        ("5 000,5", 500_050),
        (" 1\u00a0000.05 ", 100_005),
        ("", None),
        ("9999999999", 999_999_999_900),
    ],
)
def test_a_sum_as_people_write_it(text: str, minor: int | None):
    assert sum_of(text, "RUB") == minor
    assert sum_of(typed(minor, "RUB"), "RUB") == minor


@pytest.mark.parametrize("text", ["-5", "1.005", "1e13", "99999999999999", None, "five", "0", "nan", "inf"])
def test_what_is_no_sum(text):
    with pytest.raises(BadArgument):
        sum_of(text, "RUB")


async def test_from_a_sum_to_money_on_the_account(shop: Shop, owner: Page):
    address = await begun(owner)
    (payment,) = await payments()
    assert (payment.amount, payment.state, payment.customer_id) == (100_050, PaymentState.PENDING, shop.customer)
    path = address.removeprefix(ORIGIN)
    assert path == f"/customer/sandbox/{payment.id}"
    await owner.send(SandboxPay.enter(), path=path)
    assert (owner.values(SandboxPay)["found"], owner.values(SandboxPay)["amount"]) == (True, 100_050)
    for _ in range(3):
        await owner.send(SandboxPay.say("paid"), path=path)
    await owner.send(SandboxPay.say("cancelled"), path=path)
    async with database.session() as s:
        assert (await ledger.balance(s, shop.customer)).available == 600_050
        assert await books.check(s) == []
    assert [p.state for p in await payments()] == [PaymentState.PAID]


async def test_what_stood_for_want_of_money_goes_on(shop: Shop, owner: Page):
    await shop.ready()
    async with database.session() as s:
        await campaigns.start(s, shop.campaign)
        campaign = await s.get_one(campaigns.Campaign, shop.campaign)
        campaign.status = CampaignStatus.OUT_OF_FUNDS
        s.add(campaign)
    address = await begun(owner, "5000")
    await owner.send(SandboxPay.say("paid"), path=address.removeprefix(ORIGIN))
    async with database.session() as s:
        assert (await s.get_one(campaigns.Campaign, shop.campaign)).status is CampaignStatus.ACTIVE


@pytest.mark.parametrize(
    ("amount", "fault"), [("99.99", "too_little"), ("1000001", "too_much"), ("много", "not_a_sum")]
)
async def test_a_sum_that_will_not_do_is_said(shop: Shop, owner: Page, amount: str, fault: str):
    await owner.send(Money.enter(), path=PATH)
    await owner.send(PayIn.enter(), path=PATH)
    await owner.send(PayIn.begin({"amount": amount}), path=PATH)
    assert owner.values(PayIn)["fault"] == fault and not await payments()


async def test_a_second_press_is_the_same_payment_and_another_sum_another(shop: Shop, owner: Page):
    await begun(owner, "500")
    await owner.send(PayIn.begin({"amount": "500"}), path=PATH)
    assert len(await payments()) == 1
    await owner.send(PayIn.begin({"amount": "700"}), path=PATH)
    assert sorted(p.amount for p in await payments()) == [50_000, 70_000]


async def test_anothers_payment_is_not_there(shop: Shop, owner: Page, other_owner: Page):
    path = (await begun(owner)).removeprefix(ORIGIN)
    await other_owner.send(SandboxPay.enter(), path=path)
    assert not other_owner.values(SandboxPay)["found"]
    await other_owner.send(SandboxPay.say("paid"), path=path)
    assert [p.state for p in await payments()] == [PaymentState.PENDING]


async def test_without_a_provider_nobody_pays_in_here(shop: Shop, owner: Page, settings_env):
    path = (await begun(owner)).removeprefix(ORIGIN)
    settings_env(payments="")
    await owner.send(PayIn.enter(), path=PATH)
    assert not owner.values(PayIn)["there"]
    await owner.send(PayIn.begin({"amount": "500"}), path=PATH)
    await owner.send(SandboxPay.say("paid"), path=path)
    assert [p.state for p in await payments()] == [PaymentState.PENDING]


# --- contesting ---


async def charged(shop: Shop) -> UUID:
    await shop.ready()
    async with database.session() as s:
        await campaigns.start(s, shop.campaign)
    return await shop.call(Outcome.SUCCESS)


async def test_a_charge_is_contested_once_and_its_line_says_so(shop: Shop, owner: Page):
    call_id = await charged(shop)
    await owner.send(Money.enter(), path=PATH)
    (line,) = [one for one in owner.values(Money)["lines"] if one.kind == "settle"]
    assert line.contestable and line.dispute == ""
    await owner.send(Contest.ask(str(call_id)), path=PATH)
    assert owner.values(Contest)["amount"] == 8100
    await owner.send(Contest.send({"words": "  "}), path=PATH)
    assert owner.values(Contest)["fault"] == "no_words"
    for _ in range(2):
        await owner.send(Contest.send({"words": "Мы не просили"}), path=PATH)
    async with database.session() as s:
        (dispute,) = await s.exec(select(Dispute))
        assert (dispute.words, dispute.opened_by) == ("Мы не просили", shop.owner)
    (line,) = [one for one in owner.values(Money)["lines"] if one.kind == "settle"]
    assert (line.contestable, line.dispute) == (False, "open")
    async with database.session() as s:
        await disputes.decide(s, dispute.id or 0, None, refund=True, words="Простите", at=dispute.opened_at)
    await owner.send(Money.enter(), path=PATH)
    shown = owner.values(Money)
    assert [(one.kind, one.amount) for one in shown["lines"]][:2] == [("refund", 8100), ("settle", -8100)]
    assert shown["lines"][1].dispute == DisputeState.REFUNDED and now_ms() >= shown["lines"][0].at_ms


async def test_anothers_charge_is_not_contested(shop: Shop, owner: Page, other_owner: Page):
    call_id = await charged(shop)
    await other_owner.send(Money.enter(), path=PATH)
    await other_owner.send(Contest.ask(str(call_id)), path=PATH)
    await other_owner.send(Contest.send({"words": "моё"}), path=PATH)
    async with database.session() as s:
        assert not (await s.exec(select(Dispute))).all()
