"""The engine dies in a talk: the talk goes on, its end, length and charge are right, the page recovers by itself."""

import signal

import pytest
from playwright.async_api import Browser, expect

from exchange_domain import books, database
from exchange_domain.settling import read_record
from exchange_domain.tables import SwitchRecord

from .house import House, running_campaign
from .people import SLOW, one, signed_in, state, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(200)]
NUMBER = "+78125550100"


async def talking(house: House, browser: Browser):
    await running_campaign(house, NUMBER)
    house.simulator.set_number_behaviour(NUMBER.lstrip("+"), "rings 0.5 s, answers")
    operator = await signed_in(house, browser, "operator")
    await operator.get_by_role("button", name="Call").first.click()
    await state(operator, "Ready")
    await operator.keyboard.press("KeyC")
    await state(operator, "Talking")
    call = await until(lambda: one("select id from call where answered_at is not null"), "the answered call")
    return operator, str(call.id)


async def settled_by_its_record(call_id: str) -> None:
    """One settlement, from the switch's own record, with that record's length and exactly the tariff's price."""
    row = await until(
        lambda: one("select k.*, x.billed_s, x.charge, x.source from call k join settlement x on x.call_id = k.id"),
        "the settlement",
        30,
    )
    async with database.session() as s:
        kept = await s.get_one(SwitchRecord, row.id)
        record = read_record(kept.body)
        assert await books.check(s) == []
    assert (str(row.id), row.source, row.billed_s) == (call_id, "record", record.billed_s)
    success = 6000 if row.outcome == "success" else 0
    assert row.charge == 1500 + -(-600 * record.billed_s // 60) + success
    assert record.answered_at and record.ended_at
    seen = (row.ended_at - row.answered_at).total_seconds()
    assert abs(seen - (record.ended_at - record.answered_at).total_seconds()) < 1.5


async def test_an_engine_killed_in_a_talk_takes_it_up_again(house: House, browser: Browser):
    operator, call_id = await talking(house, browser)
    await operator.evaluate("window.never_reloaded = true")
    await operator.locator("#field-wish").focus()
    await operator.keyboard.type("a kitchen")
    await until(lambda: one("select 1 from call_draft where result->>'wish' = 'a kitchen'"), "the saved field")
    await operator.keyboard.press("Escape")

    await house.children["engine"].stop(signal.SIGKILL)
    assert call_id in house.simulator.channels(), "the talk goes on without the engine"
    # A press that nobody answers is said so, and is not lost.
    await operator.keyboard.press("KeyH")
    await expect(operator.get_by_text("The exchange does not answer.")).to_be_visible(timeout=SLOW)
    assert call_id in house.simulator.channels()

    await house.start_engine()
    await until(lambda: _gone(house, call_id), "the hang-up that was asked for")
    await state(operator, "Wrap-up")
    await operator.keyboard.press("Control+Enter")
    await expect(operator.get_by_text("How did it end?")).to_be_visible()

    async def closed() -> object:
        await operator.keyboard.press("Digit1")
        await operator.wait_for_timeout(400)
        await operator.keyboard.press("KeyP")
        await operator.wait_for_timeout(400)
        return await one("select 1 from call where state = 'closed'")

    await until(closed, "the closed call", 30)
    await state(operator, "Ready")
    assert await operator.evaluate("window.never_reloaded") is True
    await settled_by_its_record(call_id)


async def test_a_talk_that_ends_while_no_engine_is_there_has_the_right_length(house: House, browser: Browser):
    operator, call_id = await talking(house, browser)
    await house.children["engine"].stop(signal.SIGKILL)
    await operator.wait_for_timeout(2000)
    house.simulator.peer_hangs_up(call_id)
    await until(lambda: _gone(house, call_id), "the contact's hang-up")
    await until(lambda: one("select 1 from switch_record where call_id is not null"), "the switch's record")
    await house.start_engine()
    await state(operator, "Wrap-up")
    row = await one("select ended_by, hangup_cause, extract(epoch from ended_at - answered_at) as length from call")
    assert 1.5 < row.length < 6 and row.hangup_cause == "NORMAL_CLEARING"
    await operator.wait_for_timeout(700)
    await operator.keyboard.press("Digit2")
    await operator.wait_for_timeout(400)
    await operator.keyboard.press("KeyP")
    await state(operator, "Ready")
    await settled_by_its_record(call_id)


async def _gone(house: House, call_id: str) -> bool:
    return call_id not in house.simulator.channels()
