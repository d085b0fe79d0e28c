"""The manager's desk: one page that is the desk, and becomes the transfer when one rings."""

from typing import Any

import reflex as rx

from exchange_app.design import key, key_overlay
from exchange_app.i18n import t
from exchange_app.softphone import line_control

from .state import ManagerDesk
from .transfer import transfer_page
from .waiting import waiting_page
from .words import STAGES, who

LOOK = """
.desk{grid-template-columns:minmax(0,1fr) 340px;align-items:start}.today{margin:-8px 0 16px}
.post{gap:2px}.post .badge{align-self:flex-start;margin-top:4px}
.note{margin:0;padding:8px 12px;border-left:3px solid var(--accent-line);background:var(--panel-2)}
.note{border-radius:var(--r-1);overflow-wrap:anywhere;white-space:pre-wrap}
.quiet{background:var(--panel-2)}.dl dd,.dl dt{overflow-wrap:anywhere}
.earlier{padding:8px 0}.messages{padding:12px var(--sp-5) 0}.phone-panes{padding:12px 16px 0}
"""


def status() -> rx.Component:
    """For the top bar: the state of the desk, and the keys."""
    return rx.fragment(
        line_control("manager"),
        STAGES.badge(ManagerDesk.stage),
        key_overlay(
            [
                (
                    t("Desk"),
                    [
                        ("Enter", t("Answer, when your line is this page")),
                        ("M", t("Mute or unmute")),
                        ("Z", t("Busy: the next manager is rung")),
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


def desk_page() -> rx.Component:
    return rx.fragment(
        rx.el.style(LOOK),
        rx.cond(
            ManagerDesk.stage == "waiting",
            rx.fragment(key("KeyN", ManagerDesk.read_again), waiting_page()),
            transfer_page(),
        ),
    )
