"""`/admin/invitations`: the only way to an account."""

from typing import Any

import reflex as rx

from exchange_app.design import (
    badge,
    button,
    card,
    empty_state,
    field,
    head,
    loading,
    segment,
    segmented,
    select,
    table,
    text_input,
)
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, t, tc
from exchange_app.roles_words import role_word
from exchange_app.shell.top_bar import LANGUAGE_NAMES

from .invitations_state import InvitationLine, Invitations, Outcome


def _outcome(one: Outcome) -> rx.Component:
    why = rx.match(
        one.fault,
        ("bad_address", t("this is no e-mail address")),
        ("has_account", t("has an account already")),
        t("has an invitation that waits"),
    )
    link = rx.el.code(one.link, style={"overflowWrap": "anywhere", "userSelect": "all"}, **THEIRS)
    words = rx.cond(one.fault == "", link, rx.el.span(why))
    return rx.el.li(
        rx.cond(
            one.fault == "",
            rx.icon("check", size=18, aria_hidden="true"),
            rx.icon("x", size=18, aria_hidden="true"),
        ),
        rx.el.span(rx.cond(one.email != "", one.email, t("A link")), class_name="b", **THEIRS),
        rx.el.span(words, class_name="grow"),
        rx.cond(
            one.fault == "",
            button(t("Copy"), icon="copy", on_click=rx.set_clipboard(one.link)),
        ),
        class_name="row w",
    )


def _outcomes() -> rx.Component:
    return rx.cond(
        Invitations.outcomes.length() > 0,
        card(
            rx.el.h2(t("What became of it")),
            rx.el.ul(rx.foreach(Invitations.outcomes, _outcome), class_name="list"),
            rx.el.p(t("Links are shown here once: they are kept nowhere."), class_name="s m"),
            role="status",
        ),
    )


def _form() -> rx.Component:
    of_customer = (Invitations.role == "customer") | (Invitations.role == "manager")
    return card(
        rx.el.h2(t("New invitation")),
        rx.el.form(
            field(
                t("E-mail addresses"),
                rx.el.textarea(id="emails", name="emails", rows=4, class_name="in", max_length=20000),
                control_id="emails",
                hint=t("One on a line, 50 at most. None: a link to hand over yourself"),
                error=rx.cond(Invitations.fault == "too_many", t("More than 50 at once. Send some now."), ""),
            ),
            field(
                t("Role"),
                select(
                    ("operator", t("Operator")), ("customer", t("Customer")), ("manager", t("Manager")),
                    ("moderator", t("Moderator")), ("admin", t("Administrator")),
                    id="role", value=Invitations.role, on_change=Invitations.choose_role,
                ),
                control_id="role",
            ),
            rx.cond(
                of_customer,
                field(
                    t("Name of the business"),
                    text_input(id="customer", name="customer", max_length=200),
                    control_id="customer",
                    hint=t("It is made when the invitation is accepted"),
                    error=rx.cond(Invitations.fault == "needs_customer", t("Say whose customer or manager."), ""),
                ),
            ),
            rx.el.div(
                rx.el.span(t("Language of the letter"), class_name="lab"),
                segmented(
                    *(
                        segment(name, on=Invitations.language == code, lang=code, **THEIRS,
                                on_click=Invitations.choose_language(code))
                        for code, name in LANGUAGE_NAMES.items()
                    ),
                    label=t("Language of the letter"), full=True,
                ),
                class_name="f",
            ),
            field(
                t("First words from you"),
                text_input(id="words", name="words", max_length=500),
                control_id="words",
                hint=t("They stand first in the letter"),
            ),
            button(t("Invite"), kind="solid", icon="mail", type="submit", full=True),
            on_submit=Invitations.invite,
            # After a success a new form, which is empty; a refusal keeps what was typed.
            key=Invitations.sent,
            class_name="col g3",
        ),
    )  # fmt: skip


def _state(code: Any) -> Any:
    return rx.match(
        code,
        ("waiting", badge(tc("invitation", "Sent"), tone="blue", icon="mail")),
        ("accepted", badge(tc("invitation", "Accepted"), tone="accent", icon="check")),
        ("expired", badge(tc("invitation", "Expired"), tone="amber", icon="clock")),
        badge(tc("invitation", "Withdrawn"), icon="x"),
    )


def _line(line: InvitationLine) -> rx.Component:
    roles: Any = line.roles
    until = date(line.until_ms, dateStyle="medium")
    actions = rx.el.span(
        button(t("Send anew"), on_click=Invitations.send_anew(line.id)),
        rx.cond(line.state == "waiting", button(t("Withdraw"), on_click=Invitations.withdraw(line.id))),
        class_name="row w",
    )
    return rx.el.tr(
        rx.el.td(rx.cond(line.email != "", line.email, t("A link")), class_name="b mailcell", **THEIRS),
        rx.el.td(
            rx.el.span(rx.foreach(roles, lambda role: rx.el.span(role_word(role))), class_name="row w"),
            rx.cond(line.customer != "", rx.el.span(line.customer, class_name="s m", **THEIRS)),
        ),
        rx.el.td(_state(line.state), class_name="rt"),
        rx.el.td(rx.cond(line.state == "waiting", t("until {day}", day=until), until), class_name="nw no-m"),
        rx.el.td(line.by, class_name="no-m", **THEIRS),
        rx.el.td(rx.cond(line.state != "accepted", actions), class_name="ear"),
        key=line.id,
    )


def _list() -> rx.Component:
    def choice(state: str, label: Any) -> rx.Component:
        return segment(label, on=Invitations.state == state, on_click=Invitations.narrow(state))

    rows = table(
        [
            (tc("invitation", "To"), ""), (t("Role"), ""), (t("State"), ""), (t("When"), "no-m"),
            (tc("invitation", "From"), "no-m"), (t("Actions"), ""),
        ],
        rx.foreach(Invitations.lines, _line),
        caption=t("Invitations, the latest first"),
    )  # fmt: skip
    return rx.el.div(
        rx.el.div(
            segmented(
                choice("", t("All")), choice("waiting", t("Waiting")), choice("accepted", tc("invitation", "Accepted")),
                choice("expired", tc("invitation", "Expired")), label=t("Only these"),
            ),
            rx.el.form(
                text_input(id="search", name="search", type="search", placeholder=t("Find by e-mail"),
                           aria_label=t("Find by e-mail")),
                button(t("Find"), type="submit", icon="search"),
                on_submit=Invitations.find, class_name="row", role="search",
            ),
            class_name="row w sb",
        ),
        rx.cond(
            Invitations.lines.length() > 0,
            rows,
            card(empty_state(t("No invitations here"), t("Write an address on the left, or make a link."),
                             icon="mail")),
        ),
        rx.cond(Invitations.more, rx.el.div(button(t("Show more"), on_click=Invitations.show_more))),
        class_name="col g3",
    )  # fmt: skip


def invitations_page() -> rx.Component:
    return rx.el.div(
        head(t("Invitations")),
        rx.el.p(
            t("There is no open sign-up. A link works once, for one role, for seven days."), class_name="m",
            style={"marginTop": "-12px", "marginBottom": "16px"},
        ),
        rx.cond(
            Invitations.loaded,
            rx.el.div(
                rx.el.div(_form(), class_name="col"),
                rx.el.div(_outcomes(), _list(), class_name="col g4"),
                id="ig",
                class_name="grid",
                style={"gridTemplateColumns": "380px minmax(0,1fr)", "alignItems": "start"},
            ),
            loading(t("One moment…")),
        ),
        class_name="page",
    )  # fmt: skip
