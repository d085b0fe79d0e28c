"""What happens while the fault lasts: contacts hang up and answer, operators press keys; and how it has to end.

An act holds when switch and database both say so. What nobody touches has to be as it was.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from exchange_domain import database
from exchange_domain.messages import CallNext, Command, CompleteTransfer, HangUp, ReturnToContact, StartTransfer
from exchange_domain.tables import Call
from exchange_domain.words import UNSEEN_END, CallState

from .house import House
from .people import Desk, Situation


@dataclass
class Legs:
    """The legs of an operator's call when the fault begins."""

    contact: UUID
    seat: UUID
    manager: UUID | None


@dataclass
class Act:
    """`happens` is done by the world, `command` pressed by the operator; `holds` says whether it came out right."""

    what: str
    desk: Desk
    holds: Callable[[], Awaitable[bool]]
    happens: Callable[[], None] | None = None
    command: Command | None = None
    key: UUID | None = None
    again: bool = False
    """It was refused, with the operator told, and pressed once more."""

    @property
    def untouched(self) -> bool:
        return self.happens is None and self.command is None


async def call_of(call_id: UUID) -> Call | None:
    async with database.session() as s:
        return await s.get(Call, call_id)


async def never_reached(call_id: UUID) -> bool:
    """Its originate went down with the link, and the operator was told: the call is over, nobody was rung."""
    call = await call_of(call_id)
    return call is not None and call.ended_at is not None and call.hangup_cause in ("NOT_SENT", UNSEEN_END)


async def legs_of(desk: Desk) -> Legs:
    """As the database has them. The call is on the line, or was just now."""
    assert desk.call_id is not None
    async with database.session() as s:
        shift = text("select seat_leg from shift where operator_id = :id and ended_at is null")
        seat = (await s.execute(shift, {"id": desk.operator_id})).scalar_one()
        last = text("select id from transfer where call_id = :id order by started_at desc limit 1")
        manager = (await s.execute(last, {"id": desk.call_id})).scalar_one_or_none()
    return Legs(desk.call_id, seat, manager)


class Acts:
    """The acts of one operator, by her situation and place."""

    def __init__(self, house: House, desk: Desk, legs: Legs):
        self._house, self._desk, self._legs = house, desk, legs

    def chosen(self) -> Act:
        acts = {
            Situation.RINGING: (self._answers, self._cancelled, self._left_alone, self._refuses),
            Situation.TALKING: (self._contact_leaves, self._hung_up, self._left_alone, self._transferred),
            Situation.CONSULTING: (
                self._contact_leaves, self._completed, self._returned, self._manager_leaves, self._left_alone,
            ),
            Situation.WRAP_UP: (self._closed, self._closed_and_next, self._left_alone),
        }[self._desk.situation]  # fmt: skip
        return acts[self._desk.place % len(acts)]()

    # --- what has to be so ---

    def _joined(self, one: UUID | None, other: UUID | None) -> bool:
        return one is not None and other is not None and self._house.partner(one) == str(other)

    async def _ended(self, by: tuple[str, ...]) -> bool:
        call = await call_of(self._legs.contact)
        gone = not self._house.has(self._legs.contact)
        return gone and call is not None and call.ended_at is not None and call.ended_by in by

    async def _talks(self) -> bool:
        call = await call_of(self._legs.contact)
        answered = call is not None and call.answered_at is not None and call.state == CallState.TALKING
        return answered and self._joined(self._legs.contact, self._legs.seat)

    async def _consults(self) -> bool:
        legs = await legs_of(self._desk)
        return self._house.has(legs.contact) and self._joined(legs.seat, legs.manager)

    async def as_before(self) -> bool:
        """The operator's situation is what it is when the fault begins."""
        match self._desk.situation:
            case Situation.RINGING:
                call = await call_of(self._legs.contact)
                return self._house.has(self._legs.contact) and call is not None and call.ended_at is None
            case Situation.CONSULTING:
                return await self._consults()
            case Situation.WRAP_UP:
                call = await call_of(self._legs.contact)
                return call is not None and call.state == CallState.WRAP_UP
        return await self._talks()

    # --- what happens ---

    def _by_world(self, what: str, leg: UUID | None, holds: Callable[[], Awaitable[bool]], *, answers: bool = False):
        switch = self._house.switch
        act = switch.peer_answers if answers else switch.peer_hangs_up
        return Act(what, self._desk, holds, happens=lambda: act(str(leg)))

    def _pressed(self, command: Command, holds: Callable[[], Awaitable[bool]]) -> Act:
        return Act(type(command).__name__, self._desk, holds, command=command)

    @property
    def _about(self) -> dict[str, int | UUID]:
        return {"operator_id": self._desk.operator_id, "call_id": self._legs.contact}

    def _left_alone(self) -> Act:
        return Act("left alone", self._desk, self.as_before)

    def _answers(self) -> Act:
        return self._by_world("contact answers", self._legs.contact, self._talks, answers=True)

    def _refuses(self) -> Act:
        return self._by_world("contact refuses", self._legs.contact, lambda: self._ended(("network",)))

    def _contact_leaves(self) -> Act:
        return self._by_world("contact hangs up", self._legs.contact, lambda: self._ended(("contact",)))

    def _manager_leaves(self) -> Act:
        return self._by_world("manager hangs up", self._legs.manager, self._talks)

    def _cancelled(self) -> Act:
        return self._pressed(HangUp.model_validate(self._about), lambda: self._ended(("operator",)))

    def _hung_up(self) -> Act:
        return self._cancelled()

    def _transferred(self) -> Act:
        return self._pressed(StartTransfer.model_validate(self._about), self._consults)

    def _completed(self) -> Act:
        async def holds() -> bool:
            return self._joined(self._legs.contact, self._legs.manager)

        return self._pressed(CompleteTransfer.model_validate(self._about), holds)

    def _returned(self) -> Act:
        return self._pressed(ReturnToContact.model_validate(self._about), self._talks)

    async def _is_closed(self) -> bool:
        call = await call_of(self._legs.contact)
        if call is None or call.state != CallState.CLOSED:
            return False
        return call.disposition_id == self._desk.disposition_id

    def _closed(self) -> Act:
        return self._pressed(self._desk.close(self._legs.contact), self._is_closed)

    def _closed_and_next(self) -> Act:
        async def holds() -> bool:
            return await self._is_closed() and await self._next_is_up()

        command = self._desk.close(self._legs.contact, then="next")
        self._desk.made.append(command.key)
        return self._pressed(command, holds)

    async def _next_is_up(self) -> bool:
        for call_id in self._desk.made:
            if call_id != self._legs.contact and (self._house.has(call_id) or await never_reached(call_id)):
                self._desk.call_id = call_id
                return True
        return False


def once_more(act: Act) -> Command:
    """What a person presses who was told that it was not possible: the same, or only what is left of it."""
    assert act.command is not None
    if act.command.key in act.desk.made:
        again = CallNext(operator_id=act.desk.operator_id)
        act.desk.made.append(again.key)
        return again
    return type(act.command).model_validate(act.command.model_dump(exclude={"key"}))
