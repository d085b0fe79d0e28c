"""`/admin/log`: who did what, and how it was before."""

from typing import Any

import reflex as rx

from exchange_app.design import button, card, empty_state, head, loading, select, table
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, t

from .audit_state import AuditLog, EntryLine
from .words import act_word


def _line(line: EntryLine) -> rx.Component:
    what: Any = rx.cond(
        (line.before != "") & (line.after != ""),
        rx.fragment(
            rx.el.span(line.before, **THEIRS), " → ", rx.el.span(line.after, **THEIRS),
        ),
        rx.el.span(line.before, line.after, **THEIRS),
    )  # fmt: skip
    return rx.el.tr(
        rx.el.td(date(line.at_ms, dateStyle="short", timeStyle="medium"), class_name="nw"),
        rx.el.td(rx.cond(line.who != "", rx.el.span(line.who, **THEIRS), t("by the command line"))),
        rx.el.td(act_word(line.act), class_name="b"),
        rx.el.td(line.subject, class_name="no-m s", **THEIRS),
        rx.el.td(what, class_name="s ear", style={"overflowWrap": "anywhere"}),
        key=line.id,
    )


def audit_page() -> rx.Component:
    return rx.el.div(
        head(t("Log")),
        rx.cond(
            AuditLog.loaded,
            rx.el.div(
                rx.el.div(
                    select(
                        id="act", value=AuditLog.act, on_change=AuditLog.narrow, aria_label=t("Only these acts"),
                        children=[
                            rx.el.option(t("All acts"), value=""),
                            rx.foreach(AuditLog.acts, lambda act: rx.el.option(act_word(act), value=act)),
                        ],
                    ),
                    style={"maxWidth": "320px"},
                ),
                rx.cond(
                    AuditLog.lines.length() > 0,
                    table(
                        [(t("When"), ""), (t("Who"), ""), (t("What"), ""), (t("About"), "no-m"), (t("Change"), "")],
                        rx.foreach(AuditLog.lines, _line),
                        caption=t("Privileged acts, the latest first"),
                    ),
                    card(
                        empty_state(
                            t("Nothing was done yet"),
                            t("What administrators and moderators change stands here, and stays."),
                            icon="scroll-text",
                        )
                    ),
                ),
                rx.cond(AuditLog.more, rx.el.div(button(t("Show more"), on_click=AuditLog.show_more))),
                class_name="col g3",
            ),
            loading(t("One moment…")),
        ),
        class_name="page",
    )  # fmt: skip
