"""Effects that pages see. Who is shown what is checked on the way out."""

from call_engine.core import effects as fx

from ..faults import Unknown
from .mailbox import Mailbox


def run(mailbox: Mailbox, effect: fx.Effect) -> None:
    world = mailbox.engine.world
    match effect:
        case fx.PublishOperator():
            world.invariants.operator_shown(effect.view)
            world.operators[effect.view.operator_id].shown = effect.view
        case fx.PublishManager():
            world.invariants.manager_shown(effect.view)
        case fx.PublishRow():
            pass
        case _:
            raise Unknown(f"effect {type(effect).__name__}: add it to simulation/engine/publishing.py")
