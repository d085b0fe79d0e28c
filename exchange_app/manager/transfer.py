"""The transfer on the desk: the strip, who hears whom, what the operator wrote, what was before."""

from typing import Any

import reflex as rx

from exchange_app.design import (
    OUTCOMES,
    badge,
    button,
    call_strip,
    callout,
    card,
    clock,
    cord,
    cord_board,
    data_list,
    dialog,
    jack,
    key,
    segment,
    segmented,
)
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, t, tc
from exchange_app.softphone import line_answer, while_line_rings

from .own_words_pane import own_words
from .own_words_state import OwnWords
from .state import ManagerDesk
from .words import STAGES, count, live, sub, value_of, who

S = ManagerDesk
IS_LIVE = (S.stage == "ringing") | (S.stage == "consulting") | (S.stage == "with_contact")


def _clock() -> Any:
    """How long this stage lasts; it stands still when the transfer is over."""

    def since(start: Any, under: Any) -> rx.Component:
        return rx.el.div(rx.el.div(rx.el.b(clock(since=start, end=S.ended_ms)), rx.el.span(under)), class_name="clock")

    return rx.match(
        S.stage,
        ("ringing", since(S.started_ms, t("rings"))),
        ("consulting", since(S.answered_ms, t("with the operator"))),
        ("with_contact", since(S.joined_ms, t("with the contact"))),
        ("ended", rx.cond(S.joined_ms > 0, since(S.joined_ms, t("with the contact")), rx.fragment())),
        rx.fragment(),
    )


def _who_sub() -> Any:
    named = (S.person != "") & (S.person != S.contact)
    return rx.el.span(
        rx.cond(named, rx.el.span(S.person, " · ", **THEIRS)),
        rx.el.span(S.number, class_name="nw", **THEIRS),
    )


def _back_to_desk(big: bool = True) -> rx.Component:
    return button(
        t("Back to the desk"),
        kind="solid",
        key="Enter" if big else None,
        big=True,
        full=not big,
        on_click=S.leave_ended,
        id="leave" if big else "leave-phone",
    )


def _busy(big: bool = True) -> rx.Component:
    return button(
        tc("manager", "Busy"),
        kind="red",
        key="Z" if big else None,
        icon="phone-off",
        big=True,
        full=not big,
        on_click=S.decline(S.transfer_id),
    )


def strip() -> rx.Component:
    return call_strip(
        STAGES,
        S.stage,
        sub=sub(),
        who=who(),
        who_sub=_who_sub(),
        clock=_clock(),
        live=live(),
        actions=[
            line_answer("manager"),
            rx.cond(S.stage == "ringing", _busy(), rx.cond(~IS_LIVE, _back_to_desk(), rx.fragment())),
        ],
    )


def cords() -> Any:
    """Contact, operator, manager: drawn, and said in words under each."""
    contact_says = rx.match(
        S.stage,
        ("ringing", t("hears music")),
        ("consulting", t("hears music")),
        ("with_contact", t("hears you")),
        ("ended", t("has hung up or you have")),
        t("with the operator"),
    )
    operator_says = rx.match(
        S.stage,
        ("ringing", t("will tell you")),
        ("consulting", t("tells you")),
        ("with_contact", t("has left")),
        ("ended", t("has left")),
        t("with the contact"),
    )
    you_say = rx.match(
        S.stage,
        ("ringing", t("not answered yet")),
        ("consulting", t("hear the operator")),
        ("with_contact", t("hear the contact")),
        t("not on the line"),
    )
    contact, operator = rx.cond(S.person != "", S.person, who()), S.operator_first
    three = cord_board(
        jack(contact, contact_says, tone="amber"),
        cord("hold", t("waits")),
        jack(operator, operator_says, icon="headset", tone="accent"),
        cord(
            rx.cond(S.stage == "ringing", "ring", "transfer"),
            rx.cond(S.stage == "ringing", t("rings you"), t("you hear each other")),
        ),
        jack(t("You"), you_say, tone="blue"),
        label=t("Who hears whom"),
    )
    two = cord_board(
        jack(contact, contact_says, tone="accent"),
        cord("both", t("you hear each other")),
        jack(t("You"), you_say, tone="accent"),
        label=t("Who hears whom"),
    )
    return rx.match(S.stage, ("ringing", three), ("consulting", three), ("with_contact", two), rx.fragment())


def _lines(lines: Any) -> rx.Component:
    def one(line: Any) -> rx.Component:
        return rx.fragment(rx.el.dt(line.label, **THEIRS), rx.el.dd(value_of(line), class_name="b"))

    return data_list(rx.foreach(lines, one))


def written() -> rx.Component:
    """The form's answers and the note, as far as the operator has come."""
    nothing = rx.el.p(t("Nothing yet. What the operator writes appears here by itself."), class_name="m")
    return rx.fragment(
        rx.cond(count(S.answers) > 0, _lines(S.answers)),
        rx.cond(S.note != "", rx.el.blockquote(S.note, **THEIRS, class_name="note")),
        rx.cond((count(S.answers) == 0) & (S.note == ""), nothing),
    )


def _written_at() -> rx.Component:
    return rx.cond(
        S.saved_ms > 0,
        rx.el.span(
            rx.icon("check", size=16, aria_hidden="true"),
            t("written {time}", time=date(S.saved_ms, timeStyle="medium")),
            class_name="xs m row nw",
        ),
    )


