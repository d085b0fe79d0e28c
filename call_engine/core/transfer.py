"""The warm transfer: whatever happens to it goes through its table."""

from .events import Event
from .happening import Happening, Kind
from .state import Manager, Operator, talking_call
from .transfer_table import row_for
from .transition import Step, stay


def happen(state: Operator, event: Event, kind: Kind, *, cause: str = "", managers: tuple[Manager, ...] = ()) -> Step:
    """Takes the row that holds in the present phase; without one nothing is done."""
    if talking_call(state) is None:
        return stay(state)
    happening = Happening(kind, event, cause, managers)
    row = row_for(state, happening)
    return stay(state) if row is None else row.do(state, happening)
