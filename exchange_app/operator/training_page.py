"""`/operator/training`: the aptitude test before the first paid call, lessons with robots, reports and notes."""

from typing import Any

import reflex as rx

from exchange_app.design import badge, button, callout, card, empty_state, head, link_button, loading
from exchange_app.i18n import date, t, tn
from exchange_app.practised.notes import note_line
from exchange_app.practised.report import report_of
from exchange_app.practised.rows import RunRow
from exchange_app.practised.words import lesson_goal, lesson_name, standing

from .training_state import TEST, LessonRow, Training
from .words import notice


def _unpaid() -> rx.Component:
    return callout(
        t("Practice is unpaid."),
        t("Robots answer: nobody is charged, and this time is not paid. The test takes about ten minutes, a lesson "
          "about three."),
        tone="blue",
        icon="bot",
    )  # fmt: skip


def _under_way() -> rx.Component:
    what = rx.cond(Training.under_way == TEST, t("Aptitude test"), lesson_name(Training.under_way))
    over = Training.made == Training.of
    return rx.cond(
        Training.under_way != "",
        callout(
            rx.fragment(what, "."),
            rx.cond(
                over,
                t("The recordings are being measured. The report comes here by itself."),
                t("{made} of {of} calls are made.", made=Training.made, of=Training.of),
            ),
            tone="blue",
            icon="phone",
            actions=[
                rx.cond(
                    over,
                    rx.fragment(),
                    rx.el.div(
                        button(t("Go on"), kind="solid", icon="phone", on_click=Training.begin(Training.under_way)),
                        button(t("Give it up"), on_click=Training.give_up),
                        class_name="row w",
                    ),
                )
            ],
        ),
    )


def _test() -> rx.Component:
    """The way to the first paid call, and where one stands on it."""
    last = Training.tests[0]
    waits = (Training.tests.length() > 0) & ((last.standing == "passed") | (last.standing == "below"))
    words = rx.cond(Training.tests.length() > 0, t("Take it again"), t("Take the test"))
    begin = rx.cond(
        Training.admitted,
        button(words, icon="phone", on_click=Training.begin(TEST)),
        button(words, kind="solid", icon="phone", on_click=Training.begin(TEST)),
    )
    fact = rx.cond(
        Training.admitted,
        rx.fragment(rx.el.b(t("You may call every campaign.")), " ", t("Take the test again whenever you like.")),
        rx.cond(
            waits,
            rx.fragment(
                rx.el.b(t("A moderator confirms your test.")), " ",
                t("Until then lessons are open to you, and the test as often as you like."),
            ),
            rx.fragment(
                rx.el.b(t("First three calls with robots.")), " ",
                t("You call as in earnest: say who you are, listen, answer, write how it ended. The recordings are "
                  "measured, and a moderator confirms. Campaigns that pay open after it."),
            ),
        ),
    )  # fmt: skip
    return card(
        rx.el.div(rx.el.h2(t("Aptitude test")), begin, class_name="row sb w"),
        rx.el.p(fact),
        rx.cond(
            Training.tests.length() > 0,
            rx.el.ul(rx.foreach(Training.tests, _test_line), class_name="judged"),
        ),
        class_name="col g3",
    )


def _test_line(run: RunRow) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(
                date(run.started_ms, dateStyle="medium", timeStyle="short"), class_name="grow",
                style={"textAlign": "left"},
            ),
            standing(run.standing),
            rx.icon("chevron-right", size=16, aria_hidden="true"),
            type="button",
            class_name=rx.cond(run.id == Training.opened.id, "qi on", "qi"),
            on_click=Training.look(run.id),
        ),
        key=run.id.to(str),  # type: ignore[attr-defined]
    )  # fmt: skip


