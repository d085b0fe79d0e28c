"""`/customer/campaign/[id]/list`: upload, columns, import, and what became of the rows."""

from typing import Any

import phonenumbers
import reflex as rx
from babel.core import get_global

from exchange_app.design import (
    autosave,
    button,
    callout,
    card,
    field,
    link_button,
    loading,
    progress,
    select,
    stat,
    table,
)
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, t, tn

from .here import Here, of_campaign
from .list_state import ColumnLine, ContactList, ImportLine, RejectedLine, Told
from .steps import step_foot, step_head
from .words import sentence

# Said by list_upload.jsx or by a Told of list_state.py; named here for the catalogue.
_SAID = (
    t("You were signed out. Sign in again and repeat the upload."),
    t("This account may not upload lists here."),
    t("The upload came from another address. Open this page again and repeat."),
    t("There is no such campaign. Nothing was changed."),
    t("Another list is being uploaded or imported. Wait until it is done and repeat."),
    t("The upload broke off. Nothing was changed; repeat it."),
    t("The import broke off. Nothing was added; repeat it."),
    t("Drop the file here, or choose it."),
    t("Choose a file"),
    t("Uploading: {n} %"),
    t("Not uploaded."),
    t("XLSX, XLS, ODS or CSV, up to 100 MB. Headings may stand anywhere near the top."),
)
COUNTRIES = tuple(sorted(phonenumbers.SUPPORTED_REGIONS, key=lambda c: (c not in ("RU", "BY", "KZ"), c)))


class _ListUpload(rx.Component):
    library = rx.asset("list_upload.jsx", shared=True).importable_path
    tag = "ListUpload"
    address: rx.Var[str]
    on_uploaded: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def role_names() -> list[tuple[str, Any]]:
    return [
        ("name", t("Name of the contact")),
        ("person", t("Person who answers")),
        ("phone", t("Telephone")),
        ("time_zone", t("City or time zone")),
        ("field", t("Field of the script")),
        ("ignore", t("Leave out")),
    ]


def _told(what: Any) -> Any:
    return sentence(what.id, what.params)


def _choose() -> rx.Component:
    return rx.el.div(
        rx.cond(
            ContactList.unusable,
            callout(t("This file cannot be used."), _told(ContactList.problem), tone="red", alert=True),
        ),
        card(
            rx.el.h2(rx.cond(Here.has_list, t("Add another list"), t("Upload the list"))),
            rx.el.p(
                t(
                    "A row is a contact: at least one telephone number, and whatever else the script should say. "
                    "Numbers that the campaign has already are not added twice."
                ),
                class_name="m",
            ),
            _ListUpload.create(address=f"/customer/campaign/{Here.number}/upload", on_uploaded=ContactList.take),
            class_name="col g3",
        ),
        _earlier(),
        class_name="col g4",
    )


def _column(column: ColumnLine) -> rx.Component:
    name = rx.cond(column.heading, column.heading, column.letters)
    key = rx.cond(
        (column.role == "field") | (column.role == "time_zone"),
        autosave(
            id=f"key-{column.column}",
            name=f"{Here.number}:key:{column.column}",
            value=column.key,
            on_save=ContactList.type_key,
            show_saved=False,
            aria_label=t("Name of “{column}” in the script", column=name),
            max_length=60,
        ),
    )
    return rx.el.tr(
        rx.el.td(rx.el.b(column.letters), " ", column.heading, **THEIRS),
        rx.el.td(
            rx.cond(column.examples, column.examples, "—"),
            class_name="m",
            **THEIRS,
            style={"overflowWrap": "anywhere"},
        ),
        rx.el.td(
            rx.el.div(
                select(
                    *role_names(),
                    id=f"role-{column.column}",
                    value=column.role,
                    aria_label=t("What is in “{column}”", column=name),
                    on_change=lambda role: ContactList.choose_role(column.column, role),
                ),
                key,
                class_name="col",
            ),
            style={"gridColumn": "1/-1"},
        ),
    )


def _settings() -> rx.Component:
    zones: list[Any] = [
        rx.el.option(z, value=z) for c in ("RU", "BY", "KZ") for z in sorted(get_global("territory_zones")[c])
    ]
    others = sorted({z for zones in get_global("territory_zones").values() for z in zones})
    known = {z for c in ("RU", "BY", "KZ") for z in get_global("territory_zones")[c]}
    zones += [rx.el.option(z, value=z) for z in others if z not in known]
    codes = {c: phonenumbers.country_code_for_region(c) for c in COUNTRIES}
    return card(
        rx.el.h2(t("How to read the numbers")),
        field(
            t("Country of numbers without a code"),
            select(
                *((c, f"{c} +{codes[c]}") for c in COUNTRIES),
                id="country",
                value=ContactList.country,
                on_change=ContactList.choose_country,
                **THEIRS,
            ),
            control_id="country",
        ),
        field(
            t("Area of local numbers"),
            autosave(
                id="prefix",
                name=f"{Here.number}:prefix",
                value=ContactList.prefix,
                on_save=ContactList.type_prefix,
                placeholder="+7-812",
                max_length=20,
            ),
            control_id="prefix",
            hint=t("Put before numbers that have none, such as +7-812. Empty: such rows are not taken"),
            error=rx.cond(ContactList.prefix_problem.id != "", _told(ContactList.prefix_problem), ""),
        ),
        field(
            t("Time zone where none is known"),
            select(
                id="zone",
                value=ContactList.time_zone,
                on_change=ContactList.choose_zone,
                children=zones,
                **THEIRS,
            ),
            control_id="zone",
            hint=t("Most numbers and cities tell their own"),
        ),
        class_name="col g4",
    )


