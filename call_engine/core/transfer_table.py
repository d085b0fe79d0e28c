"""The warm transfer as a table: in a phase something happens, something is done, and the next phase follows.

Rows of one phase and kind are tried in order; the first whose guard holds is taken. What is not a row stands under
NOTHING with its reason: together they are every phase times every kind of happening.
"""

from collections.abc import Callable
from dataclasses import dataclass

from . import transfer_actions as do
from .happening import Happening, Kind
from .state import Bridge, Line, Operator, TransferPhase, talking_call
from .timings import BRIDGE_TRIES
from .transition import Step

Phase = TransferPhase | None
"""None: no transfer, the operator talks with the contact (or waits to)."""

NONE = None
ASKING = TransferPhase.ASKING
RINGING = TransferPhase.RINGING
CONNECTING = TransferPhase.CONNECTING
CONSULTING = TransferPhase.CONSULTING
COMPLETING = TransferPhase.COMPLETING
OVER = "handed over"
"""Contact and manager talk without the operator: `handed_over.py` goes on."""

PHASES: tuple[Phase, ...] = (NONE, *TransferPhase)


# --- guards: the docstring is what the table says ---

Guard = Callable[[Operator, Happening], bool]


def can_start(state: Operator, h: Happening) -> bool:
    """the contact is on the line, and the operator too"""
    call = talking_call(state)
    return call is not None and call.line is Line.ANSWERED and call.ending_by is None and state.seat.up


def nobody_listed(state: Operator, h: Happening) -> bool:
    """there is none"""
    return not h.managers


def switch_away(state: Operator, h: Happening) -> bool:
    """the switch is away"""
    return not state.connected


def not_bridged_yet(state: Operator, h: Happening) -> bool:
    """operator and contact are not bridged yet"""
    return state.call is not None and state.call.bridge is not Bridge.UP


def managers_known(state: Operator, h: Happening) -> bool:
    """the managers are known"""
    return state.transfer is not None and bool(state.transfer.waiting)


def another_waits(state: Operator, h: Happening) -> bool:
    """there is another manager"""
    return state.transfer is not None and bool(state.transfer.waiting)


def seat_is_up(state: Operator, h: Happening) -> bool:
    """the operator's leg is up"""
    return state.seat.up and state.seat.leg is not None


def tries_left(state: Operator, h: Happening) -> bool:
    """it was not tried too often"""
    return state.call is not None and state.call.bridge_tries < BRIDGE_TRIES


def not_ending(state: Operator, h: Happening) -> bool:
    """the contact is not being hung up"""
    return state.call is not None and state.call.ending_by is None


def not_joined_yet(state: Operator, h: Happening) -> bool:
    """their bridge was not asked for yet"""
    return state.call is not None and state.call.bridge_tries == 0


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    """Unique: tests bear it."""
    phase: Phase
    kind: Kind
    to: Phase | str
    do: Callable[[Operator, Happening], Step]
    guard: Guard | None = None


