"""What the first calls were, over the results: hear them, then go on, change something, or stop."""

import reflex as rx

from exchange_app.design import badge, button, card, link_button, switch
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import t, tn

from .call_dialog import state_badge
from .here import Here
from .pilot_state import Pilot, PilotCall
from .results_state import Results
from .run_state import Run
from .sound import player
from .words import minutes


def _call(call: PilotCall) -> rx.Component:
    who = rx.cond(call.contact, call.contact, call.number)
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.b(who, **THEIRS),
                rx.cond(call.answer, rx.el.div(call.answer, class_name="s m", **THEIRS)),
                class_name="grow",
                style={"minWidth": "min(100%, 200px)"},
            ),
            state_badge(call.state),
            rx.cond(call.talk_s > 0, rx.el.span(minutes(call.talk_s), class_name="num m")),
            button(t("All about it"), kind="ghost", on_click=Results.open_call(call.id)),
            class_name="row w",
        ),
        rx.cond(
            call.heard,
            player(call.id, t("Recording of the call to {name}", name=who)),
            rx.cond(call.talk_s > 0, rx.el.p(t("The recording is on its way, or was not made."), class_name="s m")),
        ),
        class_name="col g2",
        style={"padding": "12px 0", "borderTop": "1px solid var(--line)"},
    )


def pilot_card() -> rx.Component:
    return rx.cond(
        Here.pilot == "review",
        card(
            rx.el.div(
                rx.el.h2(t("The first calls are made")),
                badge(t("stopped, to be heard"), tone="amber", icon="ear"),
                class_name="row sb w",
            ),
            rx.el.p(
                tn(
                    "The campaign has stopped after {n} call, so that you can hear how it goes. "
                    "Nothing is called until you say so.",
                    "The campaign has stopped after {n} calls, so that you can hear how they go. "
                    "Nothing is called until you say so.",
                    n=Pilot.calls.length(),
                )
            ),
            rx.el.ol(rx.foreach(Pilot.calls, _call), style={"listStyle": "none", "padding": 0}),
            rx.el.div(
                button(t("It goes well, go on"), kind="solid", icon="play", on_click=Run.go_on),
                link_button(t("Change the script"), f"/customer/campaign/{Here.number}/script", icon="file-text"),
                link_button(t("Change the list"), f"/customer/campaign/{Here.number}/list", icon="users"),
                button(t("Finish the campaign"), kind="redline", on_click=Run.ask_finish(True)),
                class_name="row w",
            ),
            class_name="col g3",
        ),
    )


def pilot_switch() -> rx.Component:
    """On the last step, before the first call."""

    return rx.cond(
        (Here.pilot != "review") & (Here.status == "draft"),
        switch(
            tn(
                "Stop after {n} call, so that I can hear how they go",
                "Stop after the first {n} calls, so that I can hear how they go",
                n=Pilot.most,
            ),
            checked=Here.pilot == "due",
            on_change=Run.switch_pilot,
        ),
    )
