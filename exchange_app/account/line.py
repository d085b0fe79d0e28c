"""How an operator is rung: at the computer, in a SIP telephone, at a telephone number. Holds from the next shift on."""

from datetime import UTC, datetime
from typing import Any

import reflex as rx

from exchange_app.arguments import fields
from exchange_app.design.controls import button, field, segment, segmented, text_input
from exchange_app.design.surfaces import card
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, t, tc
from exchange_app.security import current_account, roles
from exchange_domain import database, seats
from exchange_domain.importing.numbers import NumberRules, normalise
from exchange_domain.sip_users import sip_user
from exchange_domain.words import EndpointKind, Role

RULES = NumberRules()


def number_of(typed: Any) -> str | None:
    """The one callable number in what was typed, in E.164; None for anything else."""
    found = normalise(typed, RULES) if isinstance(typed, str) and len(typed) <= 60 else None
    return found if isinstance(found, str) else None


class YourLine(rx.State):
    kind: str = EndpointKind.BROWSER.value
    number: str = ""
    page_user: str = ""
    sip_user: str = ""
    """Names under which the program at the computer and a telephone of her own sign in."""
    error: str = ""
    """no_number, bad_number"""
    saved_at: str = ""

    @rx.event
    @roles("operator")
    async def enter(self):
        self.reset()
        operator_id = current_account(self).account_id
        async with database.session() as db:
            chosen = await seats.chosen(db, operator_id)
        self.kind, self.number = chosen.kind.value, chosen.number or ""
        self.page_user = sip_user(Role.OPERATOR, operator_id, EndpointKind.BROWSER)
        self.sip_user = sip_user(Role.OPERATOR, operator_id, EndpointKind.SIP)

    @rx.event
    @roles("operator")
    def choose(self, kind: str):
        """Shown at once; kept with the number."""
        if kind in tuple(EndpointKind):
            self.kind, self.error, self.saved_at = kind, "", ""

    @rx.event
    @roles("operator")
    async def save(self, form: dict[str, Any]):
        typed = fields(form).get("seat_number", "")
        kind, number = EndpointKind(self.kind), number_of(typed)
        self.saved_at = ""
        if number is None and (typed or kind is EndpointKind.NUMBER):
            self.error = "bad_number" if typed else "no_number"
            return rx.set_focus("seat_number")
        async with database.session() as db:
            await seats.choose(db, current_account(self).account_id, kind, number)
        self.error, self.number, self.saved_at = "", number or "", datetime.now(UTC).isoformat()


def _about() -> Any:
    return rx.match(
        YourLine.kind,
        ("sip", t("A telephone of your own rings. It signs in as {name}.", name=YourLine.sip_user)),
        (
            "number",
            t("We call it when the shift starts and keep the line open. Only some customers pay for that."),
        ),
        t("The page itself is the telephone: nothing to install. It signs in as {name}.", name=YourLine.page_user),
    )


def line_card() -> Any:
    kinds = (
        ("browser", tc("line", "Computer")),
        ("sip", t("SIP telephone")),
        ("number", tc("line", "Number")),
    )
    error = rx.match(
        YourLine.error,
        ("no_number", t("Type the number we should call.")),
        ("bad_number", t("This is not a number that can be called.")),
        "",
    )
    by_number = YourLine.kind == "number"
    return card(
        rx.el.h2(t("How we ring you")),
        segmented(
            *(segment(word, on=YourLine.kind == kind, on_click=YourLine.choose(kind)) for kind, word in kinds),
            label=t("How we ring you"),
            full=True,
        ),
        rx.el.p(_about(), class_name="s m"),
        rx.el.form(
            field(
                rx.cond(by_number, t("Your telephone number"), t("Another way, if that line is lost")),
                text_input(
                    id="seat_number",
                    name="seat_number",
                    type="tel",
                    default_value=YourLine.number,
                    key=YourLine.number,
                    max_length=60,
                    auto_complete="tel",
                    bad=YourLine.error != "",
                    aria_describedby="seat_number-hint seat_number-error",
                    **THEIRS,
                ),
                control_id="seat_number",
                hint=rx.cond(by_number, "", t("Rung only when you ask for it. May be left empty")),
                error=error,
            ),
            rx.el.div(
                button(t("Save how we ring you"), type="submit"),
                rx.el.span(
                    rx.cond(
                        YourLine.saved_at,
                        t("saved {time}, from the next shift on", time=date(YourLine.saved_at, timeStyle="medium")),
                        "",
                    ),
                    class_name="saved s m",
                    role="status",
                ),
                class_name="row w",
            ),
            on_submit=YourLine.save,
            class_name="col g3",
        ),
        class_name="col g3",
    )
