"""A request with an Idempotency-Key is done once: its answer is kept in the transaction of what it did.

Source: draft-ietf-httpapi-idempotency-key-header-07.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from .tables import ApiReply

KEPT = timedelta(days=2)


class OtherRequest(Exception):
    """The key was used for a request that differs from this one."""


@dataclass(frozen=True)
class Reply:
    status: int
    body: dict[str, Any]


def fingerprint(method: str, path: str, body: Any) -> str:
    """Of a request; the order of names in its body makes no difference."""
    sent = json.dumps([method, path, body], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(sent.encode()).hexdigest()


async def begin(s: AsyncSession, customer_id: int, idempotency_key: str, print_of: str) -> Reply | None:
    """The answer of the first time; None: this is the first. A second request at the same moment waits for the first.

    Raises OtherRequest.
    """
    taken = await s.execute(
        insert(ApiReply)
        .values(customer_id=customer_id, idempotency_key=idempotency_key, fingerprint=print_of)
        .on_conflict_do_nothing()
        .returning(col(ApiReply.customer_id))
    )
    if taken.scalar_one_or_none() is not None:
        return None
    row = await s.get_one(ApiReply, (customer_id, idempotency_key), populate_existing=True)
    if row.fingerprint != print_of:
        raise OtherRequest
    return Reply(row.status, row.body)


async def end(s: AsyncSession, customer_id: int, idempotency_key: str, reply: Reply) -> None:
    row = await s.get_one(ApiReply, (customer_id, idempotency_key))
    row.status, row.body = reply.status, reply.body
    s.add(row)
    await s.flush()


async def forget(s: AsyncSession, before: datetime) -> int:
    """Some of those of before; returns how many."""
    gone = await s.execute(
        text(
            "delete from api_reply where (customer_id, idempotency_key) in "
            "(select customer_id, idempotency_key from api_reply where created_at < :before limit 5000)"
        ),
        {"before": before},
    )
    return gone.rowcount  # pyright: ignore[reportAttributeAccessIssue]
