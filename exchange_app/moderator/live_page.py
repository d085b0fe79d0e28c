"""`/moderator/live`: who is on shift and in a call; beside it the line that the moderator listens to."""

from typing import Any

import reflex as rx

from exchange_app.design import (
    OPERATOR_STATES,
    Column,
    badge,
    button,
    callout,
    card,
    clock,
    cord,
    cord_board,
    dialog,
    disposition,
    dispositions,
    empty_state,
    head,
    jack,
    key,
    key_overlay,
    keyboard,
    live_table,
    loading,
    segment,
    segmented,
)
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import seconds_until, t
from exchange_app.softphone import line_control

from .live_state import Live

ON = Live.hearing == "on"


def status() -> rx.Component:
    """For the top bar: the moderator's own line, and the keys."""
    return rx.fragment(
        line_control("moderator"),
        key_overlay(
            [
                (
                    t("Live calls"),
                    [
                        ("Enter", t("Listen to the line under the focus")),
                        ("1", t("Nobody hears you")),
                        ("2", t("The operator hears you")),
                        ("3", t("Both hear you")),
                        ("Esc", t("Stop listening")),
                        ("M", t("Mute or unmute")),
                    ],
                )
            ]
        ),
    )


def _what() -> Any:
    return rx.match(
        Live.mode, ("whisper", t("You whisper")), ("step_in", t("You are in the call")), t("You listen")
    )  # fmt: skip


def _table() -> rx.Component:
    marks = {
        "new": badge(t("New operator"), tone="blue", icon="sprout"),
        "flagged": badge(t("A flag is open"), tone="amber", icon="flag"),
    }
    return live_table(
        [
            Column("name", t("Operator"), strong=True, phone=True),
            Column("campaign", t("Campaign"), quiet=True),
            Column("state", t("State"), "badge", phone=True),
            Column("since", t("Time"), "running", phone=True),
            Column("mark", t("What to look at"), "badge", phone=True),
            Column("ear", t("Listen"), "badge", phone=True),
        ],
        snapshot=Live.snapshot,
        patch=Live.patch,
        on_gap=Live.gap,
        order="name",
        rising=True,
        caption=t("Operators on shift"),
        badges={
            "state": OPERATOR_STATES.badges(),
            "mark": marks,
            "ear": {"listen": badge(t("Listen"), icon="ear")},
        },
        empty=card(
            rx.cond(
                Live.only == "",
                empty_state(
                    t("Nobody is on shift"), t("Operators appear here when their shift begins."), icon="moon"
                ),
                empty_state(t("Nobody like that is on shift"), t("Look at all."), icon="search-x"),
            )
        ),
        on_row=Live.listen,
        chosen=rx.cond(Live.hearing == "on", Live.operator_id, 0),
        filter_key=rx.cond(Live.only == "flagged", "flagged", "new"),
        filter_values=rx.cond(Live.only != "", ["yes"], []),
    )  # fmt: skip


def _board() -> rx.Component:
    heard = Live.mode != "listen"
    stepped_in = Live.mode == "step_in"
    on_hold = Live.state == "transferring"
    hears_you = rx.cond(stepped_in, t("hears you"), t("does not hear you"))
    contact = rx.cond(~Live.in_call, t("nobody"), rx.cond(on_hold, t("hears music"), hears_you))
    return cord_board(
        jack(
            rx.cond(Live.contact != "", Live.contact, t("Contact")), contact, icon="user",
            tone=rx.cond(Live.in_call, "accent", "gray"),
        ),
        cord(rx.cond(~Live.in_call, "none", rx.cond(on_hold, "hold", "both")), ""),
        jack(Live.name, rx.cond(heard, t("hears you"), t("does not hear you")), icon="headphones", tone="accent"),
        cord(rx.cond(heard, "transfer", "listen"), ""),
        jack(t("You"), t("hear both"), icon="ear", tone="blue"),
        label=t("Who hears whom"),
    )  # fmt: skip


