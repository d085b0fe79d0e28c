"""Who is on shift, as rows of the moderators' table: the engine's views with the names beside them."""

import asyncio
from typing import Any

import structlog

from exchange_app import live
from exchange_app.broker import redis
from exchange_app.faults import described
from exchange_domain import database, house_rules, live_floor
from exchange_domain.live_floor import OnShift
from exchange_domain.messages import OperatorView, operator_snapshot_key
from exchange_domain.words import OperatorState

log = structlog.get_logger(__name__)

_people: dict[int, OnShift] = {}
_learning: set[asyncio.Task[None]] = set()


def shown(view: OperatorView, person: OnShift) -> dict[str, Any]:
    """A row of the table. `mark` is what to look at; times are epoch milliseconds."""
    return {
        "id": person.operator_id,
        "name": person.name,
        "campaign": person.campaign,
        "state": "ready" if view.call is not None and view.call.preview else view.state.value,
        "since": since_ms(view),
        "ear": "listen",
        "mark": "new" if person.new else "flagged" if person.flagged else "",
        "new": "yes" if person.new else "",
        "flagged": "yes" if person.flagged else "",
    }


def since_ms(view: OperatorView) -> int:
    """Since when the state of the call has lasted; 0 between calls."""
    call = view.call
    if call is None or call.preview:
        return 0
    match view.state:
        case OperatorState.RINGING:
            return call.claimed_ms
        case OperatorState.TRANSFERRING:
            return call.transfer.started_ms if call.transfer else call.answered_ms or 0
        case OperatorState.WRAP_UP:
            return call.ended_ms or 0
    return call.answered_ms or 0


async def read() -> list[dict[str, Any]]:
    """Everybody on shift now; what is known of them is known from here on."""
    people = await _know(None)
    if not people:
        return []
    raw = await redis().mget([operator_snapshot_key(one.operator_id) for one in people])
    rows: list[dict[str, Any]] = []
    for person, body in zip(people, raw, strict=True):
        view = OperatorView.model_validate_json(body) if body else None
        if view is not None and view.state is not OperatorState.OFF_SHIFT:
            rows.append(shown(view, person))
    return rows


async def _know(only: list[int] | None) -> list[OnShift]:
    async with database.session() as s:
        found = await live_floor.on_shift(s, (await house_rules.rules(s)).new_operator_calls, only)
    if only is None:
        _people.clear()
    _people.update({one.operator_id: one for one in found})
    return found


def row(view: OperatorView) -> dict[str, Any] | None:
    """For the room: a change of one operator. Who is not known yet is asked for, and comes a moment later."""
    if view.state is OperatorState.OFF_SHIFT:
        _people.pop(view.operator_id, None)
        return {"id": view.operator_id, "gone": True}
    person = _people.get(view.operator_id)
    if person is None or (view.campaign_id is not None and person.campaign_id != view.campaign_id):
        task = asyncio.create_task(_learn(view), name=f"floor-{view.operator_id}")
        _learning.add(task)
        task.add_done_callback(_learning.discard)
        return None
    return shown(view, person)


async def _learn(view: OperatorView) -> None:
    try:
        found = await _know([view.operator_id])
    except Exception as failed:
        log.error("floor_person_unread", operator_id=view.operator_id, **described(failed))
        return
    # Without a shift in the database, or on another campaign there, the next change will tell.
    if found and found[0].campaign_id == view.campaign_id:
        live.tell(live.FLOOR, view)
