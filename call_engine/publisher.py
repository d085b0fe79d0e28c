"""What the pages are shown goes out here: snapshot and live change in one step, the latest of each thing.

A view that is replaced before it went out is not sent: pages need the latest. The version comes from Redis, and never
goes back, over restarts of the engine nor over a loss of Redis' memory: it is at least the time in milliseconds.
Nothing goes out without the lease: what waits then would be old when it is shown.
"""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog
from pydantic import BaseModel
from redis.exceptions import RedisError

from exchange_domain import call_rows
from exchange_domain.messages import (
    CampaignChanged,
    ListenerView,
    ManagerView,
    OperatorView,
    OverheardView,
    campaign_channel,
    listener_snapshot_key,
    manager_channel,
    manager_snapshot_key,
    moderator_channel,
    operator_channel,
    operator_snapshot_key,
    overheard_snapshot_key,
)
from exchange_domain.tables import Campaign
from observability.tracing import span

from .broker_fence import FencedBroker
from .core.effects import Effect, PublishManager, PublishOperator, PublishRow
from .database_effects import while_away

log = structlog.get_logger()

PAUSE_S = (0.1, 2.0)
MOST_ROWS = 100

Send = Callable[[], Awaitable[None]]


class Outbox:
    """A queue with one place for each thing, worked through by one task; what fails for a moment is sent again."""

    def __init__(self) -> None:
        self._waiting: dict[object, Send] = {}
        self._changed = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def put(self, key: object, send: Send) -> None:
        # Put again, it goes to the end: what was there before it in time is sent before it.
        self._waiting.pop(key, None)
        self._waiting[key] = send
        self._idle.clear()
        self._changed.set()

    async def run(self) -> None:
        pause = PAUSE_S[0]
        while True:
            if not self._waiting:
                self._idle.set()
                self._changed.clear()
                await self._changed.wait()
            key = next(iter(self._waiting))
            send = self._waiting.pop(key)
            try:
                await send()
                pause = PAUSE_S[0]
            except (RedisError, OSError) as error:
                log.warning("not published", error=type(error).__name__, retry_s=pause)
                self._waiting.setdefault(key, send)
                await asyncio.sleep(pause)
                pause = min(pause * 2, PAUSE_S[1])
            except Exception:
                log.exception("not published")

    async def drained(self) -> None:
        """Waits until everything put so far has gone out."""
        await self._idle.wait()


class Publisher:
    """People's own views never wait for rows, which are read from the database first."""

    def __init__(self, broker: FencedBroker):
        self._broker = broker
        self._views = Outbox()
        self._rows = Outbox()
        self._calls: dict[UUID, None] = {}
        """Whose rows are to be read and sent, in the order in which they changed first."""

    def publish(self, effect: Effect) -> None:
        match effect:
            case PublishOperator():
                self._views.put(("operator", effect.view.operator_id), lambda: self._operator(effect.view))
            case PublishManager():
                self._views.put(("manager", effect.view.manager_id), lambda: self._manager(effect.view))
            case PublishRow():
                self.row(effect.call_id)

    def listener(self, view: ListenerView) -> None:
        """What a moderator hears."""
        key, channel = listener_snapshot_key(view.moderator_id), moderator_channel(view.moderator_id)
        self._views.put(key, lambda: self._view(key, channel, view))

    def overheard(self, view: OverheardView) -> None:
        """Who hears an operator."""
        key, channel = overheard_snapshot_key(view.operator_id), operator_channel(view.operator_id)
        self._views.put(key, lambda: self._view(key, channel, view))

    def row(self, call_id: UUID) -> None:
        """A call changed in the customer's table."""
        self._calls[call_id] = None
        self._rows.put("calls", self._changed_calls)

    def campaign(self, campaign_id: int) -> None:
        """Status or money of a campaign changed."""
        self._rows.put(("campaign", campaign_id), lambda: self._campaign(campaign_id))

    async def run(self) -> None:
        await asyncio.gather(self._views.run(), self._rows.run())

    async def drained(self) -> None:
        """Waits until everything put so far has gone out."""
        await self._views.drained()
        await self._rows.drained()

    async def _operator(self, view: OperatorView) -> None:
        with span("publish", view.about, operator_id=view.operator_id, state=view.state.value):
            await self._view(operator_snapshot_key(view.operator_id), operator_channel(view.operator_id), view)

    async def _manager(self, view: ManagerView) -> None:
        await self._view(manager_snapshot_key(view.manager_id), manager_channel(view.manager_id), view)

    async def _view(self, key: str, channel: str, view: BaseModel) -> None:
        await self._broker.put_view(key, channel, view.model_dump_json())

    async def _changed_calls(self) -> None:
        """All that changed while the last ones were sent: read together, for a read costs more than a row."""
        due = list(self._calls)[:MOST_ROWS]
        for call_id in due:
            del self._calls[call_id]
        try:
            rows = await while_away(lambda s: call_rows.of_calls(s, due))
            await asyncio.gather(
                *(self._broker.say(campaign_channel(row.campaign_id), row.model_dump_json()) for row in rows)
            )
        except (RedisError, OSError):
            self._calls = {**dict.fromkeys(due), **self._calls}
            raise
        if self._calls:
            self._rows.put("calls", self._changed_calls)

    async def _campaign(self, campaign_id: int) -> None:
        campaign = await while_away(lambda s: s.get(Campaign, campaign_id))
        if campaign is not None:
            changed = CampaignChanged(campaign_id=campaign_id, status=campaign.status)
            await self._broker.say(campaign_channel(campaign_id), changed.model_dump_json())
