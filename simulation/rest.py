"""The end of a run: nothing new goes wrong, nobody begins anything; then everything has to come to rest by itself."""

from exchange_domain.words import CallState, RecordingState

from .faults import Broken
from .world import World

REST_MS = 30 * 60_000
MOST_STEPS = 20_000
LOOK_STEPS, LOOK_MS = 10, 5_000
"""How often it is looked whether everything has come to rest."""


def come_to_rest(world: World) -> None:
    """Raises Broken when something stays open. Half an hour is more than any limit, grace or timer of a run."""
    world.disturbances.end()
    world.far_ends.gateway_up = True
    world.far_ends.calm = True
    for person in world.operators.values():
        person.going_home = True
        person.gone = world.chance.happens(0.5)
        if not world.far_ends.registered.get(person.endpoint):
            world.register(person.endpoint, True)
    if world.engine is not None:
        world.engine.fuse = None
    left = _until_rest(world)
    world.invariants.at_rest()
    if left:
        raise Broken(4, "after half an hour of rest: " + "; ".join(left[:5]))


def _until_rest(world: World) -> list[str]:
    """Goes on until nothing is open any more; what is still open when the time is over."""
    until, looked = world.agenda.now + REST_MS, 0
    for n in range(MOST_STEPS):
        if n % LOOK_STEPS == 0 or world.agenda.now - looked > LOOK_MS:
            looked = world.agenda.now
            if not still_open(world):
                return []
        if world.agenda.now > until or not world.step():
            break
    return still_open(world)


def still_open(world: World) -> list[str]:
    """What will still change, in words."""
    t, engine = world.database.tables, world.engine
    if engine is None or engine.paused or world.zombies:
        return ["an engine is on its way"]
    seats = [m.state.seat.leg for m in engine.mailboxes.values()]
    found = [f"{c.kind} leg {c.leg} lives" for c in world.switch.live.values() if c.leg not in seats]
    found += [f"call {c.id} is {c.state}" for c in t.open_calls.values() if c.state is not CallState.CLOSED]
    found += [f"call {c.id} has no end" for c in t.open_calls.values() if c.state is CallState.CLOSED]
    found += [f"call {c} is not settled" for c in t.unsettled]
    found += [f"{e.command.kind} of operator {e.command.operator_id} is not done" for e in world.stream]
    for mailbox in engine.mailboxes.values():
        state = mailbox.state
        doing = state.call is not None or state.claiming is not None or state.transfer is not None
        if doing or state.handed_over or not mailbox.idle:
            found.append(f"operator {state.operator_id} is at work")
    over = (RecordingState.STORED, RecordingState.LOST)
    missing = [
        c for c in world.database.recordings.started if c not in t.recordings or t.recordings[c].state not in over
    ]
    found += [f"recording {c} is on its way" for c in missing]
    return found
