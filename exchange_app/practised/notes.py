"""A moderator's note to somebody who trains, as both of them see it."""

import reflex as rx

from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, t

from .rows import NoteRow
from .words import lesson_name


def note_line(note: NoteRow) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(note.by, **THEIRS), " ", rx.el.span(date(note.at_ms, dateStyle="medium"), class_name="s m"),
            class_name="row w",
        ),
        rx.el.p(note.words, style={"whiteSpace": "pre-wrap"}, **THEIRS),
        rx.cond(note.lesson != "", rx.el.p(t("Lesson:"), " ", rx.el.b(lesson_name(note.lesson)), class_name="s")),
        key=note.id.to(str),  # type: ignore[attr-defined]
    )  # fmt: skip
