"""The call strip of the workspace, and its actions: at the top on a desk, at the bottom edge on a phone."""

from typing import Any

import reflex as rx

from exchange_app.design import OPERATOR_STATES, action_bar, button, call_strip, clock, icon_button, limit_ring
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import t, tc, tn
from exchange_app.shell import Me

from .browser import place_time
from .desk_state import Desk
from .preview_state import Preview
from .sheet_state import Sheet
from .writing import press

S = Desk.state


def _sub() -> Any:
    consulting = Desk.transfer_answered_ms > 0
    return rx.match(
        S,
        ("off_shift", t("Choose a campaign to begin")),
        ("connecting", t("We call your line")),
        (
            "ready",
            rx.cond(
                Desk.preview,
                rx.cond(
                    Desk.preview_until_ms > 0,
                    t("We dial by ourselves in a moment"),
                    t("The countdown is stopped, nobody is called"),
                ),
                t("Your line is open, nobody is on it"),
            ),
        ),
        ("ringing", t("You hear the ringing, the contact has not answered yet")),
        (
            "talking",
            rx.cond(
                Desk.masked,
                t("You hear each other. The recording is paused, nothing is kept"),
                t("You hear each other"),
            ),
        ),
        (
            "transferring",
            rx.cond(
                consulting,
                t("You talk with the manager, the contact waits"),
                t("We ring the manager, the contact hears music"),
            ),
        ),
        (
            "wrap_up",
            rx.cond(
                Desk.ended_ms > 0,
                t("The call has ended, nobody hears you"),
                t("Contact and manager talk, nobody hears you"),
            ),
        ),
        (
            "connection_lost",
            rx.cond(
                Desk.call_id != "", t("The call is held, we bring you back to it"), t("We are reconnecting your line")
            ),
        ),
        "",
    )


def person() -> Any:
    """Who is on the line: the person, else the contact."""
    return rx.cond(Desk.person_name != "", Desk.person_name, Desk.contact_name)


def _who() -> Any:
    in_call = rx.cond(S == "transferring", rx.cond(Desk.manager_name != "", Desk.manager_name, person()), person())
    return rx.cond(Desk.call_id != "", in_call, Sheet.campaign_name)


def _dot() -> rx.Component:
    return rx.el.span(" · ", style={"display": "inline"})


def _who_sub() -> rx.Component:
    contact = rx.fragment(
        rx.el.span(Desk.masked_number, **THEIRS, class_name="nw", style={"display": "inline"}),
        _dot(),
        place_time(Desk.time_zone),
        _dot(),
        rx.cond(
            Sheet.max_attempts > 0,
            t("attempt {n} of {most}", n=Desk.attempt, most=Sheet.max_attempts),
            t("attempt {n}", n=Desk.attempt),
        ),
    )
    manager = rx.cond(Desk.transfer_answered_ms > 0, t("the manager, on your line"), t("the manager, it rings there"))
    return rx.fragment(
        rx.match(
            S,
            ("transferring", rx.fragment(manager)),
            rx.cond(Desk.call_id != "", contact, rx.el.span(Sheet.customer_name, **THEIRS)),
        )
    )


def _clock() -> rx.Component:
    until = Desk.claimed_ms + Sheet.ring_s * 1000
    return rx.fragment(
        rx.match(
            S,
            (
                "ringing",
                limit_ring(
                    tn("ends by itself after {n} second", "ends by itself after {n} seconds", n=Sheet.ring_s),
                    start=Desk.claimed_ms,
                    end=until,
                    tone="amber",
                ),
            ),
            (
                "talking",
                limit_ring(
                    t("limit {time}", time=Desk.limit_figures),
                    start=Desk.answered_ms,
                    end=Desk.limit_ms,
                    warning=Desk.warning_ms,
                ),
            ),
            (
                "transferring",
                rx.el.div(
                    rx.el.div(
                        clock(
                            since=rx.cond(
                                Desk.transfer_answered_ms > 0, Desk.transfer_answered_ms, Desk.transfer_started_ms
                            )
                        ),
                        rx.el.span(t("the contact waits")),
                    ),
                    class_name="clock",
                ),
            ),
            (
                "wrap_up",
                limit_ring(
                    t("to write it down"),
                    start=Desk.wrap_up_until_ms - Sheet.wrap_up_s * 1000,
                    end=Desk.wrap_up_until_ms,
                    tone="gray",
                    countdown=True,
                ),
            ),
            (
                "ready",
                rx.cond(
                    Desk.preview_until_ms > 0,
                    limit_ring(
                        t("until we dial"),
                        start=Desk.claimed_ms,
                        end=Desk.preview_until_ms,
                        countdown=True,
                    ),
                    rx.cond(
                        Desk.shift_started_ms > 0,
                        rx.el.div(
                            rx.el.div(clock(since=Desk.shift_started_ms), rx.el.span(t("on shift"))),
                            class_name="clock no-m",
                        ),
                    ),
                ),
            ),
            (
                "connection_lost",
                rx.cond(
                    Desk.answered_ms > 0,
                    rx.el.div(
                        rx.el.div(clock(since=Desk.answered_ms), rx.el.span(t("since the answer"))), class_name="clock"
                    ),
                ),
            ),
            rx.fragment(),
        )
    )


