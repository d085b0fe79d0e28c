"""Asks, right before a number is dialled, for the proof that it may be: the lease of a contact's number, or the rules
for a number of our own people."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import calling_rules, dial_proofs, line_limits
from exchange_domain.clock import ms_of, now_ms
from exchange_domain.dial_proofs import DialProof
from exchange_domain.words import EndpointKind

from .core.effects import OriginateContact, OriginateManager, OriginateSeat
from .core.state import Operator
from .database_effects import while_away

log = structlog.get_logger()

Originate = OriginateSeat | OriginateContact | OriginateManager
LEASE_LOST = "LEASE_LOST"
"""Nothing was dialled, nothing is charged: somebody else may ring the number by now."""
NOT_ALLOWED = "NOT_ALLOWED"
"""While it was shown, the contact's hours ended, or somebody asked for peace."""
BARRED = "OUTGOING_CALL_BARRED"
"""The number of a manager or a seat is no allowed destination."""
LONGEST_WAIT_MS = 5_000
"""However wrong a clock is: no operator's line waits longer for its moment."""


async def moment_to_dial(effect: Originate) -> bool:
    """Waits for the moment that is reserved with carrier and customer. False: the contact must not be called any more.

    A contact that was shown first is looked at again, and gets its moment only now.
    """
    if not isinstance(effect, OriginateContact):
        return True
    dial_at = effect.dial_at
    if effect.previewed:
        reserved = await while_away(lambda s: _after_a_preview(s, effect.leg))
        if reserved is None:
            return False
        dial_at = ms_of(reserved)
    if (wait := dial_at - now_ms()) > 0:
        await asyncio.sleep(min(wait, LONGEST_WAIT_MS) / 1_000)
    return True


async def _after_a_preview(s: AsyncSession, call_id: UUID) -> datetime | None:
    now = datetime.now(UTC)
    return await line_limits.moment(s, call_id, now) if await calling_rules.may_dial(s, call_id, now) else None


def needs_proof(effect: Originate) -> bool:
    """Whether it leaves the house: contacts always, our own people when their endpoint is a number."""
    return isinstance(effect, OriginateContact) or effect.kind is EndpointKind.NUMBER


async def prove(state: Operator, effect: Originate) -> DialProof | None:
    """The proof, or None: it must not be dialled. While the database is away it waits, and dials nothing."""
    now = datetime.now(UTC)
    match effect:
        case OriginateContact():
            return await while_away(lambda s: dial_proofs.lease_held(s, effect.leg, effect.token, now))
        case OriginateManager():
            campaign_id = state.call.facts.campaign_id if state.call else None
            number, subject = effect.dial_name, f"transfer:{effect.leg}"
        case OriginateSeat():
            campaign_id = state.shift.campaign_id if state.shift else None
            number, subject = effect.endpoint, f"operator:{effect.operator_id}"
    if campaign_id is None:
        return None
    return await while_away(lambda s: dial_proofs.permitted(s, effect.leg, number, campaign_id, subject, now))


def refusal(effect: Originate) -> str:
    """The cause with which an originate without proof ends."""
    return LEASE_LOST if isinstance(effect, OriginateContact) else BARRED
