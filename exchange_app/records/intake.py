"""One record from bytes to a stored row. Only stored: settling is the engine's, and the switch waits for the answer."""

import json
from typing import Any, NoReturn
from uuid import UUID

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import DataError

from exchange_app.broker import redis
from exchange_domain import database, settling
from exchange_domain.messages import RECORD_CHANNEL
from exchange_domain.settling import BadRecord

log = structlog.get_logger(__name__)

MOST_BYTES = 256 * 1024
"""Of one record's body; real ones are 7 to 10 KB."""


def parsed(raw: bytes) -> dict[str, Any]:
    """The record as JSON that the database takes. Raises BadRecord.

    Header values in a record come from carriers: bytes that are no UTF-8, NUL and lone surrogates are replaced, so that
    a name somebody sent never costs us the figures.
    """
    try:
        body = json.loads(raw.decode("utf-8", "replace"), parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise BadRecord(f"not JSON: {type(problem).__name__}") from None
    if not isinstance(body, dict):
        raise BadRecord("not an object")
    body = _storable(body)
    try:
        settling.read_record(body)
    except (ValueError, TypeError, OverflowError, OSError) as problem:
        raise BadRecord(f"figures that are not numbers: {type(problem).__name__}") from None
    return body


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value


async def store(raw: bytes) -> UUID:
    """Stores a record and returns its leg; the same record again changes nothing.

    Raises BadRecord; whatever else it raises means that the database cannot be reached, and nothing was stored.
    """
    body = parsed(raw)
    try:
        async with database.session() as s:
            return await settling.store_record(s, body)
    except DataError:
        raise BadRecord("the database cannot keep it") from None


async def announce(leg: UUID) -> None:
    """Says that a record is there. Nothing depends on it: who settles also looks by itself."""
    try:
        await redis().publish(RECORD_CHANNEL, str(leg))
    except (RedisError, OSError) as problem:
        log.warning("record_not_announced", leg=str(leg), error=type(problem).__name__)
