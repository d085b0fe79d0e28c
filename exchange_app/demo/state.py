"""The robot's switch and what it says of itself, as both stand in Redis."""

import asyncio
from typing import Any

import reflex as rx
import structlog
from pydantic import ValidationError
from redis.exceptions import RedisError

from exchange_app.broker import redis
from exchange_app.security import anyone
from exchange_domain.demo_robot import CHANNEL, OFF, ON, REPORT_KEY, WISH_KEY, RobotReport
from exchange_domain.settings import settings

log = structlog.get_logger(__name__)

LOOK_AGAIN_S = 5.0
"""A robot whose process is gone says nothing any more: its report expires, and this is how soon the page sees it."""


class Robot(rx.State):
    """Times are epoch milliseconds, 0 for none; texts are codes or names."""

    there: bool = False
    """This is a demo. Elsewhere the page shows nothing and its handlers do nothing."""
    wanted: bool = False
    doing: str = ""
    """As in RobotReport; empty: the robot's process is not there."""
    since_ms: int = 0
    contact: str = ""
    notice: str = ""
    until_ms: int = 0
    calls: int = 0
    failed: bool = False
    """Redis could not be asked."""

    @rx.event
    @anyone
    async def enter(self):
        """On_load. Outside the demo there is no such page."""
        if not settings().exchange_demo:
            return rx.redirect("/", replace=True)
        self.there = True
        await self._read()

    async def _read(self) -> None:
        try:
            wish, raw = await redis().mget(WISH_KEY, REPORT_KEY)
        except (RedisError, OSError) as problem:
            log.warning("robot_not_read", error=type(problem).__name__)
            self.failed = True
            return
        self.failed, self.wanted = False, wish == ON
        report = _report(raw)
        self.doing = report.doing if report else ""
        self.since_ms, self.until_ms = (report.since_ms, report.until_ms or 0) if report else (0, 0)
        self.contact, self.notice = (report.contact_name, report.notice or "") if report else ("", "")
        self.calls = report.calls if report else 0

    @rx.event
    @anyone
    async def switch(self, on: Any):
        """Wishes the robot on or off; it hears of it at once, and again when it starts."""
        if not settings().exchange_demo:
            return
        try:
            await redis().set(WISH_KEY, ON if on is True else OFF)
            await redis().publish(CHANNEL, "wish")
        except (RedisError, OSError) as problem:
            log.warning("robot_not_told", error=type(problem).__name__)
            self.failed = True
            return
        await self._read()

    @rx.event(background=True)
    @anyone
    async def follow(self):
        """On_load: shows each change. It ends when the page is left, with the on_load that began it."""
        if not settings().exchange_demo:
            return
        while True:
            try:
                async with redis().pubsub() as heard:
                    await heard.subscribe(CHANNEL)
                    while True:
                        async with self:
                            await self._read()
                        await heard.get_message(ignore_subscribe_messages=True, timeout=LOOK_AGAIN_S)
            except (RedisError, OSError):
                async with self:
                    self.failed = True
                await asyncio.sleep(1)


def _report(raw: str | bytes | None) -> RobotReport | None:
    try:
        return RobotReport.model_validate_json(raw) if raw else None
    except ValidationError:
        return None
