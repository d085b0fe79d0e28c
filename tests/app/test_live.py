"""The live bridge: order, versions, snapshots that are whole, and a bus that comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
import reflex as rx

from exchange_app import live
from exchange_app.broker import redis
from exchange_app.live import accounts, bridge, push, registry, rooms
from exchange_app.security import sessions
from exchange_domain.cancelling import cancelled
from exchange_domain.messages import (
    CallNext,
    CallRow,
    CampaignChanged,
    OperatorView,
    campaign_channel,
    command_stream,
    operator_channel,
    operator_snapshot_key,
)  # fmt: skip
from exchange_domain.settings import settings
from exchange_domain.words import CallState, CampaignStatus, OperatorState


class Watching(rx.State):
    patch: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)


class FakeApp:
    """Stands in for the framework at the seam of push.py."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.online: set[str] = set()
        self.applied: list[tuple[str, int]] = []
        self.patches: list[dict[str, Any]] = []
        self.disconnected: list[str] = []
        self.locks: dict[str, asyncio.Lock] = {}
        for name in ("connected", "modify", "enter_room", "leave_room", "to_room", "disconnect"):
            monkeypatch.setattr(push, name, getattr(self, name))

    def connected(self, app: Any, token: str) -> bool:
        return token in self.online

    @asynccontextmanager
    async def modify(self, app: Any, token: str) -> AsyncIterator[str]:
        async with self.locks.setdefault(token, asyncio.Lock()):
            yield token

    async def enter_room(self, app: Any, sid: str, room: str) -> None: ...

    async def leave_room(self, app: Any, sid: str, room: str) -> None: ...

    async def to_room(self, app: Any, room: str, state: Any, values: dict[str, Any]) -> None:
        self.patches.append(values["patch"])

    async def disconnect(self, app: Any, token: str) -> None:
        self.disconnected.append(token)

    async def apply(self, root: Any, message: OperatorView) -> None:
        await asyncio.sleep(0)
        self.applied.append((root, message.version))

    def page(self, token: str) -> Any:
        """What `state.router.session` looks like to the bridge."""
        session = type("Session", (), {"client_token": token, "session_id": f"sid-{token}"})
        return type("State", (), {"router": type("Router", (), {"session": session})})


