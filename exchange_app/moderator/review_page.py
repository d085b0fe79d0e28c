"""`/moderator`: the queue on the left, the call in the middle, the score card on the right."""

from typing import Any

import reflex as rx

from exchange_app.design import (
    OUTCOMES,
    badge,
    button,
    callout,
    card,
    data_list,
    empty_state,
    kbd,
    key,
    keyboard,
    loading,
)  # fmt: skip
from exchange_app.design.theirs import THEIRS
from exchange_app.filled_in import answer
from exchange_app.i18n import date, number, t, tn
from exchange_app.judged import CodeLine, NoteLine, ScoreLine, code_words, criterion_words, note_line
from exchange_app.recordings.wave_player import wave_player

from .review_rows import PartLine, QueueLine, ReasonLine
from .review_state import Review
from .review_words import level_badge, reason_words


def _queue_line(line: QueueLine) -> rx.Component:
    here = line.id == Review.hearing_id
    return rx.el.li(
        rx.el.button(
            rx.el.span(level_badge(line.level), rx.el.span(line.talk, class_name="s m"), class_name="row sb"),
            rx.el.span(rx.el.b(line.operator, **THEIRS), " · ", rx.el.span(line.campaign, **THEIRS), class_name="s"),
            rx.el.span(reason_words(line.reason.code, line.reason.value), class_name="s m"),
            type="button",
            class_name=rx.cond(here, "qi on", "qi"),
            aria_current=rx.cond(here, "true", "false"),
            on_click=Review.open(line.id),
        ),
        key=line.id,
    )


def _queue() -> rx.Component:
    return rx.el.aside(
        rx.el.div(
            rx.el.h2(t("Queue, {n}", n=Review.waiting)),
            button(t("Look again"), kind="ghost", icon="refresh-cw", on_click=Review.look_again),
            class_name="row sb",
            style={"padding": "10px 12px"},
        ),
        rx.el.ul(rx.foreach(Review.lines, _queue_line)),
        _agreement(),
        aria_label=t("Queue"),
        class_name=rx.cond(Review.hearing_id > 0, "queue no-m", "queue"),
    )


def _agreement() -> rx.Component:
    return rx.cond(
        Review.pairs > 0,
        rx.el.div(
            rx.el.h3(t("Two ears agree")),
            rx.el.p(t("{alike} of {pairs} calls that two have heard", alike=Review.alike, pairs=Review.pairs)),
            rx.cond(
                Review.own_pairs > 0,
                rx.el.p(
                    t("with you: {alike} of {pairs}", alike=Review.own_alike, pairs=Review.own_pairs), class_name="m"
                ),
            ),
            class_name="col s",
            style={"padding": "12px", "borderTop": "1px solid var(--line)", "gap": "2px"},
        ),
    )


def _reason(reason: ReasonLine) -> rx.Component:
    return badge(reason_words(reason.code, reason.value), tone="amber", icon="triangle-alert")


def _title() -> rx.Component:
    call = Review.call
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                rx.el.h1(call.operator, **THEIRS),
                rx.cond(call.outcome != "", OUTCOMES.badge(call.outcome)),
                class_name="row w",
            ),
            rx.el.p(
                rx.el.span(call.campaign, **THEIRS), " · ", rx.el.span(call.customer, **THEIRS), " · ",
                date(call.called_ms, dateStyle="medium", timeStyle="short"),
                class_name="s m",
            ),
            class_name="col",
        ),
        button(t("Give back"), on_click=Review.give_back),
        class_name="row sb t w",
    )  # fmt: skip


def _note(note: NoteLine, place: Any) -> rx.Component:
    remove = rx.el.button(
        rx.icon("x", size=18, aria_hidden="true"), type="button", class_name="ib",
        aria_label=t("Remove this note"), title=t("Remove this note"), on_click=Review.remove_note(note.id),
    )  # fmt: skip
    return note_line(note, place, remove)


