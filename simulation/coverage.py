"""In which states of an operator's line each kind of disturbance struck: what a run can claim to have tried."""

from collections import Counter
from enum import StrEnum

from call_engine.core.state import Line, Operator, SeatPhase, TransferPhase

Phases = tuple[str, str, str]
"""Seat, line, transfer."""
NONE = "–"
WRAP_UP = "wrap_up"
HANDED_OVER = "handed_over"

SEATS = tuple(phase.value for phase in SeatPhase)
LINES = (NONE, *(line.value for line in Line if line is not Line.GONE), WRAP_UP)
TRANSFERS = (NONE, *(phase.value for phase in TransferPhase), HANDED_OVER)


class Blow(StrEnum):
    """Kinds of disturbances."""

    HANGUP = "hangup"
    LOST = "event lost"
    DOUBLED = "event doubled"
    DEATH = "engine death"
    PAUSE = "engine paused"
    BREAK = "socket break"
    SIGN_OFF = "page closed"
    SLOW_DATABASE = "slow database"
    SLOW_NETWORK = "slow network"
    GATEWAY = "gateway down"
    AWAY = "switch away"
    GIVEN_UP = "switch given up"


def phases(state: Operator) -> Phases:
    call, transfer = state.call, state.transfer
    line = NONE if call is None else WRAP_UP if call.wrap_up_until is not None else call.line.value
    if transfer is not None:
        return state.seat.phase.value, line, transfer.phase.value
    return state.seat.phase.value, line, HANDED_OVER if state.handed_over else NONE


class Coverage:
    def __init__(self) -> None:
        self.hits: Counter[tuple[str, str, str, str]] = Counter()
        self.visits: Counter[Phases] = Counter()

    def hit(self, blow: Blow, state: Operator) -> None:
        self.hits[(blow.value, *phases(state))] += 1

    def add(self, other: "Coverage") -> None:
        self.hits.update(other.hits)
        self.visits.update(other.visits)

    def missing(self, blow: Blow) -> list[str]:
        """Phases in which this disturbance never struck."""
        struck = [key for key in self.hits if key[0] == blow.value]
        wanted = ((1, "seat", SEATS), (2, "line", LINES), (3, "transfer", TRANSFERS))
        return [
            f"{what} {phase}" for place, what, among in wanted for phase in among
            if not any(key[place] == phase for key in struck)
        ]  # fmt: skip

    def table(self) -> list[str]:
        """A row for each combination of states that was visited, a column for each kind of disturbance."""
        blows = [blow.value for blow in Blow]
        lines = [f"{'seat':8} {'line':9} {'transfer':11} {'visits':>9} " + " ".join(f"{b:>13}" for b in blows)]
        for state in sorted(self.visits):
            counts = " ".join(f"{self.hits[(b, *state)]:>13,}" for b in blows)
            lines.append(f"{state[0]:8} {state[1]:9} {state[2]:11} {self.visits[state]:>9,} {counts}")
        return lines
