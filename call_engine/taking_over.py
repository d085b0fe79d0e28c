"""At the start: open shifts and open calls become operators again, as they were left."""

from collections import defaultdict
from dataclasses import replace
from uuid import UUID

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import accounts, calls, campaigns, recordings, seats, shifts
from exchange_domain.clock import ms_of, now_ms
from exchange_domain.tables import Call as CallRow
from exchange_domain.tables import Campaign, Shift
from exchange_domain.words import CallState, EndpointKind, TransferState

from .core.effects import PublishOperator
from .core.recovery import StoredCall, StoredTransfer, restore
from .core.state import CallFacts, Manager, legs
from .core.views import operator_view
from .database_effects import shift_of, while_away
from .operators import Operators

log = structlog.get_logger()

Found = tuple[list[Shift], list[calls.OpenCall], dict[int, str], set[UUID], set[int], set[UUID]]


async def take_over(operators: Operators, switch_name: str) -> int:
    """Fills the mailboxes from the database. Returns how many operators there are."""

    async def work(s: AsyncSession) -> Found:
        open_shifts = await shifts.open_on(s, switch_name)
        open_calls = await calls.open_calls(s, switch_name)
        people = {shift.operator_id for shift in open_shifts} | {found.call.operator_id for found in open_calls}
        by_telephone = await seats.by_telephone(s, [shift.seat_leg for shift in open_shifts if shift.seat_leg])
        elsewhere = await shifts.elsewhere(s, switch_name, people)
        masked = await recordings.masked_now(s, [found.call.id for found in open_calls])
        return open_shifts, open_calls, await accounts.names(s, people), by_telephone, elsewhere, masked

    open_shifts, open_calls, names, by_telephone, elsewhere, masked = await while_away(work)
    by_operator: dict[int, list[StoredCall]] = defaultdict(list)
    for found in open_calls:
        by_operator[found.call.operator_id].append(replace(_stored(found), masked=found.call.id in masked))
    shift_by_operator = {shift.operator_id: shift for shift in open_shifts}
    now = now_ms()
    for operator_id in shift_by_operator.keys() | by_operator.keys():
        shift = shift_by_operator.get(operator_id)
        state, effects = restore(
            operator_id,
            accounts.short_name(names.get(operator_id, "")),
            None if shift is None else shift_of(shift),
            None if shift is None else shift.seat_leg,
            shift is not None and shift.seat_leg in by_telephone,
            by_operator[operator_id],
            now,
        )
        for leg in legs(state):
            operators.expect_leg(leg, operator_id)
        mailbox = operators.add(state)
        # Whose handed-over call goes on here while she works on another switch is shown by that one's engine.
        shown = () if operator_id in elsewhere else (PublishOperator(operator_view(state)),)
        await mailbox.begin((*effects, *shown))
    log.info("taken over", operators=len(shift_by_operator), calls=len(open_calls))
    return len(shift_by_operator)


def _stored(found: calls.OpenCall) -> StoredCall:
    call = found.call
    assert call.claimed_at is not None
    return StoredCall(
        facts=_facts(call, found.campaign, found.contact_name, found.time_zone),
        claimed_ms=ms_of(call.claimed_at),
        closed=call.state == CallState.CLOSED,
        ringing=call.ringing_at is not None,
        answered_ms=None if call.answered_at is None else ms_of(call.answered_at),
        ended_ms=None if call.ended_at is None else ms_of(call.ended_at),
        cause=call.hangup_cause,
        ended_by=call.ended_by,
        wrap_up_until=None if call.wrap_up_until is None else ms_of(call.wrap_up_until),
        transfer=_transfer(found),
        unreached_ms=None if call.no_manager_at is None else ms_of(call.no_manager_at),
    )


def _facts(call: CallRow, campaign: Campaign, contact_name: str, time_zone: str) -> CallFacts:
    return CallFacts(
        call_id=call.id, campaign_id=call.campaign_id, customer_id=call.customer_id, contact_id=call.contact_id,
        contact_name=contact_name, person_name=call.person_name, e164=call.e164, time_zone=time_zone,
        attempt=call.attempt, token=call.fencing_token, longest_call_s=campaign.longest_call_s,
        warning_s=campaign.warning_s, ring_s=campaign.ring_s, wrap_up_s=campaign.wrap_up_s,
        recording=campaign.recording, speech=campaigns.speech_of(campaign),
        dial_at_ms=0 if call.dial_at is None else ms_of(call.dial_at), preview=call.dial_at is None,
    )  # fmt: skip


def _transfer(found: calls.OpenCall) -> StoredTransfer | None:
    row = found.transfer
    if row is None or row.started_at is None:
        return None
    # Who is no manager any more is not rung again: the leg is there, or it is gone.
    kind, dial_name = found.manager_endpoint or (EndpointKind.BROWSER, f"manager-{row.manager_id}")
    return StoredTransfer(
        row.id,
        TransferState(row.state),
        Manager(row.manager_id, found.manager_name or "", kind, dial_name),
        ms_of(row.started_at),
        None if row.answered_at is None else ms_of(row.answered_at),
        None if row.completed_at is None else ms_of(row.completed_at),
        tuple(Manager(m.account_id, m.name, m.kind, m.dial_name) for m in found.waiting),
    )
