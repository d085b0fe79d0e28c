"""Which format? Over the results or the contacts."""

from typing import Any

import reflex as rx

from exchange_app.design import button, callout, dialog
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import rich, t, tn

from .export_state import Exporting


def _choice(file_format: str, name: Any, what: Any) -> rx.Component:
    return rx.el.li(
        button(name, icon="download", on_click=Exporting.fetch(file_format)),
        rx.el.span(what, class_name="s m"),
        class_name="row w",
        style={"gap": "12px"},
    )


def export_dialog() -> rx.Component:
    long = Exporting.rows > Exporting.at_once
    return dialog(
        rx.cond(Exporting.kind == "contacts", t("All contacts as a file"), t("All results as a file")),
        rx.el.p(tn("About {n} row.", "About {n} rows.", n=Exporting.rows)),
        rx.cond(
            long,
            rx.el.p(
                rich(
                    "That takes a while: a link comes to {mail} when the file is ready.",
                    mail=rx.el.b(Exporting.mail, **THEIRS),
                )
            ),
        ),
        rx.cond(
            Exporting.ordered,
            callout(t("The file is being made."), t("You can go on working; the link comes by mail."), tone="accent"),
        ),
        rx.el.ul(
            _choice("xlsx", t("XLSX"), t("for Excel and other spreadsheets")),
            _choice("csv", t("CSV"), t("plain text, for any program")),
            _choice("parquet", t("Parquet"), t("for analysts: numbers and moments keep their types")),
            class_name="col g3",
            style={"listStyle": "none", "padding": 0},
        ),
        rx.el.p(
            t("Telephone numbers are text. In CSV a cell that a spreadsheet could work out begins with an apostrophe."),
            class_name="s m",
        ),
        rx.el.div(button(t("Close"), key="Esc", on_click=Exporting.show(False))),
        open=Exporting.open,
        on_open_change=Exporting.show,
    )
