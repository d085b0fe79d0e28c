"""Dialogs for what one would rather not need: passing a contact over, ending abuse, reporting a problem."""

from typing import Any

import reflex as rx

from exchange_app.design import (
    button,
    callout,
    dialog,
    disposition,
    dispositions,
    field,
    key,
    segment,
    segmented,
    text_area,
)
from exchange_app.i18n import t

from .desk_state import Desk
from .preview_state import REASONS, Preview
from .trouble_state import Trouble


def _reasons() -> dict[str, tuple[Any, Any]]:
    """Why a contact is passed over: the words, and what follows."""
    return {
        "known_person": (t("I know this person"), t("somebody else will call")),
        "wrong_list": (t("The data is wrong"), t("the name or the place cannot be right")),
        "bad_hour": (t("A bad moment for them"), t("it is early, late or a holiday there")),
        "too_hard": (t("Not for me just now"), t("no reason has to be given")),
        "other": (t("Another reason"), ""),
    }


def skip_dialog() -> rx.Component:
    words = _reasons()
    rows = [
        disposition(
            words[reason][0],
            on=False,
            key=str(n),
            follows=words[reason][1],
            id=f"skip-{n}",
            on_click=Preview.skip(Desk.call_id, reason),
        )
        for n, reason in enumerate(REASONS, 1)
    ]
    return dialog(
        t("Why not this contact?"),
        rx.el.p(t("Nobody is called now: the contact rests for half an hour, and you are shown the next one.")),
        dispositions(*rows, label=t("Why not this contact?")),
        button(t("Go back"), key="Esc", on_click=Preview.change_asking(False)),
        *(key(f"Digit{n}", Preview.skip(Desk.call_id, reason)) for n, reason in enumerate(REASONS, 1)),
        open=Preview.asking & Desk.preview,
        on_open_change=Preview.change_asking,
    )


def abuse_dialog() -> rx.Component:
    return dialog(
        t("End this talk as abuse?"),
        rx.el.p(
            t("You need not listen to insults or threats."),
            " ",
            t("The talk ends at once and is paid like any other. Nobody calls this number again for this customer."),
        ),
        rx.el.p(t("A moderator listens to the recording. It does not count against you."), class_name="s m"),
        rx.el.div(
            button(
                t("End, block the number"),
                kind="red",
                icon="shield-ban",
                id="abuse-yes",
                on_click=Trouble.end_abuse(Desk.call_id),
            ),
            button(t("Go back"), key="Esc", id="abuse-no", auto_focus=True, on_click=Trouble.change_abusing(False)),
            class_name="row w",
        ),
        open=Trouble.abusing,
        on_open_change=Trouble.change_abusing,
        alert=True,
    )


def _kinds() -> rx.Component:
    def of(kind: str, label: Any) -> rx.Component:
        return segment(label, on=Trouble.kind == kind, on_click=Trouble.choose_kind(kind))

    return segmented(
        of("sound", t("Sound")),
        of("script", t("Script")),
        of("contact", t("Contact")),
        of("page", t("This page")),
        of("other", t("Something else")),
        label=t("What is it about?"),
        full=True,
    )


def problem_dialog() -> rx.Component:
    error = rx.match(
        Trouble.error,
        ("not_saved", t("The exchange does not answer. Nothing is lost, try again")),
        ("not_yours", t("This call is not yours")),
        "",
    )
    return dialog(
        t("Report a problem with this call"),
        rx.el.p(
            t("A moderator reads it and listens to the call. What you typed into the form stays."), class_name="s m"
        ),
        rx.cond(Trouble.error != "", callout(error, tone="red", alert=True)),
        rx.el.form(
            rx.el.input(type="hidden", name="call_id", value=Desk.call_id),
            _kinds(),
            field(
                t("In your words"),
                text_area(id="problem-words", name="words", max_length=2000, rows=3, auto_focus=True),
                control_id="problem-words",
                hint=t("May be left empty"),
            ),
            rx.el.div(
                button(t("Send"), kind="solid", key="Ctrl Enter", type="submit", id="problem-send"),
                button(t("Close"), key="Esc", on_click=Trouble.change_reporting(False)),
                class_name="row w",
            ),
            key("ctrl+Enter", press="problem-send"),
            on_submit=Trouble.send_report,
            class_name="col g4",
        ),
        open=Trouble.reporting,
        on_open_change=Trouble.change_reporting,
    )


def after_abuse() -> rx.Component:
    """In wrap-up of a talk that was ended so."""
    here = (Trouble.abused != "") & (Trouble.abused == Desk.call_id)
    failed = callout(
        t("The number could not be blocked yet."),
        t("The talk is over all the same."),
        " ",
        button(t("Try again"), kind="ghost", on_click=Trouble.block_again(Desk.call_id)),
        tone="red",
        alert=True,
    )
    done = callout(
        t("The talk is over and the number is blocked."),
        t("You are paid for it. Take a moment: B saves and begins a break."),
        tone="accent",
    )
    return rx.cond(here, rx.cond(Trouble.error == "not_saved", failed, done))
