"""When a call-back is to be made, and by whom."""

from typing import Any

import reflex as rx

from exchange_app.design import field, segment, segmented, text_input
from exchange_app.i18n import t

from .browser import place_time
from .call_back_state import CallBack
from .desk_state import Desk
from .sheet_state import Sheet
from .words import field_error


def _choice(by: str, words: Any) -> rx.Component:
    chosen = rx.cond(CallBack.call_id == Sheet.call_id, CallBack.by, "operator")
    return segment(words, on=chosen == by, on_click=CallBack.choose(Sheet.call_id, by))


def call_back() -> rx.Component:
    wrong = field_error(Sheet.errors["call_back"])
    when = field(
        t("Call back on"),
        text_input(
            id="field-call_back",
            type="datetime-local",
            default_value=Sheet.call_back,
            bad=wrong != "",
            key=Sheet.call_id,
            on_change=lambda typed: Sheet.write_call_back(Sheet.call_id, typed),
        ),
        control_id="field-call_back",
        required=True,
        error=wrong,
        hint=rx.fragment(t("By the contact's clock:"), " ", place_time(Desk.time_zone)),
    )
    who = rx.el.div(
        segmented(
            _choice("operator", t("I call back")),
            _choice("anyone", t("Anyone may")),
            label=t("Who calls back"),
            full=True,
        ),
        rx.el.span(
            t("Yours for half an hour from then on while you are on shift; after that anyone's, so that nobody waits."),
            class_name="hint",
        ),
        class_name="f",
    )
    return rx.el.div(when, who, class_name="col g3")