def incoming() -> rx.Component:
    """Pops up while the manager's line rings. It is answered here, or on the phone; one reads whom it is about."""
    return dialog(
        rx.el.span(who(), **THEIRS),
        rx.el.p(
            rx.el.span(S.campaign, **THEIRS),
            " · ",
            t("passed on by {operator}", operator=S.operator),
            class_name="m",
        ),
        rx.el.p(_who_sub(), class_name="b"),
        callout(
            while_line_rings("manager", t("It rings in this page."), t("Your phone rings: answer it there.")),
            t(
                "At first you hear {operator} only; the contact joins when {operator} connects you.",
                operator=S.operator_first,
            ),
            tone="blue",
            icon="phone-incoming",
        ),
        cords(),
        card(written(), flat=True, class_name="col quiet"),
        rx.el.div(
            line_answer("manager", focused=True),
            button(t("Show on the page"), kind="line", big=True, key="Esc", on_click=S.fold(False), id="fold"),
            _busy(),
            key("KeyZ", S.decline(S.transfer_id)),
            class_name="row w",
        ),
        open=(S.stage == "ringing") & ~S.folded,
        on_open_change=S.fold,
        alert=True,
        width="640px",
    )


def _earlier(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(date(one.at_ms, day="numeric", month="short", hour="2-digit", minute="2-digit"), class_name="m nw"),
        rx.el.div(
            rx.el.div(
                OUTCOMES.badge(one.outcome),
                " ",
                rx.el.span(one.operator, class_name="m", **THEIRS),
                class_name="row w",
            ),
            rx.cond(one.note != "", rx.el.p(one.note, **THEIRS)),
            class_name="grow",
        ),
        class_name="row t g3 earlier",
    )


def _history() -> rx.Component:
    return rx.fragment(
        rx.el.hr(class_name="hr"),
        rx.el.h3(t("Before this call")),
        rx.cond(
            count(S.history) > 0,
            rx.el.ol(rx.foreach(S.history, _earlier), class_name="list s"),
            rx.el.p(t("Nobody has called this contact before."), class_name="m s"),
        ),
    )


def _contact_pane() -> rx.Component:
    spoke = (S.stage == "consulting") | (S.stage == "with_contact") | (S.stage == "ended") | (S.stage == "returned")
    return rx.el.div(
        _written(),
        rx.cond(spoke & (OwnWords.transfer_id != ""), own_words()),
        class_name=rx.cond(S.pane == "contact", "pane m-on col g4", "pane col g4"),
    )


def _written() -> rx.Component:
    return card(
        rx.el.div(rx.el.h2(t("What the operator wrote")), _written_at(), class_name="row sb w"),
        rx.el.div(written(), class_name="col g3", aria_live="polite"),
        rx.cond(
            S.closed,
            badge(t("The operator has saved the call"), icon="check"),
            rx.el.div(
                button(t("Read again"), kind="ghost", key="N", icon="refresh-cw", on_click=S.read_again),
                class_name="row",
            ),
        ),
        _history(),
        class_name="col g3",
    )


def _list_pane() -> rx.Component:
    return rx.el.div(
        rx.cond(IS_LIVE, card(rx.el.h2(t("Who hears whom")), cords(), class_name="col g3")),
        card(
            rx.el.h2(t("From the list")),
            data_list(
                (t("Campaign"), rx.el.span(S.campaign, **THEIRS)),
                rx.cond(
                    S.time_zone != "",
                    rx.fragment(
                        rx.el.dt(t("Time there")),
                        rx.el.dd(date(S.started_ms, hour="2-digit", minute="2-digit", timeZone=S.time_zone)),
                    ),
                ),
            ),
            rx.cond(count(S.facts) > 0, _lines(S.facts), rx.el.p(t("The list says nothing more."), class_name="m")),
            class_name="col g3",
        ),
        class_name=rx.cond(S.pane == "list", "pane m-on col g4", "pane col g4"),
    )


def _phone_panes() -> rx.Component:
    return rx.el.div(
        segmented(
            segment(t("Contact"), on=S.pane == "contact", on_click=S.show_pane("contact")),
            segment(t("List and line"), on=S.pane == "list", on_click=S.show_pane("list")),
            label=t("Parts of the page"),
            full=True,
            class_name="grow",
        ),
        class_name="only-m phone-panes",
    )


def transfer_page() -> rx.Component:
    return rx.fragment(
        strip(),
        incoming(),
        key("KeyN", S.read_again),
        rx.cond(S.stage == "ringing", key("KeyZ", S.decline(S.transfer_id))),
        rx.cond(S.stage == "ringing", rx.el.div(_busy(big=False), class_name="only-m phone-panes")),
        rx.cond(~IS_LIVE, key("Enter", S.leave_ended)),
        rx.cond(~IS_LIVE, rx.el.div(_back_to_desk(big=False), class_name="only-m phone-panes")),
        _phone_panes(),
        rx.cond(
            S.unread,
            rx.el.div(
                callout(
                    t("The notes could not be read."), t("The talk goes on. Press N to read them again."), tone="amber"
                ),
                class_name="messages",
            ),
        ),
        rx.el.div(_contact_pane(), _list_pane(), class_name="ws two"),
    )
