"""Earnings: one's own calls with their pay, by page and by day."""

from datetime import UTC, datetime, timedelta
from typing import Any

from exchange_app.operator import earnings_state
from exchange_app.operator.earnings_state import Earnings
from exchange_app.operator.today_state import Today
from exchange_domain import database, settling
from exchange_domain.words import Outcome

from .conftest import Work


async def earn(work: Work, outcome: Outcome, seconds: int | None) -> None:
    """A call from claim to settlement."""
    work.exchange.now = datetime.now(UTC)
    claim = await work.call()
    await work.exchange.talk(claim, seconds)
    await work.exchange.close(claim, outcome.value, result={"visit": "2026-12-01"})
    await work.exchange.record(claim, seconds)
    async with database.session() as s:
        await settling.settle_due(s, datetime.now(UTC), timedelta(hours=1))


async def test_each_call_has_its_pay_and_the_day_its_sum(work: Work):
    await earn(work, Outcome.SUCCESS, 120)
    await earn(work, Outcome.NO_ANSWER, None)
    await work.page.send(Earnings.enter("Europe/Moscow"))
    shown = await work.state(Earnings)
    # 60 % of 15 + 2 minutes of 6 + 60 roubles, and a rouble for the call itself; then a rouble for the call alone.
    assert [(c.outcome, c.pay, c.talk) for c in shown.calls] == [("no_answer", 100, "0:00"), ("success", 5320, "2:00")]
    assert (shown.pending, shown.available) == (5420, 0)
    assert [(d.calls, d.answered, d.successes, d.pay) for d in shown.days] == [(2, 1, 1, 5420)]
    await work.page.send(Today.enter("Europe/Moscow"))
    assert work.page.values(Today)["pay"] == 5420


async def test_pages_go_back_and_forth(work: Work, monkeypatch: Any):
    for seconds in (10, 20, 30):
        await earn(work, Outcome.REFUSED, seconds)
    monkeypatch.setattr(earnings_state, "PAGE", 2)
    await work.page.send(Earnings.enter("UTC"))
    first = [c.call_id for c in (await work.state(Earnings)).calls]
    await work.page.send(Earnings.earlier())
    second = [c.call_id for c in (await work.state(Earnings)).calls]
    assert len(first) == 2 and len(second) == 1 and not set(first) & set(second)
    await work.page.send(Earnings.earlier())
    assert (await work.state(Earnings)).page == 2, "there is no third page"
    await work.page.send(Earnings.later())
    assert [c.call_id for c in (await work.state(Earnings)).calls] == first


async def test_nobody_sees_anothers_earnings(work: Work, signed_in: Any):
    await earn(work, Outcome.SUCCESS, 60)
    other, _ = await work.exchange.operator(work.campaign_id)
    page = await signed_in(other, "operator")
    await page.send(Earnings.enter("UTC"))
    shown = page.values(Earnings)
    assert shown.get("calls", []) == [] and shown.get("pending", 0) == 0