def _lesson(one: LessonRow) -> rx.Component:
    state = rx.cond(
        one.reached,
        badge(t("Reached"), tone="accent", icon="check"),
        rx.cond(
            one.times > 0, badge(tn("tried {n} time", "tried {n} times", n=one.times), tone="amber", icon="repeat")
        ),
    )
    return rx.el.li(
        rx.el.div(
            rx.el.h3(lesson_name(one.key)),
            rx.cond(one.advised, badge(t("Advised to you"), tone="blue", icon="message-square")),
            state,
            class_name="row w",
        ),
        rx.el.p(lesson_goal(one.key)),
        rx.el.div(
            button(t("Practise"), icon="phone", on_click=Training.begin(one.key)),
            rx.cond(one.last > 0, button(t("How it went"), kind="ghost", on_click=Training.look(one.last))),
            class_name="row w",
            style={"marginTop": "auto"},
        ),
        class_name="card col g3",
        key=one.key,
    )


def _notes() -> rx.Component:
    return card(
        rx.el.h2(t("What moderators say")),
        rx.cond(
            Training.notes.length() > 0,
            rx.el.ul(rx.foreach(Training.notes, note_line), class_name="col g3"),
            rx.el.p(t("Nothing yet. Moderators hear practice too, and write here what helps."), class_name="m"),
        ),
        class_name="col g3",
    )


def _verdict() -> Any:
    """What the opened run comes to, in a sentence."""
    return rx.match(
        Training.opened.standing,
        ("passed", rx.cond(Training.opened.lesson != "", t("The goal is reached."),
                           t("All marks are reached. A moderator confirms it."))),
        ("below", rx.cond(Training.opened.lesson != "", t("Not yet: look at what helps, and try it again."),
                          t("Some marks are not reached yet. Practise, or ask a person to listen."))),
        ("confirmed", t("Confirmed: campaigns that pay are open to you.")),
        ("returned", t("A moderator advises to take it again.")),
        "",
    )  # fmt: skip


def _opened() -> rx.Component:
    again = rx.cond(Training.opened.lesson == "", TEST, Training.opened.lesson)
    decidable = (Training.opened.standing == "passed") | (Training.opened.standing == "below")
    ask = rx.cond(
        (Training.opened.lesson == "") & decidable & ~Training.admitted,
        rx.cond(
            Training.opened.asked,
            badge(t("A moderator will listen to it"), tone="blue", icon="ear"),
            button(t("Ask a person to listen"), icon="flag", on_click=Training.ask),
        ),
    )
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2(lesson_name(Training.opened.lesson)),
                rx.el.p(
                    date(Training.opened.started_ms, dateStyle="medium", timeStyle="short"), ". ", _verdict(),
                    class_name="m",
                ),
            ),
            rx.el.div(
                ask,
                button(t("Again"), icon="repeat", on_click=Training.begin(again)),
                rx.cond(Training.admitted, link_button(t("See campaigns"), "/operator", kind="solid")),
                button(t("Close"), on_click=Training.look_away),
                class_name="row w",
            ),
            class_name="row sb w t",
        ),
        report_of(Training.opened, Training.sound, role="operator", hear=Training.hear),
        class_name="col g4",
        custom_attrs={"data-report": Training.opened.id.to(str)},
    )  # fmt: skip


def training_page() -> rx.Component:
    all_of_it = rx.el.div(
        _unpaid(),
        _under_way(),
        rx.cond(Training.opened.id != 0, _opened()),
        rx.el.div(
            rx.cond(
                Training.required | (Training.tests.length() > 0),
                _test(),
                card(
                    empty_state(
                        t("No test is asked for"),
                        t("Every campaign is open to you. Lessons are there for whoever wants to practise."),
                        icon="badge-check",
                    )
                ),
            ),
            _notes(),
            class_name="grid report",
        ),
        rx.el.h2(t("Lessons")),
        rx.el.ul(rx.foreach(Training.lessons, _lesson), class_name="grid c3"),
        class_name="col g4",
    )
    return rx.el.div(
        head(t("Training")),
        rx.el.div(notice(), class_name="board-notice"),
        rx.cond(Training.loaded, all_of_it, loading(t("One moment…"))),
        class_name="page",
    )
