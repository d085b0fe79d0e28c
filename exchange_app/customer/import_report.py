"""The page of lists from the order on: how far the import is, and what became of the rows."""

from typing import Any

import reflex as rx

from exchange_app.design import badge, button, callout, card, link_button, progress, stat, table
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, t, tn

from .here import Here
from .import_run_state import ImportRun
from .list_lines import ImportLine, RejectedLine, Told
from .list_state import ContactList
from .words import told


def _rejected(line: RejectedLine) -> rx.Component:
    def reason(one: Told) -> rx.Component:
        return rx.el.li(told(one))

    return rx.el.tr(
        rx.el.td(line.row, class_name="num m"),
        rx.el.td(line.cells, **THEIRS, style={"overflowWrap": "anywhere"}),
        rx.el.td(rx.el.ul(rx.foreach(line.reasons, reason), style={"listStyle": "none", "padding": 0})),
    )


def _some(label: Any, count: Any) -> rx.Component:
    """A figure that is shown when there is something to say."""
    return rx.cond(count.to(int) > 0, stat(label, count))


def report() -> rx.Component:
    report: Any = ImportRun.report
    total = report["total"].to(int)
    taken = report["added"].to(int) + report["extended"].to(int) + report["already_there"].to(int)
    share = rx.cond(total > 0, (100 * taken / total).to(int), 0)  # type: ignore[operator]
    address = f"/customer/campaign/{Here.number}/rejected/{ImportRun.report_id}.xlsx"
    return rx.el.div(
        card(
            rx.el.div(
                rx.el.h2(t("Imported"), tab_index=-1, id="report"),
                rx.el.span(ImportRun.file_name, class_name="m", **THEIRS),
                class_name="row sb w",
            ),
            progress(
                share, label=tn("{n} of the rows is in the campaign", "{n} of the rows are in the campaign", n=taken)
            ),
            rx.el.div(
                stat(t("New contacts"), report["added"]),
                stat(t("New numbers"), report["numbers_added"]),
                stat(t("Already there"), report["already_there"].to(int) + report["extended"].to(int)),
                stat(t("Repeated rows"), report["duplicates"]),
                stat(t("Not taken"), report["rejected"]),
                _some(t("In other campaigns"), report["elsewhere"]),
                _some(t("Moved from other campaigns"), report["moved"]),
                _some(t("On a do-not-call list"), report["do_not_call"]),
                _some(t("In doubt about the time zone"), report["wrong_zone"]),
                stat(t("Empty rows"), report["empty"]),
                class_name="grid",
                style={"gridTemplateColumns": "repeat(auto-fill, minmax(150px, 1fr))"},
            ),
            rx.cond(
                ImportRun.has_file,
                rx.el.div(
                    rx.el.div(
                        link_button(
                            t("Download the rows with remarks"), address, icon="download", external=True, download=True
                        )
                    ),
                    rx.el.p(
                        t("Correct them there and upload the same file: what is in the campaign stays."),
                        class_name="s m",
                    ),
                    class_name="col",
                ),
            ),
            class_name="col g4",
        ),
        rx.cond(
            ImportRun.rejected.length() > 0,
            rx.el.section(
                rx.el.h2(t("Rows that were not taken")),
                table(
                    [(t("Row"), "num"), (t("Content"), ""), (t("Why"), "")],
                    rx.foreach(ImportRun.rejected, _rejected),
                    caption=t("Rows that were not taken"),
                ),
                class_name="col g3",
            ),
        ),
        rx.el.div(
            button(t("Add another list"), icon="plus", on_click=ContactList.other_file),
            link_button(
                t("On to the script"), f"/customer/campaign/{Here.number}/script", kind="solid", icon="arrow-right"
            ),
            class_name="row sb w",
        ),
        class_name="col g4",
    )


def _import(one: ImportLine) -> rx.Component:
    return rx.el.tr(
        rx.el.td(date(one.at_ms, dateStyle="medium", timeStyle="short"), class_name="m"),
        rx.el.td(one.file_name, class_name="b", **THEIRS, style={"overflowWrap": "anywhere"}),
        rx.el.td(tn("{n} contact added", "{n} contacts added", n=one.added)),
        rx.el.td(
            rx.match(
                one.state,
                ("failed", badge(t("broke off"), tone="red")),
                ("cancelled", badge(t("called off"), tone="gray")),
                rx.fragment(),
            ),
            rx.cond(
                one.has_file,
                rx.link(
                    tn("{n} not taken", "{n} not taken", n=one.not_taken),
                    is_external=False,
                    custom_attrs={"download": True, "reloadDocument": True},
                    href=f"/customer/campaign/{Here.number}/rejected/{one.id}.xlsx",
                ),
                rx.cond(one.state == "done", rx.el.span(t("all taken"), class_name="m")),
            ),
        ),
    )


def earlier() -> rx.Component:
    return rx.cond(
        ImportRun.imports.length() > 0,
        rx.el.section(
            rx.el.h2(t("Lists so far")),
            table(
                [(t("When"), ""), (t("File"), ""), (t("Added"), ""), (t("Not taken"), "")],
                rx.foreach(ImportRun.imports, _import),
                caption=t("Lists so far"),
            ),
            class_name="col g3",
        ),
    )


def importing() -> rx.Component:
    done: Any = ImportRun.done_rows
    total: Any = ImportRun.total_rows
    left_s: Any = ImportRun.left_s
    share = rx.cond(total > 0, (100 * done / total).to(int), 0)
    phase = rx.match(
        ImportRun.phase,
        ("waiting", t("Waiting for its turn…")),
        ("reading", t("Reading the file…")),
        ("reporting", t("Writing down the remarks…")),
        t("Checking and adding the rows…"),
    )
    left = rx.cond(
        left_s >= 90,
        tn("about {n} minute left", "about {n} minutes left", n=(left_s / 60).to(int)),
        tn("about {n} second left", "about {n} seconds left", n=left_s),
    )
    return card(
        rx.el.h2(t("Importing “{file}”", file=ImportRun.file_name), **THEIRS),
        progress(share, label=phase),
        rx.el.p(
            rx.el.span(phase, role="status"),
            rx.cond(
                total > 0,
                rx.el.span(" ", t("{done} of {total} rows", done=done, total=total), class_name="num"),
            ),
            rx.cond((left_s >= 0) & (ImportRun.phase == "adding"), rx.el.span(" · ", left, class_name="m")),
        ),
        rx.el.p(
            t("You may leave this page: the import goes on, also after a restart. Nothing is added twice."),
            class_name="m",
        ),
        rx.cond(
            ImportRun.cancelling,
            rx.el.p(t("Calling off: contacts that nobody has called are taken out again…"), role="status"),
            rx.el.div(
                button(t("Call off the import"), icon="x", on_click=ImportRun.cancel_import),
                button(t("Look again"), on_click=ImportRun.look),
                class_name="row w",
            ),
        ),
        class_name="col g3",
    )


def cancelled() -> rx.Component:
    report: Any = ImportRun.report
    taken = report["taken_back"].to(int)
    return rx.el.div(
        callout(
            t("The import was called off."),
            rx.cond(
                taken > 0,
                tn(
                    "{n} contact that nobody had called was taken out again.",
                    "{n} contacts that nobody had called were taken out again.",
                    n=taken,
                ),
                t("Nothing had been added yet."),
            ),
            tone="amber",
        ),
        rx.el.div(button(t("Add another list"), icon="plus", on_click=ContactList.other_file)),
        class_name="col g4",
    )
