"""The manager's desk: one page that is the desk, and becomes the transfer when one rings."""

from typing import Any

import reflex as rx

from exchange_app.design import key, key_overlay, keyboard
from exchange_app.i18n import t
from exchange_app.softphone import line_control

from .look import LOOK
from .own_words_pane import results
from .own_words_state import OwnWords
from .presence_card import hours_dialog, presence_badge, presence_keys
from .state import ManagerDesk
from .transfer import transfer_page
from .waiting import waiting_page
from .words import STAGES, who


def status() -> rx.Component:
    """For the top bar: the state of the desk, and the keys."""
    return rx.fragment(
        line_control("manager"),
        rx.cond(ManagerDesk.stage == "waiting", presence_badge(), STAGES.badge(ManagerDesk.stage)),
        key_overlay(
            [
                (
                    t("Desk"),
                    [
                        ("Enter", t("Answer, when your line is this page")),
                        ("M", t("Mute or unmute")),
                        ("Z", t("Busy: the next manager is rung")),
                        ("1 … 5", t("What came of it")),
                        ("F", t("Your note")),
                        ("A", t("Available or away")),
                        ("H", t("Your hours")),
                        ("N", t("Read again")),
                        ("Esc", t("Put the incoming transfer beside")),
                        ("Enter", t("Back to the desk")),
                    ],
                )
            ]
        ),
    )


def title() -> Any:
    """Seen on the browser's tab, too: who rings."""
    return rx.match(
        ManagerDesk.stage,
        ("ringing", t("Incoming: {name}", name=who())),
        ("consulting", t("Incoming: {name}", name=who())),
        ("with_contact", t("Talking: {name}", name=who())),
        t("Desk"),
    )


def _own_keys() -> rx.Component:
    stage = ManagerDesk.stage
    digits = {f"Digit{place}": OwnWords.choose(OwnWords.transfer_id, code) for place, code in results()}
    return rx.cond(
        (stage != "ringing") & (OwnWords.transfer_id != ""),
        rx.fragment(keyboard(digits, state=stage), key("KeyF", focus="own-note")),
    )


def desk_page() -> rx.Component:
    return rx.fragment(
        rx.el.style(LOOK),
        rx.cond(
            ManagerDesk.stage == "waiting",
            rx.fragment(key("KeyN", ManagerDesk.read_again), presence_keys(), waiting_page(), hours_dialog()),
            rx.fragment(_own_keys(), transfer_page()),
        ),
    )
