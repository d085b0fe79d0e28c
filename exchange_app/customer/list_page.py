"""`/customer/campaign/[id]/list`: upload, columns, import, and what became of the rows."""

from typing import Any

import phonenumbers
import reflex as rx
from babel.core import get_global

from exchange_app.browser_module import browser_module
from exchange_app.design import (
    autosave,
    button,
    callout,
    card,
    field,
    loading,
    select,
    table,
)
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import t, tn

from . import import_report
from .here import Here, of_campaign
from .import_run_state import ImportRun
from .list_lines import ColumnLine
from .list_state import ContactList
from .steps import step_foot, step_head
from .words import told

# Said by list_upload.jsx or by a Told of list_state.py; named here for the catalogue.
_SAID = (
    t("You were signed out. Sign in again and repeat the upload."),
    t("This account may not upload lists here."),
    t("The upload came from another address. Open this page again and repeat."),
    t("There is no such campaign. Nothing was changed."),
    t("Another list is being uploaded or imported. Wait until it is done and repeat."),
    t("The upload broke off. Nothing was changed; repeat it."),
    t("The import broke off. What was added before stays; upload the file again, nothing is added twice."),
    t("The file could not be read to its end. Save it anew in a spreadsheet program and upload it again."),
    t("Drop the file here, or choose it."),
    t("Choose a file"),
    t("Uploading: {n} %"),
    t("Not uploaded."),
    t("XLSX, XLS, ODS or CSV, up to 256 MB. Headings may stand anywhere near the top."),
)
COUNTRIES = tuple(sorted(phonenumbers.SUPPORTED_REGIONS, key=lambda c: (c not in ("RU", "BY", "KZ"), c)))


class _ListUpload(rx.Component):
    library = browser_module(__name__, "list_upload.jsx")
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


def basis_names() -> list[tuple[str, Any]]:
    return [
        ("", t("Choose")),
        ("consent", t("They have agreed to be called")),
        ("contract", t("They are our customers, or have asked us for something")),
        ("public", t("Firms, by the numbers that they have published")),
        ("other", t("Another right; I say which")),
    ]


def elsewhere_names() -> list[tuple[str, Any]]:
    return [
        ("skip", t("Leave them out here")),
        ("keep", t("Add them here too")),
        ("move", t("Move here who was not called there yet")),
    ]


def _choose() -> rx.Component:
    return rx.el.div(
        rx.cond(
            ContactList.unusable,
            callout(t("This file cannot be used."), told(ContactList.problem), tone="red", alert=True),
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
        import_report.earlier(),
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
            error=rx.cond(ContactList.prefix_problem.id != "", told(ContactList.prefix_problem), ""),
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


def _rights() -> rx.Component:
    return card(
        rx.el.h2(t("Before they are called")),
        field(
            t("By what right do you call these people?"),
            select(
                *basis_names(),
                id="basis",
                value=ContactList.basis,
                on_change=ContactList.choose_basis,
                aria_invalid=ContactList.basis_missing,
            ),
            control_id="basis",
            hint=t("Kept with the list. Whoever complains is answered with it."),
            error=rx.cond(ContactList.basis_missing, t("Choose one: without it the list cannot be imported."), ""),
        ),
        rx.cond(
            (ContactList.basis == "consent") | (ContactList.basis == "other"),
            field(
                rx.cond(ContactList.basis == "consent", t("Where the consents are kept"), t("Which right")),
                autosave(
                    id="basis-note",
                    name=f"{Here.number}:basis",
                    value=ContactList.basis_note,
                    on_save=ContactList.type_basis_note,
                    show_saved=False,
                    max_length=500,
                ),
                control_id="basis-note",
            ),
        ),
        field(
            t("Numbers that other campaigns of yours have"),
            select(
                *elsewhere_names(),
                id="elsewhere",
                value=ContactList.elsewhere,
                on_change=ContactList.choose_elsewhere,
            ),
            control_id="elsewhere",
            hint=t("What is left out is listed in the file of remarks"),
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
            callout(t("The list cannot be imported like this."), told(ContactList.problem), tone="red", alert=True),
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
                rx.cond(
                    ContactList.recalled,
                    rx.el.p(t("Columns as you set them for your last list with these headings."), class_name="s m"),
                ),
                table(
                    [(t("Column"), ""), (t("Examples"), ""), (t("What it is"), "")],
                    rx.foreach(ContactList.columns, _column),
                    caption=t("Columns of the list"),
                ),
                class_name="col g3",
            ),
            rx.el.div(_settings(), _rights(), class_name="col g4"),
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
                on_click=ImportRun.run_import,
            ),
            class_name="row sb w",
        ),
        class_name="col g4",
    )


def list_page() -> rx.Component:
    return of_campaign(
        rx.el.div(
            step_head(t("List of contacts"), "list"),
            rx.match(
                ContactList.stage,
                ("choose", _choose()),
                ("mapping", _mapping()),
                ("importing", import_report.importing()),
                ("cancelled", import_report.cancelled()),
                ("report", import_report.report()),
                ("reading", loading(t("Reading the file…"))),
                loading(t("One moment…")),
            ),
            rx.cond(ContactList.stage == "choose", step_foot(None, (t("Script and form"), "script"))),
            class_name="page",
            on_unmount=ImportRun.leave,
        )
    )
