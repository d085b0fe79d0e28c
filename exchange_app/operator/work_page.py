"""The workspace: the strip above, the form that stays, and the panes that the state of the call brings."""

from typing import Any

import reflex as rx

from exchange_app.design import (
    OPERATOR_STATES,
    button,
    callout,
    kbd,
    key,
    key_overlay,
    keyboard,
    segment,
    segmented,
)
from exchange_app.i18n import date, money, seconds_until, t, tc, tn
from exchange_app.shell import Me, browser_zone
from exchange_app.softphone import line_control

from .between_pane import BREAK_AFTER_MS
from .browser import focus_on
from .cues import sound_switch, state_cues
from .desk_state import Desk
from .dialogs import do_not_call_dialog, person_dialog
from .guide_state import Guide
from .look import LOOK
from .overheard_state import overheard
from .panes import (
    campaign_pane,
    connecting,
    contact_pane,
    ended_pane,
    lost_pane,
    off_shift,
    right_pane,
    transfer_pane,
)
from .person_state import Person
from .practice_state import practice_banner
from .preview_state import Preview
from .script_pane import script_pane
from .sheet_state import Sheet
from .strip import phone_actions, strip
from .today_state import Today
from .trouble_dialogs import abuse_dialog, after_abuse, problem_dialog, skip_dialog
from .trouble_state import Trouble
from .words import notice
from .writing import form_pane, press

S = Desk.state
IN_CALL = (Desk.call_id != "") & ~Desk.preview


def _late() -> rx.Component:
    """A command that the engine has not answered in time."""
    late = (Desk.pending != "") & (Desk.pending_until_ms > 0) & (seconds_until(Desk.pending_until_ms) == 0)
    safe = rx.cond(
        IN_CALL, t("The call goes on. Press again if nothing changes in a moment."), t("Press again in a moment.")
    )
    return rx.cond(late, callout(t("The exchange does not answer."), safe, tone="red", alert=True))


def _nobody_there() -> rx.Component:
    """Said before the key is pressed, so that nobody is promised a manager who is not there."""
    back = t("The first is back on {at}.", at=date(Sheet.managers_back_ms, weekday="short", timeStyle="short"))
    return callout(
        t("No manager takes transfers just now."),
        t("Offer a call-back instead."),
        " ",
        rx.cond(Sheet.managers_back_ms > 0, back, ""),
        tone="amber",
        icon="user-x",
    )


def _messages() -> rx.Component:
    return rx.el.div(
        _late(),
        practice_banner(),
        rx.cond((S == "connection_lost") & IN_CALL, rx.fragment(), notice()),
        after_abuse(),
        rx.cond((S == "talking") & (Sheet.managers_there == 0), _nobody_there()),
        class_name="messages",
        aria_live="polite",
    )


def _panes_of_phone() -> rx.Component:
    """The segmented control by which a phone goes from pane to pane."""

    def to(name: str, label: Any, others: Any = False) -> rx.Component:
        return segment(label, on=(Sheet.pane == name) | others, on_click=Sheet.show_pane(name))

    talk = segmented(
        to("script", t("Script"), Sheet.pane == "ended"),
        to("form", t("Fields")),
        to("objections", t("Objections")),
        label=t("Parts of the page"),
        full=True,
        class_name="grow",
    )
    quiet = segmented(
        to("script", t("Script"), Sheet.pane == "ended"),
        to("form", rx.cond(IN_CALL | Desk.preview, t("Contact"), t("Campaign"))),
        to("objections", rx.cond(IN_CALL, t("Objections"), t("Today"))),
        label=t("Parts of the page"),
        full=True,
        class_name="grow",
    )
    ended = segmented(
        to("ended", t("How it ended"), (Sheet.pane != "form")),
        to("form", t("Fields")),
        label=t("Parts of the page"),
        full=True,
        class_name="grow",
    )
    shown = rx.match(
        S,
        ("talking", talk),
        ("wrap_up", ended),
        ("ready", quiet),
        ("ringing", quiet),
        rx.fragment(),
    )
    return rx.el.div(shown, class_name="only-m phone-panes")


