"""The question over the statement: why is this charge not right?"""

import reflex as rx

from exchange_app.design import button, dialog, field
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import money, t

from .contest_state import Contest
from .money_state import Money


def contest_dialog() -> rx.Component:
    fault = rx.match(
        Contest.fault,
        ("no_words", t("Say in a sentence what was wrong.")),
        ("too_late", t("This charge is too old to be contested here. Write to the exchange.")),
        ("nothing_charged", t("Nothing was charged for this call.")),
        ("not_settled", t("This call is not counted yet. Try again in a minute.")),
        "",
    )
    return dialog(
        t("What is wrong with this charge?"),
        rx.el.p(rx.el.span(Contest.contact, class_name="b", **THEIRS), ", ", money(Contest.amount, Money.currency)),
        rx.el.form(
            field(
                t("In your words"),
                rx.el.textarea(id="words", name="words", rows=4, max_length=2000, class_name="in", required=True),
                control_id="words",
                hint=t("A moderator listens to the recording and decides. The money lies apart until then."),
                error=fault,
            ),
            rx.el.div(
                button(t("Not now"), type="button", on_click=Contest.show(False)),
                button(t("Contest"), kind="solid", type="submit"),
                class_name="row sb w",
            ),
            on_submit=Contest.send,
            class_name="col g3",
        ),
        open=Contest.open,
        on_open_change=Contest.show,
    )
