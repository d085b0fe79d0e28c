"""The card of one's SIP telephone, for those who have a line."""

from typing import Any

import reflex as rx

from exchange_app.browser_module import browser_module
from exchange_app.design.surfaces import card
from exchange_app.i18n import t
from exchange_app.shell import Me
from exchange_app.shell.top_bar import role_names

# Said by telephone.jsx; named here for the catalogue.
_SAID = (
    t("It has a password since {day}."),
    t("Last used {day}."),
    t("Not used so far."),
    t("No telephone can sign in."),
    t("Type this into the telephone now: it is not shown again."),
    t("Server"),
    t("Domain"),
    t("User"),
    t("Password"),
    t("That did not work."),
    t("Nothing was changed. Try it again, or open the page again."),
    t("Make a password"),
    t("Make a new password"),
    t("Take the password back"),
)


class _TelephonePassword(rx.Component):
    library = browser_module(__name__, "telephone.jsx")
    tag = "TelephonePassword"
    role: rx.Var[str]


def _line(role: str) -> Any:
    return rx.cond(
        Me.roles.contains(role),
        rx.el.div(
            rx.el.b(role_names()[role]),
            _TelephonePassword.create(role=role),
            class_name="col",
            style={"gap": "4px"},
        ),
    )


def telephone_card() -> Any:
    """Nothing for accounts without a line."""
    return rx.cond(
        Me.roles.contains("operator") | Me.roles.contains("manager"),
        card(
            rx.el.h2(t("SIP telephone")),
            rx.el.p(
                t("A telephone or an app of your own signs in with this password. A new one ends the old one."),
                class_name="s m",
            ),
            _line("operator"),
            _line("manager"),
            class_name="col g3",
        ),
    )
