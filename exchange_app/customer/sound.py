"""Hearing the calls of one's own campaigns."""

from typing import Any
from uuid import UUID

import reflex as rx
from starlette.routing import Route

from exchange_app import recordings
from exchange_domain import database
from exchange_domain.accounts import Principal
from exchange_domain.tables import Call, Recording


async def may_hear(account: Principal, call_id: UUID) -> Recording | None:
    """Calls of this person's customers."""
    async with database.session() as s:
        call, row = await s.get(Call, call_id), await s.get(Recording, call_id)
    return row if call is not None and call.customer_id in account.customers else None


def routes() -> list[Route]:
    return [recordings.address("customer", may_hear)]


def player(call_id: Any, label: Any) -> rx.Component:
    return recordings.player("customer", call_id, label)
