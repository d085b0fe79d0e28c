"""Hearing one's own calls, once a moderator has judged them."""

from uuid import UUID

from starlette.routing import Route

from exchange_app import recordings
from exchange_domain import database
from exchange_domain.accounts import Principal
from exchange_domain.tables import Recording, Review


async def may_hear(account: Principal, call_id: UUID) -> Recording | None:
    """Her own calls that were reviewed: the same sound that the moderator heard."""
    async with database.session() as s:
        review, row = await s.get(Review, call_id), await s.get(Recording, call_id)
    hers = review is not None and review.operator_id == account.account_id and review.verdict is not None
    return row if hers else None


def routes() -> list[Route]:
    return [recordings.address("operator", may_hear)]