def _grid() -> rx.Component:
    """The form keeps its place among the panes in every state, so that nothing takes the focus from who is typing."""
    writes = IN_CALL & (S != "ringing")
    before = rx.match(
        S,
        ("wrap_up", ended_pane()),
        ("transferring", transfer_pane()),
        ("ringing", contact_pane()),
        ("connection_lost", rx.cond(IN_CALL, lost_pane(), campaign_pane())),
        ("ready", rx.cond(Desk.preview, contact_pane(), campaign_pane())),
        rx.fragment(),
    )
    beside = (S == "talking") | (S == "ready") | (S == "ringing")
    shape = rx.match(S, ("wrap_up", "ws two"), ("transferring", "ws rev"), ("connection_lost", "ws rev"), "ws")
    return rx.el.div(
        before,
        rx.cond(writes, form_pane()),
        rx.cond(beside, script_pane()),
        rx.cond(beside, right_pane()),
        class_name=shape,
    )


def _foot() -> rx.Component:
    figures = [tn("{n} call", "{n} calls", n=Today.calls), ", ", tn("{n} success", "{n} successes", n=Today.successes)]
    to_break = seconds_until(Desk.shift_started_ms + BREAK_AFTER_MS)
    advice = rx.cond(
        to_break > 0,
        t("A break is advised in {n} min", n=(to_break + 59) // 60),
        t("A break of ten minutes is advised"),
    )
    return rx.el.footer(
        rx.el.span(
            rx.icon("wallet", size=16, aria_hidden="true"),
            rx.el.b(t("Today"), " ", money(Today.pay, Today.currency)),
            rx.el.span(*figures, class_name="m"),
            rx.cond(
                Today.unsettled > 0,
                rx.el.span(
                    tn("pay for {n} call is being reckoned", "pay for {n} calls is being reckoned", n=Today.unsettled),
                    class_name="m no-m",
                ),
            ),
            class_name="row w",
        ),
        rx.cond(
            (S != "off_shift") & (Desk.shift_started_ms > 0),
            rx.el.span(rx.icon("coffee", size=16, aria_hidden="true"), advice, class_name="row m no-m"),
        ),
        rx.cond(
            ~IN_CALL & (S != "off_shift"),
            button(t("End the shift"), kind="ghost", icon="log-out", on_click=Desk.end_shift, class_name="end"),
        ),
        rx.el.span(kbd("?"), " ", t("all keys"), class_name="row no-m", style={"marginLeft": "auto"}),
        class_name="foot",
    )


def _keys() -> rx.Component:
    on_the_line = (S == "ringing") | (S == "talking") | (S == "transferring") | ((S == "connection_lost") & IN_CALL)
    seat_wanted = (S == "connecting") | (S == "connection_lost")
    writes = IN_CALL & (S != "ringing")
    call = Desk.call_id
    dispositions = {f"Digit{i}": Sheet.choose_digit(call, i) for i in range(1, 10)}
    return rx.fragment(
        key("?", press="keys-button"),
        rx.cond(S == "ready", keyboard({"KeyC": Desk.call_next, "KeyB": Desk.end_shift})),
        rx.cond(
            (S == "ready") & Desk.preview,
            keyboard({"KeyP": Preview.hold(call, Desk.preview_until_ms > 0), "KeyK": Preview.ask(call)}),
        ),
        rx.cond(seat_wanted, key("KeyC", Desk.ring_seat(Desk.has_telephone))),
        rx.cond(on_the_line, key("KeyH", Desk.hang_up(call))),
        rx.cond(S == "talking", keyboard({"KeyT": Desk.start_transfer(call)})),
        rx.cond(
            (S == "talking") & Desk.recorded & (Sheet.masking_allowed | Desk.masked),
            key("KeyS", Desk.mask_recording(call, ~Desk.masked)),
        ),
        rx.cond(S == "transferring", keyboard({"KeyR": Desk.return_to_contact(call), "KeyN": Desk.next_manager(call)})),
        rx.cond((S == "transferring") & (Desk.transfer_answered_ms == 0), key("Escape", Desk.give_up_ringing(call))),
        rx.cond((S == "transferring") & (Desk.transfer_answered_ms > 0), key("KeyY", Desk.complete_transfer(call))),
        rx.cond((S == "talking") | (S == "wrap_up"), key("KeyD", Sheet.ask_do_not_call(call))),
        rx.cond(
            writes, rx.fragment(key("KeyF", Sheet.reveal("form", "note"), focus="note"), key("KeyX", Person.open(call)))
        ),
        rx.cond(
            S == "talking",
            rx.fragment(
                key("KeyO", Sheet.reveal("objections", "objection-search"), focus="objection-search"),
                keyboard({f"Digit{i}": Guide.answer(call, i) for i in range(1, 10)}, state=S),
                keyboard({"Digit0": Guide.back(call)}, state=S),
            ),
        ),
        rx.cond((S == "talking") | (S == "transferring"), key("!", Trouble.ask_abuse(call))),
        rx.cond(writes, key("KeyG", Trouble.open_report(call))),
        rx.cond(
            S == "wrap_up",
            rx.fragment(
                keyboard(dispositions, state=S),
                keyboard({"ctrl+Enter": press("save-next"), "KeyP": press("save-hold"), "KeyB": press("save-break")}),
            ),
        ),
    )


def work_page() -> rx.Component:
    return rx.el.div(
        rx.el.style(LOOK),
        browser_zone(Today.enter),
        focus_on(Sheet.focus, Sheet.focused),
        strip(),
        _messages(),
        _panes_of_phone(),
        rx.match(
            S,
            ("off_shift", rx.cond(Desk.pending == "start_shift", connecting(), off_shift())),
            ("connecting", connecting()),
            _grid(),
        ),
        _foot(),
        phone_actions(),
        _keys(),
        state_cues(S, OPERATOR_STATES.tone(S), Desk.preview_until_ms),
        rx.cond(S == "wrap_up", rx.el.span(on_mount=Today.settle, key=Desk.call_id, hidden=True)),
        person_dialog(),
        skip_dialog(),
        abuse_dialog(),
        problem_dialog(),
        do_not_call_dialog(),
        class_name="work",
    )


def status() -> rx.Component:
    """The operator's state in the top bar, and the keys."""
    return rx.fragment(line_control("operator"), overheard(), OPERATOR_STATES.badge(S, Me.gender))


def work_status() -> rx.Component:
    return rx.fragment(
        status(),
        key_overlay(
            [
                (
                    tc("noun", "Call"),
                    [
                        ("C", t("Call now")),
                        ("H", t("Hang up or cancel")),
                        ("T", t("Transfer to a manager")),
                        ("Y", t("Connect them")),
                        ("R", t("Return to the contact")),
                        ("N", t("Ring the next manager")),
                        ("M", t("Mute or unmute")),
                        ("Esc", t("Give up a transfer that rings")),
                    ],
                ),
                (
                    t("Talk"),
                    [
                        ("1 … 9", t("The contact's answer, on to the next step")),
                        ("0", t("One step back")),
                        ("O", t("Find an objection")),
                        ("F", t("Write a note")),
                        ("Esc", t("Leave the field")),
                        ("X", t("Add another person")),
                        ("D", t("Do not call again, asks first")),
                        ("!", t("Abuse: end, block the number; asks first")),
                        ("G", t("Report a problem with this call")),
                        ("S", t("Pause or resume the recording")),
                    ],
                ),
                (
                    t("Next contact"),
                    [
                        ("P", t("Stop the countdown, or let it go on")),
                        ("K", t("Skip this contact, asks why")),
                        ("B", t("Break")),
                    ],
                ),
                (
                    t("Wrap-up"),
                    [
                        ("1 … 9", t("How it ended")),
                        ("Ctrl Enter", t("Save and next")),
                        ("P", t("Save only, without the next")),
                        ("B", t("Save, then break")),
                    ],
                ),
                (
                    t("Everywhere"),
                    [("?", t("This list")), ("G C", t("Campaigns")), ("G W", t("Workspace")), ("G E", t("Earnings"))],
                ),
            ],
            sound_switch(),
        ),
    )


def title() -> Any:
    """The tab says the state."""
    return rx.cond(
        S == "off_shift", t("Workspace"), OPERATOR_STATES.word(S, Me.gender).to(str) + " · " + t("Workspace").to(str)
    )
