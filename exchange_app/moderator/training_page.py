"""`/moderator/training`: who trains and who waits; their tests heard, noted, confirmed."""

from typing import Any

import reflex as rx

from exchange_app.design import (
    badge,
    button,
    callout,
    card,
    dialog,
    empty_state,
    field,
    head,
    loading,
    select,
    table,
    text_input,
)
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, number, t, tn
from exchange_app.practised.notes import note_line
from exchange_app.practised.report import report_of
from exchange_app.practised.rows import RunRow
from exchange_app.practised.words import lesson_name, lesson_words, standing

from .training_state import TraineeRow, Trainees


def _stands(person: TraineeRow) -> Any:
    return rx.cond(
        person.waits,
        rx.cond(
            person.asked,
            badge(t("Asks you to listen"), tone="blue", icon="flag"),
            rx.cond(
                person.passed,
                badge(t("Waits: all marks reached"), tone="blue", icon="clock"),
                badge(t("Waits: below a mark"), tone="amber", icon="clock"),
            ),
        ),
        rx.cond(
            person.admitted,
            badge(t("May call"), tone="accent", icon="badge-check"),
            rx.cond(
                person.tests > 0,
                badge(t("To be taken again"), tone="amber", icon="repeat"),
                badge(t("No test yet"), tone="gray", icon="circle-dashed"),
            ),
        ),
    )


def _person(person: TraineeRow) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.b(person.name, **THEIRS)),
        rx.el.td(_stands(person)),
        rx.el.td(
            t("{n} of {all} lessons", n=number(person.lessons), all=number(Trainees.all_lessons)), class_name="ear"
        ),
        rx.el.td(
            rx.cond(
                person.practising,
                badge(t("practises now"), tone="blue", icon="phone"),
                rx.cond(
                    person.last_ms > 0,
                    date(person.last_ms, dateStyle="medium", timeStyle="short"),
                    rx.el.span(t("not begun"), class_name="m"),
                ),
            ),
            class_name="ear no-m",
        ),
        rx.el.td(button(t("Look"), icon="chevron-right", on_click=Trainees.choose(person.id)), class_name="ear"),
        key=person.id.to(str),  # type: ignore[attr-defined]
    )


def _list() -> rx.Component:
    found = rx.cond(
        Trainees.people.length() > 0,
        table(
            [(t("Operator"), ""), (t("Aptitude test"), ""), (t("Goals reached"), ""), (t("Last practised"), ""),
             (t("Actions"), "")],
            rx.foreach(Trainees.people, _person),
            caption=t("Operators who train"),
        ),
        card(
            empty_state(
                rx.cond(Trainees.search != "", t("Nobody of this name"), t("Nobody trains")),
                rx.cond(
                    Trainees.search != "",
                    t("Look for another part of the name."),
                    t("New operators appear here as soon as they have joined."),
                ),
                icon="graduation-cap",
            )
        ),
    )  # fmt: skip
    return rx.el.div(
        rx.cond(
            Trainees.waiting > 0,
            callout(
                tn("{n} test waits for a word.", "{n} tests wait for a word.", n=Trainees.waiting),
                t("Until then its operator cannot earn."),
                tone="blue",
                icon="clock",
            ),
        ),
        rx.el.form(
            text_input(
                id="search", name="search", type="search", placeholder=t("Name"), aria_label=t("Find an operator"),
                default_value=Trainees.search, max_length=100, key=Trainees.search,
            ),
            button(t("Find"), type="submit", icon="search"),
            on_submit=Trainees.find,
            class_name="row",
            role="search",
            style={"maxWidth": "420px"},
        ),
        found,
        class_name="col g4",
    )  # fmt: skip


def _run(run: RunRow) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.b(lesson_name(run.lesson), class_name="grow", style={"textAlign": "left"}),
            rx.el.span(date(run.started_ms, dateStyle="medium", timeStyle="short"), class_name="s m"),
            standing(run.standing),
            type="button",
            class_name=rx.cond(run.id == Trainees.opened.id, "qi on", "qi"),
            on_click=Trainees.look(run.id),
        ),
        key=run.id.to(str),  # type: ignore[attr-defined]
    )


