"""The report of a run: points against marks, the pace, who spoke, the calls, and moments worth hearing."""

from typing import Any

import reflex as rx

from exchange_app.design import OUTCOMES, badge, button, callout, card, segment, segmented
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, number, t
from exchange_app.recordings.wave_player import seek_to, wave_player

from .rows import FASTEST, HEIGHT, SLOWEST, WIDTH, AimRow, CallRow, MomentRow, ScoreRow, height_of
from .words import advice, aim_value, aim_words, moment_words, score_name, seconds

COMFORTABLE = (30, 60)
"""Tenths of a syllable a second."""


def _score(one: ScoreRow) -> rx.Component:
    reached = one.points >= one.mark
    percent = one.points.to(str) + "%"  # type: ignore[attr-defined]
    return rx.el.li(
        rx.el.span(score_name(one.code)),
        rx.el.div(
            rx.el.i(style={"width": percent}, class_name=rx.cond(reached, "", "low")),
            rx.el.u(style={"left": one.mark.to(str) + "%"}),  # type: ignore[attr-defined]
            aria_hidden="true",
        ),
        rx.el.b(one.points),
        rx.cond(
            reached,
            rx.el.span(t("reached"), class_name="s m"),
            rx.el.span(t("{n} below {mark}", n=one.mark - one.points, mark=one.mark), class_name="s b"),
        ),
        key=one.code,
    )


def scores(report: Any) -> rx.Component:
    return card(
        rx.el.div(
            rx.el.h3(t("Points of a hundred")), rx.el.span(t("tick: what is needed"), class_name="s m"),
            class_name="row sb w",
        ),
        rx.el.ul(rx.foreach(report.scores, _score), class_name="sc"),
        class_name="col",
    )  # fmt: skip


def _aim(one: AimRow) -> rx.Component:
    return rx.el.li(
        rx.cond(
            one.met,
            badge(t("reached"), tone="accent", icon="check"),
            badge(t("not yet"), tone="amber", icon="info"),
        ),
        rx.el.span(aim_words(one.measure, one.bound), class_name="grow"),
        rx.el.b(aim_value(one.measure, one.value, one.met), class_name="num"),
        class_name="row g3",
        style={"minHeight": "36px"},
        key=one.measure,
    )


def aims(report: Any) -> rx.Component:
    return card(
        rx.el.h3(t("The goal")), rx.el.ul(rx.foreach(report.aims, _aim), class_name="col"), class_name="col"
    )  # fmt: skip


def pace(report: Any) -> rx.Component:
    low, high = (str(height_of(one)) for one in COMFORTABLE)
    words = t(
        "From {least} to {most} syllables a second; 3 to 6 are comfortable.",
        least=seconds(report.pace_least), most=seconds(report.pace_most),
    )  # fmt: skip
    picture = rx.el.svg(
        rx.el.svg.rect(x="0", y=high, width=str(WIDTH), height=str(int(low) - int(high)), fill="var(--accent-soft)"),
        rx.el.svg.polyline(
            points=report.pace_line, fill="none", stroke="var(--accent)", stroke_width="3", stroke_linejoin="round",
            stroke_linecap="round",
        ),
        view_box=f"0 -4 {WIDTH} {HEIGHT + 8}",
        width="100%",
        style={"maxHeight": "150px"},
        aria_hidden="true",
    )  # fmt: skip
    return card(
        rx.el.h3(t("Pace, syllables a second")),
        rx.cond(
            report.pace_line != "",
            rx.fragment(
                rx.el.div(
                    rx.el.div(
                        *(rx.el.span(number(one / 10), class_name="s m") for one in (FASTEST, SLOWEST)),
                        class_name="col sb", aria_hidden="true",
                    ),
                    picture,
                    class_name="row g3",
                    style={"alignItems": "stretch"},
                ),
                rx.el.p(words, class_name="s m"),
            ),
            rx.el.p(t("There was too little speech to tell."), class_name="s m"),
        ),
        class_name="col",
    )  # fmt: skip


def who_spoke(report: Any) -> rx.Component:
    def percent(value: Any) -> Any:
        return number(value / 100, style="percent")

    return card(
        rx.el.h3(t("Who spoke")),
        rx.el.div(
            rx.el.span(style={"width": report.operator.to(str) + "%"}),
            rx.el.span(style={"width": report.robot.to(str) + "%"}, class_name="blue"),
            class_name="prog", style={"height": "24px", "borderRadius": "6px"}, aria_hidden="true",
        ),
        rx.el.div(
            rx.el.span(rx.el.b(percent(report.operator)), " ", t("operator")),
            rx.el.span(rx.el.b(percent(report.robot)), " ", t("robot")),
            rx.el.span(rx.el.b(percent(report.silence)), " ", t("silence")),
            class_name="row sb w s",
        ),
        class_name="col",
    )  # fmt: skip


