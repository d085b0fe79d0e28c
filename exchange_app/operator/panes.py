"""The panes of the workspace beside the form: contact, campaign, the cord board, how it ended."""

from typing import Any

import reflex as rx

from exchange_app.design import (
    OUTCOMES,
    badge,
    button,
    callout,
    card,
    cord,
    cord_board,
    disposition,
    dispositions,
    empty_state,
    jack,
    link_button,
)
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import t, tc, tn

from .between_pane import between_calls
from .browser import place_time
from .call_back_pane import call_back
from .desk_state import Desk
from .script_pane import objections_card
from .sheet_state import Sheet
from .strip import person
from .trouble_state import Trouble
from .words import follows, price_parts


def _fact(fact: Any) -> rx.Component:
    return rx.fragment(rx.el.dt(fact.label, **THEIRS), rx.el.dd(fact.value, **THEIRS))


def _contact_list() -> rx.Component:
    return rx.el.dl(
        rx.cond(
            Desk.person_name != "",
            rx.fragment(rx.el.dt(tc("who answers", "Person")), rx.el.dd(Desk.person_name, class_name="b", **THEIRS)),
        ),
        rx.el.dt(t("Contact")),
        rx.el.dd(Desk.contact_name, class_name="b", **THEIRS),
        rx.el.dt(t("Telephone")),
        rx.el.dd(Desk.masked_number, **THEIRS),
        rx.el.dt(tc("of day", "Time")),
        rx.el.dd(place_time(Desk.time_zone)),
        rx.el.dt(t("Attempt")),
        rx.el.dd(t("{n} of {most}", n=Desk.attempt, most=Sheet.max_attempts)),
        rx.foreach(Sheet.facts, _fact),
        class_name="dl",
    )


def contact_pane() -> rx.Component:
    """While it is shown, and while it rings: whom one will have on the line."""
    return card(
        rx.el.h2(rx.cond(Desk.preview, t("Next contact"), t("Contact"))),
        _contact_list(),
        callout(t("The number is hidden."), t("It is kept for you: nobody else dials it now.")),
        class_name=rx.cond(Sheet.pane == "form", "pane m-on col g3", "pane col g3"),
    )


def campaign_pane() -> rx.Component:
    """Between calls: where one works, and for what."""
    return card(
        rx.el.h2(t("This campaign")),
        rx.el.dl(
            rx.el.dt(t("Campaign")),
            rx.el.dd(Sheet.campaign_name, class_name="b", **THEIRS),
            rx.el.dt(t("Customer")),
            rx.el.dd(Sheet.customer_name, **THEIRS),
            rx.el.dt(t("You are paid")),
            rx.el.dd(rx.cond(Sheet.practice, t("nothing: practice is unpaid"), price_parts(Sheet))),
            rx.el.dt(t("Attempts")),
            rx.el.dd(tn("up to {n} call to a contact", "up to {n} calls to a contact", n=Sheet.max_attempts)),
            rx.el.dt(t("Writing down")),
            rx.el.dd(tn("{n} second after the call", "{n} seconds after the call", n=Sheet.wrap_up_s)),
            class_name="dl",
        ),
        rx.cond(Sheet.recording, callout(t("Talks are recorded."), t("When asked, say so; the contact may decline."))),
        link_button(t("Another campaign"), "/operator", full=True),
        class_name=rx.cond(Sheet.pane == "form", "pane m-on col g3", "pane col g3"),
    )


def _care() -> rx.Component:
    """Asked for by the contact, so always in reach while one talks."""
    known = rx.cond(
        Sheet.dispositions.length() > 0,
        button(
            t("Do not call again"),
            key="D",
            full=True,
            icon="ban",
            class_name="spread",
            on_click=Sheet.ask_do_not_call(Desk.call_id),
        ),
    )
    abusive = button(
        t("Abuse"),
        kind="redline",
        key="!",
        full=True,
        icon="shield-ban",
        class_name="spread",
        on_click=Trouble.ask_abuse(Desk.call_id),
    )
    return rx.cond(
        (Desk.state == "talking") | (Desk.state == "wrap_up"),
        rx.fragment(known, rx.cond(Desk.state == "talking", abusive)),
    )


def right_pane() -> rx.Component:
    """Objections in a talk, the day between calls; on a phone the third segment."""
    in_call = rx.fragment(
        objections_card(),
        _care(),
        rx.cond(Desk.state != "ringing", card(rx.el.h3(t("Contact")), _contact_list(), class_name="col")),
    )
    return rx.el.div(
        rx.cond((Desk.call_id != "") & ~Desk.preview, in_call, between_calls()),
        class_name=rx.cond(Sheet.pane == "objections", "pane m-on col g3", "pane col g3"),
    )


# --- transfer ---------------------------------------------------------------------------------------------------------


