"""Effects that are commands to the switch (call_engine/switch_effects.py): nothing is sent twice."""

from collections.abc import Callable
from uuid import UUID

from call_engine.core import effects as fx
from call_engine.core import events as ev

from ..database.claiming import after_a_preview, lease_held
from ..faults import Unknown
from ..network import Failed, Reply
from ..switch.switch import COMMANDS
from .mailbox import Mailbox

Originate = fx.OriginateSeat | fx.OriginateContact | fx.OriginateManager
LONGEST_WAIT_MS = 5_000
"""However far away the moment to dial is."""


def run(mailbox: Mailbox, effect: fx.SwitchCommand) -> None:
    if isinstance(effect, fx.OriginateSeat | fx.OriginateContact | fx.OriginateManager):
        _originate(mailbox, effect)
    elif isinstance(effect, fx.Ask):
        _ask(mailbox, effect)
    elif type(effect) in COMMANDS:
        _command(mailbox, effect)
    else:
        raise Unknown(f"effect {type(effect).__name__}: add it to simulation/switch/switch.py COMMANDS")


def _originate(mailbox: Mailbox, effect: Originate) -> None:
    engine, world = mailbox.engine, mailbox.engine.world
    engine.expect_leg(effect.leg, mailbox.state.operator_id)
    world.name_leg(effect)
    go_on = mailbox.block()
    wait = _moment_to_dial(effect, world.agenda.now)
    if wait:
        engine.at(wait, lambda: _dial(mailbox, effect, go_on), counts=False)
    else:
        _dial(mailbox, effect, go_on)


def _moment_to_dial(effect: Originate, now: int) -> int:
    """Milliseconds until the moment that the claim reserved."""
    return min(max(0, effect.dial_at - now), LONGEST_WAIT_MS) if isinstance(effect, fx.OriginateContact) else 0


def _dial(mailbox: Mailbox, effect: Originate, go_on: Callable[[Callable[[], None]], None]) -> None:
    """A contact's number only with its lease, looked at right before (call_engine/dial_guard.py)."""
    engine, world = mailbox.engine, mailbox.engine.world
    if isinstance(effect, fx.OriginateContact):
        world.database.fence(engine.number)
        if effect.previewed and not after_a_preview(world.database.tables, effect.leg, world.agenda.now):
            go_on(lambda: mailbox.post(ev.OriginateFailed, leg=effect.leg, cause="NOT_ALLOWED"))
            return
        if not lease_held(world.database.tables, effect.leg, effect.token, world.agenda.now):
            go_on(lambda: mailbox.post(ev.OriginateFailed, leg=effect.leg, cause="LEASE_LOST"))
            return
    job = world.fresh()
    engine.jobs[job] = (mailbox.state.operator_id, effect.leg)

    def accept() -> str:
        world.switch.originate(effect, job, engine.number)
        return "+OK"

    def answered(reply: Reply) -> None:
        def then() -> None:
            if reply is Failed.NOT_SENT:
                mailbox.post(ev.NotSent, leg=effect.leg)

        go_on(then)

    _send(mailbox, accept, answered)


def _command(mailbox: Mailbox, effect: fx.SwitchCommand) -> None:
    go_on = mailbox.block()

    def answered(reply: Reply) -> None:
        def then() -> None:
            if not isinstance(reply, str) or not reply.startswith("-ERR"):
                return
            if isinstance(effect, fx.BridgeLegs):
                mailbox.post(ev.CommandRefused, command="BridgeLegs", leg=effect.leg, other=effect.other)
            elif isinstance(effect, fx.ParkBoth) or (isinstance(effect, fx.MaskLeg) and effect.on):
                mailbox.post(ev.CommandRefused, command=type(effect).__name__, leg=effect.leg)

        go_on(then)

    _send(mailbox, lambda: mailbox.engine.world.switch.command(effect), answered)


def _ask(mailbox: Mailbox, effect: fx.Ask) -> None:
    """The answers go to the end of the queue: what came meanwhile is older news to them, or newer."""
    ask(mailbox, effect.legs, lambda facts: mailbox.post(ev.Facts, facts=facts))


def ask(mailbox: Mailbox, about: tuple[UUID, ...], handle: Callable[[dict[UUID, ev.Fact]], None]) -> None:
    """`uuid_dump` of each; of a leg that is gone the switch's record is asked, if it has come."""
    world = mailbox.engine.world
    go_on = mailbox.block()

    def answered(reply: Reply) -> None:
        def then() -> None:
            if not isinstance(reply, Failed):
                handle({leg: _or_record(world.database.tables.records, leg, fact) for leg, fact in reply.items()})

        go_on(then)

    _send(mailbox, lambda: world.switch.dump(about), answered)


def _or_record(records: dict, leg: UUID, fact: ev.Fact) -> ev.Fact:
    record = records.get(leg) if fact.state is ev.LegState.GONE else None
    if record is None:
        return fact
    return ev.Fact(ev.LegState.GONE, answered_ms=record.answered_at, cause=record.cause, ended_ms=record.ended_at)


def _send(mailbox: Mailbox, carry_out: Callable[[], Reply], answered: Callable[[Reply], None]) -> None:
    socket = mailbox.engine.socket
    if socket is None:
        answered(Failed.NOT_SENT)
    else:
        socket.command(carry_out, answered)