def _facts(call: CallRow) -> rx.Component:
    def known(value: Any, shown: Any) -> Any:
        return rx.cond(value >= 0, shown, "–")

    def tenths(value: Any) -> Any:
        return known(value, t("{s} s", s=seconds(value)))

    return rx.el.dl(
        rx.el.dt(t("Result")),
        rx.el.dd(
            OUTCOMES.badge(call.outcome), " ",
            rx.cond(call.fits, t("fits the talk"), rx.el.b(t("does not fit the talk"))),
        ),
        rx.el.dt(t("First word")), rx.el.dd(tenths(call.first_word)),
        rx.el.dt(t("Answers after")), rx.el.dd(tenths(call.answer_delay)),
        rx.el.dt(t("Longest silence")), rx.el.dd(tenths(call.longest_silence)),
        rx.el.dt(t("Interruptions")), rx.el.dd(number(call.interruptions)),
        rx.el.dt(t("Syllables a second")), rx.el.dd(known(call.pace, seconds(call.pace))),
        rx.el.dt(t("Loudness")), rx.el.dd(rx.cond(call.heard, t("{n} LUFS", n=number(call.loudness)), "–")),
        rx.el.dt(t("Noise")), rx.el.dd(rx.cond(call.heard, t("{n} dB", n=number(call.noise)), "–")),
        class_name="dl",
    )  # fmt: skip


def _moment(one: MomentRow, sound: Any) -> rx.Component:
    shown = rx.el.li(
        seek_to(one.at_ms, t("Go to this moment")),
        rx.el.span(moment_words(one.code, one.value), class_name="grow"),
        rx.cond(one.good, badge(t("Good"), tone="accent", icon="check"), badge(t("To try"), tone="amber", icon="info")),
        class_name="row g3",
        key=one.place.to(str) + "-" + one.at_ms.to(str),  # type: ignore[attr-defined]
    )
    return rx.cond(one.place == sound.place, shown, rx.fragment())


def calls(report: Any, sound: Any, *, role: str, hear: Any) -> rx.Component:
    """`hear(place)` opens the sound of a call."""

    def tab(call: CallRow) -> rx.Component:
        return segment(t("Call {n}", n=call.place), on=sound.place == call.place, on_click=hear(call.place))

    def of_call(call: CallRow) -> rx.Component:
        return rx.cond(call.place == sound.place, _facts(call), rx.fragment())

    heard = wave_player(
        role=role, call_id=sound.call_id, peaks=sound.peaks, duration_ms=sound.duration_ms, silences=sound.silences,
        notes=rx.Var.create([]),
    )  # fmt: skip
    return card(
        rx.el.div(
            rx.el.h3(t("Moments worth hearing")),
            rx.cond(
                report.calls.length() > 1,
                segmented(rx.foreach(report.calls, tab), label=t("Which call")),
                rx.cond(sound.call_id == "", button(t("Listen"), icon="headphones", on_click=hear(1))),
            ),
            class_name="row sb w",
        ),
        rx.cond(
            sound.call_id != "",
            rx.fragment(
                heard,
                rx.el.ul(rx.foreach(report.moments, lambda one: _moment(one, sound)), class_name="list"),
                rx.foreach(report.calls, of_call),
            ),
            rx.el.p(t("Choose a call to hear it."), class_name="s m"),
        ),
        class_name="col g3",
    )


def _advice(code: Any) -> rx.Component:
    return rx.el.li(rx.el.b(score_name(code)), ". ", advice(code), key=code)


def what_helps(report: Any) -> rx.Component:
    return rx.cond(
        report.weak.length() > 0,
        card(
            rx.el.h3(t("What helps")), rx.el.ul(rx.foreach(report.weak, _advice), class_name="col g3"),
            class_name="col g3",
        ),
    )  # fmt: skip


def decision(report: Any) -> rx.Component:
    """What a moderator said to it."""
    said = (
        rx.el.span(report.decided_by, **THEIRS), ", ", date(report.decided_ms, dateStyle="medium"), " ",
        rx.el.span(report.words, style={"whiteSpace": "pre-wrap"}, **THEIRS),
    )  # fmt: skip
    by_tone = rx.cond(
        report.standing == "confirmed",
        callout(*said, tone="accent", icon="message-square"),
        callout(*said, tone="amber", icon="message-square"),
    )
    return rx.cond(report.decided_by != "", by_tone)


def report_of(report: Any, sound: Any, *, role: str, hear: Any) -> rx.Component:
    """All of it but its heading."""
    return rx.el.div(
        decision(report),
        rx.cond(
            report.standing == "unheard",
            callout(
                t("A recording of these calls was lost."),
                t("That is the exchange's fault and counts for nothing: they can be made again."),
                tone="amber",
            ),
        ),
        rx.cond(
            report.calls.length() > 0,
            rx.fragment(
                rx.el.div(
                    rx.el.div(
                        rx.cond(report.lesson != "", aims(report)), scores(report), what_helps(report),
                        class_name="col g4",
                    ),
                    rx.el.div(pace(report), who_spoke(report), class_name="col g4"),
                    class_name="grid report",
                ),
                calls(report, sound, role=role, hear=hear),
            ),
        ),
        class_name="col g4",
    )  # fmt: skip