def _notes() -> rx.Component:
    form = rx.el.form(
        rx.el.label(t("Note"), html_for="note-words", class_name="sr"),
        rx.el.input(
            id="note-words", name="words", max_length=500, class_name="in", placeholder=t("What is heard here?"),
            auto_complete="off", auto_focus=True,
        ),
        rx.match(
            Review.fault,
            ("no_words", rx.el.p(t("Write what is heard here."), class_name="err", role="alert")),
            ("too_many", rx.el.p(t("Fifty notes are enough for one call."), class_name="err", role="alert")),
            rx.fragment(),
        ),
        rx.el.div(
            button(t("Pin it"), kind="solid", type="submit"),
            button(t("Not now"), type="button", on_click=Review.drop_note),
            class_name="row w",
        ),
        on_submit=Review.save_note,
        class_name="col",
    )  # fmt: skip
    return card(
        rx.el.h3(t("Notes on the line")),
        rx.cond(Review.note_at >= 0, form),
        rx.cond(
            Review.notes.length() > 0,
            rx.el.ul(rx.foreach(Review.notes, _note), class_name="list s"),
            rx.el.p(t("Press N where something is worth a word."), class_name="s m"),
        ),
    )


def _written() -> rx.Component:
    call = Review.call
    label = rx.cond(call.disposition != "", rx.el.span(call.disposition, **THEIRS), OUTCOMES.word(call.outcome))
    return card(
        rx.el.h3(t("What the operator wrote")),
        data_list(
            (t("Result"), label),
            rx.foreach(Review.answers, answer),
            rx.cond(
                call.note != "",
                rx.fragment(
                    rx.el.dt(t("Note")),
                    rx.el.dd(call.note, **THEIRS, style={"whiteSpace": "pre-wrap"}),
                ),
            ),
        ),
    )


def _figures() -> rx.Component:
    """What was measured in the recording; the page says nothing where nothing was."""
    seen: Any = Review.measured

    def seconds(value: Any) -> Any:
        return rx.cond(value >= 0, t("{n} s", n=number(value)), "–")

    pace = rx.cond(seen.pace >= 0, t("{n} syllables a second", n=number(seen.pace)), "–")
    return rx.cond(
        seen.there,
        card(
            rx.el.h3(t("What was measured")),
            data_list(
                (t("Operator speaks"), t("{n} %", n=number(seen.operator_share))),
                (t("Contact speaks"), t("{n} %", n=number(seen.contact_share))),
                (t("Both at once"), t("{n} %", n=number(seen.both))),
                (t("Nobody"), t("{n} %", n=number(seen.silence))),
                (t("Longest silence"), seconds(seen.longest_silence)),
                (t("First word after"), seconds(seen.first)),
                (t("Answers after"), seconds(seen.delay)),
                (t("Interrupts"), number(seen.interruptions)),
                (t("Pace"), pace),
                (t("Loudness"), t("{n} LUFS", n=number(seen.loudness))),
                class_name="two",
            ),
        ),
    )


def _part(part: PartLine) -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            rx.cond(part.title != "", part.title, t("Beginning")),
            rx.icon("chevron-down", size=20, aria_hidden="true"),
        ),
        rx.el.div(rx.html(part.html), class_name="script"),
        key=part.key,
    )


def _script() -> rx.Component:
    return card(
        rx.el.h3(t("The script")),
        rx.el.div(rx.foreach(Review.parts, _part), **THEIRS),
    )


def _call() -> rx.Component:
    call = Review.call
    return rx.el.section(
        _title(),
        rx.cond(
            call.reasons.length() > 0,
            rx.el.div(rx.foreach(call.reasons, _reason), class_name="row w"),
        ),
        rx.cond(
            Review.second,
            callout(t("Another moderator has heard this call."), t("What they found stays hidden until you are done.")),
        ),
        wave_player(
            role="moderator", call_id=call.id, peaks=Review.peaks, duration_ms=call.duration_ms,
            silences=Review.silences, notes=Review.notes, on_note=Review.begin_note,
        ),
        rx.el.div(_notes(), _written(), class_name="grid c2"),
        _figures(),
        _script(),
        class_name="col g3",
        aria_label=t("The call"),
    )  # fmt: skip


def _points(one: ScoreLine, points: int) -> rx.Component:
    return rx.el.button(
        str(points), type="button", role="radio", aria_checked=rx.cond(one.points == points, "true", "false"),
        on_click=Review.score(one.key, points),
    )  # fmt: skip


