"""Hearing one's own calls, once a moderator has judged them."""

from uuid import UUID

from starlette.routing import Route

from exchange_app import recordings
from exchange_domain import database
from exchange_domain.accounts import Principal
from exchange_domain.tables import Call, Campaign, Recording, Review


async def may_hear(account: Principal, call_id: UUID) -> Recording | None:
    """Her own calls that were reviewed: the same sound that the moderator heard; and those with robots."""
    async with database.session() as s:
        call, review, row = await s.get(Call, call_id), await s.get(Review, call_id), await s.get(Recording, call_id)
        hers = call is not None and call.operator_id == account.account_id
        practice = call is not None and hers and (await s.get_one(Campaign, call.campaign_id)).practice
    judged = review is not None and review.verdict is not None
    return row if hers and (practice or judged) else None


def routes() -> list[Route]:
    return [recordings.address("operator", may_hear)]
