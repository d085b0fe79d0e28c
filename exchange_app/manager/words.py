"""What the codes of the desk mean: stages of a transfer, kinds of telephones, results."""

from typing import Any

import reflex as rx

from exchange_app.design import OUTCOMES, States, badge
from exchange_app.design.states import Shown
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, number, t

from .state import ManagerDesk

STAGES = States(
    {
        "waiting": Shown("headset", t("On the desk"), "accent"),
        "ringing": Shown("phone-incoming", t("Incoming"), "amber"),
        "consulting": Shown("arrow-right-to-line", t("Consultation"), "blue"),
        "with_contact": Shown("audio-lines", t("Talking"), "accent"),
        "ended": Shown("check", t("Talk ended"), "gray"),
        "missed": Shown("phone-missed", t("Missed"), "gray"),
        "returned": Shown("undo-2", t("Taken back"), "gray"),
    },
    Shown("circle-help", t("Unknown"), "gray"),
)

RESULTS = States(
    {
        "taken": Shown("check", t("Taken"), "accent"),
        "missed": Shown("phone-missed", t("Missed"), "gray"),
        "returned": Shown("undo-2", t("Taken back"), "gray"),
        "live": Shown("audio-lines", t("Now"), "blue"),
    },
    Shown("circle-help", t("Unknown"), "gray"),
)


def sub() -> Any:
    """The line under the state's word: what happens, and what happens next."""
    return rx.match(
        ManagerDesk.stage,
        ("ringing", t("We ring your phone. {operator} tells you first", operator=ManagerDesk.operator_first)),
        ("consulting", t("You talk with {operator}. The contact hears music", operator=ManagerDesk.operator_first)),
        ("with_contact", t("You and the contact. The operator has left the line")),
        ("ended", t("You and the contact have talked")),
        ("missed", t("Nobody answered here. The operator went on with the contact")),
        ("returned", t("{operator} went back to the contact", operator=ManagerDesk.operator_first)),
        "",
    )


def live() -> Any:
    """What a screen reader says when the stage begins."""
    return rx.match(
        ManagerDesk.stage,
        (
            "ringing",
            t(
                "Transfer from {operator}: {contact}. Your phone rings",
                operator=ManagerDesk.operator_first,
                contact=who(),
            ),
        ),
        ("consulting", t("You talk with {operator}. The contact hears music", operator=ManagerDesk.operator_first)),
        ("with_contact", t("You are connected with the contact")),
        ("ended", t("The talk is over")),
        ("missed", t("The transfer was not answered")),
        ("returned", t("The operator went back to the contact")),
        "",
    )


def who() -> Any:
    """The contact's name; a list without names leaves the person's, or the number."""
    fallback = rx.cond(ManagerDesk.person != "", ManagerDesk.person, ManagerDesk.number)
    return rx.cond(ManagerDesk.contact != "", ManagerDesk.contact, fallback)


def place(post: Any) -> Any:
    """Where a campaign's transfers ring."""
    return rx.match(
        post.kind,
        ("number", t("Your telephone {number}", number=post.endpoint)),
        ("browser", t("This page, when it is open")),
        t("The telephone that is signed in as {name}", name=post.endpoint),
    )


def length(seconds: Any) -> Any:
    """Seconds as m:ss."""
    return rx.Var(
        f"(s => Math.floor(s / 60) + ':' + String(s % 60).padStart(2, '0'))({seconds!s})",
        _var_data=seconds._get_all_var_data(),
    ).to(str)


def count(rows: Any) -> Any:
    """How many rows a Var of a list has."""
    return rows.length()


def number_of(digits: Any) -> Any:
    """A number in the reader's notation; what is none yet, because it is being typed, stays as it is."""
    is_number = rx.Var(f"/^-?\\d+([.]\\d+)?$/.test({digits!s})", _var_data=digits._get_all_var_data()).to(bool)
    return rx.cond(is_number, number(digits), digits)


def value_of(line: Any) -> Any:
    """An answer as it is read; what people typed is not translated."""
    return rx.match(
        line.kind,
        ("yes_no", rx.el.span(rx.cond(line.value == "yes", t("Yes"), t("No")))),
        ("number", rx.el.span(number_of(line.value), **THEIRS)),
        ("date", rx.el.span(date(line.value, weekday="short", day="numeric", month="long", timeZone="UTC"))),
        rx.el.span(line.value, **THEIRS),
    )


def outcome_badge(row: Any) -> rx.Component:
    """How the contact's call ended; while it is open, what became of the transfer."""
    shown = badge(
        rx.cond(row.label != "", rx.el.span(row.label, **THEIRS), OUTCOMES.word(row.outcome)),
        tone=OUTCOMES.tone(row.outcome),
        icon=OUTCOMES.icon(row.outcome),
    )
    return rx.cond((row.result == "taken") & (row.outcome != ""), shown, RESULTS.badge(row.result))