@pytest.fixture
async def app(world: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    fake = FakeApp(monkeypatch)
    monkeypatch.setattr(accounts, "_apply", {"operator": fake.apply})
    monkeypatch.setattr(rooms, "_kinds", {})
    rooms.use(fake)  # type: ignore[arg-type]
    live.room("campaign", Watching, patch="patch", row=row)
    yield fake


def row(message: CallRow) -> dict[str, Any]:
    return {"id": str(message.call_id), "state": message.state.value}


def view(version: int, operator_id: int = 1) -> OperatorView:
    return OperatorView(operator_id=operator_id, version=version, state=OperatorState.READY)


def call_row(state: CallState, call_id: Any = None) -> CallRow:
    return CallRow(
        campaign_id=7, call_id=call_id or uuid4(), contact_id=1, contact_name="K", person_name="P", number="+7…",
        operator_name="M", attempt=1, state=state, claimed_ms=1,
    )  # fmt: skip


async def until(condition: Any) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the other side is a server
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(app: Any) -> AsyncIterator[None]:
    task = asyncio.create_task(bridge.run_bridge(app))
    async with asyncio.timeout(10):
        while not (await redis().pubsub_numpat()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    try:
        yield
    finally:
        await cancelled(task)


async def test_messages_reach_every_page_of_the_account_in_order(app: FakeApp, operator: int):
    for token in ("a", "b"):
        app.online.add(token)
        registry.enter(operator, token)
    async with running(app):
        for version in range(1, 31):
            await redis().publish(operator_channel(operator), view(version, operator).model_dump_json())
        await until(lambda: len(app.applied) == 60)
    for token in ("a", "b"):
        assert [v for t, v in app.applied if t == token] == list(range(1, 31))


async def test_older_and_repeated_versions_are_left_out(app: FakeApp, operator: int):
    app.online.add("a")
    registry.enter(operator, "a")
    async with running(app):
        for version in (3, 2, 3, 4):
            await redis().publish(operator_channel(operator), view(version, operator).model_dump_json())
        await until(lambda: app.applied[-1:] == [("a", 4)])
    assert [v for _, v in app.applied] == [3, 4]


async def test_what_the_page_read_itself_is_not_applied_again(app: FakeApp, operator: int):
    app.online.add("a")
    registry.enter(operator, "a")
    await redis().set(operator_snapshot_key(operator), view(5, operator).model_dump_json())
    read = await live.snapshot("operator", operator, app.page("a"))
    assert read.version == 5
    async with running(app):
        for version in (4, 5, 6):
            await redis().publish(operator_channel(operator), view(version, operator).model_dump_json())
        await until(lambda: app.applied)
    assert app.applied == [("a", 6)]


async def test_a_slow_page_of_one_account_does_not_delay_another(app: FakeApp, operator: int):
    from .conftest import make_account

    other = await make_account("olga@mail.example", "Ольга", "operator")
    for account, token in ((operator, "slow"), (other, "quick")):
        app.online.add(token)
        registry.enter(account, token)
    async with running(app):
        async with app.modify(None, "slow"):
            await redis().publish(operator_channel(operator), view(1, operator).model_dump_json())
            await redis().publish(operator_channel(other), view(1, other).model_dump_json())
            await until(lambda: app.applied == [("quick", 1)])
        await until(lambda: ("slow", 1) in app.applied)


async def test_what_takes_reading_is_done_for_the_last_of_several_and_holds_nothing_up(
    app: FakeApp, operator: int, monkeypatch: pytest.MonkeyPatch
):
    followed: list[int] = []
    first_seen = asyncio.Event()

    async def apply(root: Any, message: OperatorView) -> live.More:
        await app.apply(root, message)

        async def more(again: Any) -> None:
            followed.append(message.version)
            if message.version == 4:
                raise RuntimeError("the database is away")

        if message.version == 1:
            await first_seen.wait()
        return more

    monkeypatch.setattr(accounts, "_apply", {"operator": apply})
    app.online.add("a")
    registry.enter(operator, "a")
    for version in (1, 2, 3):
        accounts.deliver(app, operator, view(version, operator))  # type: ignore[arg-type]
    first_seen.set()
    await until(lambda: followed)
    assert [v for _, v in app.applied] == [1, 2, 3] and followed == [3]
    for version in (4, 5):
        accounts.deliver(app, operator, view(version, operator))  # type: ignore[arg-type]
        await until(lambda version=version: followed[-1] == version)
    assert followed == [3, 4, 5], "one that failed stops nothing"


async def test_a_page_that_went_away_is_forgotten(app: FakeApp, operator: int):
    registry.enter(operator, "gone")
    accounts.deliver(app, operator, view(1, operator))  # type: ignore[arg-type]
    await until(lambda: not registry.tokens(operator))
    assert app.applied == []


async def test_a_message_that_cannot_be_read_stops_nothing(app: FakeApp, operator: int):
    app.online.add("a")
    registry.enter(operator, "a")
    async with running(app):
        await redis().publish(operator_channel(operator), "{broken")
        await redis().publish("live:operator", "{}")
        await redis().publish(operator_channel(operator), view(1, operator).model_dump_json())
        await until(lambda: app.applied == [("a", 1)])


async def test_after_the_bus_was_away_pages_get_the_snapshot(app: FakeApp, operator: int):
    app.online.add("a")
    registry.enter(operator, "a")
    async with running(app):
        await redis().publish(operator_channel(operator), view(8, operator).model_dump_json())
        await until(lambda: app.applied == [("a", 8)])
        await redis().execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        # As the engine does it, key and message together; the message may find nobody listening.
        for version in (9, 10):
            await redis().set(operator_snapshot_key(operator), view(version, operator).model_dump_json())
            await redis().publish(operator_channel(operator), view(version, operator).model_dump_json())
        await until(lambda: app.applied[-1] == ("a", 10))
        await redis().publish(operator_channel(operator), view(11, operator).model_dump_json())
        await until(lambda: app.applied[-1] == ("a", 11))


async def test_end_of_a_session_cuts_its_pages_off(app: FakeApp, operator: int):
    sid = await sessions.begin(operator, frozenset({"operator"}))
    app.online.add("a")
    registry.own("a", sessions.digest(sid))
    registry.enter(operator, "a")
    async with running(app):
        await sessions.end(sid)
        await until(lambda: app.disconnected == ["a"])
    assert registry.tokens(operator) == ()


async def load_nothing() -> list[dict[str, Any]]:
    return []


async def test_rows_of_a_room_are_gathered_into_numbered_patches(app: FakeApp):
    app.online.add("a")
    page, call_id = app.page("a"), uuid4()
    first = await live.enter(page, "campaign:7", load_nothing)
    for state in (CallState.RINGING, CallState.TALKING):
        rooms.deliver(app, "campaign:7", call_row(state, call_id))  # type: ignore[arg-type]
    rooms.deliver(app, "campaign:7", call_row(CallState.CLAIMED))  # type: ignore[arg-type]
    rooms.deliver(app, "campaign:8", call_row(CallState.CLAIMED))  # type: ignore[arg-type]
    await until(lambda: app.patches)
    (patch,) = app.patches
    assert (patch["key"], patch["seq"]) == (first["key"], first["seq"] + 1)
    assert {r["state"] for r in patch["upserts"]} == {"talking", "claimed"}


async def test_a_snapshot_holds_the_patches_that_went_out_while_it_was_read(app: FakeApp):
    app.online.add("a")
    page, call_id = app.page("a"), uuid4()
    await live.enter(page, "campaign:7", load_nothing)

    async def slowly() -> list[dict[str, Any]]:
        rooms.deliver(app, "campaign:7", call_row(CallState.TALKING, call_id))  # type: ignore[arg-type]
        await rooms.flush(app, "campaign:7")  # type: ignore[arg-type]
        return [{"id": str(call_id), "state": "ringing"}, {"id": "older", "state": "closed"}]

    read = await live.again(page, "campaign:7", slowly)
    assert read["seq"] == app.patches[-1]["seq"]
    assert {r["id"]: r["state"] for r in read["rows"]} == {str(call_id): "talking", "older": "closed"}


async def test_a_new_life_of_a_room_has_a_new_key(app: FakeApp):
    page = app.page("a")
    first = await live.enter(page, "campaign:7", load_nothing)
    await live.leave(page, "campaign:7")
    second = await live.enter(page, "campaign:7", load_nothing)
    assert first["key"] != second["key"]


async def test_tables_ask_again_after_the_bus_was_away(app: FakeApp):
    app.online.add("a")
    first = await live.enter(app.page("a"), "campaign:7", load_nothing)
    await rooms.resync(app)  # type: ignore[arg-type]
    assert app.patches[-1]["seq"] > first["seq"] + 1


async def test_messages_that_are_no_rows_go_to_the_pages(app: FakeApp, monkeypatch: pytest.MonkeyPatch):
    told: list[str] = []

    async def other(root: Any, message: CampaignChanged) -> None:
        told.append(f"{root}:{message.status}")

    live.room("campaign", Watching, patch="patch", row=row, other=other)
    app.online.add("a")
    await live.enter(app.page("a"), "campaign:7", load_nothing)
    async with running(app):
        body = CampaignChanged(campaign_id=7, status=CampaignStatus.PAUSED).model_dump_json()
        await redis().publish(campaign_channel(7), body)
        await until(lambda: told == ["a:paused"])


async def test_a_room_must_be_declared(app: FakeApp):
    with pytest.raises(ValueError, match="no such room"):
        await live.enter(app.page("a"), "nowhere:1", load_nothing)
    with pytest.raises(ValueError, match="has no var"):
        live.room("x", Watching, patch="missing", row=row)
    with pytest.raises(ValueError, match="no such live kind"):
        live.on("nobody", app.apply)


async def test_a_command_lands_in_the_stream_of_the_switch(app: FakeApp):
    command = CallNext(operator_id=3)
    await live.send_command(command)
    ((_, entry),) = await redis().xrange(command_stream(settings().switch_name))
    assert CallNext.model_validate_json(entry["command"]) == command
