"""An account's own view: one mailbox an account, so order is kept and one slow page delays nobody else."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import reflex as rx
import structlog
from pydantic import TypeAdapter
from reflex.state import BaseState

from exchange_app.broker import redis
from exchange_app.faults import described
from exchange_domain.messages import (
    LIVE,
    DraftSaved,
    ListenerView,
    ManagerView,
    OperatorView,
    OverheardView,
    PracticeMeasured,
    listener_snapshot_key,
    manager_snapshot_key,
    operator_snapshot_key,
    overheard_snapshot_key,
)
from exchange_domain.texts import language
from observability.tracing import span

from . import metrics, push, registry

log = structlog.get_logger(__name__)

View = OperatorView | ManagerView | ListenerView | OverheardView | DraftSaved | PracticeMeasured
More = Callable[[BaseState], Awaitable[None]]
Apply = Callable[[BaseState, Any], Awaitable[More | None]]
_VIEWS: TypeAdapter[Any] = LIVE
_SNAPSHOT_KEYS: dict[str, Callable[[int], str]] = {
    "operator": operator_snapshot_key,
    "manager": manager_snapshot_key,
    "listener": listener_snapshot_key,
    "overheard": overheard_snapshot_key,
}
KINDS = (*_SNAPSHOT_KEYS, "draft", "practice")
"""These two have no snapshot: who opens the page reads it from the database."""
_MOST_WAITING = 200
"""Messages a mailbox keeps; older ones fall out, for each view is whole in itself."""

_apply: dict[str, Apply] = {}
_waiting: dict[int, deque[tuple[View, float]]] = {}
_tasks: dict[int, asyncio.Task[None]] = {}
_seen: dict[tuple[str, str], int] = {}
"""(client token, kind) → version of the view the page has."""


def on(kind: str, apply: Apply) -> None:
    """`apply(root_state, message)` runs for each open page of the account, in order, each version once.

    What it changes is sent at once. What takes reading it gives back as a second step, which is done when nothing newer
    waits: of several only the last one's.

    Kinds: operator (OperatorView), manager (ManagerView), listener (ListenerView, of a moderator), overheard
    (OverheardView, of an operator), draft (DraftSaved), practice (PracticeMeasured, of an operator). Take the page's
    state by `await root_state.get_state(Cls)`.
    """
    if kind not in KINDS:
        raise ValueError(f"no such live kind: {kind!r}; there are {', '.join(KINDS)}")
    _apply[kind] = apply


async def snapshot(kind: str, account_id: int, state: BaseState | None = None) -> Any:
    """The latest view of an account, or None when the engine has not written one yet.

    With `state` (the page's, in on_load), messages up to this version are not applied to that page again.
    """
    raw = await redis().get(_SNAPSHOT_KEYS[kind](account_id))
    view = _VIEWS.validate_json(raw) if raw else None
    if state is not None and view is not None:
        _seen[(state.router.session.client_token, kind)] = view.version
    return view


def deliver(app: rx.App, account_id: int, message: View) -> None:
    """Puts a message into the account's mailbox; starts its postman when none is under way."""
    if not registry.tokens(account_id) or message.kind not in _apply:
        return
    _waiting.setdefault(account_id, deque(maxlen=_MOST_WAITING)).append((message, time.perf_counter()))
    if account_id not in _tasks:
        task = asyncio.create_task(_empty(app, account_id), name=f"live-{account_id}")
        _tasks[account_id] = task


async def _empty(app: rx.App, account_id: int) -> None:
    from exchange_app.security.policy import principal_of_event
    from exchange_app.security.principals import principal

    waiting = _waiting[account_id]
    later: dict[str, More] = {}
    while waiting or later:
        if not waiting:
            await _follow(app, account_id, *later.popitem())
            continue
        message, came = waiting.popleft()
        try:
            account = await principal(account_id)
            if account is None:
                continue
            language.set(account.language)
            principal_of_event.set(account)
        except Exception as failed:
            log.error("live_account_unread", account_id=account_id, **described(failed))
            continue
        for token in registry.tokens(account_id):
            try:
                about = message.about if isinstance(message, OperatorView) else None
                with span("show", about, account_id=account_id, kind=message.kind):
                    more = await _give(app, token, message)
                metrics.PUSH.observe(time.perf_counter() - came)
                if more is not None:
                    later[token] = more
            except Exception as failed:
                log.error("live_apply_failed", account_id=account_id, kind=message.kind, **described(failed))
    # No await since the mailbox was found empty, so nothing can have come in between.
    _waiting.pop(account_id, None)
    _tasks.pop(account_id, None)


async def _follow(app: rx.App, account_id: int, token: str, more: More) -> None:
    try:
        if push.connected(app, token):
            async with push.modify(app, token) as root:
                await more(root)
    except Exception as failed:
        log.error("live_apply_failed", account_id=account_id, step=2, **described(failed))


async def _give(app: rx.App, token: str, message: View) -> More | None:
    if not push.connected(app, token):
        registry.leave(token)
        forget(token)
        return None
    async with push.modify(app, token) as root:
        # Under the page's lock: its own on_load may have read a newer snapshot meanwhile.
        if message.version <= _seen.get((token, message.kind), -1):
            return None
        _seen[(token, message.kind)] = message.version
        return await _apply[message.kind](root, message)


def forget(token: str) -> None:
    for kind in KINDS:
        _seen.pop((token, kind), None)


async def resync(app: rx.App) -> None:
    """After the bus was away: every open page gets the snapshot, for what was published meanwhile is gone."""
    for account_id in registry.accounts():
        for kind in _SNAPSHOT_KEYS.keys() & _apply.keys():
            view = await snapshot(kind, account_id)
            if view is not None:
                deliver(app, account_id, view)
