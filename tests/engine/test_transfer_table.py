"""The transfer's table: nothing is forgotten in it, and every row of it is taken by a test that bears its name."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from call_engine import transfer_doc
from call_engine.core import effects as fx
from call_engine.core import events as ev
from call_engine.core import transfer, transfer_actions
from call_engine.core.happening import Happening, Kind
from call_engine.core.state import Operator, SeatPhase, TransferPhase
from call_engine.core.timings import BRIDGE_TRIES
from call_engine.core.transfer_table import BY_PAIR, NOTHING, OVER, PHASES, ROWS, Row
from exchange_domain.messages import (
    CompleteTransfer,
    DeclineTransfer,
    HangUp,
    NextManager,
    ReturnToContact,
    StartTransfer,
)

from .world import OPERATOR, World, connecting, consulting, manager_rings, ringing, talking

PAIRS = [(phase, kind) for phase in PHASES for kind in Kind]


@pytest.mark.parametrize(("phase", "kind"), PAIRS, ids=[f"{p.value if p else 'talk'}-{k.name}" for p, k in PAIRS])
def test_every_phase_has_an_answer_to_everything(phase: TransferPhase | None, kind: Kind):
    """A row, or a reason why nothing is done; never both, unless the rows leave something over."""
    rows = BY_PAIR.get((phase, kind), ())
    if not rows:
        assert NOTHING[phase, kind]
        return
    assert (phase, kind) not in NOTHING
    last = rows[-1]
    assert all(row.guard is not None for row in rows[:-1]), "a row after one without a guard is never taken"
    assert last.guard is None or (phase, kind) in LEFT_OVER


LEFT_OVER = {
    (TransferPhase.ASKING, Kind.TALKING): "the managers are still being looked up",
    (TransferPhase.COMPLETING, Kind.MANAGER_PARKED): "the join was asked for: its proof is on its way",
}
"""Where no row may hold: then nothing is to be done, for this reason."""


def test_row_names_are_unique():
    assert len({row.name for row in ROWS}) == len(ROWS)


def test_every_row_says_what_it_does():
    assert all(row.do.__doc__ for row in ROWS)
    assert all(row.guard is None or row.guard.__doc__ for row in ROWS)


# --- each row, taken ---


def press(world: World, command: type) -> None:
    call = world.state.call
    world.command(command(operator_id=OPERATOR, call_id=call.call_id if call else world.fresh(), key=world.fresh()))


def asking(world: World | None = None) -> World:
    world = talking(world)
    press(world, StartTransfer)
    return world


def asking_unbridged(world: World | None = None) -> World:
    """T is pressed while the bridge of the talk is on its way."""
    world = ringing(world)
    world.pick_up(world.contact)
    while world.pending or world.answers:
        world.answer() if world.answers else world.deliver(next(iter(world.pending)))
    assert world.joins
    press(world, StartTransfer)
    return world


def completing(world: World | None = None) -> World:
    world = consulting(world)
    press(world, CompleteTransfer)
    return world


def one() -> World:
    """A campaign with a single manager."""
    return World(managers=World().managers[:1])


def two() -> World:
    return World()


def decline(world: World) -> None:
    pending = world.state.transfer
    assert pending is not None and pending.leg is not None and pending.manager is not None
    world.command(
        DeclineTransfer(
            operator_id=OPERATOR, key=world.fresh(), call_id=world.contact, transfer_id=pending.leg,
            manager_id=pending.manager.manager_id,
        )
    )  # fmt: skip


def leave(which: str, cause: str = "NORMAL_CLEARING") -> Callable[[World], None]:
    def act(world: World) -> None:
        leg: UUID = getattr(world, which)
        world.leave(leg, cause)
        while world.pending.get(leg):
            world.deliver(leg)

    return act


def seat_lost_in_the_consultation(world: World) -> None:
    manager = world.manager
    leave("seat")(world)
    while world.pending.get(manager):
        world.deliver(manager)


def asked(world: World, *pairs: tuple[UUID, UUID], gone: tuple[UUID, ...] = ()) -> None:
    """The switch is asked, and this is how it has the legs."""
    world.joins.clear()
    for channel in world.switch.values():
        channel.partner = None
    for a, b in pairs:
        world.switch[a].partner, world.switch[b].partner = b, a
    world.pending.clear()
    world.give(ev.Facts, facts={leg: world._fact(leg) for leg in (world.seat, world.contact, world.manager)})


def apart(world: World) -> None:
    asked(world)


def apart_too_often(world: World) -> None:
    for _ in range(BRIDGE_TRIES + 1):
        if world.state.transfer is not None:
            asked(world)


def joined_meanwhile(world: World) -> None:
    asked(world, (world.contact, world.manager))


def manager_timer(world: World) -> None:
    world.fire("manager")


def database_answers(world: World) -> None:
    world.answer()


def switch_goes_then_database_answers(world: World) -> None:
    world.disconnect()
    world.answer()


def lease_lost(world: World) -> None:
    world.give(ev.LeaseLost, call_id=world.contact)


def lost_operator_and_answer(kind: type[ev.LegEvent]) -> Callable[[World], None]:
    """The engine comes back to a manager who is there, and an operator who is not up."""

    def act(world: World) -> None:

        world.state = replace(world.state, seat=replace(world.state.seat, phase=SeatPhase.CALLING))
        world.give(kind, leg=world.manager)

    return act


def hanging_up_then(act: Callable[[World], None]) -> Callable[[World], None]:
    """The contact is being hung up already."""

    def both(world: World) -> None:

        call = world.state.call
        assert call is not None
        world.state = replace(world.state, call=replace(call, ending_by="operator"))
        act(world)

    return both


def pressing(command: type) -> Callable[[World], None]:
    return lambda world: press(world, command)


def picks_up(world: World) -> None:
    manager = world.manager
    world.pick_up(manager)
    while world.pending.get(manager):
        world.deliver(manager)


def parked_before_the_job(world: World) -> None:
    world.pick_up(world.manager)
    world.give(ev.Parked, leg=world.manager)


def bridge_comes(world: World) -> None:
    world.join()
    world.settle()


def late_talk(world: World) -> None:
    """The bridge of operator and contact came about although both were parked for the transfer."""
    world.switch[world.seat].partner, world.switch[world.contact].partner = world.contact, world.seat
    world.switch[world.contact].sound = None
    world.give(ev.Bridged, leg=world.seat, other=world.contact)


def listed_then_bridged(world: World) -> None:
    world.answer()
    world.join()
    world.deliver(world.seat)


Situation = Callable[[World], World]
SCENES: dict[str, tuple[Callable[[], World], Situation, Callable[[World], None]]] = {
    "T: the managers are asked for": (two, talking, pressing(StartTransfer)),
    "T without a talk: refused": (two, ringing, pressing(StartTransfer)),
    "N without a transfer: refused": (two, talking, pressing(NextManager)),
    "R without a transfer: refused": (two, talking, pressing(ReturnToContact)),
    "Y without a transfer: refused": (two, talking, pressing(CompleteTransfer)),
    "no manager in the campaign": (lambda: World(managers=()), asking, database_answers),
    "the switch is away when the managers are known": (two, asking, switch_goes_then_database_answers),
    "T before the talk is bridged: the managers wait": (two, asking_unbridged, database_answers),
    "the first manager rings": (two, asking, database_answers),
    "bridged at last: the first manager rings": (two, asking_unbridged, listed_then_bridged),
    "R before anybody is rung": (two, asking, pressing(ReturnToContact)),
    "H before anybody is rung": (two, asking, pressing(HangUp)),
    "the contact leaves before anybody is rung": (two, asking, leave("contact")),
    "the operator is lost before anybody is rung": (two, asking, leave("seat")),
    "the lease is lost before anybody is rung": (two, asking, lease_lost),
    "N before anybody is rung: refused": (two, asking, pressing(NextManager)),
    "Y before anybody is rung: refused": (two, asking, pressing(CompleteTransfer)),
    "the manager answers": (two, manager_rings, picks_up),
    "the manager answers a lost operator": (two, manager_rings, lost_operator_and_answer(ev.OriginateDone)),
    "the manager is there already": (two, manager_rings, parked_before_the_job),
    "the manager is there, the operator is lost": (two, manager_rings, lost_operator_and_answer(ev.Parked)),
    "the manager cannot be had: the next": (two, manager_rings, leave("manager", "USER_BUSY")),
    "no manager can be had: call back": (one, manager_rings, leave("manager", "NO_ANSWER")),
    "the manager declines at the desk": (two, manager_rings, decline),
    "N while it rings: the next manager": (two, manager_rings, pressing(NextManager)),
    "N while the last one rings: call back": (one, manager_rings, pressing(NextManager)),
    "R while it rings: given up": (two, manager_rings, pressing(ReturnToContact)),
    "Y while it rings: refused": (two, manager_rings, pressing(CompleteTransfer)),
    "H while it rings: all are hung up": (two, manager_rings, pressing(HangUp)),
    "the contact leaves while it rings": (two, manager_rings, leave("contact")),
    "the operator is lost while it rings": (two, manager_rings, leave("seat")),
    "the lease is lost while it rings": (two, manager_rings, lease_lost),
    "a late bridge with the contact is parted": (two, manager_rings, late_talk),
    "the manager's leg is silent: asked about": (two, manager_rings, manager_timer),
    "the consultation begins": (two, connecting, bridge_comes),
    "the consultation does not come about: again": (two, connecting, apart),
    "the consultation never comes about": (two, connecting, apart_too_often),
    "contact and manager are joined meanwhile": (two, connecting, joined_meanwhile),
    "the manager leaves at once": (two, connecting, leave("manager")),
    "N at once: the next manager": (two, connecting, pressing(NextManager)),
    "N at once, the last one: call back": (one, connecting, pressing(NextManager)),
    "R at once": (two, connecting, pressing(ReturnToContact)),
    "Y at once: refused": (two, connecting, pressing(CompleteTransfer)),
    "H at once": (two, connecting, pressing(HangUp)),
    "the contact leaves as the manager answers": (two, connecting, leave("contact")),
    "the operator is lost as the manager answers": (two, connecting, leave("seat")),
    "the lease is lost as the manager answers": (two, connecting, lease_lost),
    "Y: contact and manager are to be joined": (two, consulting, pressing(CompleteTransfer)),
    "Y for a contact who is being hung up: refused": (
        two, consulting, hanging_up_then(pressing(CompleteTransfer))),
    "R in the consultation": (two, consulting, pressing(ReturnToContact)),
    "N in the consultation: a machine answered, the next manager": (two, consulting, pressing(NextManager)),
    "N in the consultation with the last one: call back": (one, consulting, pressing(NextManager)),
    "H in the consultation: all are hung up": (two, consulting, pressing(HangUp)),
    "the manager leaves the consultation": (two, consulting, leave("manager")),
    "the contact leaves in the consultation": (two, consulting, leave("contact")),
    "the operator is lost in the consultation": (two, consulting, leave("seat")),
    "the operator is lost, the contact is being hung up": (two, consulting, hanging_up_then(leave("seat"))),
    "the lease is lost in the consultation": (two, consulting, lease_lost),
    "the consultation was parted: bridged again": (two, consulting, apart),
    "found joined after a silence": (two, consulting, joined_meanwhile),
    "joined: handed over": (two, completing, bridge_comes),
    "the manager is free: joined with the contact": (two, consulting, seat_lost_in_the_consultation),
    "not joined: again": (two, completing, apart),
    "never joined: back": (two, completing, apart_too_often),
    "the manager leaves as they are joined": (two, completing, leave("manager")),
    "the contact leaves as they are joined": (two, completing, leave("contact")),
    "H as they are joined": (two, completing, pressing(HangUp)),
    "the lease is lost as they are joined": (two, completing, lease_lost),
    "R as they are joined: refused": (two, completing, pressing(ReturnToContact)),
    "N as they are joined: refused": (two, completing, pressing(NextManager)),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_row(row: Row, monkeypatch: pytest.MonkeyPatch):
    """The row is taken in its situation, leads to its phase, and leaves no contact in silence."""
    make, situation, act = SCENES[row.name]
    world = situation(make())
    taken: list[tuple[Row, Operator]] = []
    find = transfer.row_for

    def found(state: Operator, h: Happening) -> Row | None:
        if (chosen := find(state, h)) is not None:
            after, _ = chosen.do(state, h)
            taken.append((chosen, after))
        return chosen

    monkeypatch.setattr(transfer, "row_for", found)
    act(world)
    after = next((after for chosen, after in taken if chosen is row), None)
    assert after is not None, f"taken instead: {[chosen.name for chosen, _ in taken]}"
    phase = after.transfer.phase if after.transfer is not None else None
    assert phase == (None if row.to == OVER else row.to)
    assert bool(after.handed_over) == (row.to == OVER)
    if not world.connected:
        world.reconnect()
    world.settle()
    for leg, channel in world.switch.items():
        if channel.kind == "contact" and channel.state == "answered":
            assert world.hears(leg), "the contact hears silence"
    managers = [leg for leg, channel in world.switch.items() if channel.kind == "manager" and channel.alive]
    assert len(managers) <= 1, "a manager who was let go of is hung up"


def test_the_reason_is_that_of_the_last_manager():
    world = manager_rings()
    world.leave(world.manager, "USER_BUSY")
    world.settle()
    world.leave(world.manager, "NO_ANSWER")
    world.settle()
    assert world.state.notice is not None
    assert (world.state.notice.code, world.state.notice.reason) == ("managers_unavailable", "manager_no_answer")
    (noted,) = world.effects_of(fx.NoteUnreached)
    assert noted.call_id == world.contact


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        ("CALL_REJECTED", "manager_busy"),
        ("ALLOTTED_TIMEOUT", "manager_no_answer"),
        ("USER_NOT_REGISTERED", "manager_unavailable"),
        ("SKIPPED", "skipped"),
    ],
)
def test_causes_in_the_pages_words(cause: str, reason: str):
    assert transfer_actions.reason_of(cause) == reason


def test_somebody_elses_press_declines_nothing():
    world = manager_rings()
    command = DeclineTransfer(operator_id=OPERATOR, call_id=world.contact, transfer_id=world.manager, manager_id=8)
    assert world.command(command) == ()


def test_the_document_has_the_present_table():
    """`python -m call_engine.transfer_doc` brings it up to date."""
    text = transfer_doc.DOCUMENT.read_text()
    assert text == transfer_doc.with_table(text)
