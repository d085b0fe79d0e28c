"""What operators and scripts do again and again is shown to moderators, counted once."""

from datetime import timedelta

import pytest

from exchange_domain import calls, campaigns, database, flags, habits, house_rules
from exchange_domain.tables import Campaign
from exchange_domain.words import FlagKind

from .conftest import Exchange


class Worker:
    """An operator who writes results after so many seconds, and passes contacts over."""

    def __init__(self, exchange: Exchange, campaign: int, operator: tuple[int, int]):
        self.exchange, self.campaign, self.operator, self.numbers = exchange, campaign, operator, 0

    async def _claim(self):
        self.numbers += 1
        await self.exchange.contact(self.campaign, f"+781255{self.numbers:05}")
        self.exchange.now += timedelta(minutes=2)
        claim = await self.exchange.claim(self.operator)
        return claim

    async def call(self, after_s: float, seconds: int | None = 30) -> None:
        claim = await self._claim()
        await self.exchange.talk(claim, seconds)
        end = self.exchange.now + timedelta(seconds=(seconds or 0) + after_s)
        await self.exchange.close(claim, "refused" if seconds else "no_answer", at=end)

    async def skip(self) -> None:
        claim = await self._claim()
        async with database.session() as s:
            await calls.skipped(s, claim.call_id, claim.fencing_token, self.exchange.now, "other")

    async def look(self) -> list[tuple[FlagKind, int]]:
        async with database.session() as s:
            await habits.flag_habits(s, self.exchange.now + timedelta(minutes=1))
            return [(flag.kind, flag.count) for flag in await flags.open_flags(s)]


@pytest.fixture
async def worker(exchange: Exchange) -> Worker:
    campaign = await exchange.campaign()
    await exchange.deposit(campaign, 10_000_000)
    async with database.session() as s:
        await house_rules.change(s, None, {"fast_results_in_row": 3, "skips_in_row": 3, "fast_result_s": 2})
    return Worker(exchange, campaign, await exchange.operator(campaign))


async def test_fast_results_in_a_row(worker: Worker) -> None:
    for after in (1, 1):
        await worker.call(after)
    assert await worker.look() == [], "two are not three"
    await worker.call(30)
    await worker.call(1)
    await worker.call(1)
    assert await worker.look() == [], "not in a row"
    await worker.call(1)
    assert await worker.look() == [(FlagKind.FAST_RESULTS, 1)]
    assert await worker.look() == [(FlagKind.FAST_RESULTS, 1)], "looked at again, it is counted once"
    await worker.call(1)
    assert await worker.look() == [(FlagKind.FAST_RESULTS, 1)], "one more is the same row"
    await worker.call(1)
    await worker.call(1)
    assert await worker.look() == [(FlagKind.FAST_RESULTS, 2)], "three more are another"


async def test_calls_nobody_answered_say_nothing(worker: Worker) -> None:
    for _ in range(4):
        await worker.call(0.5, seconds=None)
    assert await worker.look() == []


async def test_contacts_passed_over_in_a_row(worker: Worker) -> None:
    await worker.skip()
    await worker.skip()
    await worker.call(30)
    await worker.skip()
    await worker.skip()
    assert await worker.look() == []
    await worker.skip()
    assert await worker.look() == [(FlagKind.SKIPS_IN_ROW, 1)]


async def test_thresholds_are_the_houses(worker: Worker) -> None:
    async with database.session() as s:
        await house_rules.change(s, None, {"fast_result_s": 0})
    for _ in range(4):
        await worker.call(0.5)
    assert await worker.look() == [], "nought turns it off"
    async with database.session() as s:
        await house_rules.change(s, None, {"fast_result_s": 60})
    assert await worker.look() == [(FlagKind.FAST_RESULTS, 1)]


async def test_a_running_script_with_grave_remarks_once_a_version(worker: Worker, exchange: Exchange) -> None:
    seen: set[int] = set()

    async def look() -> list[tuple[str, int]]:
        async with database.session() as s:
            await habits.flag_scripts(s, exchange.now, seen)
            return [(flag.details["why"], flag.count) for flag in await flags.open_flags(s)]

    async def publish(markdown: str) -> None:
        async with database.session() as s:
            script = await campaigns.save_script(s, worker.campaign, markdown, [])
            campaign = await s.get_one(Campaign, worker.campaign)
            campaign.script_id = script.id
            s.add(campaign)

    good = "Здравствуйте! Меня зовут {{оператор}}, я звоню из мастерской. Хотите записаться на замер?"
    await publish(good)
    assert await look() == [] and len(seen) == 1
    await publish("Назовите номер карты и код с обратной стороны.")
    assert await look() == [("asks_card", 1)]
    assert await look() == [("asks_card", 1)]
    await publish(good + " ")
    assert await look() == [("asks_card", 1)], "it stays until a moderator has looked"
