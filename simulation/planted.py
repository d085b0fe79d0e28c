"""Bugs planted from outside, one after the other, to see that the simulation finds them. Production code has no switch.

Each replaces one function of the core, or of the world around it, by one that is wrong in one way.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from call_engine.core import effects as fx
from call_engine.core import facts, recording, step, switch_dead, views, wrap_up
from call_engine.core.transition import stay

from .database import books, calls, claiming, recordings
from .switch import switch


@dataclass(frozen=True)
class Plant:
    """`where.name` becomes what `bug` makes of the right one. `invariant`: which of the six it breaks."""

    invariant: int
    what: str
    where: Any
    name: str
    bug: Callable[[Any], Any]


def _no_lock(_: Any) -> Any:
    return lambda t, e164, now, gap_s: True


def _no_index(_: Any) -> Any:
    return lambda t, contact, number: False


def _always_open(_: Any) -> Any:
    return lambda campaign, zone, now: True


def _never_closed(_: Any) -> Any:
    return lambda state, event: stay(state)


def _hold_stays(right: Any) -> Any:
    def capture(self: books.Books, customer_id: int, operator_id: int, call_id: Any, charge: int, pay: int) -> bool:
        done = right(self, customer_id, operator_id, call_id, charge, pay)
        # Whoever settles again finds nothing of the first time.
        self._by_key.pop(f"settle:{call_id}", None)
        return done and right(self, customer_id, operator_id, call_id, charge, pay)

    return capture


def _no_check(_: Any) -> Any:
    def hold(self: books.Books, customer_id: int, call_id: Any, amount: int) -> None:
        lines = {
            (books.LedgerKind.CUSTOMER_FUNDS, customer_id): -amount,
            (books.LedgerKind.CUSTOMER_HOLD, customer_id): amount,
        }
        self.move("hold", f"hold:{call_id}", lines, call_id)

    return hold


def _nothing(_: Any) -> Any:
    return lambda *_: None


def _announcements_stay_limited(right: Any) -> Any:
    """The limit of a call is armed only where no announcement came before it."""

    def arm(self: switch.Switch, channel: switch.Channel) -> None:
        if not channel.job_done:
            right(self, channel)

    return arm


def _number_in_full(_: Any) -> Any:
    return lambda e164: e164


def _foreign_leg(right: Any) -> Any:
    """A seat is bridged to the latest contact of the exchange, whoever's it is."""
    latest: list[Any] = []

    def wrong(state: Any, event: Any) -> Any:
        after, effects = right(state, event)
        out = []
        for effect in effects:
            if isinstance(effect, fx.OriginateContact):
                latest[:] = [effect.leg]
            if isinstance(effect, fx.BridgeLegs) and latest and effect.leg == state.seat.leg:
                effect = replace(effect, other=latest[0])
            out.append(effect)
        return after, tuple(out)

    return wrong


def _lost_events_stay_lost(_: Any) -> Any:
    """What the switch says when asked is not believed."""
    return lambda state, event: stay(state)


def _billed_until_given_up(right: Any) -> Any:
    """A switch that is given up is taken to have lived until that moment."""
    return lambda state, event: right(state, replace(event, heard=event.at))


def _only_said(right: Any) -> Any:
    """The page says that nothing is kept; the switch is told nothing."""

    def wrong(*given: Any) -> Any:
        after, effects = right(*given)
        return after, tuple(effect for effect in effects if not isinstance(effect, fx.MaskLeg))

    return wrong


PLANTS: dict[str, Plant] = {
    "number_lock_ignored": Plant(1, "a claim takes a number that is in use", claiming, "is_free", _no_lock),
    "hours_ignored": Plant(1, "a claim does not look at the contact's hours", claiming, "open_now", _always_open),
    "wrap_up_never_ends": Plant(2, "nobody closes a call without a disposition", wrap_up, "time_over", _never_closed),
    "switch_not_believed": Plant(2, "a lost event is never made up for", facts, "reconcile", _lost_events_stay_lost),
    "settled_twice": Plant(2, "a settlement has no key of its own", books.Books, "capture", _hold_stays),
    "hold_unchecked": Plant(2, "money is held that is not there", books.Books, "hold", _no_check),
    "billed_until_given_up": Plant(
        2, "what was on a lost switch pays until it is given up", switch_dead, "given_up", _billed_until_given_up
    ),
    "limit_not_armed": Plant(3, "the switch is given no limit", switch.Switch, "arm_longest_call", _nothing),
    "limit_lost_after_announcement": Plant(
        3,
        "the limit is not armed after an announcement",
        switch.Switch,
        "arm_longest_call",
        _announcements_stay_limited,
    ),
    "contact_not_moved_on": Plant(4, "a closed call leaves its contact in work", calls, "move_contact", _nothing),
    "foreign_leg": Plant(5, "a seat is bridged to another operator's contact", step, "_change", _foreign_leg),
    "number_in_full": Plant(5, "an operator's page has the full number", views, "masked", _number_in_full),
    "mask_only_said": Plant(6, "a pause of the recording is only said", recording, "mask", _only_said),
    "loss_not_reported": Plant(
        6, "a recording that vanished is not reported", recordings.Recordings, "report_lost", _nothing
    ),
}
"""By name, the six invariants in order."""
# Without its lock a number is still kept by the database's indexes: both have to be wrong.
ALONG = {"number_lock_ignored": Plant(1, "", claiming, "breaks_an_index", _no_index)}


@contextmanager
def plant(name: str | None) -> Iterator[None]:
    """While it is open the bug is there. None: no bug."""
    wrong = [] if name is None else [PLANTS[name], *([ALONG[name]] if name in ALONG else [])]
    right = [(p, getattr(p.where, p.name)) for p in wrong]
    try:
        for p, kept in right:
            setattr(p.where, p.name, p.bug(kept))
        yield
    finally:
        for p, kept in right:
            setattr(p.where, p.name, kept)
