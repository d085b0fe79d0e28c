"""`/moderator/appeals`: rejections that operators contest, the oldest first."""

from typing import Any

import reflex as rx

from exchange_app.design import OUTCOMES, button, card, empty_state, head, loading
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, number, t
from exchange_app.judged import CodeLine, code_line

from .appeals_state import AppealLine, Appeals
from .listening import player
from .questions import choice, decision, question


def _line(line: AppealLine) -> rx.Component:
    seconds = number(line.mark_ms // 1000 % 60, minimumIntegerDigits=2)
    codes: Any = line.codes.to(list[CodeLine])  # type: ignore[attr-defined]
    return rx.el.li(
        card(
            rx.el.div(rx.el.h2(line.operator, **THEIRS), OUTCOMES.badge(line.outcome), class_name="row sb w"),
            rx.el.div(
                rx.el.span(line.campaign, **THEIRS), rx.el.span(line.customer, **THEIRS), class_name="row w s m"
            ),
            rx.el.dl(
                rx.el.dt(t("Called")), rx.el.dd(date(line.called_ms, dateStyle="medium", timeStyle="short")),
                rx.el.dt(t("Rejected for")), rx.el.dd(rx.el.ul(rx.foreach(codes, code_line))),
                rx.el.dt(t("The operator says")),
                rx.el.dd(
                    t("at {minutes}:{seconds}:", minutes=line.mark_ms // 60_000, seconds=seconds), " ",
                    rx.el.span(line.words, **THEIRS, style={"whiteSpace": "pre-wrap"}),
                ),
                rx.cond(
                    line.note,
                    rx.fragment(rx.el.dt(t("The operator noted")), rx.el.dd(line.note, **THEIRS)),
                ),
                class_name="dl",
            ),
            player(line.call_id, t("Recording"), from_s=line.mark_ms // 1000),
            rx.el.div(button(t("Decide"), kind="solid", icon="scale", on_click=Appeals.ask(line.id))),
            class_name="col g3",
        ),
        key=line.id,
    )  # fmt: skip


def _question() -> rx.Component:
    return question(
        t("Who is right?"),
        decision(
            choice("granted", t("The operator: the pay is hers"), first=True),
            choice("refused", t("The first moderator: the rejection stands")),
        ),
        label=t("Why"),
        hint=t("The operator reads it"),
        error=rx.cond(Appeals.fault == "no_words", t("Say in a sentence why."), ""),
        longest=2000,
        answer=t("Decide"),
        on_submit=Appeals.decide,
        state=Appeals,
    )


def appeals_page() -> rx.Component:
    return rx.el.div(
        head(t("Appeals")),
        rx.cond(
            Appeals.loaded,
            rx.cond(
                Appeals.lines.length() > 0,
                rx.el.ul(
                    rx.foreach(Appeals.lines, _line), class_name="col g3", style={"listStyle": "none", "padding": 0}
                ),
                card(
                    empty_state(
                        t("Nobody appeals"),
                        t("When an operator says that a rejection is wrong, it stands here. Your own verdicts are "
                          "decided by others."),
                        icon="scale",
                    )
                ),
            ),
            loading(t("One moment…")),
        ),
        _question(),
        class_name="page",
        style={"maxWidth": "900px"},
    )  # fmt: skip
