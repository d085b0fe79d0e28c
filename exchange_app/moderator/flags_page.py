"""`/moderator`: what somebody should look at, the latest first."""

from typing import Any

import reflex as rx

from exchange_app.design import (
    badge,
    button,
    callout,
    card,
    empty_state,
    head,
    loading,
    select,
    switch,
)
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, number, t, tn

from .flags_state import Figure, FlagLine, Flags, Kind
from .listening import player
from .questions import question
from .words import figure_name, figure_value, kind_name


def _about(line: FlagLine) -> rx.Component:
    parts = (line.customer, line.campaign, line.operator)
    return rx.el.div(*(rx.cond(one, rx.el.span(one, **THEIRS)) for one in parts), class_name="row w s m")


def _figure(figure: Figure) -> rx.Component:
    moment = date(figure.at_ms, dateStyle="medium", timeStyle="short")
    return rx.fragment(
        rx.el.dt(figure_name(figure.code)),
        rx.el.dd(rx.cond(figure.at_ms > 0, moment, figure_value(figure.value)), **THEIRS),
    )


def _actions(line: FlagLine) -> rx.Component:
    taken = rx.cond(
        line.mine,
        rx.fragment(
            badge(t("yours"), tone="accent", icon="user-check"),
            button(t("Give back"), on_click=Flags.give_back(line.id)),
        ),
        badge(t("with {name}", name=line.by), icon="user"),
    )
    return rx.el.div(
        rx.cond(line.taken, taken, button(t("Take"), on_click=Flags.take(line.id))),
        rx.cond(
            line.heard,
            button(
                rx.cond(Flags.listening == line.call_id, t("Close the recording"), t("Listen")),
                icon="headphones",
                on_click=Flags.listen(line.call_id),
            ),
        ),
        rx.cond(line.mine | ~line.taken, button(t("Resolve"), kind="solid", icon="check", on_click=Flags.ask(line.id))),
        class_name="row w",
    )


def _line(line: FlagLine) -> rx.Component:
    first = date(line.first_ms, dateStyle="medium", timeStyle="short")
    last = date(line.last_ms, dateStyle="medium", timeStyle="short")
    figures: Any = line.figures
    return rx.el.li(
        card(
            rx.el.div(
                rx.el.h2(kind_name(line.kind), style={"fontSize": "18px"}),
                rx.cond(line.count > 1, badge(tn("{n} time", "{n} times", n=line.count), tone="amber")),
                class_name="row sb w",
            ),
            _about(line),
            rx.cond(
                line.count > 1,
                rx.el.p(t("{first} to {last}", first=first, last=last), class_name="s m"),
                rx.el.p(last, class_name="s m"),
            ),
            rx.cond(line.words, rx.el.p("“", rx.el.span(line.words, **THEIRS), "”")),
            rx.cond(figures.length() > 0, rx.el.dl(rx.foreach(figures, _figure), class_name="dl")),
            _actions(line),
            rx.cond(Flags.listening == line.call_id, rx.cond(line.heard, player(line.call_id, t("Recording")))),
            class_name="col g2",
        ),
        key=line.id,
    )


def _kinds() -> rx.Component:
    def option(kind: Kind) -> rx.Component:
        return rx.el.option(kind_name(kind.code), " (", number(kind.count), ")", value=kind.code)

    return rx.el.div(
        rx.el.div(
            select(
                id="kind",
                value=Flags.kind,
                on_change=Flags.choose_kind,
                aria_label=t("Only of this kind"),
                children=[rx.el.option(t("All kinds"), value=""), rx.foreach(Flags.kinds, option)],
            ),
            style={"minWidth": "260px"},
        ),
        switch(t("only mine"), checked=Flags.own_only, on_change=Flags.switch_mine),
        class_name="row w",
    )


def _question() -> rx.Component:
    return question(
        t("What was found?"),
        label=t("In a sentence"),
        hint=t("It stays with the flag. If the same happens again, a new one opens"),
        error=rx.cond(Flags.fault == "no_words", t("Say in a sentence what was found."), ""),
        longest=1000,
        answer=t("Resolve"),
        on_submit=Flags.resolve,
        state=Flags,
    )


def flags_page() -> rx.Component:
    nothing = rx.cond(
        (Flags.kind != "") | Flags.own_only,
        empty_state(t("No such flags"), t("Choose another kind, or look at all."), icon="search-x"),
        empty_state(t("Nothing to look at"), t("What the exchange notices stands here."), icon="flag"),
    )
    return rx.el.div(
        head(t("Flags")),
        rx.cond(
            Flags.loaded,
            rx.el.div(
                _kinds(),
                rx.cond(
                    Flags.lines.length() > 0,
                    rx.el.ul(
                        rx.foreach(Flags.lines, _line), class_name="col g3", style={"listStyle": "none", "padding": 0}
                    ),
                    card(nothing),
                ),
                rx.cond(
                    Flags.lines.length() >= 100,
                    callout(t("100 flags are shown."), t("Resolve some, or choose a kind, to see the others.")),
                ),
                class_name="col g4",
            ),
            loading(t("One moment…")),
        ),
        _question(),
        class_name="page",
        style={"maxWidth": "900px"},
    )
