"""Sound between legs: heard once and in order, never much too late, mixed without running over."""

from collections import deque

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from switch_simulator.media.ports import FRAME, ZERO, Mix, Port, Tap
from switch_simulator.media.sounds import Samples


def frame(value: int) -> np.ndarray:
    return np.full(FRAME, value, np.int16)


@given(st.lists(st.booleans(), max_size=400))
def test_a_tap_gives_what_was_said_in_order_and_never_holds_much(steps: list[bool]):
    """True: the port says something; False: the listener takes 20 ms."""
    port = Port()
    tap, said, given_out = Tap(port), 0, []
    for speaks in steps:
        if speaks:
            said += 1
            port.say(frame(said))
            assert len(tap._frames) <= Tap.HIGH
        elif (heard := int(tap.read()[0])) != 0:
            given_out.append(heard)
    assert given_out == sorted(set(given_out)), "nothing twice, nothing out of order"


def test_delay_from_a_stall_goes_away_again():
    port = Port()
    tap = Tap(port)
    for value in range(1, 8):
        port.say(frame(value))
    waiting = deque(maxlen=1)
    for value in range(8, 800):
        tap.read()
        port.say(frame(value))
        waiting.append(len(tap._frames))
    assert waiting[0] <= Tap.LOW + 1


def test_a_closed_tap_hears_nothing_more():
    port = Port()
    tap = Tap(port)
    tap.close()
    port.say(frame(5))
    assert (tap.read() == ZERO).all() and not port.taps


def test_too_loud_together_is_cut_off_and_not_turned_over():
    mixed = Mix(Samples(frame(30_000)), Samples(frame(30_000))).read()
    assert (mixed == 32_767).all()


def test_who_hears_something_else_leaves_the_tap():
    one, other = Port(), Port()
    one.hear(Tap(other))
    assert len(other.taps) == 1
    one.close()
    assert not other.taps
