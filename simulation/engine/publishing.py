"""Effects that pages see. Who is shown what is checked on the way out."""

from collections.abc import Callable
from typing import Any

from call_engine.core import effects as fx

from ..faults import Unknown
from ..people import decline_perhaps
from .mailbox import Mailbox


def run(mailbox: Mailbox, effect: fx.Effect) -> None:
    show = SHOWN.get(type(effect))
    if show is None:
        raise Unknown(f"effect {type(effect).__name__}: add it to simulation/engine/publishing.py")
    show(mailbox, effect)


def _operator(mailbox: Mailbox, effect: fx.PublishOperator) -> None:
    world = mailbox.engine.world
    world.invariants.operator_shown(effect.view)
    world.operators[effect.view.operator_id].shown = effect.view


def _manager(mailbox: Mailbox, effect: fx.PublishManager) -> None:
    world = mailbox.engine.world
    world.invariants.manager_shown(effect.view)
    decline_perhaps(world, effect.view)


def _row(_: Mailbox, __: fx.PublishRow) -> None:
    """The customer's table shows the customer's own calls in full: nothing to be checked here."""


SHOWN: dict[type[fx.Effect], Callable[[Mailbox, Any], None]] = {
    fx.PublishOperator: _operator,
    fx.PublishManager: _manager,
    fx.PublishRow: _row,
}
