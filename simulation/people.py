"""Operators at their pages: they press what their page offers, and now and then what it does not, late or twice."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from exchange_domain.messages import (
    AnyCommand,
    CallNext,
    CloseCall,
    CompleteTransfer,
    DeclineTransfer,
    EndShift,
    HangUp,
    HoldPreview,
    ManagerView,
    MaskRecording,
    NextManager,
    OperatorView,
    ReturnToContact,
    RingSeat,
    SkipContact,
    StartShift,
    StartTransfer,
)
from exchange_domain.words import OperatorState, Outcome, TransferState

if TYPE_CHECKING:
    from .world import World

THINKS = ((55.0, (30, 500)), (35.0, (500, 4_000)), (10.0, (4_000, 20_000)))
"""Between two looks at the page: milliseconds by weight."""
WAITS = ((100.0, (4_000, 30_000)),)
"""When there is nobody to be called just now."""
PREVIEW_S = ((40, 0), (40, 12), (20, 3))
"""How long a contact is shown before it is dialled; drawn for each."""
IDLE_S = ((60, 1_800), (20, 60), (20, 20))
"""After how long without a press her seat is released; drawn for each."""
NO_CONTACT = frozenset({"list_done", "nothing_due", "outside_hours", "out_of_funds", "campaign_not_active"})
WIRE = ((90.0, (1, 15)), (8.0, (15, 1_000)), (2.0, (1_000, 20_000)))
"""From a key press to the engine's stream."""
Table = tuple[tuple[float, type | None], ...]
NOTHING = None
PRESSES: dict[OperatorState, Table] = {
    OperatorState.OFF_SHIFT: ((90, StartShift), (5, CallNext), (5, NOTHING)),
    OperatorState.CONNECTING: (
        (60, NOTHING), (15, CallNext), (5, EndShift), (8, StartShift), (12, RingSeat),
    ),
    OperatorState.READY: ((84, CallNext), (5, StartShift), (4, EndShift), (6, NOTHING), (1, RingSeat)),
    OperatorState.RINGING: ((91, NOTHING), (5, HangUp), (2, StartTransfer), (2, CallNext)),
    OperatorState.TALKING: (
        (46, StartTransfer), (27, NOTHING), (11, HangUp), (2, CompleteTransfer), (2, CallNext), (12, MaskRecording),
    ),
    OperatorState.WRAP_UP: ((80, CloseCall), (14, NOTHING), (3, CallNext), (2, HangUp), (1, EndShift)),
    OperatorState.CONNECTION_LOST: (
        (50, NOTHING), (10, RingSeat), (8, CallNext), (8, HangUp), (8, StartTransfer), (6, ReturnToContact),
        (5, EndShift), (5, CloseCall),
    ),
}  # fmt: skip
WHILE_SHOWN: Table = (
    (50, NOTHING), (18, HoldPreview), (14, CallNext), (10, SkipContact), (3, StartShift), (3, EndShift), (2, HangUp),
)  # fmt: skip
WHILE_RINGING: Table = (
    (70, NOTHING),
    (6, NextManager),
    (10, ReturnToContact),
    (8, HangUp),
    (4, CompleteTransfer),
    (2, StartTransfer),
)
WHILE_CONSULTING: Table = (
    (44, CompleteTransfer), (22, NOTHING), (8, MaskRecording), (4, NextManager), (12, ReturnToContact), (7, HangUp),
    (3, StartTransfer),
)  # fmt: skip
GOING_HOME = (CloseCall, HangUp, CompleteTransfer, ReturnToContact)
"""What is still pressed while a run comes to its end."""
ABOUT_A_CALL = (
    HoldPreview,
    SkipContact,
    HangUp,
    StartTransfer,
    CompleteTransfer,
    ReturnToContact,
    NextManager,
    MaskRecording,
    CloseCall,
)
KNOWN = (StartShift, EndShift, RingSeat, CallNext, DeclineTransfer, *ABOUT_A_CALL)
"""Every command there is. A new one gets its place here and in the tables above."""