def _modes() -> rx.Component:
    def mode(name: str, digit: str, label: Any, follows: Any) -> rx.Component:
        return disposition(label, on=Live.mode == name, key=digit, follows=follows, on_click=Live.speak(name))

    return dispositions(
        mode("listen", "1", t("Listen in"), t("nobody hears you")),
        mode("whisper", "2", t("Whisper"), t("only the operator hears you; it is not in the recording")),
        mode("step_in", "3", t("Step in"), t("operator and contact hear you; we ask once more")),
        label=t("Who hears you"),
    )


def _over() -> Any:
    """Why nothing is heard (any more)."""
    return rx.match(
        Live.reason,
        ("stopped", t("You stopped listening. The call goes on.")),
        ("line_over", t("The operator's line has ended, and your listening with it.")),
        ("no_line", t("The operator has no open line just now.")),
        ("no_page", t("Your own line did not answer: look at its sign at the top of the page.")),
        ("late", t("The exchange was away when you asked. Ask again.")),
        t("Listening did not come about. Ask again."),
    )


def _late() -> rx.Component:
    return rx.cond(
        (Live.until_ms > 0) & (seconds_until(Live.until_ms) == 0),
        callout(
            t("The exchange does not answer."), t("The call is not touched by this. Ask again."), tone="red",
            alert=True,
        ),
        loading(t("Your line is being called…")),
    )  # fmt: skip


def _panel() -> rx.Component:
    title = rx.el.div(
        rx.el.h2(rx.el.span(Live.name, **THEIRS)),
        rx.cond(Live.since_ms > 0, rx.el.span(clock(since=Live.since_ms), class_name="b")),
        rx.cond(ON, badge(_what(), tone="blue", icon="ear")),
        class_name="row sb w",
    )
    return card(
        title,
        rx.el.div(
            OPERATOR_STATES.badge(Live.state), rx.el.span(Live.campaign, class_name="m", **THEIRS), class_name="row w"
        ),
        rx.match(
            Live.hearing,
            (
                "on",
                rx.fragment(
                    keyboard(
                        {
                            "Digit1": Live.speak("listen"),
                            "Digit2": Live.speak("whisper"),
                            "Digit3": Live.speak("step_in"),
                        }
                    ),
                    rx.cond(~Live.asking, key("Escape", Live.stop)),
                    _board(),
                    _modes(),
                    button(t("Stop listening"), key="Esc", full=True, on_click=Live.stop, id="stop-listening"),
                ),
            ),
            ("calling", rx.fragment(key("Escape", Live.stop), _late(), button(t("Leave it"), on_click=Live.stop))),
            rx.fragment(
                rx.el.p(_over(), role="status"),
                button(t("Listen again"), icon="ear", on_click=Live.again),
            ),
        ),
        class_name="col g3",
        id="live-panel",
    )


def _question() -> rx.Component:
    return dialog(
        t("Step in?"),
        rx.el.p(t("From now on the contact hears you, and you are in the recording. Say who you are.")),
        rx.el.div(
            button(t("No, not now"), on_click=Live.ask_no_more(False)),
            button(t("Step in"), kind="solid", on_click=Live.step_in, id="step-in"),
            class_name="row sb w",
        ),
        open=Live.asking,
        on_open_change=Live.ask_no_more,
        alert=True,
    )


def live_page() -> rx.Component:
    def only(name: str, label: Any) -> rx.Component:
        return segment(label, on=Live.only == name, on_click=Live.show_only(name))

    filters = segmented(
        only("", t("All")), only("new", t("New")), only("flagged", t("With a flag")), label=t("Which operators")
    )
    beside = rx.cond(
        Live.operator_id > 0,
        _panel(),
        card(
            empty_state(
                t("Nobody is listened to"),
                t("Choose a line. Every listening is written down; operators are told when a moderator speaks."),
                icon="ear",
            ),
            class_name="live-none",
        ),
    )
    return rx.el.div(
        head(t("Live calls"), filters),
        rx.cond(
            Live.loaded,
            rx.el.div(rx.el.div(_table(), class_name="col g3"), beside, class_name="live"),
            loading(t("One moment…")),
        ),
        _question(),
        class_name="page",
        on_unmount=Live.leave,
    )
