"""Rules of the house: shown with what they may be, changed one by one."""

import reflex as rx

from exchange_app.arguments import BadArgument, whole
from exchange_app.i18n import later
from exchange_app.security import current_account, roles
from exchange_domain import database, house_rules
from exchange_domain.house_rules import BadRule, HouseRules

LIMITS = {name: house_rules.bounds(name) for name in HouseRules.model_fields}


class Rules(rx.State):
    loaded: bool = False
    values: rx.Field[dict[str, int]] = rx.field(default_factory=dict)
    wrong: str = ""
    """The rule whose value was not taken."""

    @rx.event
    @roles("admin")
    async def enter(self):
        """On_load."""
        self.reset()
        async with database.session() as s:
            self.values = (await house_rules.rules(s)).model_dump()
        self.loaded = True

    @rx.event
    @roles("admin")
    async def change(self, name: str, value: str):
        """One rule, as it was typed."""
        if name not in LIMITS:
            return None
        try:
            async with database.session() as s:
                changed = await house_rules.change(s, current_account(self).account_id, {name: whole(value)})
        except (BadRule, BadArgument):
            self.wrong = name
            return None
        self.wrong, self.values = "", changed.model_dump()
        return rx.toast.success(later("Saved."))
