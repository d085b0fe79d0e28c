"""`/moderator/certificates`: for what operators are certified, and who is."""

from typing import Any

import reflex as rx

from exchange_app.design import badge, button, card, dialog, empty_state, field, head, loading, table
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, t, tn

from .certificates_state import Certificates, KindLine, PersonLine
from .questions import question


def _kind(kind: KindLine) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.b(kind.name, class_name="grow", style={"textAlign": "left"}, **THEIRS),
            rx.el.span(tn("{n} operator", "{n} operators", n=kind.holders), class_name="s m"),
            rx.el.span(tn("{n} campaign", "{n} campaigns", n=kind.campaigns), class_name="s m"),
            type="button",
            aria_pressed=rx.cond(kind.id == Certificates.chosen, "true", "false"),
            class_name=rx.cond(kind.id == Certificates.chosen, "qi on", "qi"),
            on_click=Certificates.choose(kind.id),
        ),
        key=kind.id.to(str),  # type: ignore[attr-defined]
    )


def _person(person: PersonLine) -> rx.Component:
    held = person.given_ms > 0
    return rx.el.tr(
        rx.el.td(rx.el.b(person.name, **THEIRS)),
        rx.el.td(
            tn("{n} talk", "{n} talks", n=person.calls), ", ",
            t("{accepted} accepted, {rejected} rejected", accepted=person.accepted, rejected=person.rejected),
        ),
        rx.el.td(
            rx.cond(
                held,
                rx.fragment(
                    badge(t("Certified"), tone="accent", icon="award"),
                    rx.el.div(
                        date(person.given_ms, dateStyle="medium"), " ", rx.el.span(person.given_by, **THEIRS),
                        class_name="s m",
                    ),
                    rx.el.div(person.words, class_name="s", **THEIRS),
                ),
                rx.el.span(t("no certificate"), class_name="m"),
            ),
            class_name="ear",
        ),
        rx.el.td(
            button(rx.cond(held, t("Withdraw"), t("Certify")), icon="award", on_click=Certificates.ask(person.id)),
            class_name="ear",
        ),
        key=person.id.to(str),  # type: ignore[attr-defined]
    )  # fmt: skip


def _faults(*codes: tuple[str, Any]) -> Any:
    return rx.match(Certificates.fault, *codes, "")


def _making() -> rx.Component:
    return dialog(
        t("A kind of certificate"),
        rx.el.form(
            field(
                t("Name"),
                rx.el.input(id="name", name="name", max_length=60, class_name="in"),
                control_id="name",
                hint=t("Such as “Surveys”, “Sales”, “Appointments”"),
                error=_faults(
                    ("no_name", t("A name is needed.")),
                    ("name_taken", t("There is one of this name.")),
                    ("name_too_long", t("This is too long.")),
                ),
            ),
            field(
                t("What an operator has to show"),
                rx.el.textarea(id="goal", name="goal", rows=4, max_length=500, class_name="in"),
                control_id="goal",
                hint=t("Operators read it on the campaigns that ask for it"),
                error=_faults(
                    ("no_goal", t("Say in a sentence what is to be shown.")),
                    ("goal_too_long", t("This is too long.")),
                ),
            ),
            rx.el.div(
                button(t("Not now"), type="button", on_click=Certificates.show_making(False)),
                button(t("Save"), kind="solid", type="submit"),
                class_name="row sb w",
            ),
            on_submit=Certificates.make,
            class_name="col g3",
        ),
        open=Certificates.making,
        on_open_change=Certificates.show_making,
    )


def _question() -> rx.Component:
    what_follows = rx.cond(
        Certificates.withdrawing,
        t("From the next contact on they cannot call campaigns that ask for it. A call under way goes on."),
        t("They may call every campaign that asks for it, from now on."),
    )
    return question(
        rx.el.span(Certificates.open_name, **THEIRS),
        rx.el.p(what_follows),
        label=t("Why"),
        hint=t("It stays written with the certificate"),
        error=_faults(
            ("no_words", t("Say in a sentence why.")),
            ("no_operator", t("This person is no operator any more.")),
        ),
        longest=2000,
        answer=rx.cond(Certificates.withdrawing, t("Withdraw"), t("Certify")),
        on_submit=Certificates.decide,
        state=Certificates,
    )


def _all() -> rx.Component:
    return rx.el.div(
        card(rx.el.ul(rx.foreach(Certificates.kinds, _kind), class_name="judged")),
        rx.el.p(Certificates.goal, class_name="m", **THEIRS),
        rx.cond(
            Certificates.people.length() > 0,
            table(
                [(t("Operator"), ""), (t("Their calls"), ""), (t("Certificate"), ""), (t("Actions"), "")],
                rx.foreach(Certificates.people, _person),
                caption=t("Operators and their certificate"),
            ),
            card(empty_state(t("No operators yet"), t("They appear here as soon as they have joined."), icon="users")),
        ),
        class_name="col g4",
    )


def certificates_page() -> rx.Component:
    make = button(t("A new kind"), icon="plus", on_click=Certificates.show_making(True))
    return rx.el.div(
        head(t("Certificates"), rx.cond(Certificates.loaded & (Certificates.kinds.length() > 0), make)),
        rx.cond(
            Certificates.loaded,
            rx.cond(
                Certificates.kinds.length() > 0,
                _all(),
                card(
                    empty_state(
                        t("No certificates yet"),
                        t("Make a kind, certify operators by their calls; campaigns may then ask for it."),
                        make,
                        icon="award",
                    )
                ),
            ),
            loading(t("One moment…")),
        ),
        _making(),
        _question(),
        class_name="page",
    )
