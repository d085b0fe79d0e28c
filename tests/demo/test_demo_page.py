"""The page of the demo: its switch reaches the robot, and outside the demo it is not there."""

import asyncio
from collections.abc import Callable

import pytest

from exchange_app.broker import redis
from exchange_app.demo.state import Robot
from exchange_domain.demo_robot import CHANNEL, ON, REPORT_KEY, WISH_KEY, RobotReport
from tests.app.conftest import Events, Page, events, world

__all__ = ["events", "world"]


@pytest.fixture
async def page(events: Events, settings_env: Callable[..., None]) -> Page:
    settings_env(exchange_demo="true")
    opened = events.page("a-page")
    await opened.hydrate("/demo")
    await opened.send(Robot.enter())
    return opened


async def test_whoever_comes_may_start_and_stop_the_robot(page: Page) -> None:
    async with redis().pubsub() as heard:
        await heard.subscribe(CHANNEL)
        await heard.get_message(timeout=5)
        await page.send(Robot.switch(True))
        message = await heard.get_message(ignore_subscribe_messages=True, timeout=5)
    assert message is not None and message["data"] == "wish"
    assert await redis().get(WISH_KEY) == ON
    assert page.values(Robot)["wanted"] is True
    await page.send(Robot.switch(False))
    assert await redis().get(WISH_KEY) != ON


async def test_it_shows_what_the_robot_says_as_it_says_it(page: Page) -> None:
    assert page.values(Robot).get("doing", "") == "", "no robot, no report"
    following = asyncio.create_task(page.send(Robot.follow()))
    said = RobotReport(doing="waiting", since_ms=5, contact_name="", notice="nothing_due", until_ms=9, calls=3)
    async with asyncio.timeout(10):
        while page.values(Robot).get("doing") != "waiting":
            await redis().set(REPORT_KEY, said.model_dump_json())
            await redis().publish(CHANNEL, "report")
            await asyncio.sleep(0.05)
    shown = page.values(Robot)
    assert (shown["notice"], shown["calls"], shown["until_ms"]) == ("nothing_due", 3, 9)
    following.cancel()


@pytest.mark.parametrize("wrong", [None, 1, "on", {"a": 1}, []])
async def test_only_true_starts_it(page: Page, wrong: object) -> None:
    await page.send_named(f"{Robot.get_full_name()}.switch", {"on": wrong})
    assert await redis().get(WISH_KEY) != ON


async def test_a_report_that_is_none_is_no_report(page: Page) -> None:
    await redis().set(REPORT_KEY, '{"doing": "dancing"}')
    await page.send(Robot.enter())
    assert page.values(Robot).get("doing", "") == ""


async def test_outside_the_demo_there_is_no_such_page(events: Events) -> None:
    opened = events.page("b-page")
    await opened.hydrate("/demo")
    await opened.send(Robot.enter())
    await opened.send(Robot.switch(True))
    await opened.send(Robot.follow())
    assert opened.redirects() == ["/"]
    assert await redis().get(WISH_KEY) is None
