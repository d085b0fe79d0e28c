"""What the pages are shown: the state in the words of the messages. Versions are given when a view goes out."""

from exchange_domain.messages import CallView, ManagerView, OperatorView, TransferView, masked
from exchange_domain.words import CallState, OperatorState, TransferState

from .state import Call, HandedOver, Line, Operator, Transfer, TransferPhase, on_hold, talking_call
from .wrap_up import proposed

TRANSFER_STATES = {
    TransferPhase.RINGING: TransferState.RINGING,
    TransferPhase.CONNECTING: TransferState.RINGING,
    TransferPhase.CONSULTING: TransferState.CONSULTING,
    TransferPhase.COMPLETING: TransferState.CONSULTING,
}


def operator_state(state: Operator) -> OperatorState:
    if state.call is not None and state.call.wrap_up_until is not None:
        return OperatorState.WRAP_UP
    if state.shift is None:
        return OperatorState.OFF_SHIFT
    if not state.connected:
        return OperatorState.CONNECTION_LOST
    if (call := talking_call(state)) is not None:
        if not state.seat.up:
            return OperatorState.CONNECTION_LOST
        if on_hold(state):
            return OperatorState.TRANSFERRING
        return OperatorState.TALKING if call.line is Line.ANSWERED else OperatorState.RINGING
    return OperatorState.READY if state.seat.up else OperatorState.CONNECTING


def operator_view(state: Operator) -> OperatorView:
    shift = state.shift
    return OperatorView(
        operator_id=state.operator_id,
        version=0,
        state=operator_state(state),
        shift_id=shift.shift_id if shift else None,
        campaign_id=shift.campaign_id if shift else None,
        shift_started_ms=shift.started_ms if shift else None,
        has_telephone=shift is not None and shift.fallback_number is not None,
        call=_call_view(state.call, state.transfer) if state.call is not None else None,
        notice=state.notice,
        last_command=state.last_command,
    )


def _call_view(call: Call, transfer: Transfer | None) -> CallView:
    facts = call.facts
    limit = None if call.answered_ms is None else call.answered_ms + facts.longest_call_s * 1_000
    return CallView(
        call_id=facts.call_id,
        contact_id=facts.contact_id,
        contact_name=facts.contact_name,
        person_name=facts.person_name,
        masked_number=masked(facts.e164),
        time_zone=facts.time_zone,
        attempt=facts.attempt,
        state=_call_state(call, transfer),
        claimed_ms=call.dialled_ms or call.claimed_ms,
        preview=call.line is Line.PREVIEW,
        preview_until_ms=call.preview_until,
        answered_ms=call.answered_ms,
        ended_ms=call.ended_ms,
        limit_ms=limit,
        warning_ms=None if limit is None else limit - facts.warning_s * 1_000,
        wrap_up_until_ms=call.wrap_up_until,
        hangup_cause=call.cause,
        ended_by=call.ended_by,
        proposed_outcome=proposed(call),
        noted_ms=call.unreached_ms if call.noted else None,
        transfer=_transfer_view(transfer) if transfer is not None else None,
        recorded=facts.recording,
        masked=bool(call.masked),
    )


def _call_state(call: Call, transfer: Transfer | None) -> CallState:
    if call.wrap_up_until is not None:
        return CallState.WRAP_UP
    if transfer is not None and transfer.phase is not TransferPhase.ASKING:
        return CallState.TRANSFERRING
    if call.line is Line.ANSWERED:
        return CallState.TALKING
    return CallState.CLAIMED if call.line in (Line.PREVIEW, Line.DIALLING) else CallState.RINGING


def _transfer_view(transfer: Transfer, state: TransferState | None = None) -> TransferView | None:
    if transfer.leg is None or transfer.manager is None:
        return None
    # Until the bridge is there nobody hears the manager: the page offers to connect only then.
    heard = transfer.phase is not TransferPhase.CONNECTING
    return TransferView(
        transfer_id=transfer.leg,
        state=state or TRANSFER_STATES[transfer.phase],
        manager_id=transfer.manager.manager_id,
        manager_name=transfer.manager.name,
        started_ms=transfer.started_ms,
        answered_ms=transfer.answered_ms if heard else None,
        waiting=len(transfer.waiting),
    )


def manager_views(state: Operator) -> dict[int, ManagerView]:
    """The desks of all managers that this operator's calls ring or talk at."""
    views: dict[int, ManagerView] = {}
    for handed in state.handed_over:
        if not handed.manager_gone:
            _add(views, state, handed.call, handed.transfer, handed)
    call = talking_call(state)
    if call is not None and state.transfer is not None:
        _add(views, state, call, state.transfer, None)
    return views


def _add(
    views: dict[int, ManagerView], state: Operator, call: Call, transfer: Transfer, handed: HandedOver | None
) -> None:
    view = _transfer_view(transfer, TransferState.COMPLETED if handed else None)
    if view is None:
        return
    views[view.manager_id] = ManagerView(
        manager_id=view.manager_id,
        version=0,
        call_id=call.call_id,
        campaign_id=call.facts.campaign_id,
        transfer=view,
        operator_name=state.name,
        contact_name=call.facts.contact_name,
        person_name=call.facts.person_name,
        number=call.facts.e164,
        with_contact=handed is not None,
    )


def ended_view(last: ManagerView) -> ManagerView:
    """The same desk after its transfer: the page says that it is over."""
    return last.model_copy(update={"ended": True})