def _criterion(one: ScoreLine) -> rx.Component:
    words = criterion_words(one.key, one.label)
    return rx.el.div(
        rx.el.span(kbd(one.place), " ", words, id=f"criterion-{one.place}"),
        rx.el.span(
            *(_points(one, points) for points in (0, 1, 2)), class_name="seg", role="radiogroup",
            aria_labelledby=f"criterion-{one.place}",
        ),
        class_name="crit",
        key=one.key,
    )  # fmt: skip


def _code(one: CodeLine) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", checked=one.on, on_change=Review.toggle_code(one.code)),
        rx.el.span(rx.el.span(one.code, class_name="b", **THEIRS), " ", code_words(one.code, one.label), **THEIRS),
        class_name="row",
        style={"gap": "10px", "minHeight": "40px"},
        key=one.code,
    )


def _score_card() -> rx.Component:
    fault = rx.match(
        Review.fault,
        ("no_scores", callout(t("Not every line has its points."), t("Press its digit."), tone="red", alert=True)),
        ("no_reason", callout(t("A rejection needs its reason."), t("Choose one above."), tone="red", alert=True)),
        rx.fragment(),
    )
    return rx.el.aside(
        rx.el.div(
            rx.el.h2(t("Score")),
            rx.el.span(t("{n} of {most}", n=Review.total, most=Review.criteria.length() * 2), class_name="s m"),
            class_name="row sb",
        ),
        rx.el.div(rx.foreach(Review.criteria, _criterion)),
        rx.el.fieldset(
            rx.el.legend(t("Reason"), " ", rx.el.span(t("required to reject"), class_name="req"), class_name="b"),
            rx.foreach(Review.codes, _code),
            style={"border": 0, "padding": 0, "margin": 0},
        ),
        fault,
        rx.el.p(
            t("Accepting makes the pay available. Rejecting sets it apart: the operator sees why, and may appeal."),
            class_name="s m",
        ),
        rx.el.div(
            button(t("Accept"), key="A", kind="line", icon="check", on_click=Review.give("accepted")),
            button(t("Reject"), key="X", kind="line", icon="x", on_click=Review.give("rejected")),
            class_name="grid c2 keep",
            style={"gap": "8px"},
        ),
        button(t("Unsure: second ear"), key="U", full=True, on_click=Review.give("unsure")),
        keyboard(
            {
                "KeyA": Review.give("accepted"),
                "KeyX": Review.give("rejected"),
                "KeyU": Review.give("unsure"),
                **{f"Digit{n}": Review.press(n) for n in range(1, 10)},
            },
            state=Review.hearing_id,
        ),
        class_name="col",
        style={"gap": "10px"},
        aria_label=t("Score"),
    )


def _none_open() -> rx.Component:
    said = rx.match(
        Review.said,
        ("accepted", callout(t("Accepted."), t("The pay is available."), tone="accent")),
        ("rejected", callout(t("Rejected."), t("The operator sees why."), tone="accent")),
        ("another", callout(t("Kept."), t("Another moderator listens too."), tone="accent")),
        rx.fragment(),
    )
    return rx.el.section(
        said,
        rx.cond(
            Review.waiting > 0,
            empty_state(
                tn("{n} call waits", "{n} calls wait", n=Review.waiting),
                t("The riskiest stands first. Take it, or choose one."),
                button(t("Take the first"), key="Enter", kind="solid", id="take-first", on_click=Review.next),
                icon="headphones",
            ),
            empty_state(
                t("Nobody waits to be heard"),
                t("Calls come here as soon as their recordings are stored."),
                icon="headphones",
            ),
        ),
        rx.cond(Review.waiting > 0, key("Enter", press="take-first")),
        class_name="col g3",
    )


def review_page() -> rx.Component:
    return rx.cond(
        Review.loaded,
        rx.el.div(
            _queue(),
            rx.cond(Review.hearing_id > 0, _call(), _none_open()),
            rx.cond(Review.hearing_id > 0, _score_card()),
            class_name="rv",
        ),
        loading(t("One moment…")),
    )
