"""`/customer/campaign/[id]/contacts`: everybody of the list, and what came of each."""

from typing import Any

import reflex as rx

from exchange_app.design import (
    CALL_STATES,
    CONTACT_STATES,
    OUTCOMES,
    Column,
    button,
    card,
    data_list,
    dialog,
    empty_state,
    icon_button,
    key,
    link_button,
    live_table,
    select,
    text_input,
)
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, money, number, t
from exchange_domain.words import Outcome

from .call_dialog import state_badge
from .contacts_state import ContactTable, Field, PastCall
from .export_dialog import export_dialog
from .export_state import Exporting
from .here import Here, of_campaign
from .sound import player
from .words import minutes


def contact_badge(code: Any) -> Any:
    return rx.match(code, *((name, CONTACT_STATES.badge(name)) for name in CONTACT_STATES.rows), state_badge(code))


def _filters() -> rx.Component:
    outcomes = [(o.value, OUTCOMES.word(o.value)) for o in Outcome]
    statuses = [(name, CONTACT_STATES.word(name)) for name in CONTACT_STATES.rows]

    def chooser(*options: Any, name: str, value: Any, on_change: Any, label: Any) -> rx.Component:
        return rx.el.div(
            select(*options, id=name, value=value, on_change=on_change, aria_label=label), style={"minWidth": "180px"}
        )

    return rx.el.div(
        chooser(
            ("", t("All states")), *statuses, name="status", value=ContactTable.status,
            on_change=ContactTable.choose_status, label=t("Only contacts in this state"),
        ),
        chooser(
            ("", t("All results")), *outcomes, name="outcome", value=ContactTable.outcome,
            on_change=ContactTable.choose_outcome, label=t("Only contacts whose last call ended so"),
        ),
        chooser(
            ("list", t("As in the list")), ("newest", t("Added last first")), ("latest", t("Called last first")),
            ("name", t("By name")), name="order", value=ContactTable.order, on_change=ContactTable.choose_order,
            label=t("Sorted"),
        ),
        rx.el.form(
            text_input(
                id="search", name="search", type="search", placeholder=t("Name or number"),
                aria_label=t("Find a contact"), default_value=ContactTable.search, max_length=100,
                key=ContactTable.search,
            ),
            icon_button("search", t("Find"), outlined=True, type="submit"),
            on_submit=ContactTable.find,
            class_name="row",
            style={"minWidth": "230px"},
        ),
        class_name="row w",
    )  # fmt: skip


def _table() -> rx.Component:
    filtered = (ContactTable.search != "") | (ContactTable.status != "") | (ContactTable.outcome != "")
    nothing = rx.cond(
        filtered,
        empty_state(
            t("No such contacts"),
            t("Try another state or result, or a part of the name or number."),
            button(t("Show all"), on_click=ContactTable.forget_filters),
            icon="search-x",
        ),
        rx.cond(
            ContactTable.order == "latest",
            empty_state(t("Nobody was called yet"), t("Sort otherwise to see the list."), icon="phone-outgoing"),
            empty_state(
                t("There is nobody to call."),
                t("Upload a list: operators see the campaign at once."),
                link_button(t("Upload a list"), f"/customer/campaign/{Here.number}/list"),
                icon="users",
            ),
        ),
    )
    columns = [
        Column("name", t("Contact"), strong=True, phone=True),
        Column("state", t("State"), "badge", phone=True),
        Column("number", t("Number"), quiet=True),
        Column("attempts", t("Calls"), "number"),
        Column("last_ms", t("Last call"), "date", quiet=True),
        Column("zone", t("Time zone"), quiet=True),
    ]
    badges = {"state": {**CONTACT_STATES.badges(), **CALL_STATES.badges(), **OUTCOMES.badges()}}
    return rx.el.div(
        live_table(
            columns, snapshot=ContactTable.snapshot, patch=ContactTable.patch, on_gap=ContactTable.gap, order="place",
            caption=t("Contacts of the campaign"), badges=badges, empty=card(nothing),
            on_row=ContactTable.open_contact, known_only=True,
        ),
        rx.cond(
            ContactTable.more,
            rx.cond(
                ContactTable.limit < 500,
                rx.el.div(button(t("Show more contacts"), on_click=ContactTable.show_more)),
                rx.el.p(
                    t("500 contacts are shown. The others are found by name or number, or in the exported file."),
                    class_name="s m",
                ),
            ),
        ),
        class_name="col g3",
    )  # fmt: skip


