"""`/operator/reviews`: what moderators found in one's calls, heard with their notes; and the appeal."""

from typing import Any

import reflex as rx

from exchange_app.design import OUTCOMES, badge, button, callout, card, dialog, empty_state, field, head, loading, stat
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, money, number, t, tn
from exchange_app.judged import NoteLine, ScoreLine, code_line, criterion_words, note_line
from exchange_app.recordings.wave_player import wave_player

from .reviews_state import OwnReviews, ReviewLine


def _standing(code: Any) -> Any:
    return rx.match(
        code,
        ("accepted", badge(t("Accepted"), tone="accent", icon="check")),
        ("apart", badge(t("Rejected"), tone="red", icon="x")),
        ("appealed", badge(t("Appeal is being heard"), tone="amber", icon="scale")),
        ("granted", badge(t("Appeal granted"), tone="accent", icon="check")),
        ("refused", badge(t("Appeal refused"), tone="gray", icon="x")),
        badge(t("Rejected, time to appeal is over"), tone="gray", icon="x"),
    )


def _money_words(line: ReviewLine) -> Any:
    return rx.match(
        line.standing,
        ("accepted", t("available to you")),
        ("granted", t("available to you")),
        ("apart", t("lies apart")),
        ("appealed", t("lies apart")),
        t("not paid"),
    )


def _line(line: ReviewLine) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(
                date(line.called_ms, dateStyle="medium", timeStyle="short"), rx.el.span(line.campaign, **THEIRS),
                class_name="row w grow", style={"textAlign": "left"},
            ),
            rx.cond(line.outcome != "", OUTCOMES.badge(line.outcome)),
            _standing(line.standing),
            rx.el.span(
                rx.el.b(money(line.pay, line.currency)), " ", rx.el.span(_money_words(line), class_name="m"),
                class_name="s",
            ),
            type="button",
            class_name=rx.cond(line.call_id == OwnReviews.opened.call_id, "qi on", "qi"),
            on_click=OwnReviews.open(line.call_id),
        ),
        key=line.call_id,
    )  # fmt: skip


def _score(one: ScoreLine) -> rx.Component:
    points = rx.cond(one.points >= 0, t("{n} of 2", n=number(one.points)), "–")
    return rx.fragment(rx.el.dt(criterion_words(one.key, one.label), **THEIRS), rx.el.dd(points))


def _note(note: NoteLine, place: Any) -> rx.Component:
    return note_line(note, place)


def _opened() -> rx.Component:
    call = OwnReviews.opened
    until = date(call.until_ms, dateStyle="medium", timeStyle="short")
    return card(
        rx.el.div(
            rx.el.h2(call.campaign, **THEIRS),
            _standing(call.standing),
            class_name="row sb w",
        ),
        rx.el.p(date(call.called_ms, dateStyle="medium", timeStyle="short"), class_name="s m"),
        rx.cond(
            OwnReviews.codes.length() > 0,
            rx.el.div(
                rx.el.h3(t("Why it was rejected")),
                rx.el.ul(rx.foreach(OwnReviews.codes, code_line), class_name="col"),
            ),
        ),
        rx.cond(
            call.heard,
            wave_player(
                role="operator", call_id=call.call_id, peaks=call.peaks, duration_ms=call.duration_ms,
                silences=call.silences, notes=OwnReviews.notes,
            ),
            rx.el.p(t("There is no recording to hear."), class_name="s m"),
        ),
        rx.el.div(
            rx.el.div(
                rx.el.h3(t("Notes on the line")),
                rx.cond(
                    OwnReviews.notes.length() > 0,
                    rx.el.ul(rx.foreach(OwnReviews.notes, _note), class_name="list s"),
                    rx.el.p(t("None."), class_name="s m"),
                ),
            ),
            rx.el.div(
                rx.el.h3(t("Points")),
                rx.el.dl(rx.foreach(OwnReviews.scores, _score), class_name="dl"),
            ),
            class_name="grid c2",
        ),
        rx.cond(
            call.appeal != "",
            rx.el.dl(
                rx.el.dt(t("You wrote")), rx.el.dd(call.appeal, **THEIRS, style={"whiteSpace": "pre-wrap"}),
                rx.cond(
                    call.decision != "",
                    rx.fragment(
                        rx.el.dt(t("The answer")), rx.el.dd(call.decision, **THEIRS, style={"whiteSpace": "pre-wrap"})
                    ),
                ),
                class_name="dl",
            ),
        ),
        rx.cond(
            call.may_appeal,
            callout(
                t("You do not agree?"),
                t("Stop the player where one can hear it, and appeal until {until}. Another moderator decides.",
                  until=until),
                actions=[_appeal_button()],
            ),
        ),
        rx.el.div(button(t("Close"), on_click=OwnReviews.close)),
        class_name="col g3",
    )  # fmt: skip


