"""Being paid: what is available, asked for once, taken back; one's own only."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from exchange_app.operator.earnings_state import Earnings
from exchange_app.operator.payout_state import Payouts, hidden
from exchange_domain import books, database, earnings
from exchange_domain.tables import Payout
from exchange_domain.words import Outcome, PayoutState

from .conftest import Work
from .test_earnings import earn

CARD = "2200 1111 2222 3333, Банк"


async def payouts() -> list[Payout]:
    async with database.session() as s:
        assert await books.check(s) == []
        return list(await s.exec(select(Payout).order_by(Payout.requested_at)))  # pyright: ignore[reportArgumentType]


@pytest.fixture
async def rich(work: Work, settings_env: Any) -> Work:
    """5320 and 100 minor units are available."""
    settings_env(payout_least=1_000)
    await earn(work, Outcome.SUCCESS, 120)
    await earn(work, Outcome.NO_ANSWER, None)
    async with database.session() as s:
        await earnings.release_due(s, datetime.now(UTC) + timedelta(days=8))
    await work.page.send(Earnings.enter("UTC"))
    await work.page.send(Payouts.enter())
    return work


@pytest.mark.parametrize(
    ("target", "shown"),
    [(CARD, "•••• 3333"), ("+7 921 123-45-67", "•••• 4567"), ("4111", "•••• 11"), ("счёт у Анны", "•••• ны")],
)
def test_only_the_end_of_where_it_goes_is_shown(target: str, shown: str):
    assert hidden(target) == shown


async def test_all_that_is_available_is_asked_for_once(rich: Work):
    await rich.page.send(Payouts.show(True))
    for _ in range(2):
        await rich.page.send(Payouts.ask({"target": CARD}))
    (wish,) = await payouts()
    assert (wish.amount, wish.state, wish.operator_id) == (5420, PayoutState.REQUESTED, rich.operator_id)
    shown = await rich.state(Payouts)
    assert not shown.open and [(one.amount, one.target, one.state) for one in shown.wishes] == [
        (5420, "•••• 3333", "requested")
    ]
    assert (await rich.state(Earnings)).available == 0
    await rich.page.send(Payouts.cancel(str(wish.id)))
    assert (await rich.state(Earnings)).available == 5420
    assert [one.state for one in (await rich.state(Payouts)).wishes] == ["cancelled"]


@pytest.mark.parametrize("form", [{"target": " я "}, {}, {"target": "я" * 300}, "no form"])
async def test_without_a_place_to_send_it_nothing_is_asked_for(rich: Work, form: Any):
    await rich.page.send(Payouts.show(True))
    await rich.page.send(Payouts.ask(form))
    assert (await rich.state(Payouts)).fault == "no_target" and not await payouts()


async def test_too_little_is_not_sent(rich: Work, settings_env: Any):
    settings_env(payout_least=6_000)
    await rich.page.send(Payouts.show(True))
    await rich.page.send(Payouts.ask({"target": CARD}))
    assert (await rich.state(Payouts)).fault == "too_little" and not await payouts()


async def test_nobody_sees_or_takes_back_anothers(rich: Work, signed_in: Any):
    await rich.page.send(Payouts.show(True))
    await rich.page.send(Payouts.ask({"target": CARD}))
    (wish,) = await payouts()
    other, _ = await rich.exchange.operator(rich.campaign_id)
    page = await signed_in(other, "operator")
    await page.send(Payouts.enter())
    assert page.values(Payouts)["wishes"] == []
    for given in (str(wish.id), "no id", 7):
        await page.send(Payouts.cancel(given))
    assert [one.state for one in await payouts()] == [PayoutState.REQUESTED]
