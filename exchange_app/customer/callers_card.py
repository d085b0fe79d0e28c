"""Who may call: the certificate that a campaign asks of operators."""

import reflex as rx

from exchange_app.design import callout, card, field, select
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import t, tn

from .callers_state import Callers, KindChoice
from .here import Here


def _option(kind: KindChoice) -> rx.Component:
    return rx.el.option(kind.name, value=kind.id, **THEIRS)


def callers() -> rx.Component:
    """Nothing while there are no kinds to choose from."""
    return rx.cond(
        Callers.kinds.length() > 0,
        card(
            rx.el.h2(t("Who calls")),
            field(
                t("Certificate"),
                select(
                    ("", t("Not needed: every operator may call")),
                    id="certificate",
                    value=Callers.asked,
                    on_change=lambda chosen: Callers.ask_for(f"{Here.number}:certificate", chosen),
                    children=[rx.foreach(Callers.kinds, _option)],
                ),
                control_id="certificate",
                hint=t("Moderators certify operators by their calls. Counts from the next contact on"),
            ),
            rx.cond(
                Callers.asked != "",
                rx.cond(
                    Callers.holders > 0,
                    rx.el.p(
                        rx.el.b(
                            tn("{n} operator may call.", "{n} operators may call.", n=Callers.holders)
                        ),
                        " ",
                        rx.el.span(Callers.goal, class_name="m", **THEIRS),
                    ),
                    callout(
                        t("No operator has this certificate yet."),
                        t("Nobody calls until one is certified."),
                        tone="amber",
                    ),
                ),
            ),
            class_name="col g3",
        ),
    )  # fmt: skip
