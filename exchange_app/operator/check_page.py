"""The sound before a shift."""

import reflex as rx

from exchange_app.design import head, link_button
from exchange_app.i18n import t
from exchange_app.softphone import sound_check

from .look import LOOK


def check_page() -> rx.Component:
    return rx.el.div(
        rx.el.style(LOOK),
        head(t("Check the sound before a shift")),
        rx.el.p(t("The result is kept with your shift: nobody counts a bad line against you."), class_name="m lead"),
        sound_check(link_button(t("To the campaigns"), "/operator", kind="solid", icon="layout-grid")),
        class_name="page narrow",
    )