def _mapping() -> rx.Component:
    sheets = rx.cond(
        ContactList.sheets.length() > 1,
        field(
            t("Sheet"),
            select(
                id="sheet",
                value=ContactList.sheet,
                on_change=ContactList.choose_sheet,
                **THEIRS,
                children=[rx.foreach(ContactList.sheets, lambda s: rx.el.option(s, value=s))],
            ),
            control_id="sheet",
        ),
    )
    return rx.el.div(
        rx.cond(
            ContactList.problem.id != "",
            callout(t("The list cannot be imported like this."), _told(ContactList.problem), tone="red", alert=True),
        ),
        rx.el.div(
            rx.el.div(
                rx.el.div(
                    rx.el.h2(t("What is where")),
                    rx.el.span(
                        ContactList.file_name,
                        ", ",
                        tn("{n} row", "{n} rows", n=ContactList.row_count),
                        class_name="s m",
                        **THEIRS,
                    ),
                    class_name="row sb w",
                ),
                sheets,
                table(
                    [(t("Column"), ""), (t("Examples"), ""), (t("What it is"), "")],
                    rx.foreach(ContactList.columns, _column),
                    caption=t("Columns of the list"),
                ),
                class_name="col g3",
            ),
            _settings(),
            class_name="grid",
            id="ig",
            style={"gridTemplateColumns": "minmax(0,1fr) 360px", "alignItems": "start"},
        ),
        rx.el.div(
            button(t("Another file"), icon="arrow-left", on_click=ContactList.other_file),
            button(
                tn("Import {n} row", "Import {n} rows", n=ContactList.row_count),
                kind="solid",
                icon="check",
                on_click=ContactList.run_import,
            ),
            class_name="row sb w",
        ),
        class_name="col g4",
    )


def _rejected(line: RejectedLine) -> rx.Component:
    def reason(one: Told) -> rx.Component:
        return rx.el.li(_told(one))

    return rx.el.tr(
        rx.el.td(line.row, class_name="num m"),
        rx.el.td(line.cells, **THEIRS, style={"overflowWrap": "anywhere"}),
        rx.el.td(rx.el.ul(rx.foreach(line.reasons, reason), style={"listStyle": "none", "padding": 0})),
    )


def _report() -> rx.Component:
    report: Any = ContactList.report
    total = report["total"].to(int)
    taken = report["added"].to(int) + report["extended"].to(int) + report["already_there"].to(int)
    share = rx.cond(total > 0, (100 * taken / total).to(int), 0)  # type: ignore[operator]
    address = f"/customer/campaign/{Here.number}/rejected/{ContactList.report_id}.xlsx"
    return rx.el.div(
        card(
            rx.el.div(
                rx.el.h2(t("Imported"), tab_index=-1, id="report"),
                rx.el.span(ContactList.file_name, class_name="m", **THEIRS),
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
                rx.cond(
                    report["do_not_call"].to(int) > 0,
                    stat(t("On a do-not-call list"), report["do_not_call"]),
                ),
                stat(t("Empty rows"), report["empty"]),
                class_name="grid",
                style={"gridTemplateColumns": "repeat(auto-fill, minmax(150px, 1fr))"},
            ),
            rx.cond(
                ContactList.has_file,
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
            ContactList.rejected.length() > 0,
            rx.el.section(
                rx.el.h2(t("Rows that were not taken")),
                table(
                    [(t("Row"), "num"), (t("Content"), ""), (t("Why"), "")],
                    rx.foreach(ContactList.rejected, _rejected),
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
            rx.cond(
                one.has_file,
                rx.link(
                    tn("{n} not taken", "{n} not taken", n=one.not_taken),
                    is_external=False,
                    custom_attrs={"download": True, "reloadDocument": True},
                    href=f"/customer/campaign/{Here.number}/rejected/{one.id}.xlsx",
                ),
                rx.el.span(t("all taken"), class_name="m"),
            ),
        ),
    )


def _earlier() -> rx.Component:
    return rx.cond(
        ContactList.imports.length() > 0,
        rx.el.section(
            rx.el.h2(t("Lists so far")),
            table(
                [(t("When"), ""), (t("File"), ""), (t("Added"), ""), (t("Not taken"), "")],
                rx.foreach(ContactList.imports, _import),
                caption=t("Lists so far"),
            ),
            class_name="col g3",
        ),
    )


def _importing() -> rx.Component:
    return card(
        rx.el.h2(t("Importing “{file}”", file=ContactList.file_name), **THEIRS),
        rx.el.p(
            t("A long list takes a minute. You may leave this page: the import goes on, and nothing is added twice."),
            role="status",
            class_name="m",
        ),
        button(t("Look again"), on_click=ContactList.enter),
        class_name="col g3",
    )


def list_page() -> rx.Component:
    return of_campaign(
        rx.el.div(
            step_head(t("List of contacts"), "list"),
            rx.match(
                ContactList.stage,
                ("choose", _choose()),
                ("mapping", _mapping()),
                ("importing", _importing()),
                ("report", _report()),
                ("reading", loading(t("Reading the file…"))),
                loading(t("One moment…")),
            ),
            rx.cond(ContactList.stage == "choose", step_foot(None, (t("Script and form"), "script"))),
            class_name="page",
        )
    )
