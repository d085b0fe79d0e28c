"""The dialog in which a carrier is entered or changed."""

from typing import Any

import reflex as rx

from exchange_app.design import button, dialog, field, select, text_area, text_input
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import t

from .carrier_state import CarrierForm
from .tariffs_state import CURRENCIES


def _number(name: str, label: Any, hint: Any, most: int, least: float = 1) -> rx.Component:
    wrong = CarrierForm.wrong == name
    mode = "numeric" if least == 1 else "decimal"
    return field(
        label,
        text_input(
            id=name, name=name, input_mode=mode, default_value=CarrierForm.values[name].to(str), bad=wrong
        ),
        control_id=name,
        hint=hint,
        error=rx.cond(wrong, t("From {least} to {most}. Not saved.", least=least, most=most), ""),
    )  # fmt: skip


def _rates_fault() -> Any:
    at = CarrierForm.wrong_line
    return rx.match(
        CarrierForm.wrong_why,
        ("shape", t("Line {n}: a beginning and a price are expected, such as +7812 0.90.", n=at)),
        ("prefix", t("Line {n}: a number begins with a country's code.", n=at)),
        ("price", t("Line {n}: the price is not one of whole minor units.", n=at)),
        ("twice", t("Line {n}: this beginning has a price already.", n=at)),
        ("none", t("At least one price is expected.")),
        ("too_many", t("These are more lines than are taken at once.")),
        "",
    )


def _name() -> rx.Component:
    wrong = (CarrierForm.wrong == "name") | (CarrierForm.wrong == "known")
    return field(
        t("Gateway's name in the switch"),
        text_input(id="carrier-name", name="carrier-name", auto_complete="off", bad=wrong, **THEIRS),
        control_id="carrier-name",
        hint=t("Latin letters, digits, dots, lines"),
        error=rx.match(
            CarrierForm.wrong,
            ("name", t("Latin letters, digits, dots and lines are expected, up to 64.")),
            ("known", t("There is a carrier of this name.")),
            "",
        ),
    )


def carrier_form() -> rx.Component:
    return dialog(
        rx.cond(CarrierForm.name != "", rx.el.span(CarrierForm.name, **THEIRS), rx.el.span(t("A new carrier"))),
        rx.el.form(
            rx.el.div(
                rx.cond(CarrierForm.name == "", _name()),
                field(
                    t("Currency"),
                    select(
                        *((code, code) for code in CURRENCIES), id="carrier-currency", value=CarrierForm.currency,
                        on_change=CarrierForm.choose_currency, **THEIRS,
                    ),
                    control_id="carrier-currency",
                ),
                _number("position", t("Turn"), t("Of equal prices the smaller one goes first"), 1_000),
                _number(
                    "calls_per_second", t("New calls a second"), t("Empty: as many as the switch begins"), 1_000, 0.1
                ),
                _number("max_concurrent", t("Calls at once"), t("Empty: any number"), 100_000),
                class_name="grid c2",
            ),
            field(
                t("A minute's price"),
                text_area(
                    id="rates", name="rates", default_value=CarrierForm.values["rates"].to(str), rows="8",
                    bad=CarrierForm.wrong == "rates", **THEIRS,
                ),
                control_id="rates",
                hint=t("On each line a beginning of numbers and the price: +7812 0.90. The longest beginning counts."),
                error=rx.cond(CarrierForm.wrong == "rates", _rates_fault(), ""),
            ),
            rx.el.div(
                button(t("Not now"), type="button", on_click=CarrierForm.show(False)),
                button(t("Save"), kind="solid", type="submit", id="save-carrier"),
                class_name="row sb w",
            ),
            on_submit=CarrierForm.save,
            class_name="col g3",
        ),
        open=CarrierForm.open,
        on_open_change=CarrierForm.show,
        width="720px",
    )  # fmt: skip
