"""`/notices`: open to everybody."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from exchange_app.design import link_button, table
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import t

from .parts import OWN, Part, of_pages, of_python


def _row(part: Part) -> rx.Component:
    return rx.el.tr(rx.el.td(part.name), rx.el.td(part.version), rx.el.td(part.licence), **THEIRS)


def _table(title: Any, parts: Sequence[Part]) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title),
        table(
            [(t("Part"), ""), (t("Version"), ""), (t("Licence"), "")],
            *(_row(part) for part in parts),
            caption=title,
            class_name="",
            role="region",
            aria_label=title,
            tab_index=0,
            style={"overflowX": "auto"},
        ),
        class_name="col g3",
    )


def notices_page() -> rx.Component:
    return rx.el.main(
        rx.el.h1(t("Licences")),
        rx.el.p(t("The exchange is free software under Apache-2.0. It is made of these parts, with our thanks.")),
        _table(t("Icons, fonts, sounds and servers"), OWN),
        _table(t("Python packages"), of_python()),
        _table(t("Packages of the pages"), of_pages()),
        rx.el.div(link_button(t("To my pages"), "/", icon="arrow-left")),
        id="main",
        class_name="page col g4",
        style={"maxWidth": "900px"},
    )
