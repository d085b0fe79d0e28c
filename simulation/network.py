"""The event socket between one engine and the switch: it delays, and it breaks; what was on its way is gone then."""

from collections.abc import Callable
from enum import Enum
from typing import Any
from uuid import UUID

from .agenda import Agenda
from .chance import Chance

QUICK = ((88.0, (0, 4)), (9.0, (5, 120)), (3.0, (120, 2_500)))
"""How long an event or a reply is on its way: milliseconds by weight."""


class Failed(Enum):
    """What became of a command that has no reply."""

    NOT_SENT = "not sent"
    """The connection was known to be gone."""
    UNCONFIRMED = "unconfirmed"
    """It may have been carried out."""


class Cut(Enum):
    """Where the next command meets the break of the connection."""

    BEFORE = "before it is carried out"
    AFTER = "after it was carried out"


Reply = Any
"""What a command gives: a text, or the answers to a question; Failed when there is none."""


class Socket:
    """One connection. Events of one leg keep their order, those of different legs may overtake each other."""

    def __init__(self, agenda: Agenda, chance: Chance, on_down: Callable[[], None]):
        self._agenda, self._chance, self._on_down = agenda, chance, on_down
        self.up = True
        self.slow = 0
        """Added to each delay: the connection has a bad time."""
        self.cut: Cut | None = None
        self._last: dict[UUID, int] = {}
        self._last_command = 0
        self._waiting: dict[int, Callable[[Reply], None]] = {}
        self._number = 0

    def delay(self) -> int:
        return self._chance.span(QUICK) + self.slow

    # --- from the switch ---

    def deliver(self, leg: UUID, do: Callable[[], None], *, last_word: bool = True) -> None:
        """An event about a leg. `last_word=False`: later ones may overtake it, as a job's result is."""
        if not self.up:
            return
        due = max(self._agenda.now + self.delay(), self._last.get(leg, 0))
        if last_word:
            self._last[leg] = due
        self._agenda.at(due, lambda: do() if self.up else None)

    # --- to the switch ---

    def command(self, carry_out: Callable[[], Reply], done: Callable[[Reply], None]) -> None:
        """Commands keep their order. `done` gets the reply, at once when the connection is quick."""
        if not self.up:
            done(Failed.NOT_SENT)
            return
        if self.cut is not None:
            self._cut(self.cut, carry_out, done)
            return
        if self._last_command <= self._agenda.now and self.slow == 0 and self._chance.happens(0.8):
            done(carry_out())
            return
        self._number += 1
        number = self._number
        self._waiting[number] = done
        arrives_anyway = self._chance.happens(0.5)
        due = self._last_command = max(self._agenda.now + self.delay(), self._last_command)
        self._agenda.at(due, lambda: self._arrive(number, carry_out, arrives_anyway), counts=False)

    def _cut(self, cut: Cut, carry_out: Callable[[], Reply], done: Callable[[Reply], None]) -> None:
        self.cut = None
        if cut is Cut.AFTER:
            carry_out()
        self._number += 1
        self._waiting[self._number] = done
        self._agenda.after(0, self.break_down)

    def _arrive(self, number: int, carry_out: Callable[[], Reply], arrives_anyway: bool) -> None:
        """A command that was in the switch's buffer when the connection broke is carried out all the same."""
        if not self.up:
            if arrives_anyway:
                carry_out()
            return
        reply = carry_out()
        self._agenda.after(self.delay(), lambda: self._reply(number, reply))

    def _reply(self, number: int, reply: Reply) -> None:
        if (done := self._waiting.pop(number, None)) is not None:
            done(reply)

    def break_down(self) -> None:
        """Both ends learn of it; everything without a reply is unconfirmed."""
        if not self.up:
            return
        self.up = False
        waiting, self._waiting = self._waiting, {}
        self._on_down()
        for done in waiting.values():
            done(Failed.UNCONFIRMED)

    def drop(self) -> None:
        """The engine's process is gone: nobody learns of anything."""
        self.up = False
        self._waiting.clear()
