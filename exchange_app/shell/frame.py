"""Puts a page's content into its frame."""

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx

from exchange_app.design.keyboard import key
from exchange_app.design.surfaces import loading
from exchange_app.i18n import t
from exchange_app.tour import tour

from .brand import name, sign
from .me import Me
from .page import Page
from .theme import theme_keeper
from .top_bar import language_switch, tab_bar, top_bar


def _skip_link() -> Any:
    return rx.el.a(t("Skip to content"), href="#main", class_name="skip")


def framed(page: Page, pages: Sequence[Page]) -> Callable[[], rx.Component]:
    """The component of a route: frame and content, or the content alone for a bare page."""
    if page.frame == "bare":
        return lambda: rx.el.div(_skip_link(), rx.el.main(page.component(), id="main"), class_name="bare")

    def component() -> Any:
        sections = [
            key(f"KeyG {p.nav.key}", rx.redirect(p.route)) for p in pages if p.role == page.role and p.nav and p.nav.key
        ]
        return rx.el.div(
            _skip_link(),
            theme_keeper(),
            *sections,
            top_bar(page, pages),
            # Rights are kept on the server; until it has answered there is nothing to show.
            rx.el.main(rx.cond(Me.account_id > 0, page.component(), loading(t("One moment…"))), id="main"),
            tab_bar(page, pages) if page.tabs else rx.fragment(),
            tour(page.role),
            class_name="framed" if page.tabs else "framed no-tabs",
        )

    return component


def sheet(*children: Any, wide: bool = False) -> Any:
    """The narrow page of sign-in and invitation: the sign, the name, a card."""
    return rx.el.div(
        rx.el.div(sign(36), name(), class_name="sheet-brand"),
        *children,
        rx.el.div(language_switch(), class_name="row sheet-language"),
        class_name="sheet",
        style={"maxWidth": "560px"} if wide else {},
    )
