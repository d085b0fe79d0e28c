"""The engine, stopped dead at chosen moments: `python -m tests.engine.dying_engine`.

FATE names for each operator the situation in which her actor stops for good, and how far it comes with the effects of
the event that leads there:

    before    nothing of them is done
    between   the switch has its commands, the database knows nothing of them, nor of what was still to be noted
    after     all of them are done

What stops is one operator's actor alone, so that many can be brought each to their own moment in one process; nothing
of that operator happens after it, and the process itself is then ended by SIGKILL. Each situation that an operator
comes to is printed as `OPERATOR SITUATION`, and `OPERATOR stopped: SITUATION` where it ends.
"""

import asyncio
import json
import os
import sys
from datetime import timedelta

from call_engine import __main__ as engine
from call_engine import upkeep
from call_engine.core.effects import Effect, SwitchCommand
from call_engine.core.events import Event
from call_engine.core.step import step
from call_engine.mailbox import Mailbox

from .abstract import abstract

FATE: dict[str, list[str]] = json.loads(os.environ.get("FATE", "{}"))
"""Operator's id → [situation, how far]."""


class MortalMailbox(Mailbox):
    """A mailbox that stops where its fate says."""

    async def handle(self, event: Event) -> None:
        before = abstract(self.state)
        after, effects = step(self.state, event)
        now = abstract(after)
        if now != before:
            print(f"{self.operator_id} {now}", flush=True)
        situation, how_far = FATE.get(str(self.operator_id), ["", ""])
        if now == before or now != situation:
            self.state = after
            await self._run(effects)
            return
        if how_far == "after":
            self.state = after
            await self._run(effects)
            await self._lane.join()
        elif how_far == "between":
            await self._command_only(effects)
        print(f"{self.operator_id} stopped: {situation}", flush=True)
        self._tasks[1].cancel()
        await asyncio.Event().wait()

    async def _command_only(self, effects: tuple[Effect, ...]) -> None:
        self._tasks[1].cancel()
        for effect in effects:
            if isinstance(effect, SwitchCommand):
                await self._executor.run(self, effect)


def main() -> int:
    Mailbox.handle = MortalMailbox.handle  # type: ignore[method-assign]
    Mailbox._command_only = MortalMailbox._command_only  # type: ignore[attr-defined]
    # Calls that were never placed have no record: what is settled without one is settled soon here.
    upkeep.RECORD_GRACE = timedelta(seconds=3)
    return engine.main()


if __name__ == "__main__":
    sys.exit(main())
