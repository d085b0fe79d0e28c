"""Everything about one call, over the table."""

from typing import Any

import reflex as rx

from exchange_app.design import CALL_STATES, MANAGER_RESULTS, OUTCOMES, button, clock, data_list, dialog
from exchange_app.design.theirs import THEIRS
from exchange_app.filled_in import answer
from exchange_app.i18n import date, money, t

from .here import Here
from .recording_line import recording_words
from .results_state import Results
from .sound import player


def state_badge(code: Any) -> Any:
    """Of a call on its way or one that has ended."""
    return rx.match(
        code,
        *(
            (name, CALL_STATES.badge(name))
            for name in ("claimed", "ringing", "talking", "transferring", "wrap_up", "closed")
        ),
        OUTCOMES.badge(code),
    )


def _pair(name: Any, value: Any, there: Any = True) -> rx.Component:
    pair = rx.fragment(rx.el.dt(name), rx.el.dd(value))
    return pair if there is True else rx.cond(there, pair)


def call_dialog() -> rx.Component:
    call = Results.details
    length = rx.cond(call.answered_ms > 0, clock(since=call.answered_ms, end=call.talk_to_ms), t("not answered"))
    price = rx.cond(call.settled, money(call.charge, Here.currency), t("not counted yet"))
    return dialog(
        rx.cond(
            (call.contact != "") | (call.number != ""),
            rx.el.span(rx.cond(call.contact, call.contact, call.number), **THEIRS),
            t("An erased contact"),
        ),
        rx.el.div(state_badge(call.state), rx.el.span(call.words, **THEIRS), class_name="row w"),
        data_list(
            _pair(
                t("Person"),
                rx.el.span(call.person, **THEIRS),
                (call.person != "") & (call.person != call.contact),
            ),
            _pair(t("Number"), rx.cond(call.number, rx.el.span(call.number, **THEIRS), t("erased"))),
            _pair(t("When"), date(call.claimed_ms, dateStyle="medium", timeStyle="medium")),
            _pair(t("Operator"), rx.el.span(call.operator, **THEIRS)),
            _pair(t("Attempt"), call.attempt),
            _pair(t("Talk"), length),
            _pair(t("Handed over to"), rx.el.span(call.manager, **THEIRS), call.manager != ""),
            _pair(
                t("What the manager says"),
                MANAGER_RESULTS.badge(call.manager_result),
                call.manager_result != "",
            ),
            _pair(t("Recording"), recording_words(Results.recording), call.answered_ms > 0),
            _pair(t("Price"), price),
        ),
        rx.cond(
            (Results.recording.code == "stored") | (Results.recording.code == "cut_short"),
            player(call.id, t("Recording")),
        ),
        rx.cond(
            Results.answers.length() > 0,
            rx.fragment(rx.el.h3(t("What the operator filled in")), data_list(rx.foreach(Results.answers, answer))),
        ),
        rx.cond(
            call.note != "",
            rx.fragment(rx.el.h3(t("Note")), rx.el.p(call.note, **THEIRS, style={"whiteSpace": "pre-wrap"})),
        ),
        rx.cond(
            call.manager_note != "",
            rx.fragment(
                rx.el.h3(t("The manager's note")),
                rx.el.p(call.manager_note, **THEIRS, style={"whiteSpace": "pre-wrap"}),
            ),
        ),
        rx.el.div(button(t("Close"), key="Esc", on_click=Results.show_details(False))),
        open=Results.open,
        on_open_change=Results.show_details,
    )