ROWS: tuple[Row, ...] = (
    # The operator talks with the contact.
    Row("T: the managers are asked for", NONE, Kind.START, ASKING, do.ask_for_managers, can_start),
    Row("T without a talk: refused", NONE, Kind.START, NONE, do.refuse),
    Row("N without a transfer: refused", NONE, Kind.NEXT, NONE, do.refuse),
    Row("R without a transfer: refused", NONE, Kind.RETURN, NONE, do.refuse),
    Row("Y without a transfer: refused", NONE, Kind.COMPLETE, NONE, do.refuse),
    # The managers are looked up.
    Row("no manager in the campaign", ASKING, Kind.LISTED, NONE, do.no_manager, nobody_listed),
    Row("the switch is away when the managers are known", ASKING, Kind.LISTED, NONE, do.no_switch, switch_away),
    Row("T before the talk is bridged: the managers wait", ASKING, Kind.LISTED, ASKING, do.remember, not_bridged_yet),
    Row("the first manager rings", ASKING, Kind.LISTED, RINGING, do.begin),
    Row("bridged at last: the first manager rings", ASKING, Kind.TALKING, RINGING, do.begin, managers_known),
    Row("R before anybody is rung", ASKING, Kind.RETURN, NONE, do.drop),
    Row("H before anybody is rung", ASKING, Kind.HANG_UP, NONE, do.drop),
    Row("the contact leaves before anybody is rung", ASKING, Kind.CONTACT_GONE, NONE, do.drop),
    Row("the operator is lost before anybody is rung", ASKING, Kind.SEAT_GONE, NONE, do.drop),
    Row("the lease is lost before anybody is rung", ASKING, Kind.LEASE_LOST, NONE, do.drop),
    Row("N before anybody is rung: refused", ASKING, Kind.NEXT, ASKING, do.refuse),
    Row("Y before anybody is rung: refused", ASKING, Kind.COMPLETE, ASKING, do.refuse),
    # A manager rings.
    Row("the manager answers", RINGING, Kind.MANAGER_ANSWERED, CONNECTING, do.consult, seat_is_up),
    Row("the manager answers a lost operator", RINGING, Kind.MANAGER_ANSWERED, NONE, do.seat_lost),
    Row("the manager is there already", RINGING, Kind.MANAGER_PARKED, CONNECTING, do.consult, seat_is_up),
    Row("the manager is there, the operator is lost", RINGING, Kind.MANAGER_PARKED, NONE, do.seat_lost),
    Row("the manager cannot be had: the next", RINGING, Kind.MANAGER_GONE, RINGING, do.next_after_failure,
        another_waits),
    Row("no manager can be had: call back", RINGING, Kind.MANAGER_GONE, NONE, do.none_left),
    Row("the manager declines at the desk", RINGING, Kind.DECLINED, RINGING, do.decline),
    Row("N while it rings: the next manager", RINGING, Kind.NEXT, RINGING, do.skip, another_waits),
    Row("N while the last one rings: call back", RINGING, Kind.NEXT, NONE, do.skip_last),
    Row("R while it rings: given up", RINGING, Kind.RETURN, NONE, do.return_to_contact),
    Row("Y while it rings: refused", RINGING, Kind.COMPLETE, RINGING, do.refuse),
    Row("H while it rings: all are hung up", RINGING, Kind.HANG_UP, NONE, do.abandon),
    Row("the contact leaves while it rings", RINGING, Kind.CONTACT_GONE, NONE, do.abandon),
    Row("the operator is lost while it rings", RINGING, Kind.SEAT_GONE, NONE, do.seat_lost),
    Row("the lease is lost while it rings", RINGING, Kind.LEASE_LOST, NONE, do.abandon),
    Row("a late bridge with the contact is parted", RINGING, Kind.TALKING, RINGING, do.part_again),
    Row("the manager's leg is silent: asked about", RINGING, Kind.OVERDUE, RINGING, do.ask_about_legs),
    # A manager has answered, the bridge is on its way.
    Row("the consultation begins", CONNECTING, Kind.CONSULTING, CONSULTING, do.consultation),
    Row("the consultation does not come about: again", CONNECTING, Kind.NOT_CONSULTING, CONNECTING, do.consult_again,
        tries_left),
    Row("the consultation never comes about", CONNECTING, Kind.NOT_CONSULTING, NONE, do.no_consultation),
    Row("contact and manager are joined meanwhile", CONNECTING, Kind.JOINED, OVER, do.hand_over),
    Row("the manager leaves at once", CONNECTING, Kind.MANAGER_GONE, NONE, do.manager_left),
    Row("N at once: the next manager", CONNECTING, Kind.NEXT, RINGING, do.skip, another_waits),
    Row("N at once, the last one: call back", CONNECTING, Kind.NEXT, NONE, do.skip_last),
    Row("R at once", CONNECTING, Kind.RETURN, NONE, do.return_to_contact),
    Row("Y at once: refused", CONNECTING, Kind.COMPLETE, CONNECTING, do.refuse),
    Row("H at once", CONNECTING, Kind.HANG_UP, NONE, do.abandon),
    Row("the contact leaves as the manager answers", CONNECTING, Kind.CONTACT_GONE, NONE, do.abandon),
    Row("the operator is lost as the manager answers", CONNECTING, Kind.SEAT_GONE, NONE, do.seat_lost),
    Row("the lease is lost as the manager answers", CONNECTING, Kind.LEASE_LOST, NONE, do.abandon),
    # Operator and manager talk.
    Row("Y: contact and manager are to be joined", CONSULTING, Kind.COMPLETE, COMPLETING, do.join, not_ending),
    Row("Y for a contact who is being hung up: refused", CONSULTING, Kind.COMPLETE, CONSULTING, do.refuse),
    Row("R in the consultation", CONSULTING, Kind.RETURN, NONE, do.return_to_contact),
    Row("N in the consultation: a machine answered, the next manager", CONSULTING, Kind.NEXT, RINGING, do.skip,
        another_waits),
    Row("N in the consultation with the last one: call back", CONSULTING, Kind.NEXT, NONE, do.skip_last),
    Row("H in the consultation: all are hung up", CONSULTING, Kind.HANG_UP, NONE, do.abandon),
    Row("the manager leaves the consultation", CONSULTING, Kind.MANAGER_GONE, NONE, do.manager_left),
    Row("the contact leaves in the consultation", CONSULTING, Kind.CONTACT_GONE, NONE, do.abandon),
    Row("the operator is lost in the consultation", CONSULTING, Kind.SEAT_GONE, COMPLETING, do.join_when_parked,
        not_ending),
    Row("the operator is lost, the contact is being hung up", CONSULTING, Kind.SEAT_GONE, NONE, do.seat_lost),
    Row("the lease is lost in the consultation", CONSULTING, Kind.LEASE_LOST, NONE, do.abandon),
    Row("the consultation was parted: bridged again", CONSULTING, Kind.NOT_CONSULTING, CONNECTING, do.consult_again),
    Row("found joined after a silence", CONSULTING, Kind.JOINED, OVER, do.hand_over),
    # Contact and manager are to be joined.
    Row("joined: handed over", COMPLETING, Kind.JOINED, OVER, do.hand_over),
    Row("the manager is free: joined with the contact", COMPLETING, Kind.MANAGER_PARKED, COMPLETING, do.join,
        not_joined_yet),
    Row("not joined: again", COMPLETING, Kind.NOT_JOINED, COMPLETING, do.join, tries_left),
    Row("never joined: back", COMPLETING, Kind.NOT_JOINED, NONE, do.give_up_joining),
    Row("the manager leaves as they are joined", COMPLETING, Kind.MANAGER_GONE, NONE, do.left_while_joining),
    Row("the contact leaves as they are joined", COMPLETING, Kind.CONTACT_GONE, NONE, do.abandon),
    Row("H as they are joined", COMPLETING, Kind.HANG_UP, NONE, do.abandon),
    Row("the lease is lost as they are joined", COMPLETING, Kind.LEASE_LOST, NONE, do.abandon),
    Row("R as they are joined: refused", COMPLETING, Kind.RETURN, COMPLETING, do.refuse),
    Row("N as they are joined: refused", COMPLETING, Kind.NEXT, COMPLETING, do.refuse),
)  # fmt: skip


