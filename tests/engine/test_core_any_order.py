"""Whatever the order, whatever is lost or doubled: no contact is forgotten, no call stays open."""

from collections.abc import Callable
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from call_engine.core import effects as fx
from call_engine.core import events as ev
from call_engine.core.state import legs
from exchange_domain.messages import (
    CallNext,
    CloseCall,
    CompleteTransfer,
    EndShift,
    HangUp,
    NextManager,
    ReturnToContact,
    StartShift,
    StartTransfer,
)

from .world import OPERATOR, World, completed, consulting, dialling, manager_rings, ready, ringing, talking

ABOUT_THE_CALL = (HangUp, *(StartTransfer, CompleteTransfer, ReturnToContact, NextManager) * 3)
CAUSES = ("USER_BUSY", "NO_ANSWER", "NORMAL_CLEARING", "ALLOTTED_TIMEOUT", "MEDIA_TIMEOUT", "USER_NOT_REGISTERED")
SITUATIONS = (lambda world: world, ready, dialling, ringing, talking, manager_rings, consulting, completed)
picks = st.integers(0, 10_000)


class AnyOrder(RuleBasedStateMachine):
    """The switch, the network, the people and the clock do what they like."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    @initialize(situation=st.sampled_from(SITUATIONS))
    def begin(self, situation: Callable[[World], World]) -> None:
        self.world = situation(World())

    # --- people ---

    @precondition(lambda self: self.world.state.shift is None)
    @rule()
    def start_shift(self) -> None:
        self.world.command(StartShift(operator_id=OPERATOR, key=self.world.fresh(), campaign_id=3))

    @precondition(lambda self: self.world.state.shift is not None)
    @rule(end=st.sampled_from([False] * 9 + [True]), twice=st.booleans())
    def press(self, end: bool, twice: bool) -> None:
        command = (EndShift if end else CallNext)(operator_id=OPERATOR, key=self.world.fresh())
        for _ in range(2 if twice else 1):
            self.world.command(command)

    @rule(kind=st.sampled_from(ABOUT_THE_CALL))
    def press_about_the_call(self, kind: type) -> None:
        call = self.world.state.call
        call_id = call.call_id if call else self.world.fresh()
        self.world.command(kind(operator_id=OPERATOR, key=self.world.fresh(), call_id=call_id))

    @precondition(lambda self: self.world.state.call is not None)
    @rule(then=st.sampled_from(["ready", "next", "end_shift"]))
    def close(self, then: str) -> None:
        key = self.world.fresh()
        call = self.world.contact
        self.world.command(CloseCall(operator_id=OPERATOR, key=key, call_id=call, disposition_id=1, then=then))  # type: ignore[arg-type]

    @precondition(lambda self: self.world.state.seat.leg is not None)
    @rule(off=st.booleans(), page=st.sampled_from(["a page", "another page"]))
    def sign_on_or_off(self, off: bool, page: str) -> None:
        self.world.give(ev.EndpointSignedOff if off else ev.EndpointSignedOn, registration=page)

    # --- far ends ---

    def _alive(self) -> list[UUID]:
        return sorted(leg for leg, channel in self.world.switch.items() if channel.alive)

    @precondition(lambda self: self._alive())
    @rule(pick=picks, media=st.booleans())
    def progress(self, pick: int, media: bool) -> None:
        alive = self._alive()
        self.world.progress(alive[pick % len(alive)], media=media)

    @precondition(lambda self: self._alive())
    @rule(pick=picks)
    def answer(self, pick: int) -> None:
        alive = self._alive()
        self.world.pick_up(alive[pick % len(alive)])

    @precondition(lambda self: self._alive())
    @rule(pick=picks, cause=st.sampled_from(CAUSES), seat_too=st.sampled_from([False] * 4 + [True]))
    def hang_up(self, pick: int, cause: str, seat_too: bool) -> None:
        alive = [leg for leg in self._alive() if seat_too or self.world.switch[leg].kind != "seat"] or self._alive()
        self.world.leave(alive[pick % len(alive)], cause)

    # --- the wire ---

    @precondition(lambda self: self.world.pending)
    @rule(pick=picks, how=st.sampled_from(["once", "once", "once", "once", "twice", "lost"]))
    def deliver(self, pick: int, how: str) -> None:
        waiting = sorted(self.world.pending)
        leg = waiting[pick % len(waiting)]
        {"once": self.world.deliver, "twice": self.world.deliver_twice, "lost": self.world.lose}[how](leg)

    @precondition(lambda self: self.world.joins)
    @rule()
    def a_bridge_comes_about(self) -> None:
        self.world.join()

    @precondition(lambda self: self.world.answers)
    @rule()
    def database_answers(self) -> None:
        self.world.answer()

    @precondition(lambda self: self.world.connected)
    @rule()
    def disconnect(self) -> None:
        self.world.disconnect()

    @precondition(lambda self: not self.world.connected)
    @rule()
    def reconnect(self) -> None:
        self.world.reconnect()

    @precondition(lambda self: not self.world.connected)
    @rule(really=st.sampled_from([False] * 3 + [True]))
    def switch_dies(self, really: bool) -> None:
        if really:
            self.world.switch_dies()

    # --- the clock ---

    @precondition(lambda self: self.world.timers)
    @rule()
    def time_passes(self) -> None:
        self.world.fire_next()

    @precondition(lambda self: self.world.pending or self.world.answers)
    @rule()
    def settle(self) -> None:
        self.world.settle()

    # --- what must always hold ---

    @invariant()
    def one_live_contact(self) -> None:
        world = self.world
        handed = {h.call_id for h in world.state.handed_over}
        free = [
            leg for leg in self._alive()
            if world.switch[leg].kind == "contact" and leg not in handed and leg not in world.killed
        ]  # fmt: skip
        assert len(free) <= 1, free

    @invariant()
    def no_live_contact_is_forgotten(self) -> None:
        world = self.world
        known = set(legs(world.state))
        for leg in self._alive():
            channel = world.switch[leg]
            if channel.kind == "contact" and leg not in known:
                assert leg in world.killed or world.pending.get(leg), "a living contact nobody knows"

    @invariant()
    def no_living_manager_is_forgotten(self) -> None:
        world = self.world
        known = set(legs(world.state))
        for leg in self._alive():
            if world.switch[leg].kind == "manager" and leg not in known:
                assert leg in world.killed or world.pending.get(leg), "a living manager's leg nobody knows"

    @invariant()
    def nobody_on_the_line_hears_silence(self) -> None:
        """At rest: nothing is on its way, and the engine has seen all there was."""
        world = self.world
        resting = world.connected and not (world.pending or world.answers or world.joins or world.lost)
        if not resting or "sound" in world.timers:
            return
        for leg in self._alive():
            channel = world.switch[leg]
            if channel.kind == "contact" and channel.state == "answered" and leg not in world.killed:
                assert world.hears(leg), "an answered contact hears silence"

    def teardown(self) -> None:
        """Everybody hangs up, everything arrives, every timer fires: then every call is closed."""
        world = self.world
        if not world.connected:
            world.reconnect()
        for _ in range(400):
            world.settle()
            for leg in self._alive():
                if world.switch[leg].kind != "seat":
                    world.leave(leg)
            world.settle()
            state = world.state
            if state.call is None and state.claiming is None and not state.handed_over:
                break
            assert world.timers, "nothing will ever happen to this call again"
            world.fire_next()
        state = world.state
        assert state.call is None and state.claiming is None and state.transfer is None and not state.handed_over
        placed = {e.leg for e in world.effects_of(fx.OriginateContact)}
        ended = [e.call_id for e in world.effects_of(fx.SaveEnded)]
        unplaced = {e.call_id for e in world.effects_of(fx.SaveNotPlaced, fx.SaveReturned)}
        closed = {e.call_id for e in world.effects_of(fx.Close)}
        assert len(ended) == len(set(ended)), "a call ends once"
        assert placed <= set(ended) | unplaced
        assert placed <= closed | unplaced
        assert not self._alive_contacts()

    def _alive_contacts(self) -> list[UUID]:
        return [leg for leg in self._alive() if self.world.switch[leg].kind != "seat"]


AnyOrder.TestCase.settings = settings(
    max_examples=150,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=(HealthCheck.too_slow,),
)
TestAnyOrder = AnyOrder.TestCase
