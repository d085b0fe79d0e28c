"""`/admin/people`: who is here, and what they may do."""

from typing import Any

import reflex as rx

from exchange_app.design import (
    badge,
    button,
    callout,
    card,
    checkbox,
    data_list,
    dialog,
    empty_state,
    head,
    link_button,
    loading,
    select,
    table,
    text_input,
)
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, t

from .people_state import People, PersonLine
from .words import role_badge


def _line(line: PersonLine) -> rx.Component:
    roles: Any = line.roles
    return rx.el.tr(
        rx.el.td(
            rx.el.button(line.name, type="button", class_name="btn ghost", on_click=People.open(line.id), **THEIRS)
        ),
        rx.el.td(line.email, class_name="no-m mailcell", **THEIRS),
        rx.el.td(
            rx.el.span(rx.foreach(roles, role_badge), class_name="row w"),
            rx.cond(line.suspended, badge(t("suspended"), tone="red", icon="ban")),
            class_name="rt",
        ),
        rx.el.td(line.of, class_name="no-m", **THEIRS),
        rx.el.td(
            rx.cond(line.second_factor, badge(t("two-factor"), tone="accent", icon="shield-check")), class_name="no-m"
        ),
        rx.el.td(date(line.joined_ms, dateStyle="medium"), class_name="nw no-m"),
        key=line.id,
    )


def _search() -> rx.Component:
    return rx.el.div(
        rx.el.form(
            text_input(
                id="search", name="search", type="search", placeholder=t("Name or e-mail"),
                aria_label=t("Find a person"),
            ),
            button(t("Find"), type="submit", icon="search"),
            on_submit=People.find,
            class_name="row",
            role="search",
        ),
        rx.el.div(
            select(
                ("", t("Everybody")),
                ("operator", t("Operators")),
                ("moderator", t("Moderators")),
                ("admin", t("Administrators")),
                ("customer", t("Customers")),
                ("manager", t("Managers")),
                ("suspended", t("Suspended people")),
                id="only", value=People.only, on_change=People.narrow, aria_label=t("Only these"),
            ),
            style={"minWidth": "220px"},
        ),
        class_name="row w sb",
    )  # fmt: skip


def _role(role: str, label: Any) -> rx.Component:
    return checkbox(label, checked=People.chosen.contains(role), on_change=People.tick(role))


def _dialog() -> rx.Component:
    one = People.opened
    fault = rx.match(
        People.fault,
        ("", rx.fragment()),
        ("own_admin", callout(t("You cannot take this role from yourself."), t("Another administrator can."),
                              tone="red", alert=True)),
        ("own_account", callout(t("You cannot suspend yourself."), tone="red", alert=True)),
        callout(t("This is the last administrator."), t("Give somebody else the role first."), tone="red", alert=True),
    )  # fmt: skip
    return dialog(
        rx.el.span(one.name, **THEIRS),
        data_list(
            (t("E-mail"), rx.el.span(one.email, **THEIRS)),
            (t("Joined"), date(one.joined_ms, dateStyle="long")),
            rx.cond(one.of != "", rx.fragment(rx.el.dt(t("Belongs to")), rx.el.dd(one.of, **THEIRS))),
            (t("Two-factor"), rx.cond(one.second_factor, t("set up"), t("not set up"))),
        ),
        rx.el.fieldset(
            rx.el.legend(t("Roles"), class_name="b"),
            _role("operator", t("Operator")),
            _role("moderator", t("Moderator")),
            _role("admin", t("Administrator")),
            style={"border": 0, "padding": 0},
        ),
        fault,
        rx.el.div(
            button(t("Save roles"), kind="solid", on_click=People.save_roles),
            button(t("Sign out everywhere"), icon="log-out", on_click=People.sign_out),
            rx.cond(
                one.second_factor,
                button(t("Reset two-factor"), icon="shield-off", on_click=People.reset_second_factor),
            ),
            rx.cond(
                one.suspended,
                button(t("Let sign in again"), icon="user-check", on_click=People.restore),
                button(t("Suspend"), kind="redline", icon="ban", on_click=People.suspend, disabled=one.me),
            ),
            class_name="row w",
        ),
        rx.el.div(button(t("Close"), on_click=People.show_dialog(False))),
        open=People.opened.id > 0,  # pyright: ignore[reportOperatorIssue]
        on_open_change=People.show_dialog,
    )


def people_page() -> rx.Component:
    rows = table(
        [
            (t("Name"), ""),
            (t("E-mail"), "no-m"),
            (t("Roles"), ""),
            (t("Belongs to"), "no-m"),
            (t("Two-factor"), "no-m"),
            (t("Joined"), "no-m"),
        ],
        rx.foreach(People.lines, _line),
        caption=t("People, who joined last first"),
    )
    return rx.el.div(
        head(t("People"), link_button(t("Invite"), "/admin/invitations", kind="solid", icon="mail-plus")),
        rx.cond(
            People.loaded,
            rx.el.div(
                _search(),
                rx.cond(
                    People.lines.length() > 0,
                    rows,
                    card(empty_state(t("Nobody found"), t("Try another word, or show everybody."), icon="search-x")),
                ),
                rx.cond(People.more, rx.el.div(button(t("Show more"), on_click=People.show_more))),
                class_name="col g4",
            ),
            loading(t("One moment…")),
        ),
        _dialog(),
        class_name="page",
    )
