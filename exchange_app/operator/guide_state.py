"""Where in the script the operator is: answers lead from step to step, and the way back is known."""

import asyncio

import reflex as rx
import structlog
from sqlalchemy.exc import SQLAlchemyError

from exchange_app import live
from exchange_app.ids import read_id
from exchange_app.security import current_account, roles
from exchange_domain import database, drafts

from .shown import ShownPart

log = structlog.get_logger(__name__)
WAIT_S = 3
LONGEST_WAY = 100


class Guide(live.OnlyChanges, rx.State):
    """`way` ends with the step that is open; steps are counted from 1."""

    call_id: rx.Field[str] = rx.field("")
    way: rx.Field[list[int]] = rx.field(default_factory=lambda: [1])
    branched: rx.Field[bool] = rx.field(False)
    """Answers lead through the script: one step is open, the others are folded."""

    _answers: rx.Field[dict[int, list[int]]] = rx.field(default_factory=dict)
    """Steps that each step's answers lead to, in the order of their digits."""
    _steps: int = 0

    @rx.var
    def at(self) -> int:
        return self.way[-1] if self.way else 1

    def _begin(self, call_id: str, steps: list[ShownPart], place: str = "") -> None:
        """A call's script, at the place where its draft left off."""
        self.call_id = call_id
        self._steps = len(steps)
        self._answers = {part.number: [answer.step for answer in part.answers] for part in steps}
        self.branched = any(self._answers.values())
        kept = [int(n) for n in place.split(".") if n.isdigit() and 1 <= int(n) <= len(steps)]
        self.way = kept or [1]

    @rx.event
    @roles("operator")
    async def answer(self, call_id: str, digit: int):
        """The contact's answer by its digit; a script without answers goes to the step of that number."""
        if call_id != self.call_id or not isinstance(digit, int):
            return
        here = self._answers.get(self.at, [])
        if self.branched:
            step = here[digit - 1] if 0 < digit <= len(here) else 0
        else:
            step = digit if 0 < digit <= self._steps else 0
        if step and step != self.at:
            await self._go([*self.way, step])

    @rx.event
    @roles("operator")
    async def jump(self, call_id: str, step: int):
        """To a step by its chip."""
        if call_id == self.call_id and isinstance(step, int) and 0 < step <= self._steps and step != self.at:
            await self._go([*self.way, step])

    @rx.event
    @roles("operator")
    async def back(self, call_id: str):
        if call_id == self.call_id and len(self.way) > 1:
            await self._go(self.way[:-1])

    async def _go(self, way: list[int]) -> None:
        """The page moves at once; that it is kept may come a moment later, or not at all."""
        self.way = way[-LONGEST_WAY:]
        call = read_id(self.call_id)
        if call is None:
            return
        try:
            async with asyncio.timeout(WAIT_S), database.session() as s:
                await drafts.save_place(s, call, current_account(self).account_id, ".".join(map(str, self.way)))
        except drafts.NotYours:
            return
        except (SQLAlchemyError, OSError, TimeoutError) as failed:
            log.warning("place_not_saved", call_id=self.call_id, error=type(failed).__name__)