TWICE = "T twice is one transfer"
NO_MANAGER_YET = "no manager's leg exists in this phase"
LATE = "an answer that came too late"
CALL_GOES_ON = "nothing of a transfer is touched: the call's own rules hold"
PROVEN = "it is known already"
ON_THEIR_WAY = "the proof is on its way, and asked for when it does not come"
ANSWERED = "the manager has answered: only the operator lets go now"
JOINING = "the joining goes on without the operator"
MAKES_NO_PAIR = "the seat left this bridge, or will leave it by the bridge that was asked for"

NOTHING: dict[tuple[Phase, Kind], str] = {
    **{(NONE, kind): NO_MANAGER_YET for kind in (
        Kind.MANAGER_ANSWERED, Kind.MANAGER_PARKED, Kind.MANAGER_GONE, Kind.CONSULTING, Kind.JOINED,
        Kind.NOT_CONSULTING, Kind.NOT_JOINED, Kind.DECLINED, Kind.OVERDUE)},
    **{(NONE, kind): CALL_GOES_ON for kind in (
        Kind.HANG_UP, Kind.CONTACT_GONE, Kind.SEAT_GONE, Kind.LEASE_LOST, Kind.TALKING)},
    (NONE, Kind.LISTED): LATE,
    (ASKING, Kind.START): TWICE,
    **{(ASKING, kind): NO_MANAGER_YET for kind in (
        Kind.MANAGER_ANSWERED, Kind.MANAGER_PARKED, Kind.MANAGER_GONE, Kind.CONSULTING, Kind.JOINED,
        Kind.NOT_CONSULTING, Kind.NOT_JOINED, Kind.DECLINED, Kind.OVERDUE)},
    (RINGING, Kind.START): TWICE,
    (RINGING, Kind.LISTED): LATE,
    **{(RINGING, kind): ON_THEIR_WAY for kind in (
        Kind.CONSULTING, Kind.JOINED, Kind.NOT_CONSULTING, Kind.NOT_JOINED)},
    (CONNECTING, Kind.START): TWICE,
    (CONNECTING, Kind.LISTED): LATE,
    (CONNECTING, Kind.MANAGER_ANSWERED): PROVEN,
    (CONNECTING, Kind.MANAGER_PARKED): PROVEN,
    (CONNECTING, Kind.DECLINED): ANSWERED,
    (CONNECTING, Kind.TALKING): MAKES_NO_PAIR,
    (CONNECTING, Kind.NOT_JOINED): ON_THEIR_WAY,
    (CONNECTING, Kind.OVERDUE): PROVEN,
    (CONSULTING, Kind.START): TWICE,
    (CONSULTING, Kind.LISTED): LATE,
    (CONSULTING, Kind.MANAGER_ANSWERED): PROVEN,
    (CONSULTING, Kind.MANAGER_PARKED): ON_THEIR_WAY,
    (CONSULTING, Kind.CONSULTING): PROVEN,
    (CONSULTING, Kind.DECLINED): ANSWERED,
    (CONSULTING, Kind.TALKING): MAKES_NO_PAIR,
    (CONSULTING, Kind.NOT_JOINED): ON_THEIR_WAY,
    (CONSULTING, Kind.OVERDUE): PROVEN,
    (COMPLETING, Kind.START): TWICE,
    (COMPLETING, Kind.COMPLETE): "Y twice is one",
    (COMPLETING, Kind.LISTED): LATE,
    (COMPLETING, Kind.MANAGER_ANSWERED): PROVEN,
    (COMPLETING, Kind.CONSULTING): MAKES_NO_PAIR,
    (COMPLETING, Kind.NOT_CONSULTING): JOINING,
    (COMPLETING, Kind.SEAT_GONE): JOINING,
    (COMPLETING, Kind.DECLINED): ANSWERED,
    (COMPLETING, Kind.TALKING): MAKES_NO_PAIR,
    (COMPLETING, Kind.OVERDUE): PROVEN,
}  # fmt: skip

BY_PAIR: dict[tuple[Phase, Kind], tuple[Row, ...]] = {
    (phase, kind): rows
    for phase in PHASES
    for kind in Kind
    if (rows := tuple(row for row in ROWS if row.phase is phase and row.kind is kind))
}


def row_for(state: Operator, h: Happening) -> Row | None:
    """The row that holds now; none when there is nothing to do."""
    phase = state.transfer.phase if state.transfer is not None else None
    rows = BY_PAIR.get((phase, h.kind), ())
    return next((row for row in rows if row.guard is None or row.guard(state, h)), None)
