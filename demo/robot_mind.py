"""What the robot operator does next, from what an operator's page would show. Pure: time, view and form are given."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from exchange_domain.demo_robot import RobotReport
from exchange_domain.forms import FormField
from exchange_domain.messages import (
    CallNext,
    CallView,
    CloseCall,
    Command,
    CompleteTransfer,
    EndShift,
    HangUp,
    OperatorView,
    ReturnToContact,
    StartShift,
    StartTransfer,
)
from exchange_domain.words import OperatorState, Outcome, TransferState

from .answers import filled

AGAIN_MS = 10_000
"""A command that nobody answered is sent again, under the same key, after this long: it is still one command."""
REFUSED_MS = (4_000, 8_000)
LOST_MS = 15_000
"""How long a lost seat may take to come back by itself before the robot asks for it."""
PATIENCE_MS = (5_000, 60_000)
"""Least and most wait when there is nothing to call."""
PAUSE_MS = (1_000, 3_000)
WRITING_MS = (900, 2_200)
TALK_AFTER_MS = (2_000, 5_000)
CONSULTATION_MS = (4_000, 8_000)
WAITED_FOR = frozenset(
    {
        "nothing_due",
        "outside_hours",
        "daily_cap",
        "list_done",
        "out_of_funds",
        "campaign_not_active",
        "pilot",
        "lines_busy",
        "spend_cap",
    }
)
NOTE = "Разговор провёл робот демонстрации."
UNASKED = (Outcome.REFUSED, Outcome.NO_ANSWER, Outcome.DROPPED, Outcome.UNREACHABLE)
"""Outcomes that fit when the wished one is not to be had: none of them asks for answers."""


@dataclass(frozen=True)
class Sheet:
    """What the page shows beside the call: the form, and the dispositions by outcome."""

    fields: list[FormField] = field(default_factory=list)
    dispositions: Mapping[Outcome, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Send:
    command: Command
    doing: RobotReport


@dataclass(frozen=True)
class Write:
    """Fill in one field of the call's form."""

    call_id: UUID
    key: str
    value: Any
    doing: RobotReport


@dataclass(frozen=True)
class Wait:
    """Nothing to do until the view changes, or until the moment (epoch ms) if there is one."""

    until_ms: int | None
    doing: RobotReport


@dataclass(frozen=True)
class Idle(Wait):
    """Off shift, and nobody wants the robot: a process that was told to stop may end."""


Step = Send | Write | Wait


@dataclass
class _Talk:
    """How one answered call is going to go: the same call id always goes the same way."""

    outcome: Outcome
    transfer: bool
    answers: list[tuple[str, Any]]
    gaps_ms: list[int]
    last_words_ms: int
    written: int = 0
    wants_transfer: bool = True
    completed: bool = False

    def writes_at(self, answered_ms: int) -> int:
        return answered_ms + sum(self.gaps_ms[: self.written + 1])

    def is_over_at(self, answered_ms: int) -> int:
        return answered_ms + sum(self.gaps_ms) + self.last_words_ms


@dataclass
class _Pending:
    """A command in its situation: when it goes out, and whether it went."""

    situation: tuple[Any, ...]
    key: UUID
    at_ms: int
    sent_ms: int | None = None


