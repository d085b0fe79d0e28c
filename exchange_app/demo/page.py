"""Try the exchange alone: the robot's switch, what it is doing, and a seat for each role in one press."""

from typing import Any

import reflex as rx

from exchange_app.design import States, button, callout, card, clock, empty_state
from exchange_app.design.forms import post_form
from exchange_app.design.states import Shown
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import t, tn
from exchange_app.shell.frame import sheet
from exchange_app.sign_in.demo import DEMO_ACCOUNTS

from .state import Robot

DOING = States(
    {
        "off": Shown("moon", t("The robot rests"), "gray"),
        "starting": Shown("plug-zap", t("It begins its shift"), "amber"),
        "pausing": Shown("headset", t("It is about to call the next contact"), "accent"),
        "ringing": Shown("phone-outgoing", t("It rings a contact"), "amber"),
        "talking": Shown("audio-lines", t("It talks and writes down answers"), "accent"),
        "transferring": Shown("arrow-right-to-line", t("It hands a contact over to the manager"), "blue"),
        "wrap_up": Shown("pen-line", t("It notes how the call ended"), "gray"),
        "waiting": Shown("clock", t("It waits"), "amber"),
        "stopping": Shown("square", t("It ends its call and its shift"), "gray"),
        "lost": Shown("unplug", t("It lost its line and asks for it again"), "red"),
        "no_engine": Shown("unplug", t("The call engine does not answer it; it asks again"), "red"),
    },
    Shown("circle-help", t("The robot's program is not running"), "red"),
)


def _why() -> Any:
    """For what it waits."""
    return rx.match(
        Robot.notice,
        ("nothing_due", t("All contacts that are left rest until their next attempt.")),
        ("outside_hours", t("It is too early or too late at the contacts'.")),
        ("daily_cap", t("All calls that are allowed today have been made.")),
        ("list_done", t("Every contact of the list is done.")),
        ("out_of_funds", t("The customer's money has run out: sign in as the customer and pay in.")),
        ("spend_cap", t("The customer's money for today is used up: sign in as the customer and change the cap.")),
        ("lines_busy", t("All lines are busy.")),
        ("campaign_not_active", t("The campaign is stopped: sign in as the customer and start it.")),
        t("It tries again in a moment."),
    )


def _doing() -> rx.Component:
    known = rx.el.div(
        rx.el.i(DOING.icon(Robot.doing), aria_hidden="true"),
        rx.el.div(
            rx.el.b(DOING.word(Robot.doing)),
            rx.cond(Robot.contact != "", rx.el.div(Robot.contact, **THEIRS)),
            rx.cond(Robot.doing == "waiting", rx.el.div(_why(), class_name="m s")),
            rx.el.div(
                tn("{n} call closed since it was started", "{n} calls closed since it was started", n=Robot.calls),
                class_name="m s",
            ),
            class_name="grow",
        ),
        rx.cond(
            (Robot.since_ms > 0) & (Robot.doing != "off"), rx.el.span(clock(since=Robot.since_ms), class_name="m nw")
        ),
        class_name="row t g3 doing",
        role="status",
        aria_live="polite",
    )
    return rx.cond(
        Robot.failed,
        callout(t("The exchange's messages cannot be read."), t("We look again every second."), tone="red"),
        known,
    )


def _switch() -> rx.Component:
    start = button(t("Start the robot"), kind="solid", big=True, icon="play", on_click=Robot.switch(True), id="start")
    stop = button(t("Stop the robot"), kind="line", big=True, icon="square", on_click=Robot.switch(False), id="stop")
    return rx.cond(Robot.wanted, stop, start)


def _seats() -> rx.Component:
    """One press signs in: whom to watch it as."""
    words = {
        "customer": (t("Watch as the customer"), "table-2", t("Calls arrive in the table, and the money with them.")),
        "manager": (t("Watch as the manager"), "phone-incoming", t("Some contacts are handed over to you.")),
        "operator": (t("Call as an operator"), "headset", t("Beside the robot, on the same list.")),
    }
    seats = [
        rx.el.div(
            post_form(button(label, full=True, big=True, type="submit", icon=icon), action=f"/auth/demo/{name}"),
            rx.el.p(says, class_name="s m"),
            class_name="col",
        )
        for name, (label, icon, says) in words.items()
        if name in DEMO_ACCOUNTS
    ]
    return card(
        rx.el.h2(t("Then look on")),
        rx.el.p(
            t("Each opens in this browser. For two at once, open the second one in a private window."), class_name="m s"
        ),
        *seats,
        class_name="col g4 roomy",
    )


def demo_page() -> rx.Component:
    robot = card(
        rx.el.h1(t("Try it alone")),
        rx.el.p(
            t(
                "A robot works as an operator: it calls the furniture workshop's list on the simulated switch, writes "
                "down answers, hands some contacts over, and notes how each call ended. Nobody is really called."
            ),
            class_name="m",
        ),
        _doing(),
        _switch(),
        class_name="col g4 roomy",
    )
    return sheet(
        rx.el.style(
            ".doing>i{display:grid;place-items:center;width:44px;height:44px;border-radius:50%;"
            "background:var(--gray-soft);flex:none}.doing{min-height:76px}.sheet .card+.card{margin-top:16px}"
        ),
        rx.cond(
            Robot.there,
            rx.fragment(robot, _seats()),
            card(empty_state(t("One moment…"), t("The page asks whether this is a demo."), icon="clock")),
        ),
        wide=True,
    )
