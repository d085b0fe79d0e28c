"""Top bar and phone tab bar: where one is, where one can go, who one is."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from exchange_app.design.forms import post_form
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import t
from exchange_app.tour import tour_button

from .brand import name, sign
from .homes import HOMES
from .me import Me
from .page import Page
from .theme import theme_switch

LANGUAGE_NAMES = {"ru": "Русский", "en": "English"}
"""Each in its own words: the only texts outside the catalogue."""


def role_names() -> dict[str, rx.Var]:
    return {
        "operator": t("Operator"),
        "customer": t("Customer"),
        "manager": t("Manager"),
        "moderator": t("Moderator"),
        "admin": t("Administrator"),
    }


def language_switch() -> Any:
    """Shows the language one is in; pressing it goes to the other, at once and without a page load."""

    def to(lang: str) -> list:
        return [rx.call_script(f"i18n.set('{lang}')"), Me.choose_language(lang)]

    return rx.fragment(
        rx.el.button(
            "EN",
            type="button",
            class_name="ib to-ru",
            lang="ru",
            **THEIRS,
            aria_label=LANGUAGE_NAMES["ru"],
            title=LANGUAGE_NAMES["ru"],
            on_click=to("ru"),
        ),
        rx.el.button(
            "RU",
            type="button",
            class_name="ib to-en",
            lang="en",
            **THEIRS,
            aria_label=LANGUAGE_NAMES["en"],
            title=LANGUAGE_NAMES["en"],
            on_click=to("en"),
        ),
    )


def _account_menu(role: str) -> Any:
    names = role_names()
    places = [
        rx.cond(
            Me.homes.contains(other),
            rx.link(
                rx.icon("repeat", size=18, aria_hidden="true"),
                names[other],
                href=HOMES[other],
                underline="none",
                aria_current="page" if other == role else "false",
            ),
        )
        for other in HOMES
    ]
    # A popover closes by itself: by Esc, by a press beside it.
    return rx.fragment(
        rx.el.button(
            rx.el.span(Me.initials, class_name="ava", **THEIRS, aria_hidden="true"),
            rx.el.span(Me.name, class_name="sr", **THEIRS),
            type="button",
            class_name="ib",
            aria_label=t("Account"),
            custom_attrs={"popoverTarget": "account-menu"},
        ),
        rx.el.div(
            rx.el.div(rx.el.b(Me.name), rx.el.div(Me.email, class_name="s m"), class_name="who", **THEIRS),
            rx.fragment(*places) if not role else rx.cond(Me.homes.length() > 1, rx.fragment(*places)),
            rx.link(
                rx.icon("user-round", size=18, aria_hidden="true"),
                t("Your account"),
                href="/account",
                underline="none",
                aria_current="false" if role else "page",
            ),
            tour_button(role),
            theme_switch(wide=True),
            post_form(
                rx.el.button(rx.icon("log-out", size=18, aria_hidden="true"), t("Sign out"), type="submit"),
                action="/auth/sign-out",
            ),
            id="account-menu",
            class_name="menu",
            custom_attrs={"popover": "auto"},
        ),
    )


def _entries(page: Page, pages: Sequence[Page]) -> list[Page]:
    return [p for p in pages if p.role == page.role and p.nav is not None]


def _links(page: Page, pages: Sequence[Page]) -> list[Any]:
    if not page.role:
        # Of no role: from here one goes to the pages of each role one has.
        names = role_names()
        return [
            rx.cond(Me.homes.contains(role), rx.link(names[role], href=home, underline="none"))
            for role, home in HOMES.items()
        ]
    links = []
    for entry in _entries(page, pages):
        assert entry.nav is not None
        here = entry.route == page.route or (
            page.route.startswith(entry.route + "/")
            and not any(
                other.route != entry.route
                and other.route.startswith(entry.route)
                and page.route.startswith(other.route)
                for other in _entries(page, pages)
            )
        )
        links.append(
            rx.link(
                rx.icon(entry.nav.icon, class_name="only-m", aria_hidden="true"),
                entry.nav.label,
                href=entry.route,
                underline="none",
                aria_current="page" if here else None,
            )
        )
    return links


def top_bar(page: Page, pages: Sequence[Page]) -> Any:
    return rx.el.header(
        rx.link(sign(), rx.el.span(name()), href="/", class_name="brand", underline="none", aria_label=name()),
        rx.el.nav(*_links(page, pages), class_name="nav", aria_label=name()),
        rx.el.div(
            page.status() if page.status else rx.fragment(),
            theme_switch(),
            language_switch(),
            _account_menu(page.role),
            class_name="right",
        ),
        class_name="top",
    )


def tab_bar(page: Page, pages: Sequence[Page]) -> Any:
    return rx.el.nav(*_links(page, pages), class_name="tabbar", aria_label=name())
