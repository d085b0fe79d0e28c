"""What codes mean to an operator: notices of the engine, faults in a field, prices. Codes come from the State."""

from typing import Any

import reflex as rx

from exchange_app.design import callout
from exchange_app.design.tones import Tone
from exchange_app.i18n import date, number, t

from .desk_state import Desk
from .sheet_state import Sheet


def notices() -> dict[str, tuple[Tone, Any, Any]]:
    """Every code of messages.Notice: colour, the fact, what to do."""
    at = date(Desk.notice_until_ms, dateStyle="medium", timeStyle="short")
    later = rx.cond(Desk.notice_until_ms > 0, t("The next contact can be called on {at}.", at=at), "")
    return {
        "seat_unavailable": (
            "red",
            t("Your line does not answer, so the shift has ended."),
            t("Look at the line above, or at your telephone, then start the shift again."),
        ),
        "seat_lost": (
            "amber",
            t("Your line was lost."),
            t("We call it again; a contact on the line waits. Pick your telephone up; this page answers by itself."),
        ),
        "seat_not_back": (
            "red",
            t("Your line did not come back in 30 seconds, so the call has ended."),
            t("The contact was asked to wait, then hung up. Write down what you know; we call your line again."),
        ),
        "seat_idle": (
            "gray",
            t("Nothing was done for a long while, so your line is free again and the shift has ended."),
            t("Start the shift again when you like."),
        ),
        "no_seat_by_number": (
            "amber",
            t("This customer does not pay for a line to a telephone number."),
            t("Choose another campaign, or another way to be rung: in your account."),
        ),
        "list_done": (
            "gray",
            t("All contacts of this campaign are done."),
            t("Choose another campaign, thank you for the work."),
        ),
        "nothing_due": (
            "amber",
            t("No contact can be called just now."),
            later,
        ),
        "outside_hours": ("amber", t("It is too early or too late at the contacts'."), later),
        "daily_cap": ("amber", t("All calls that are allowed today have been made."), later),
        "out_of_funds": (
            "amber",
            t("The customer's money has run out."),
            t("What you have done is paid. Choose another campaign, or wait until the customer pays in."),
        ),
        "lines_busy": (
            "amber",
            t("All lines are busy just now."),
            t("A line is free as soon as somebody's call ends. Press again in a moment."),
        ),
        "spend_cap": (
            "amber",
            t("This customer's money for today is used up."),
            rx.cond(
                Desk.notice_until_ms > 0,
                t("Calling goes on at {at}. What you have done is paid; choose another campaign until then.", at=at),
                t("What you have done is paid. Choose another campaign for today."),
            ),
        ),
        "pilot": (
            "amber",
            t("The first calls of this campaign are made."),
            t("Its customer listens to them before it goes on. Choose another campaign; what you have done is paid."),
        ),
        "no_certificate": (
            "amber",
            t("This campaign asks for a certificate that you do not have."),
            t("Which one stands on its card. Choose another campaign; what you have done is paid."),
        ),
        "no_aptitude": (
            "amber",
            t("First three calls with robots, and a moderator's word."),
            t("The aptitude test is on the page “Training”. Campaigns that pay open after it."),
        ),
        "practice_over": (
            "gray",
            t("All robots of this exercise have been called."),
            t("The report comes on the page “Training” as soon as the recordings are measured."),
        ),
        "campaign_not_active": (
            "amber",
            t("The customer has stopped this campaign."),
            t("Choose another one; what you have done is paid."),
        ),
        "call_open": ("amber", t("A call is still open."), t("Say how it ended first.")),
        "no_manager": (
            "amber",
            t("This campaign has no manager who could be rung."),
            t("You are with the contact again. Offer a call-back."),
        ),
        "managers_unavailable": (
            "amber",
            rx.match(
                Desk.notice_reason,
                ("manager_busy", t("No manager is free: the last one is busy.")),
                ("manager_no_answer", t("No manager is free: the last one does not answer.")),
                ("skipped", t("No further manager can be rung.")),
                t("No manager can be reached."),
            ),
            t("You are with the contact again. Offer a call-back: a line for it stands in your note."),
        ),
        "manager_unavailable": (
            "amber",
            t("The manager cannot be reached."),
            t("You are with the contact again. Offer a call-back."),
        ),
        "manager_left": ("amber", t("The manager has hung up."), t("You are with the contact again.")),
        "contact_left": ("amber", t("The contact has hung up."), t("Tell the manager, and write down what you know.")),
        "switch_lost": (
            "red",
            t("The exchange has lost its telephone switch."),
            t("A talk in progress may go on. We are reconnecting; try again in a moment."),
        ),
        "switch_dead": (
            "red",
            t("The telephone switch you sat on has failed, so the shift has ended."),
            t("Nobody is charged for what was not talked. Start your shift again: you get a place on another switch."),
        ),
        "not_possible_now": (
            "amber",
            t("That was not possible just then."),
            t("Look at the state above and try again."),
        ),
        "bad_disposition": (
            "red",
            t("The call was not saved."),
            t("Choose how it ended again and look at the marked fields. Nothing is lost."),
        ),
        "mask_failed": (
            "red",
            t("The recording could not be paused."),
            t("What is said is being recorded. Tell the contact, or take the details in another way."),
        ),
        "preview_over": (
            "gray",
            t("The contact you were shown has gone to somebody else."),
            t("Press C when you like: the next one comes."),
        ),
        "limit_reached": (
            "amber",
            t("The call reached its longest time and ended by itself."),
            t("Write down what you know."),
        ),
    }


