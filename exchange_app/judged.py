"""A judged call as moderators and its operator see it: notes, points, reasons, and their words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import reflex as rx

from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import t
from exchange_app.recordings.wave_player import seek_to
from exchange_domain.score_cards import Card
from exchange_domain.tables import HearingNote


@dataclass(frozen=True)
class NoteLine:
    id: int
    at_ms: int
    words: str


@dataclass(frozen=True)
class ScoreLine:
    """`label` in the campaign's own words, empty for those of every call; `points` -1 for none yet."""

    key: str
    label: str
    points: int
    place: int


@dataclass(frozen=True)
class CodeLine:
    code: str
    label: str
    on: bool


def notes_shown(found: Iterable[HearingNote]) -> list[NoteLine]:
    return [NoteLine(one.id or 0, one.at_ms, one.words) for one in found]


def scores_shown(card: Card, scores: Mapping[str, Any]) -> list[ScoreLine]:
    """All criteria, with the points there are."""
    labels = {one.key: one.label for one in card.own_criteria}
    return [
        ScoreLine(name, labels.get(name, ""), int(scores.get(name, -1)), place)
        for place, name in enumerate(card.criteria, 1)
    ]


def codes_shown(card: Card, chosen: Iterable[str], *, all_of_them: bool = False) -> list[CodeLine]:
    """Those that are chosen, or all with those marked."""
    labels, on = {one.key: one.label for one in card.own_codes}, set(chosen)
    lines = [CodeLine(code, labels.get(code, ""), code in on) for code in card.codes]
    return lines if all_of_them else [line for line in lines if line.on]


def criterion_words(name: Any, label: Any) -> Any:
    """A criterion of every call by its key, a campaign's own by its label."""
    return rx.match(
        name,
        ("greeting", t("Greeting and name")),
        ("script", t("Follows the script")),
        ("listens", t("Listens")),
        ("true_result", t("Result is true")),
        ("courtesy", t("Courtesy")),
        label,
    )


def code_words(code: Any, label: Any = "") -> Any:
    """A reason to reject."""
    return rx.match(
        code,
        ("R1", t("Result does not match the talk")),
        ("R2", t("Pressed after a clear no")),
        ("R3", t("Rude or unkind")),
        ("R4", t("Script not followed")),
        ("R5", t("Line fault, not the operator")),
        label,
    )


def code_line(one: CodeLine) -> rx.Component:
    """A reason as an entry of a list."""
    return rx.el.li(
        rx.el.b(one.code, **THEIRS), " ", rx.el.span(code_words(one.code, one.label), **THEIRS), key=one.code
    )


def note_line(note: NoteLine, place: Any, *more: Any) -> rx.Component:
    """A note with the button that moves the player to it."""
    return rx.el.li(
        rx.el.b(place + 1),
        seek_to(note.at_ms, t("Hear it from here")),
        rx.el.span(note.words, class_name="grow", **THEIRS),
        *more,
        class_name="row g3",
        key=note.id,
    )
