"""An operator's state in few words: what tells one situation from another, without times, ids and names."""

from call_engine.core.state import Line, Operator


def abstract(state: Operator) -> str:
    """`seat | call | transfer | handed over`, such as `up | answered, bridge up | ringing | -`."""
    seat = state.seat.phase.value + (", opening" if state.opening else "") + (", claiming" if state.claiming else "")
    transfer = "-" if state.transfer is None else state.transfer.phase.value
    if state.transfer is not None and state.transfer.leg is not None:
        transfer += ", another waits" if state.transfer.waiting else ", the last"
    handed = "-" if not state.handed_over else "alone" if state.handed_over[0].manager_gone else "both"
    return f"{seat} | {_call(state)} | {transfer} | {handed}"


def _call(state: Operator) -> str:
    call = state.call
    if call is None:
        return "-"
    if call.wrap_up_until is not None:
        words = ["closing" if call.closing else "wrap-up", "handed over" if call.handed_over else ""]
        words.append("never answered" if call.answered_ms is None else "")
    else:
        words = [call.line.value, f"bridge {call.bridge.value}", f"ended by {call.ending_by}" if call.ending_by else ""]
        words[1] = words[1] if call.line in (Line.ANSWERED, Line.EARLY) else ""
    words.append("no manager free" if call.unreached_ms is not None else "")
    return ", ".join(word for word in words if word)