def notice() -> rx.Component:
    """The engine's notice in plain words."""
    shown = [
        (code, callout(fact, what, tone=tone, alert=tone == "red")) for code, (tone, fact, what) in notices().items()
    ]
    return rx.fragment(rx.match(Desk.notice, *shown, rx.fragment()))


def field_error(code: Any) -> Any:
    """What is wrong with a field; empty for none."""
    return rx.match(
        code,
        ("required", t("Needed for this outcome")),
        ("not_a_number", t("This is not a number")),
        ("not_a_date", t("This is not a date")),
        ("not_an_option", t("Choose one of the list")),
        ("too_long", t("This is too long")),
        ("no_time", t("Choose the day and time")),
        ("not_a_time", t("This is not a day and time")),
        ("in_the_past", t("This moment is past at the contact's")),
        ("too_far", t("Choose a day in the next six months")),
        ("not_saved", t("The exchange does not answer. Nothing is lost, try again")),
        "",
    )


def person_error(code: Any) -> Any:
    """Codes of adding a person; the field each belongs to follows from the code."""
    return rx.match(
        code,
        ("no_name", t("Write the name")),
        ("name_too_long", t("The name is too long")),
        ("bad_number", t("This is not a telephone number. Say it back to the contact, digit by digit")),
        ("already_there", t("This number is in the campaign already")),
        ("do_not_call", t("Whoever has this number has asked not to be called")),
        ("not_yours", t("This call is over, the person cannot be added to it")),
        ("not_saved", t("The exchange does not answer. Nothing is lost, try again")),
        "",
    )


def price(amount: Any, of: Any, whole: bool = False) -> Any:
    """A sum in minor units of what has `currency` and `unit`, without empty decimals; `whole`: rounded to units."""
    digits = {"maximumFractionDigits": 0} if whole else {"trailingZeroDisplay": "stripIfInteger"}
    return number(amount / of.unit, style="currency", currency=of.currency, currencyDisplay="narrowSymbol", **digits)


def price_parts(card: Any) -> rx.Component:
    """What is paid for what, of anything with the four parts and their currency; parts of nothing are left out."""
    parts = (
        (card.per_call, t("for each call")),
        (card.per_answered, t("for each talk")),
        (card.per_minute, t("for each minute")),
        (card.per_success, t("for each success")),
    )
    return rx.el.span(
        *(
            rx.cond(amount > 0, rx.el.span(price(amount, card), " ", words, class_name="part"))
            for amount, words in parts
        ),
        class_name="price",
    )


def follows(outcome: Any) -> Any:
    """What follows from an outcome, under its name."""
    last = Desk.attempt >= Sheet.max_attempts
    tried = rx.cond(last, t("that was the last attempt"), t("tried again later"))
    paid = Sheet.per_answered + Sheet.per_success
    return rx.match(
        outcome,
        ("success", rx.cond(paid > 0, t("pays {amount}", amount=price(paid, Sheet)), t("the contact is done"))),
        ("refused", t("the contact is not called again")),
        ("call_back", t("asks for a day and time")),
        ("no_answer", tried),
        ("busy", tried),
        ("unreachable", tried),
        ("dropped", tried),
        ("wrong_number", t("this number is not used again")),
        ("do_not_call", t("holds for every campaign of this customer")),
        "",
    )