def _hang_up(label: Any, big: bool, key: str | None) -> rx.Component:
    return button(label, kind="red", key=key, icon="phone-off", big=big, on_click=Desk.hang_up(Desk.call_id))


def _buttons(big: bool) -> dict[str, list[rx.Component]]:
    """The actions of each state; keys are printed on the large ones of the strip."""

    def k(key: str) -> str | None:
        return key if big else None

    cancel = _hang_up(tc("call", "Cancel"), big, k("H"))
    hang_up = _hang_up(t("Hang up"), big, k("H"))
    transfer = button(
        t("Transfer"),
        kind="blue",
        key=k("T"),
        icon="arrow-right-to-line",
        big=big,
        on_click=Desk.start_transfer(Desk.call_id),
    )
    if big:
        label = rx.cond(Desk.masked, t("Resume the recording"), t("Pause the recording"))
    else:
        label = rx.cond(Desk.masked, t("Record again"), t("Pause recording"))
    mask = Desk.mask_recording(Desk.call_id, ~Desk.masked)
    # On a phone three buttons with words do not fit, and hanging up must.
    small = icon_button(
        rx.cond(Desk.masked, rx.icon("disc-3", aria_hidden="true"), rx.icon("disc", aria_hidden="true")), label,
        outlined=True, aria_pressed=rx.cond(Desk.masked, "true", "false"), on_click=mask,
    )  # fmt: skip
    pause = rx.cond(
        Desk.recorded & (Sheet.masking_allowed | Desk.masked),
        button(label, key=k("S"), icon="disc", big=True, on_click=mask) if big else small,
    )
    back = button(
        tc("verb", "Return"), key=k("R"), icon="arrow-left", big=big, on_click=Desk.return_to_contact(Desk.call_id)
    )
    following = rx.cond(
        Desk.managers_waiting > 0,
        button(t("Next manager"), key=k("N"), icon="skip-forward", big=big, on_click=Desk.next_manager(Desk.call_id)),
    )
    connect = rx.cond(
        Desk.transfer_answered_ms > 0,
        button(t("Connect them"), kind="blue", key=k("Y"), big=big, on_click=Desk.complete_transfer(Desk.call_id)),
    )
    call = button(t("Call now"), kind="solid", key=k("C"), icon="phone-outgoing", big=big, on_click=Desk.call_next)
    telephone = button(
        t("Ring my telephone"), kind="solid", key=k("C"), icon="phone", big=big, on_click=Desk.ring_seat(True)
    )
    again = button(t("Ring my line"), kind="solid", key=k("C"), icon="phone", big=big, on_click=Desk.ring_seat(False))
    ring = rx.cond(Desk.has_telephone, telephone, again)
    end = button(t("Break"), key=k("B"), icon="coffee", big=big, on_click=Desk.end_shift)
    held = Desk.preview_until_ms == 0
    hold = rx.cond(
        Desk.preview,
        rx.fragment(
            button(
                rx.cond(held, t("Go on"), t("Wait")),
                key=k("P"),
                big=big,
                on_click=Preview.hold(Desk.call_id, ~held),
            ),
            button(t("Skip"), key=k("K"), big=big, on_click=Preview.ask(Desk.call_id)),
        ),
    )
    return {
        "ready": [call, hold, end if big else rx.cond(Desk.preview, rx.fragment(), end)],
        "ringing": [cancel],
        "talking": [pause, transfer, hang_up],
        "transferring": [hang_up] if big else [back, following, connect],
        "connecting": [ring],
        "connection_lost": [ring, rx.cond(Desk.call_id != "", hang_up, end)],
    }


def strip() -> rx.Component:
    actions = _buttons(big=True)
    return call_strip(
        OPERATOR_STATES,
        S,
        sub=_sub(),
        who=_who(),
        who_sub=_who_sub(),
        clock=_clock(),
        gender=Me.gender,
        live=_live(),
        actions=rx.match(S, *((state, rx.fragment(*shown)) for state, shown in actions.items()), rx.fragment()),
    )


def _live() -> Any:
    """What a screen reader says when the state changes."""
    return rx.match(
        S,
        (
            "ready",
            rx.cond(
                Desk.preview,
                rx.cond(
                    Desk.preview_until_ms > 0,
                    t("Next: {name}. We dial by ourselves in a moment", name=person()),
                    t("The countdown is stopped, nobody is called"),
                ),
                OPERATOR_STATES.live(S),
            ),
        ),
        ("ringing", t("Ringing {name}", name=person())),
        ("talking", rx.cond(Desk.masked, t("The recording is paused"), OPERATOR_STATES.live(S))),
        (
            "transferring",
            rx.cond(
                Desk.transfer_answered_ms > 0,
                t("{name} answered. The contact hears music", name=Desk.manager_name),
                t("We ring the manager, the contact hears music"),
            ),
        ),
        OPERATOR_STATES.live(S),
    )


def phone_actions() -> rx.Component:
    actions = _buttons(big=False)
    wrap_up = [
        button(t("Break"), icon="coffee", on_click=press("save-break")),
        button(t("Save and next"), kind="solid", on_click=press("save-next"), style={"flex": "2"}),
    ]
    shown = [(state, action_bar(*buttons)) for state, buttons in {**actions, "wrap_up": wrap_up}.items()]
    return rx.fragment(rx.match(S, *shown, rx.fragment()))
