"""A contact who insults or threatens: nobody has to go on listening, and nobody calls that number again."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from . import do_not_call, flags
from .drafts import NotYours
from .tables import Call
from .words import CallState, DoNotCallSource, FlagKind


async def report(s: AsyncSession, call_id: UUID, operator_id: int, at: datetime) -> None:
    """Puts the number on the customer's do-not-call list and asks a moderator to listen. Once per call.

    The talk is paid like any other. Raises NotYours for somebody else's call, one never answered, or a closed one.
    """
    call = await s.get(Call, call_id, with_for_update=True)
    theirs = call is not None and call.operator_id == operator_id and call.answered_at is not None
    if call is None or not theirs or call.state == CallState.CLOSED:
        raise NotYours
    added = await do_not_call.add(
        s, [(call.e164, "")], customer_id=call.customer_id, source=DoNotCallSource.CALL, by=operator_id, call_id=call.id
    )
    if added.added:
        await flags.raise_flag(
            s, FlagKind.ABUSIVE_CONTACT, f"call:{call_id}", at, customer_id=call.customer_id,
            campaign_id=call.campaign_id, operator_id=operator_id, call_id=call_id,
        )  # fmt: skip