class Person:
    """One operator. `shown`: what her page shows now; `last_call`: the call it showed last."""

    def __init__(self, world: "World", operator_id: int, campaigns: tuple[int, ...]):
        self.world, self.id, self.campaigns = world, operator_id, campaigns
        self.name = f"Operator {chr(64 + operator_id % 26)}."
        self.endpoint = f"operator-{operator_id}"
        chance = world.chance
        self.fallback_number = f"+7900{operator_id:07d}" if chance.happens(0.4) else None
        self.preview_s = chance.weighted(PREVIEW_S)
        self.idle_s = chance.weighted(IDLE_S)
        self.shown: OperatorView | None = None
        self.last_call: UUID | None = None
        self.going_home = False
        self.gone = False
        """She has left without a word: timers do the rest."""

    def begin(self) -> None:
        self._look_again(self.world.chance.between(0, 400))

    def _look_again(self, after: int) -> None:
        self.world.agenda.after(after, self._look, counts=False)

    def _look(self) -> None:
        world = self.world
        if self.gone:
            return
        if (command := self._decide()) is not None:
            self._press(command)
            if world.chance.happens(0.06):
                # The same key press arrives twice, or a second page is open: then it has a key of its own.
                again = command if world.chance.happens(0.7) else command.model_copy(update={"key": world.fresh()})
                self._press(again)
        self._look_again(world.chance.span(WAITS if self._has_nothing_to_do() else THINKS))

    def _has_nothing_to_do(self) -> bool:
        view = self.shown
        if view is None or view.state is not OperatorState.READY or view.notice is None:
            return False
        return view.notice.code in NO_CONTACT

    def _press(self, command: AnyCommand) -> None:
        self.world.agenda.after(self.world.chance.span(WIRE), lambda: self.world.send(command))

    def _decide(self) -> AnyCommand | None:
        view, chance = self.shown, self.world.chance
        if view is not None and view.call is not None:
            self.last_call = view.call.call_id
        state = OperatorState.OFF_SHIFT if view is None else view.state
        if state is OperatorState.TRANSFERRING and view is not None and view.call is not None:
            transfer = view.call.transfer
            rings = transfer is None or transfer.state is TransferState.RINGING
            kind = chance.weighted(WHILE_RINGING if rings else WHILE_CONSULTING)
        elif state is OperatorState.READY and view is not None and view.call is not None:
            kind = chance.weighted(WHILE_SHOWN)
        else:
            kind = chance.weighted(PRESSES.get(state, PRESSES[OperatorState.CONNECTION_LOST]))
        if chance.happens(0.02):
            kind = chance.pick(ABOUT_A_CALL)
        if kind is None or (self.going_home and kind not in GOING_HOME):
            return None
        return self._command(kind)

    def _command(self, kind: type) -> AnyCommand | None:
        key, world = self.world.fresh(), self.world
        if kind is StartShift:
            return StartShift(operator_id=self.id, key=key, campaign_id=world.chance.pick(self.campaigns))
        if kind in (CallNext, EndShift):
            if kind is CallNext:
                world.name(key, "call")
            return kind(operator_id=self.id, key=key)
        if kind is RingSeat:
            return RingSeat(operator_id=self.id, key=key, by_number=world.chance.happens(0.5))
        if self.last_call is None:
            return None
        if kind is HoldPreview:
            return HoldPreview(operator_id=self.id, key=key, call_id=self.last_call, on=world.chance.happens(0.6))
        if kind is SkipContact:
            world.name(key, "call")
        if kind is MaskRecording:
            on = world.chance.happens(0.6)
            return MaskRecording(operator_id=self.id, key=key, call_id=self.last_call, on=on)
        if kind is CloseCall:
            return self._close(self.last_call, key)
        return kind(operator_id=self.id, key=key, call_id=self.last_call)

    def _close(self, call_id: UUID, key: UUID) -> CloseCall:
        world = self.world
        row = world.database.tables.calls.get(call_id)
        dispositions = {} if row is None else world.database.tables.campaigns[row.campaign_id].dispositions
        choices = (*dispositions, *dispositions, *dispositions, 0)
        chosen = world.chance.pick(choices)
        back = None
        if dispositions.get(chosen) is Outcome.CALL_BACK:
            now = datetime.fromtimestamp(world.agenda.now / 1_000, UTC)
            back = now + timedelta(seconds=world.chance.between(0, 120))
        then = "ready" if self.going_home else world.chance.weighted(((45, "next"), (50, "ready"), (5, "end_shift")))
        world.name(key, "call")
        return CloseCall(
            operator_id=self.id, key=key, call_id=call_id, disposition_id=chosen, call_back_at=back, then=then
        )


def decline_perhaps(world: "World", view: ManagerView) -> None:
    """A manager whose desk rings presses Z now and then: the transfer goes on to the next one."""
    rings = view.transfer is not None and view.transfer.state is TransferState.RINGING and not view.ended
    if not rings or view.call_id is None or view.transfer is None or not world.chance.happens(0.06):
        return
    command = DeclineTransfer(
        operator_id=world.database.tables.calls[view.call_id].operator_id, key=world.fresh(), call_id=view.call_id,
        transfer_id=view.transfer.transfer_id, manager_id=view.manager_id,
    )  # fmt: skip
    world.agenda.after(world.chance.span(THINKS), lambda: world.send(command))
