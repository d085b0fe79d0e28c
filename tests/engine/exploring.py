"""All situations of an operator that people's actions lead to, found by trying them out on the pure core."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from call_engine.core import events as ev
from call_engine.core.effects import Effect
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

from .abstract import abstract
from .world import OPERATOR, World


@dataclass
class WatchedWorld(World):
    """Remembers each situation that it came through."""

    trail: list[str] = field(default_factory=list)

    def give(self, kind: type[ev.Event], **values: object) -> tuple[Effect, ...]:
        before = abstract(self.state)
        effects = super().give(kind, **values)
        if (now := abstract(self.state)) != before:
            self.trail.append(now)
        return effects

    def rest(self) -> None:
        """Everything arrives, and the operator's telephone answers whenever it is called."""
        self.settle()
        leg = self.state.seat.leg
        while leg is not None and not self.state.seat.up and self.switch[leg].state in ("dialling", "ringing"):
            self.pick_up(leg)
            self.settle()
            leg = self.state.seat.leg


def _press(kind: type, **more: object) -> Callable[[WatchedWorld], None]:
    def act(world: WatchedWorld) -> None:
        call = world.state.call
        about = {"call_id": call.call_id} if call is not None and "call_id" in kind.model_fields else {}
        world.command(kind(operator_id=OPERATOR, key=world.fresh(), **about, **more))

    return act


def _calls(media: bool) -> Callable[[WatchedWorld], None]:
    def act(world: WatchedWorld) -> None:
        _press(CallNext)(world)
        world.settle()
        world.progress(world.contact, media=media)

    return act


def _leg(world: WatchedWorld, kind: str) -> UUID | None:
    alive = [leg for leg, channel in world.switch.items() if channel.kind == kind and channel.alive]
    return alive[-1] if alive else None


def _far_end(kind: str, act: Callable[[World, UUID], None]) -> Callable[[WatchedWorld], None]:
    def do(world: WatchedWorld) -> None:
        leg = _leg(world, kind)
        assert leg is not None
        act(world, leg)

    return do


ACTIONS: dict[str, Callable[[WatchedWorld], None]] = {
    "start shift": _press(StartShift, campaign_id=3),
    "end shift": _press(EndShift),
    "call": _calls(media=False),
    "call with announcement": _calls(media=True),
    "hang up": _press(HangUp),
    "transfer": _press(StartTransfer),
    "next manager": _press(NextManager),
    "return": _press(ReturnToContact),
    "connect": _press(CompleteTransfer),
    "close": _press(CloseCall, disposition_id=1),
    "contact answers": _far_end("contact", lambda w, leg: w.pick_up(leg)),
    "contact leaves": _far_end("contact", lambda w, leg: w.leave(leg)),
    "manager answers": _far_end("manager", lambda w, leg: w.pick_up(leg)),
    "manager leaves": _far_end("manager", lambda w, leg: w.leave(leg, "CALL_REJECTED")),
    "operator is lost": _far_end("seat", lambda w, leg: w.leave(leg)),
}


def possible(world: WatchedWorld) -> list[str]:
    """What people can do now."""
    state, call = world.state, world.state.call
    if state.shift is None:
        return [] if call or state.handed_over else ["start shift"]
    found = ["operator is lost"] if _leg(world, "seat") is not None else []
    contact, manager = _leg(world, "contact"), _leg(world, "manager")
    if contact is not None:
        found.append("contact leaves")
        found += ["contact answers"] if world.switch[contact].state in ("ringing", "early") else []
    if manager is not None:
        found.append("manager leaves")
        found += ["manager answers"] if world.switch[manager].state in ("dialling", "ringing") else []
    if call is None:
        found += ["call", "call with announcement", "end shift"]
    elif call.wrap_up_until is not None:
        found.append("close")
    else:
        found.append("hang up")
        found += ["transfer"] if state.transfer is None else ["next manager", "return", "connect"]
    return found


@dataclass(frozen=True)
class Way:
    """How a situation is reached: actions, each with the situation in which the next one is taken."""

    actions: tuple[str, ...] = ()
    rests: tuple[str, ...] = ()


def walk(actions: tuple[str, ...]) -> WatchedWorld:
    world = WatchedWorld()
    for action in actions:
        world.trail.clear()
        ACTIONS[action](world)
        world.rest()
    return world


MOST_CALLS = 1
"""Calls on one way: what a second one can be like, the first one was."""


def explore() -> dict[str, Way]:
    """Every situation that is ever entered, at rest or on the way, with the shortest way to it."""
    found: dict[str, Way] = {}
    begin = abstract(WatchedWorld().state)
    seen, waiting = {begin}, deque([Way()])
    while waiting:
        way = waiting.popleft()
        for action in possible(walk(way.actions)):
            if action.startswith("call") and sum(a.startswith("call") for a in way.actions) >= MOST_CALLS:
                continue
            actions = (*way.actions, action)
            world = walk(actions)
            rest = abstract(world.state)
            onward = Way(actions, (*way.rests, rest))
            for situation in world.trail:
                found.setdefault(situation, onward)
            if rest not in seen:
                seen.add(rest)
                waiting.append(onward)
    return found


if __name__ == "__main__":
    for situation, way in explore().items():
        print(f"{situation:70} {' → '.join(way.actions)}")
