"""The framework's private names that push.py stands on: fails when a new Reflex changes them."""

from typing import Any

import pytest
import reflex
import reflex as rx
from reflex.app import EventNamespace
from reflex.state import StateUpdate
from reflex.utils.token_manager import LocalTokenManager

from exchange_app.live import push


class Shown(rx.State):
    rows: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)


class Sockets:
    """Records what would go to socket.io."""

    def __init__(self) -> None:
        self.emitted: list[tuple[Any, ...]] = []

    async def emit(self, event: str, data: Any, **to: Any) -> None:
        self.emitted.append((event, data, to))

    async def enter_room(self, sid: str, room: str, namespace: str) -> None:
        self.emitted.append(("enter", sid, room, namespace))

    async def leave_room(self, sid: str, room: str, namespace: str) -> None:
        self.emitted.append(("leave", sid, room, namespace))

    async def disconnect(self, sid: str, namespace: str) -> None:
        self.emitted.append(("disconnect", sid, namespace))


class App:
    def __init__(self) -> None:
        self.sio = Sockets()
        self.event_namespace = EventNamespace.__new__(EventNamespace)
        self.event_namespace._token_manager = LocalTokenManager()


@pytest.fixture
def app() -> Any:
    return App()


def test_this_is_the_reflex_it_was_written_for():
    from importlib.metadata import version

    assert version("reflex") == "0.10.1", "read exchange_app/live/push.py again, then change this line"
    assert hasattr(reflex.App, "modify_state")


async def test_token_manager_knows_who_is_connected(app: Any):
    assert not push.connected(app, "t1")
    assert await app.event_namespace._token_manager.link_token_to_sid("t1", "s1") is None
    assert push.connected(app, "t1") and push.sid_of(app, "t1") == "s1"
    await push.disconnect(app, "t1")
    (event, update, to), last = app.sio.emitted
    assert (event, to) == ("event", {"to": "s1", "namespace": "/_event"})
    assert "location.assign" in str(update.events[0].payload)
    assert last == ("disconnect", "s1", "/_event")


async def test_delta_has_the_shape_that_the_browser_takes(app: Any):
    await push.to_room(app, "campaign:1", Shown, {"rows": {"seq": 1}})
    event, update, to = app.sio.emitted[-1]
    assert (event, to) == ("event", {"room": "campaign:1", "namespace": "/_event"})
    assert isinstance(update, StateUpdate)
    state = Shown(_reflex_internal_init=True)  # type: ignore[call-arg]
    state.rows = {"seq": 1}
    assert update.delta == {Shown.get_full_name(): dict(state.get_delta()[Shown.get_full_name()])}


def test_namespace_is_the_one_of_the_app():
    from reflex_base.config import get_config

    assert get_config().get_event_namespace() == push.NAMESPACE


async def test_rooms_are_socket_io_rooms(app: Any):
    await push.enter_room(app, "s1", "r")
    await push.leave_room(app, "s1", "r")
    assert app.sio.emitted == [("enter", "s1", "r", "/_event"), ("leave", "s1", "r", "/_event")]
