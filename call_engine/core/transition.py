"""A step: the state after an event and what is to be done. Small steps chain into larger ones."""

from collections.abc import Callable
from dataclasses import replace

from exchange_domain.messages import Notice

from .effects import Effect
from .state import Operator

Step = tuple[Operator, tuple[Effect, ...]]


def stay(state: Operator, *effects: Effect) -> Step:
    return state, effects


def chain(step: Step, *following: Callable[[Operator], Step]) -> Step:
    """Each following step goes on from the state of the one before; effects keep their order."""
    state, effects = step
    for do in following:
        state, more = do(state)
        effects += more
    return state, effects


def notify(state: Operator, code: str, at: int, until_ms: int | None = None, reason: str | None = None) -> Operator:
    """The operator is told; the page has the words for the code."""
    return replace(state, notice=Notice(code=code, at_ms=at, until_ms=until_ms, reason=reason))