def _field(one: Field) -> rx.Component:
    return rx.fragment(rx.el.dt(one.name, **THEIRS), rx.el.dd(one.value, **THEIRS))


def _past(call: PastCall) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.b(date(call.at_ms, dateStyle="medium", timeStyle="short")),
                rx.el.div(call.operator, ", ", call.number, class_name="s m", **THEIRS),
                class_name="grow",
                style={"minWidth": "min(100%, 200px)"},
            ),
            state_badge(call.state),
            rx.cond(call.talk_s > 0, rx.el.span(minutes(call.talk_s), class_name="num m")),
            rx.cond(call.settled, rx.el.span(money(call.charge, Here.currency), class_name="num")),
            class_name="row w",
        ),
        rx.cond(call.answer, rx.el.p(call.answer, class_name="s", **THEIRS)),
        rx.cond(
            call.heard,
            player(call.id, t("Recording of {when}", when=date(call.at_ms, dateStyle="medium", timeStyle="short"))),
        ),
        class_name="col g2",
        style={"padding": "12px 0", "borderTop": "1px solid var(--line)"},
    )


def _dialog() -> rx.Component:
    contact = ContactTable.contact
    return dialog(
        rx.el.span(rx.cond(contact.name, contact.name, rx.cond(contact.numbers, contact.numbers, "—")), **THEIRS),
        rx.el.div(contact_badge(contact.state)),
        data_list(
            (t("Numbers"), rx.cond(contact.numbers, rx.el.span(contact.numbers, **THEIRS), t("erased"))),
            (t("Time zone"), rx.el.span(contact.time_zone, **THEIRS)),
            (t("Calls"), number(contact.attempts)),
        ),
        rx.cond(
            contact.due_ms > 0,
            rx.el.p(
                t("Next attempt not before {when}.", when=date(contact.due_ms, dateStyle="medium", timeStyle="short"))
            ),
        ),
        rx.cond(
            ContactTable.fields.length() > 0,
            rx.el.dl(rx.foreach(ContactTable.fields, _field), class_name="dl"),
        ),
        rx.el.h3(t("Calls")),
        rx.cond(
            ContactTable.calls.length() > 0,
            rx.el.ol(rx.foreach(ContactTable.calls, _past), style={"listStyle": "none", "padding": 0}),
            rx.el.p(t("Not called yet."), class_name="m"),
        ),
        rx.el.div(button(t("Close"), key="Esc", on_click=ContactTable.show_details(False))),
        open=ContactTable.open,
        on_open_change=ContactTable.show_details,
        width="680px",
    )


def contacts_page() -> rx.Component:
    return of_campaign(
        rx.el.div(
            key("Slash", focus="search"),
            rx.el.div(
                rx.el.div(
                    rx.el.p(rx.link(Here.name, href=f"/customer/campaign/{Here.number}", **THEIRS), class_name="s m"),
                    rx.el.h1(t("Contacts")),
                ),
                rx.el.div(
                    link_button(t("Results"), f"/customer/campaign/{Here.number}", icon="chart-column"),
                    button(t("As a file"), icon="download", on_click=Exporting.ask("contacts")),
                    link_button(t("Add a list"), f"/customer/campaign/{Here.number}/list", icon="upload"),
                    class_name="row w",
                ),
                class_name="head",
            ),
            rx.el.div(_filters(), _table(), class_name="col g4"),
            _dialog(),
            export_dialog(),
            class_name="page",
            on_unmount=ContactTable.leave,
        )
    )
