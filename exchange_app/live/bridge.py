"""The one subscriber of a web process: reads the engine's channels and hands each message to whom it concerns."""

import asyncio
from typing import Any

import redis.asyncio as aioredis
import reflex as rx
import structlog
from pydantic import ValidationError

from exchange_app.faults import described
from exchange_app.security.sessions import ENDED_CHANNEL
from exchange_domain.messages import LIVE, OperatorView
from exchange_domain.settings import settings

from . import accounts, push, registry, rooms

log = structlog.get_logger(__name__)

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 5.0


async def run_bridge(app: rx.App) -> None:
    """Runs as long as the process: the framework never restarts a task that ended, so nothing may end this one."""
    rooms.use(app)
    pause = _FIRST_PAUSE_S
    while True:
        try:
            async with (
                aioredis.from_url(settings().redis_url, decode_responses=True, health_check_interval=15) as client,
                client.pubsub() as channels,
            ):
                await channels.psubscribe("live:*")
                await channels.subscribe(ENDED_CHANNEL)
                # Subscribed first, read then: nothing falls between.
                await accounts.resync(app)
                await rooms.resync(app)
                pause = _FIRST_PAUSE_S
                while True:
                    message = await channels.get_message(ignore_subscribe_messages=True, timeout=30.0)
                    if message is not None:
                        await _hand_on(app, message)
        except asyncio.CancelledError:
            raise
        except Exception as failed:
            log.warning("bus_lost", retry_in_s=pause, **described(failed))
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)


async def _hand_on(app: rx.App, message: dict[str, Any]) -> None:
    """One message; whatever is wrong with it, the next one is read."""
    try:
        if message["channel"] == ENDED_CHANNEL:
            await cut_off(app, message["data"])
            return
        subject = message["channel"].removeprefix("live:")
        if ":" not in subject:
            return
        body = LIVE.validate_json(message["data"])
        if isinstance(body, accounts.View):
            accounts.deliver(app, int(subject.split(":", 1)[1]), body)
        if isinstance(body, OperatorView):
            # Moderators see every operator on one page, and the one they listen to beside it.
            rooms.deliver(app, rooms.FLOOR, body)
        if not isinstance(body, accounts.View) or isinstance(body, OperatorView):
            rooms.deliver(app, subject, body)
    except ValidationError as unreadable:
        log.error("live_message_unreadable", channel=message["channel"], faults=unreadable.error_count())
    except Exception as failed:
        log.error("live_message_failed", channel=message["channel"], **described(failed))


async def forget_page(token: str) -> None:
    """A page is gone or changed hands: it gets nothing more of what it looked at."""
    registry.forget(token)
    accounts.forget(token)
    await rooms.leave_all(token)


async def cut_off(app: rx.App, session_digest: str) -> None:
    """A session ended: its pages get nothing more and must say again who they are."""
    for token in registry.owned_by(session_digest):
        await forget_page(token)
        await push.disconnect(app, token)
