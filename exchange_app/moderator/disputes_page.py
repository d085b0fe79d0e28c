"""`/moderator/disputes`: charges that customers contest, the oldest first."""

import reflex as rx

from exchange_app.design import OUTCOMES, button, card, empty_state, head, loading
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, money, number, t

from .disputes_state import DisputeLine, Disputes
from .listening import player
from .questions import choice, decision, question


def _line(line: DisputeLine) -> rx.Component:
    seconds = number(line.talk_s % 60, minimumIntegerDigits=2)
    length = t("{minutes}:{seconds}", minutes=line.talk_s // 60, seconds=seconds)
    return rx.el.li(
        card(
            rx.el.div(
                rx.el.h2(money(line.amount, line.currency), class_name="num"),
                OUTCOMES.badge(line.outcome),
                class_name="row sb w",
            ),
            rx.el.div(
                rx.el.span(line.customer, **THEIRS), rx.el.span(line.campaign, **THEIRS),
                rx.el.span(line.operator, **THEIRS), class_name="row w s m",
            ),
            rx.el.dl(
                rx.el.dt(t("Called")), rx.el.dd(date(line.called_ms, dateStyle="medium", timeStyle="short")),
                rx.el.dt(t("Talk")), rx.el.dd(length),
                rx.el.dt(t("Contested")), rx.el.dd(date(line.opened_ms, dateStyle="medium", timeStyle="short")),
                rx.el.dt(t("The customer says")), rx.el.dd(line.words, **THEIRS, style={"whiteSpace": "pre-wrap"}),
                rx.cond(
                    line.note,
                    rx.fragment(
                        rx.el.dt(t("The operator noted")),
                        rx.el.dd(line.note, **THEIRS, style={"whiteSpace": "pre-wrap"}),
                    ),
                ),
                class_name="dl",
            ),
            rx.cond(
                line.heard, player(line.call_id, t("Recording")),
                rx.el.p(t("There is no recording to hear."), class_name="s m"),
            ),
            rx.el.div(button(t("Decide"), kind="solid", icon="scale", on_click=Disputes.ask(line.id))),
            class_name="col g3",
        ),
        key=line.id,
    )  # fmt: skip


def _question() -> rx.Component:
    return question(
        t("Who is right?"),
        decision(
            choice("uphold", t("The charge was right: it stays"), first=True),
            choice("refund", t("The customer gets it back, the operator keeps her pay")),
            choice("refund_not_paid", t("The customer gets it back, the operator is not paid for this call")),
        ),
        label=t("Why"),
        hint=t("The customer reads it beside the charge"),
        error=rx.cond(Disputes.fault == "no_words", t("Say in a sentence why."), ""),
        longest=2000,
        answer=t("Decide"),
        on_submit=Disputes.decide,
        state=Disputes,
    )


def disputes_page() -> rx.Component:
    return rx.el.div(
        head(t("Contested charges")),
        rx.cond(
            Disputes.loaded,
            rx.cond(
                Disputes.lines.length() > 0,
                rx.el.ul(
                    rx.foreach(Disputes.lines, _line), class_name="col g3", style={"listStyle": "none", "padding": 0}
                ),
                card(
                    empty_state(
                        t("No charge is contested"),
                        t("When a customer says that a charge is not right, it stands here with the call."),
                        icon="scale",
                    )
                ),
            ),
            loading(t("One moment…")),
        ),
        _question(),
        class_name="page",
        style={"maxWidth": "900px"},
    )
