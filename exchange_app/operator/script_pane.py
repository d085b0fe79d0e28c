"""The script beside the form: the step one is at, the answers that lead on, the other steps folded; objections."""

from typing import Any

import reflex as rx

from exchange_app.design import button, card, kbd
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import t

from .browser import scroll_to, search_in
from .desk_state import Desk
from .guide_state import Guide
from .sheet_state import Sheet

TALKING = Desk.state == "talking"


def script_text(parts: Any) -> rx.Component:
    """Sections of a script, as they are said, one below the other."""
    return rx.foreach(
        parts,
        lambda part: rx.el.section(
            rx.cond(part.title != "", rx.el.h3(part.title)),
            rx.el.div(rx.html(part.html)),
            rx.cond(
                part.answers.to(list).length() > 0,
                rx.el.ul(rx.foreach(part.answers, lambda answer: rx.el.li(answer.label)), class_name="leads"),
            ),
            id=part.key.to(str),
            class_name="step",
        ),
    )


def objections(parts: Any) -> rx.Component:
    return rx.foreach(
        parts,
        lambda part: rx.el.details(
            rx.el.summary(part.title, rx.icon("chevron-down", size=20, aria_hidden="true"), id=part.key.to(str)),
            rx.el.div(rx.html(part.html), class_name="answer"),
        ),
    )


def objections_card() -> rx.Component:
    """What contacts object, with a field that finds by any word of question or answer."""
    return rx.cond(
        Sheet.objections.length() > 0,
        card(
            rx.el.h3(t("Objections")),
            rx.el.div(
                rx.el.label(t("Find an objection"), " ", kbd("O"), html_for="objection-search", class_name="xs m no-m"),
                search_in(
                    "objection-list",
                    id="objection-search",
                    placeholder=t("a word of it"),
                    nothing=t("Nothing like that here."),
                ),
                class_name="f",
            ),
            rx.el.div(objections(Sheet.objections), **THEIRS, id="objection-list"),
        ),
    )


def _chip(part: Any) -> rx.Component:
    here = part.number == Guide.at
    return rx.cond(
        part.title != "",
        rx.el.li(
            rx.el.button(
                rx.el.em(part.number, aria_hidden="true"),
                part.title,
                type="button",
                aria_current=rx.cond(here, "step", "false"),
                on_click=Guide.jump(Sheet.call_id, part.number),
                **THEIRS,
            ),
            class_name=rx.cond(here, "on", ""),
        ),
    )


def _answers(part: Any) -> rx.Component:
    one = lambda answer: button(  # noqa: E731 - rx.foreach wants a function of one row
        rx.el.span(answer.label, **THEIRS),
        key=answer.digit.to(str),
        on_click=Guide.answer(Sheet.call_id, answer.digit),
    )
    return rx.el.div(rx.foreach(part.answers, one), class_name="row w answers", role="group", aria_label=t("Answers"))


def _step(part: Any) -> rx.Component:
    """The open step in full; in a script with branches the others are folded to their titles."""
    here = part.number == Guide.at
    body = rx.fragment(
        rx.cond(part.title != "", rx.el.h3(part.title, **THEIRS)),
        rx.el.div(rx.html(part.html), **THEIRS),
        rx.cond(part.answers.to(list).length() > 0, _answers(part)),
    )
    folded = rx.el.details(
        rx.el.summary(
            rx.cond(part.title != "", part.title, t("Beginning")),
            rx.icon("chevron-down", size=20, aria_hidden="true"),
            **THEIRS,
        ),
        rx.el.div(rx.html(part.html), **THEIRS, class_name="answer"),
    )
    return rx.cond(
        here | ~Guide.branched,
        rx.el.section(body, id=part.key.to(str), class_name=rx.cond(here, "step here", "step")),
        folded,
    )


def script_pane() -> rx.Component:
    return rx.el.div(
        rx.cond(
            Sheet.steps.length() > 1,
            rx.el.nav(
                rx.el.ol(rx.foreach(Sheet.steps, _chip), class_name="steps"),
                rx.cond(
                    Guide.way.length() > 1,
                    button(
                        t("One step back"),
                        kind="ghost",
                        key="0",
                        icon="undo-2",
                        on_click=Guide.back(Sheet.call_id),
                    ),
                ),
                aria_label=t("Parts of the script"),
                class_name="chips row sb w",
            ),
        ),
        scroll_to("step-" + Guide.at.to(str), Guide.way.length()),
        rx.cond(
            Sheet.steps.length() > 0,
            rx.el.div(rx.foreach(Sheet.steps, _step)),
            rx.el.p(t("This campaign has no script."), class_name="m"),
        ),
        class_name=rx.cond(
            (Sheet.pane == "script") | (Sheet.pane == "ended"), "pane m-on card script", "pane card script"
        ),
    )
