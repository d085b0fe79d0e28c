"""The tour as a component of every page of a role, and the entry that starts it again."""

from typing import Any

import reflex as rx

from exchange_app.browser_module import browser_module
from exchange_app.i18n import t

from .state import Tour
from .stops import STOPS


class _Tour(rx.Component):
    library = browser_module(__name__, "tour.jsx")
    tag = "Tour"
    lib_dependencies: list[str] = ["driver.js@1.8.0"]
    role: rx.Var[str]
    first: rx.Var[bool]
    stops: rx.Var[list[Any]]
    words: rx.Var[dict[str, Any]]
    on_seen: rx.EventHandler[rx.event.no_args_event_spec]


def tour(role: str) -> Any:
    """Begins by itself on the role's first page for who has not seen it; closes when a call comes."""
    if role not in STOPS:
        return rx.fragment()
    stops = [{"at": s.at, "title": s.title, "words": s.words, "sample": s.sample} for s in STOPS[role]()]
    words = {
        "next": t("Next"),
        "back": t("Back"),
        "done": t("Done"),
        "progress": t("{n} of {all}", n="{{current}}", all="{{total}}"),
        "close": t("Close the tour"),
        "ready": t("Ready"),
        "call": t("Call now"),
        "yes": t("Yes, gladly"),
        "no": t("Not now"),
        "note": t("Wants a kitchen, measured on Friday"),
        "contact": t("Contact"),
        "you": t("You"),
        "manager": t("Manager"),
        "success": t("Success"),
        "refused": t("Not interested"),
    }
    return rx.fragment(
        rx.el.span(on_mount=Tour.enter, hidden=True),
        _Tour.create(
            role=role,
            first=Tour.waiting.contains(role),
            stops=stops,
            words=words,
            on_seen=Tour.saw(role),
        ),
    )


def tour_button(role: str) -> Any:
    """An entry of the account's menu."""
    if role not in STOPS:
        return rx.fragment()
    return rx.el.button(
        rx.icon("signpost", size=18, aria_hidden="true"),
        t("Show me around"),
        type="button",
        id="tour-button",
    )
