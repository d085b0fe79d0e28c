"""What a manager's desk shows when several operators' transfers are about the same manager."""

from collections.abc import Iterable

from exchange_domain.messages import ManagerView
from exchange_domain.words import TransferState

from .core.state import Operator
from .core.views import manager_views

WEIGHT = {TransferState.COMPLETED: 3, TransferState.CONSULTING: 2, TransferState.RINGING: 1}


def shown_at(view: ManagerView, operators: Iterable[Operator]) -> ManagerView:
    """The view that matters most at this manager's desk: one who talks is not told that another transfer ended."""
    others = (manager_views(state).get(view.manager_id) for state in operators if state.transfer or state.handed_over)
    return max((view, *(other for other in others if other is not None)), key=_weight)


def _weight(view: ManagerView) -> int:
    if view.ended or view.transfer is None:
        return 0
    return WEIGHT.get(view.transfer.state, 0)