def _appeal_button() -> rx.Component:
    # The place of the player goes along: it is the browser's own.
    here = rx.Var("Math.round((document.querySelector('.wv audio')?.currentTime ?? 0) * 1000)").to(int)
    return button(t("Appeal"), kind="solid", icon="scale", on_click=OwnReviews.begin_appeal(here))


def _appeal() -> rx.Component:
    at = OwnReviews.mark_ms
    seconds = number(at // 1000 % 60, minimumIntegerDigits=2)
    return dialog(
        t("What is not right?"),
        rx.el.form(
            rx.el.p(t("The moderator will listen from {minutes}:{seconds}.", minutes=at // 60_000, seconds=seconds)),
            field(
                t("In your words"),
                rx.el.textarea(id="appeal-words", name="words", rows=5, max_length=2000, class_name="in"),
                control_id="appeal-words",
                hint=t("What is heard there, and why the result is right"),
                error=rx.cond(OwnReviews.fault == "no_words", t("Say in a sentence what is not right."), ""),
            ),
            rx.el.div(
                button(t("Not now"), type="button", on_click=OwnReviews.show_appeal(False)),
                button(t("Appeal"), kind="solid", type="submit"),
                class_name="row sb w",
            ),
            on_submit=OwnReviews.appeal,
            class_name="col g3",
        ),
        open=OwnReviews.appealing,
        on_open_change=OwnReviews.show_appeal,
    )


def _sums() -> rx.Component:
    return rx.el.div(
        card(stat(t("Calls judged"), number(OwnReviews.judged))),
        card(stat(t("Accepted of them"), number(OwnReviews.accepted))),
        card(
            stat(t("Lies apart"), money(OwnReviews.apart_sum, OwnReviews.currency)),
            rx.el.p(tn("{n} call", "{n} calls", n=OwnReviews.apart), class_name="s m"),
        ),
        class_name="grid c3",
    )


def _certified() -> rx.Component:
    names = rx.foreach(
        OwnReviews.certified, lambda name: badge(rx.el.span(name, **THEIRS), tone="accent", icon="award")
    )
    return rx.el.p(t("Your certificates:"), " ", names, class_name="row w")


def reviews_page() -> rx.Component:
    return rx.el.div(
        head(t("Reviews of your calls")),
        rx.cond(OwnReviews.certified.length() > 0, _certified()),
        rx.cond(
            OwnReviews.loaded,
            rx.cond(
                OwnReviews.lines.length() > 0,
                rx.el.div(
                    _sums(),
                    rx.cond(OwnReviews.opened.call_id != "", _opened()),
                    card(rx.el.ul(rx.foreach(OwnReviews.lines, _line), class_name="judged")),
                    class_name="col g4",
                ),
                card(
                    empty_state(
                        t("No call is judged yet"),
                        t("Moderators listen to some of your calls. What they find stands here, with their notes."),
                        icon="headphones",
                    )
                ),
            ),
            loading(t("One moment…")),
        ),
        _appeal(),
        class_name="page",
    )