def transfer_pane() -> rx.Component:
    consulting = Desk.transfer_answered_ms > 0
    manager = rx.cond(Desk.manager_name != "", Desk.manager_name, t("Manager"))
    board = cord_board(
        jack(person(), t("hears music"), tone="amber"),
        cord("hold", t("waits")),
        jack(
            t("You"),
            rx.cond(consulting, t("talk with the manager"), t("hear the ringing")),
            icon="headset",
            tone="accent",
        ),
        cord(rx.cond(consulting, "transfer", "ring"), rx.cond(consulting, t("you hear each other"), t("it rings"))),
        jack(
            manager,
            rx.cond(consulting, t("hears only you"), t("has not answered yet")),
            tone=rx.cond(consulting, "blue", "amber"),
        ),
        label=t("Who hears whom"),
    )
    connect = rx.cond(
        consulting,
        button(
            t("Connect them"),
            kind="blue",
            big=True,
            full=True,
            key="Y",
            class_name="no-m",
            on_click=Desk.complete_transfer(Desk.call_id),
        ),
        button(t("Connect them: first the manager answers"), big=True, full=True, disabled=True, class_name="no-m"),
    )
    return card(
        rx.el.h2(t("Who hears whom")),
        board,
        rx.el.div(
            rx.el.div(
                connect,
                rx.el.p(
                    rx.el.b(t("Connect them.")),
                    " ",
                    t("Contact and manager talk, you go on to write down how it ended."),
                    class_name="s m",
                ),
                class_name="col",
            ),
            rx.el.div(
                button(
                    tc("verb", "Return"),
                    big=True,
                    full=True,
                    key="R",
                    icon="arrow-left",
                    class_name="no-m",
                    on_click=Desk.return_to_contact(Desk.call_id),
                ),
                rx.el.p(
                    rx.el.b(t("Return.")),
                    " ",
                    t("The manager's line ends, you are with the contact again."),
                    class_name="s m",
                ),
                class_name="col",
            ),
            rx.cond(
                Desk.managers_waiting > 0,
                rx.el.div(
                    button(
                        t("Next manager"),
                        big=True,
                        full=True,
                        key="N",
                        icon="skip-forward",
                        class_name="no-m",
                        on_click=Desk.next_manager(Desk.call_id),
                    ),
                    rx.el.p(
                        rx.el.b(t("Next manager.")),
                        " ",
                        t("A machine answered, or it rings too long: we ring the next one, the contact hears music."),
                        class_name="s m",
                    ),
                    class_name="col",
                ),
            ),
            class_name="grid c2",
        ),
        callout(
            t("If the manager hangs up or is busy, you are with the contact again by yourself."),
            t("Tell the manager whom you have on the line, what they want, and when."),
        ),
        class_name="pane m-on col g4",
    )


def lost_pane() -> rx.Component:
    """Connection lost in a call: what is safe, and what is being done."""
    return card(
        rx.el.h2(t("Who hears whom")),
        cord_board(
            jack(person(), t("hears that you will be back"), tone="amber"),
            cord("cut", t("your line is cut")),
            jack(t("You"), t("nobody hears you"), icon="headset", tone="red"),
            label=t("Who hears whom"),
        ),
        callout(
            t("The call is held."),
            t("We call your line again by ourselves. This page answers by itself; pick a telephone up."),
            tone="amber",
        ),
        class_name="pane m-on col g4",
    )


# --- wrap-up ----------------------------------------------------------------------------------------------------------


def _disposition(row: Any) -> rx.Component:
    label = rx.cond(row.label != "", rx.el.span(row.label, **THEIRS, class_name="own"), OUTCOMES.word(row.outcome))
    return disposition(
        label,
        on=Sheet.chosen_id == row.id,
        key=row.digit,
        follows=follows(row.outcome),
        id="disposition-" + row.digit.to(str),
        on_click=Sheet.choose_disposition(Desk.call_id, row.id),
    )


def ended_pane() -> rx.Component:
    return card(
        rx.el.h2(t("How did it end?"), id="field-disposition", tab_index=-1),
        rx.el.p(
            rx.cond(Sheet.chosen_id == 0, t("Press a digit."), t("Press a digit to change it, Ctrl Enter to save.")),
            class_name="s m no-m",
        ),
        rx.cond(
            Sheet.errors["disposition"] == "required",
            rx.el.span(
                rx.icon("triangle-alert", size=16, aria_hidden="true"),
                t("Choose how it ended"),
                class_name="err",
                role="alert",
            ),
        ),
        dispositions(rx.foreach(Sheet.dispositions, _disposition), label=t("How did it end?")),
        rx.cond(
            Sheet.chosen_outcome == "call_back",
            call_back(),
        ),
        class_name=rx.cond(Sheet.pane == "form", "pane ended col g3", "pane ended m-on col g3"),
    )


def off_shift() -> rx.Component:
    return empty_state(
        t("You are off shift"),
        t("Choose a campaign: “Call” there begins the shift and opens this page again."),
        link_button(t("To the campaigns"), "/operator", kind="solid", icon="layout-grid"),
        icon="moon",
    )


def connecting() -> rx.Component:
    return empty_state(
        t("We call your line"),
        t("This page answers by itself; pick a telephone up. The line stays open for the whole shift."),
        badge(t("waiting for your answer"), tone="amber", icon="clock"),
        icon="plug-zap",
    )
