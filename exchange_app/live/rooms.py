"""Live tables: rows of one channel, coalesced into numbered patches for everybody who looks at it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import reflex as rx
import structlog
from reflex.state import BaseState

from exchange_app.faults import described

from . import push

log = structlog.get_logger(__name__)

COALESCE_S = 0.15
FLOOR = "floor:0"
"""The one room in which all operators on shift are seen."""
_REMEMBERED = 100
"""Patches a room keeps, to complete a snapshot that was read while they went out."""

Row = dict[str, Any]
Load = Callable[[], Awaitable[list[Row]]]


@dataclass
class _Kind:
    name: str
    state: type[BaseState]
    patch: str
    row: Callable[[Any], Row | None]
    other: Callable[[BaseState, Any], Awaitable[None]] | None
    rows_of: str


@dataclass
class _Room:
    kind: _Kind
    name: str
    key: str = field(default_factory=lambda: uuid4().hex[:12])
    """Of this life of the room: numbers of an earlier one mean nothing."""
    seq: int = 0
    members: dict[str, str] = field(default_factory=dict)
    """Client token → socket id."""
    upserts: dict[Any, Row] = field(default_factory=dict)
    removes: set[Any] = field(default_factory=set)
    sent: deque[tuple[int, list[Row], list[Any]]] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    flush: asyncio.Task[None] | None = None


_kinds: dict[str, _Kind] = {}
_rooms: dict[str, _Room] = {}
_app: rx.App | None = None


def use(app: rx.App) -> None:
    """The app whose sockets the rooms are; set when the bridge starts."""
    global _app
    _app = app


def room(
    name: str,
    state: type[BaseState],
    *,
    patch: str,
    row: Callable[[Any], Row | None],
    other: Callable[[BaseState, Any], Awaitable[None]] | None = None,
    rows_of: str = "call",
) -> None:
    """Declares rooms `name:id`, fed by the channel `live:name:id`, or `live:campaign:id` for names such as
    `campaign-calls`.

    `row(message)` makes the table's row of a message of the kind `rows_of`, with an `id`; None leaves it out, `{"id":
    …, "gone": True}` takes it out of the table. The patch goes to the var `patch` of `state` in the browser.
    `other(root_state, message)` gets every message of another kind, e.g. CampaignChanged.
    """
    if patch not in state.get_fields() and patch not in state.base_vars:
        raise ValueError(f"{state.__name__} has no var {patch!r}")
    _kinds[name] = _Kind(name, state, patch, row, other, rows_of)


def _found(name: str) -> _Room:
    kind = _kinds.get(name.split(":", 1)[0])
    if kind is None:
        raise ValueError(f"no such room: {name!r}; declare it with live.room()")
    return _rooms.setdefault(name, _Room(kind, name))


async def enter(state: BaseState, name: str, load: Load) -> dict[str, Any]:
    """Joins the page to a room and returns the first snapshot. Call it in on_load, after the rights were checked."""
    if _app is None:
        raise RuntimeError("the live bridge does not run")
    here = _found(name)
    session = state.router.session
    here.members[session.client_token] = session.session_id
    await push.enter_room(_app, session.session_id, name)
    return await again(state, name, load)


async def again(state: BaseState, name: str, load: Load) -> dict[str, Any]:
    """A new snapshot, complete up to its number: patches that went out while it was read are put into it."""
    here = _found(name)
    if state.router.session.client_token not in here.members:
        # The socket or the process is another one than at on_load.
        return await enter(state, name, load)
    before = here.seq
    rows = {row["id"]: row for row in await load()}
    for seq, upserts, removes in here.sent:
        if seq > before:
            for row in upserts:
                rows[row["id"]] = {**rows.get(row["id"], {}), **row}
            for one in removes:
                rows.pop(one, None)
    return {"key": here.key, "seq": here.seq, "rows": list(rows.values())}


async def leave(state: BaseState, name: str) -> None:
    """The page shows something else now."""
    here = _rooms.get(name)
    if here is None:
        return
    sid = here.members.pop(state.router.session.client_token, None)
    if sid and _app is not None:
        await push.leave_room(_app, sid, name)
    _drop_if_empty(here)


async def leave_all(token: str) -> None:
    """The token signed out or changed hands: it sees no room any more."""
    for here in [r for r in _rooms.values() if token in r.members]:
        sid = here.members.pop(token)
        if _app is not None:
            await push.leave_room(_app, sid, here.name)
        _drop_if_empty(here)


def _drop_if_empty(here: _Room) -> None:
    if not here.members:
        _rooms.pop(here.name, None)
        if here.flush is not None:
            here.flush.cancel()


def deliver(app: rx.App, subject: str, message: Any) -> None:
    """A message of the channel `live:{subject}` for every room that looks at it."""
    topic, _, number = subject.partition(":")
    for name in _kinds:
        here = _rooms.get(f"{name}:{number}") if name.split("-", 1)[0] == topic else None
        if here is None:
            continue
        try:
            row = here.kind.row(message) if message.kind == here.kind.rows_of else None
        except Exception as failed:
            log.error("room_row_failed", room=here.name, **described(failed))
            continue
        if row is not None:
            if row.get("gone"):
                here.upserts.pop(row["id"], None)
                here.removes.add(row["id"])
            else:
                here.removes.discard(row["id"])
                here.upserts[row["id"]] = {**here.upserts.get(row["id"], {}), **row}
            if here.flush is None or here.flush.done():
                here.flush = asyncio.create_task(_flush_later(app, here), name=f"room-{here.name}")
        elif message.kind != here.kind.rows_of and here.kind.other is not None:
            asyncio.create_task(_tell(app, here, message), name=f"room-other-{here.name}")  # noqa: RUF006


def tell(subject: str, message: Any) -> None:
    """Delivers a message of this process's own making."""
    if _app is not None:
        deliver(_app, subject, message)


async def _flush_later(app: rx.App, here: _Room) -> None:
    await asyncio.sleep(COALESCE_S)
    await flush(app, here.name)


async def flush(app: rx.App, name: str) -> None:
    """Sends what has gathered as one patch."""
    here = _rooms.get(name)
    if here is None or not (here.upserts or here.removes):
        return
    for token in [t for t in here.members if not push.connected(app, t)]:
        del here.members[token]
    upserts, here.upserts = list(here.upserts.values()), {}
    removes, here.removes = list(here.removes), set()
    here.seq += 1
    here.sent.append((here.seq, upserts, removes))
    patch = {"key": here.key, "seq": here.seq, "upserts": upserts, "removes": removes}
    await push.to_room(app, name, here.kind.state, {here.kind.patch: patch})
    _drop_if_empty(here)


async def _tell(app: rx.App, here: _Room, message: Any) -> None:
    assert here.kind.other is not None
    for token in list(here.members):
        if push.connected(app, token):
            try:
                async with push.modify(app, token) as root:
                    await here.kind.other(root, message)
            except Exception as failed:
                log.error("room_message_failed", room=here.name, **described(failed))


async def show(name: str, values: dict[str, Any]) -> None:
    """Sets further vars of the room's state for everybody in it, such as totals beside the table."""
    here = _rooms.get(name)
    if here is not None and _app is not None:
        await push.to_room(_app, name, here.kind.state, values)


async def resync(app: rx.App) -> None:
    """After the bus was away: a patch with a hole before it, at which every table asks for a snapshot."""
    for here in list(_rooms.values()):
        here.seq += 2
        patch = {"key": here.key, "seq": here.seq, "upserts": [], "removes": []}
        await push.to_room(app, here.name, here.kind.state, {here.kind.patch: patch})
