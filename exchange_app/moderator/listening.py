"""Hearing a call as a moderator."""

from typing import Any
from uuid import UUID

import reflex as rx
from starlette.routing import Route

from exchange_app import recordings
from exchange_domain import database
from exchange_domain.accounts import Principal
from exchange_domain.tables import Call, Recording


async def may_hear(account: Principal, call_id: UUID) -> Recording | None:
    """Any call but one's own, and those of a customer the moderator belongs to."""
    async with database.session() as s:
        call, row = await s.get(Call, call_id), await s.get(Recording, call_id)
    own = {*account.customers, *account.manages}
    barred = call is None or call.customer_id in own or call.operator_id == account.account_id
    return None if barred else row


def routes() -> list[Route]:
    return [recordings.address("moderator", may_hear)]


def player(call_id: Any, label: Any, *, from_s: Any = None) -> rx.Component:
    return recordings.player("moderator", call_id, label, from_s=from_s)
