"""Whether a moderator is in on the operator's line, as far as she is to see it."""

import reflex as rx
from reflex.state import BaseState

from exchange_app import live
from exchange_app.design import badge
from exchange_app.i18n import t
from exchange_app.security import current_account, roles
from exchange_domain import database, house_rules
from exchange_domain.messages import OverheardView
from exchange_domain.words import ListeningMode


class Overheard(live.OnlyChanges, rx.State):
    mode: rx.Field[str] = rx.field("")
    """listen, whisper, step_in; empty: nobody, or nobody who is shown."""

    @rx.event
    @roles("operator")
    async def enter(self):
        """On_load."""
        view = await live.snapshot("overheard", current_account(self).account_id, self)
        await self._take(view if isinstance(view, OverheardView) else None)

    async def _take(self, view: OverheardView | None) -> None:
        mode = view.mode if view is not None else None
        if mode is ListeningMode.LISTEN:
            async with database.session() as s:
                if not (await house_rules.rules(s)).show_listening:
                    mode = None
        self.mode = mode.value if mode is not None else ""


async def apply(state: BaseState, message: OverheardView) -> None:
    await (await state.get_state(Overheard))._take(message)


def overheard() -> rx.Component:
    """The sign in the top bar; nothing while nobody is there."""
    shown = rx.match(
        Overheard.mode,
        ("listen", badge(t("A moderator listens"), tone="blue", icon="ear")),
        ("whisper", badge(t("A moderator speaks to you"), tone="blue", icon="ear")),
        ("step_in", badge(t("A moderator is in the call"), tone="blue", icon="ear")),
        rx.fragment(),
    )
    return rx.el.span(shown, role="status", class_name="row overheard")


live.on("overheard", apply)
