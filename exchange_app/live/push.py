"""The framework's private names: the registry of sockets, rooms, and the shape of a delta."""

from contextlib import AbstractAsyncContextManager
from typing import Any

import reflex as rx
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event

NAMESPACE = "/_event"
VAR_SUFFIX = "_rx_state_"


def connected(app: rx.App, token: str) -> bool:
    """Whether a page with this client token is connected to this process."""
    return sid_of(app, token) is not None


def sid_of(app: rx.App, token: str) -> str | None:
    manager = app.event_namespace._token_manager  # type: ignore[union-attr]
    record = manager.token_to_socket.get(token)
    return record.sid if record is not None and record.instance_id == manager.instance_id else None


def modify(app: rx.App, token: str) -> AbstractAsyncContextManager[BaseState]:
    """The root state of a page, locked; what changed is sent when the block ends."""
    return app.modify_state(rx.BaseStateToken(ident=token, cls=rx.State))


async def enter_room(app: rx.App, sid: str, room: str) -> None:
    await app.sio.enter_room(sid, room, namespace=NAMESPACE)  # type: ignore[union-attr]


async def leave_room(app: rx.App, sid: str, room: str) -> None:
    await app.sio.leave_room(sid, room, namespace=NAMESPACE)  # type: ignore[union-attr]


async def to_room(app: rx.App, room: str, state: type[BaseState], values: dict[str, Any]) -> None:
    """Sets vars in the browsers of a room; the states on the server stay as they are."""
    delta = {state.get_full_name(): {f"{name}{VAR_SUFFIX}": value for name, value in values.items()}}
    await app.sio.emit("event", StateUpdate(delta=delta), room=room, namespace=NAMESPACE)  # type: ignore[union-attr]


async def disconnect(app: rx.App, token: str) -> None:
    """Sends a page to sign-in by a full load, so that nothing of what it showed stays, and closes its socket."""
    if (sid := sid_of(app, token)) is not None:
        away = Event.from_event_type(rx.call_script("location.assign('/sign-in')"))
        await app.sio.emit("event", StateUpdate(events=away), to=sid, namespace=NAMESPACE)  # type: ignore[union-attr]
        await app.sio.disconnect(sid, namespace=NAMESPACE)  # type: ignore[union-attr]