def _deeds() -> rx.Component:
    standing_now = Trainees.opened.standing
    decidable = (Trainees.opened.lesson == "") & (
        (standing_now == "passed") | (standing_now == "below") | (standing_now == "returned")
    )
    return rx.el.div(
        rx.cond(
            (Trainees.opened.id != 0) & decidable & ~Trainees.admitted,
            rx.fragment(
                button(t("Confirm"), kind="solid", icon="badge-check", on_click=Trainees.ask("confirm")),
                rx.cond(
                    standing_now != "returned",
                    button(t("Take it again"), icon="repeat", on_click=Trainees.ask("give_back")),
                ),
            ),
        ),
        button(t("Write a note"), icon="message-square", on_click=Trainees.ask("note")),
        rx.cond(
            ~Trainees.admitted, button(t("Admit without a test"), kind="ghost", on_click=Trainees.ask("admit"))
        ),
        class_name="row w",
    )  # fmt: skip


def _chosen() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                button(t("All who train"), kind="ghost", icon="chevron-left", on_click=Trainees.leave),
                rx.el.h2(Trainees.chosen_name, **THEIRS),
                rx.cond(Trainees.admitted, badge(t("May call"), tone="accent", icon="badge-check")),
                class_name="row w",
            ),
            _deeds(),
            class_name="row sb w",
        ),
        rx.el.div(
            card(
                rx.el.h3(t("Tests and lessons")),
                rx.cond(
                    Trainees.runs.length() > 0,
                    rx.el.ul(rx.foreach(Trainees.runs, _run), class_name="judged"),
                    rx.el.p(t("Not begun yet."), class_name="m"),
                ),
                class_name="col g3",
            ),
            card(
                rx.el.h3(t("Notes")),
                rx.cond(
                    Trainees.notes.length() > 0,
                    rx.el.ul(rx.foreach(Trainees.notes, note_line), class_name="col g3"),
                    rx.el.p(t("None."), class_name="m"),
                ),
                class_name="col g3",
            ),
            class_name="grid report",
        ),
        rx.cond(
            Trainees.opened.id != 0,
            rx.el.section(
                rx.el.h2(
                    lesson_name(Trainees.opened.lesson), ", ",
                    date(Trainees.opened.started_ms, dateStyle="medium", timeStyle="short"),
                ),
                report_of(Trainees.opened, Trainees.sound, role="moderator", hear=Trainees.hear),
                class_name="col g4",
            ),
        ),
        class_name="col g4",
    )  # fmt: skip


def _question() -> rx.Component:
    def by_act(confirm: Any, give_back: Any, admit: Any, note: Any) -> Any:
        return rx.match(
            Trainees.act, ("confirm", confirm), ("give_back", give_back), ("admit", admit), note
        )  # fmt: skip

    lessons = [(key, name) for key, (name, _) in lesson_words().items()]
    return dialog(
        rx.el.span(Trainees.chosen_name, **THEIRS),
        rx.el.form(
            rx.el.p(
                by_act(
                    t("They may call every campaign from now on."),
                    t("They read your words, and take the test again when they like."),
                    t("They may call every campaign from now on, although no test says so."),
                    t("They read it on their page of training."),
                )
            ),
            rx.cond(
                Trainees.act == "note",
                field(
                    t("Lesson to take next"),
                    select(("", t("none in particular")), *lessons, id="lesson", name="lesson", default_value=""),
                    control_id="lesson",
                ),
            ),
            field(
                rx.cond(Trainees.act == "confirm", t("A word, if you like"), t("In your words")),
                rx.el.textarea(id="words", name="words", rows=4, max_length=2000, class_name="in"),
                control_id="words",
                hint=by_act(
                    t("It stays written with the test"), t("What to do otherwise, with the moment to hear"),
                    t("From where you know what they can; it stays in the log"), t("What helps them on"),
                ),
                error=rx.match(
                    Trainees.fault,
                    ("no_words", t("Say it in a sentence.")),
                    ("words_too_long", t("This is too long.")),
                    ("no_operator", t("This person is no operator any more.")),
                    ("not_possible", t("This has been decided meanwhile.")),
                    "",
                ),
            ),
            rx.el.div(
                button(t("Not now"), type="button", on_click=Trainees.show_question(False)),
                button(
                    by_act(t("Confirm"), t("Take it again"), t("Admit"), t("Write a note")), kind="solid",
                    type="submit",
                ),
                class_name="row sb w",
            ),
            on_submit=Trainees.answer,
            class_name="col g3",
        ),
        open=Trainees.act != "",
        on_open_change=Trainees.show_question,
    )  # fmt: skip


def training_page() -> rx.Component:
    return rx.el.div(
        head(t("Training")),
        rx.cond(
            Trainees.loaded,
            rx.cond(Trainees.chosen > 0, _chosen(), _list()),
            loading(t("One moment…")),
        ),
        _question(),
        class_name="page",
    )