class Mind:
    """Remembers no more than what it has sent; everything else is read off the view each time."""

    def __init__(self, operator_id: int, campaign_id: int, chance: random.Random | None = None) -> None:
        self.operator_id, self.campaign_id = operator_id, campaign_id
        self.calls = 0
        self._chance = chance or random.Random()
        self._pending: _Pending | None = None
        self._talks: dict[UUID, _Talk] = {}
        self._counted: UUID | None = None
        self._doing: tuple[Any, ...] = ()
        self._since_ms = 0

    def decide(self, view: OperatorView | None, sheet: Sheet, *, wanted: bool, now_ms: int) -> Step:
        """The next step. Call it again after each step, when the view changes, and at `Wait.until_ms`."""
        state = view.state if view is not None else OperatorState.OFF_SHIFT
        call = view.call if view is not None else None
        if call is None:
            self._talks.clear()
        if not wanted:
            return self._leave(view, state, call, sheet, now_ms)
        match state:
            case OperatorState.OFF_SHIFT:
                return self._command(("start",), StartShift, view, now_ms, "starting", campaign_id=self.campaign_id)
            case OperatorState.CONNECTING:
                return Wait(None, self._report("starting", now_ms))
            case OperatorState.CONNECTION_LOST:
                return self._command(
                    ("seat",),
                    StartShift,
                    view,
                    now_ms,
                    "lost",
                    after_ms=(LOST_MS, LOST_MS),
                    campaign_id=self.campaign_id,
                )
            case OperatorState.READY:
                return self._command(("next",), CallNext, view, now_ms, "pausing")
            case OperatorState.RINGING:
                return Wait(None, self._report("ringing", now_ms, call))
            case OperatorState.TALKING if call is not None:
                return self._talk(view, call, sheet, now_ms)
            case OperatorState.TRANSFERRING if call is not None:
                return self._transfer(view, call, sheet, now_ms)
            case OperatorState.WRAP_UP if call is not None:
                return self._close(view, call, sheet, now_ms, then="ready")
        return Wait(None, self._report("waiting", now_ms, call))

    # --- while wanted ---------------------------------------------------------------------------------------------

    def _talk(self, view: OperatorView | None, call: CallView, sheet: Sheet, now_ms: int) -> Step:
        talk = self._talk_of(call.call_id, sheet, now_ms)
        answered_ms = call.answered_ms or now_ms
        doing = self._report("talking", now_ms, call)
        if talk.written < len(talk.answers):
            if now_ms < (writes_at := talk.writes_at(answered_ms)):
                return Wait(writes_at, doing)
            key, value = talk.answers[talk.written]
            talk.written += 1
            return Write(call.call_id, key, value, doing)
        if now_ms < (over_at := talk.is_over_at(answered_ms)):
            return Wait(over_at, doing)
        if talk.transfer and talk.wants_transfer:
            situation = ("transfer", call.call_id)
            if self._was_answered(situation, view):
                # It was refused, or tried and given up: the talk is brought to its end without it.
                talk.wants_transfer = False
            else:
                return self._command(situation, StartTransfer, view, now_ms, "talking", call, call_id=call.call_id)
        return self._command(("hang_up", call.call_id), HangUp, view, now_ms, "talking", call, call_id=call.call_id)

    def _transfer(self, view: OperatorView | None, call: CallView, sheet: Sheet, now_ms: int) -> Step:
        talk = self._talk_of(call.call_id, sheet, now_ms)
        transfer = call.transfer
        if transfer is None or transfer.state == TransferState.RINGING:
            return Wait(None, self._report("transferring", now_ms, call))
        talk.wants_transfer = False
        situation = (transfer.state.value, transfer.transfer_id)
        if transfer.state == TransferState.CONSULTING:
            step = self._command(
                situation, CompleteTransfer, view, now_ms, "transferring", call, after_ms=CONSULTATION_MS,
                call_id=call.call_id,
            )  # fmt: skip
            talk.completed = talk.completed or isinstance(step, Send)
            return step
        if transfer.state == TransferState.COMPLETED:
            return Wait(None, self._report("transferring", now_ms, call))
        talk.completed = False
        return self._command(situation, ReturnToContact, view, now_ms, "transferring", call, call_id=call.call_id)

    def _close(self, view: OperatorView | None, call: CallView, sheet: Sheet, now_ms: int, then: str) -> Step:
        tried = self._pending is not None and self._pending.situation[:2] == ("close", call.call_id)
        refused = tried and view is not None and self._pending is not None and view.last_command == self._pending.key
        attempt = self._pending.situation[2] + refused if tried and self._pending else 0
        outcome = self._outcome(call, sheet, now_ms) if attempt == 0 else UNASKED[(attempt - 1) % len(UNASKED)]
        disposition = sheet.dispositions.get(outcome) or next(
            (sheet.dispositions[o] for o in UNASKED if o in sheet.dispositions), None
        )
        if disposition is None:
            # The form has not been read yet, or the campaign lost its dispositions: wrap-up ends by itself.
            return Wait(now_ms + PATIENCE_MS[0], self._report("wrap_up", now_ms, call))
        back = datetime.fromtimestamp(now_ms / 1000, UTC) + timedelta(minutes=10)
        step = self._command(
            ("close", call.call_id, attempt), CloseCall, view, now_ms, "wrap_up", call, call_id=call.call_id,
            disposition_id=disposition, note=NOTE if call.answered_ms else "", then=then,
            call_back_at=back if outcome == Outcome.CALL_BACK else None,
        )  # fmt: skip
        if isinstance(step, Send) and self._counted != call.call_id:
            self._counted, self.calls = call.call_id, self.calls + 1
        return step

    def _outcome(self, call: CallView, sheet: Sheet, now_ms: int) -> Outcome:
        if call.proposed_outcome is not None:
            return call.proposed_outcome
        if call.answered_ms is None:
            return Outcome.NO_ANSWER
        talk = self._talk_of(call.call_id, sheet, now_ms)
        if talk.completed:
            return Outcome.SUCCESS
        said_all = talk.written == len(talk.answers)
        return talk.outcome if said_all or talk.outcome != Outcome.SUCCESS else Outcome.REFUSED

    def _talk_of(self, call_id: UUID, sheet: Sheet, now_ms: int) -> _Talk:
        if call_id not in self._talks:
            chance = random.Random(call_id.int)
            outcome = chance.choices((Outcome.SUCCESS, Outcome.REFUSED, Outcome.CALL_BACK), (55, 32, 13))[0]
            success = outcome == Outcome.SUCCESS
            today = datetime.fromtimestamp(now_ms / 1000, UTC).date()
            answers = filled(sheet.fields, chance, today) if success else []
            self._talks = {
                call_id: _Talk(
                    outcome, success and chance.random() < 0.65, answers,
                    [chance.randint(*WRITING_MS) for _ in answers], chance.randint(*TALK_AFTER_MS),
                )
            }  # fmt: skip
        return self._talks[call_id]

    # --- when told to stop ----------------------------------------------------------------------------------------

    def _leave(
        self, view: OperatorView | None, state: OperatorState, call: CallView | None, sheet: Sheet, now_ms: int
    ) -> Step:
        if state == OperatorState.OFF_SHIFT:
            self._pending = None
            return Idle(None, self._report("off", now_ms))
        if call is not None and state == OperatorState.WRAP_UP:
            return self._close(view, call, sheet, now_ms, then="end_shift")
        at_once = (0, 0)
        if call is not None:
            return self._command(
                ("hang_up", call.call_id),
                HangUp,
                view,
                now_ms,
                "stopping",
                call,
                after_ms=at_once,
                call_id=call.call_id,
            )
        return self._command(("end",), EndShift, view, now_ms, "stopping", after_ms=at_once)

    # --- commands -------------------------------------------------------------------------------------------------

    def _was_answered(self, situation: tuple[Any, ...], view: OperatorView | None) -> bool:
        pending = self._pending
        return (
            pending is not None and pending.situation == situation and pending.sent_ms is not None
            and view is not None and view.last_command == pending.key
        )  # fmt: skip

    def _command(
        self, situation: tuple[Any, ...], kind: type[Command], view: OperatorView | None, now_ms: int, doing: Any,
        call: CallView | None = None, *, after_ms: tuple[int, int] = PAUSE_MS, **values: Any,
    ) -> Step:  # fmt: skip
        """Sends a command once in its situation, after a pause; again under its key when nobody answers; and anew,
        after a while, when it was answered and nothing came of it."""
        if self._pending is None or self._pending.situation != situation:
            self._pending = _Pending(situation, uuid4(), now_ms + self._chance.randint(*after_ms))
        elif self._was_answered(situation, view):
            assert view is not None
            self._pending = _Pending(situation, uuid4(), self._try_again_at(view, now_ms))
        pending = self._pending
        if pending.sent_ms is not None:
            pending_until = pending.sent_ms + AGAIN_MS
            if now_ms < pending_until:
                return Wait(pending_until, self._report(doing, now_ms, call))
            doing = "no_engine"
        elif now_ms < pending.at_ms:
            code = view.notice.code if view and view.notice and pending.situation[0] in ("next", "start") else None
            waits = code is not None and pending.at_ms - now_ms > PAUSE_MS[1]
            report = self._report("waiting" if waits else doing, now_ms, call, code if waits else None, pending.at_ms)
            return Wait(pending.at_ms, report)
        pending.sent_ms = now_ms
        command = kind(key=pending.key, operator_id=self.operator_id, **values)
        return Send(command, self._report(doing, now_ms, call))

    def _try_again_at(self, view: OperatorView, now_ms: int) -> int:
        least, most = PATIENCE_MS
        if view.notice is not None and view.notice.code in WAITED_FOR:
            wished = view.notice.until_ms or now_ms + most // 2
            return min(max(wished, now_ms + least), now_ms + most)
        return now_ms + self._chance.randint(*REFUSED_MS)

    def _report(
        self,
        doing: Any,
        now_ms: int,
        call: CallView | None = None,
        notice: str | None = None,
        until_ms: int | None = None,
    ) -> RobotReport:
        what = (doing, call.call_id if call else None, notice)
        if what != self._doing:
            self._doing, self._since_ms = what, now_ms
        return RobotReport(
            doing=doing, since_ms=self._since_ms, contact_name=call.contact_name if call else "", notice=notice,
            until_ms=until_ms if doing == "waiting" else None, campaign_id=self.campaign_id, calls=self.calls,
        )  # fmt: skip
