"""What an operator has typed, saved while she types: it outlives page, web worker and engine."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from .tables import Call, CallDraft
from .words import CallState


@dataclass(frozen=True)
class Draft:
    result: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    saved_at: datetime | None = None
    prepared: str = ""
    """The line that the exchange added by itself."""
    place: str = ""
    """Where in the script the operator is: numbers of the steps she came through."""


class NotYours(Exception):
    """The call is somebody else's, or closed: nothing of it can be changed."""


async def of(s: AsyncSession, call_id: UUID) -> Draft:
    return read(await s.get(CallDraft, call_id))


def read(kept: CallDraft | None) -> Draft:
    return Draft(dict(kept.result), kept.note, kept.saved_at, kept.prepared, kept.place) if kept else Draft()


async def _own_open_call(s: AsyncSession, call_id: UUID, operator_id: int) -> Call:
    call = await s.get(Call, call_id)
    if call is None or call.operator_id != operator_id or call.state == CallState.CLOSED:
        raise NotYours
    return call


async def save_field(s: AsyncSession, call_id: UUID, operator_id: int, key: str, value: Any) -> datetime:
    """Keeps one field's value as it was typed; it is checked when the call is closed. Raises NotYours."""
    await _own_open_call(s, call_id, operator_id)
    saved = await s.execute(
        text(
            "insert into call_draft as d (call_id, result) values (:call, jsonb_build_object(cast(:key as text), "
            "cast(:value as jsonb))) on conflict (call_id) do update "
            "set result = d.result || excluded.result, saved_at = clock_timestamp() returning saved_at"
        ),
        {"call": call_id, "key": key[:100], "value": json.dumps(value, ensure_ascii=False)},
    )
    return saved.scalar_one()


async def save_note(s: AsyncSession, call_id: UUID, operator_id: int, note: str) -> datetime:
    """Keeps the note as it was typed. Raises NotYours."""
    await _own_open_call(s, call_id, operator_id)
    saved = await s.execute(
        text(
            "insert into call_draft (call_id, note) values (:call, :note) on conflict (call_id) do update "
            "set note = excluded.note, saved_at = clock_timestamp() returning saved_at"
        ),
        {"call": call_id, "note": note[:10_000]},
    )
    return saved.scalar_one()


PLACE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){0,99}")


async def save_place(s: AsyncSession, call_id: UUID, operator_id: int, place: str) -> None:
    """Keeps where in the script the operator is; empty: at its beginning. Raises NotYours, ValueError."""
    if place and not PLACE.fullmatch(place):
        raise ValueError(f"no place in a script: {place[:40]!r}")
    await _own_open_call(s, call_id, operator_id)
    await s.execute(
        text(
            "insert into call_draft (call_id, place) values (:call, :place) on conflict (call_id) do update "
            "set place = excluded.place"
        ),
        {"call": call_id, "place": place},
    )
