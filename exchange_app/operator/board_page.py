"""The board: what can be called now and for how much, what waits and until when."""

from typing import Any

import reflex as rx

from exchange_app.design import (
    badge,
    button,
    callout,
    dialog,
    empty_state,
    head,
    link_button,
    loading,
    segment,
    segmented,
    select,
)
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, number, t, tc, tn

from .board_state import Board
from .browser import card_grid
from .desk_state import Desk
from .look import LOOK
from .script_pane import objections, script_text
from .words import notice, price, price_parts


def _clock_word(ms: Any) -> Any:
    return date(ms, weekday="short", hour="2-digit", minute="2-digit")


def _closed(card: Any) -> rx.Component:
    opens = rx.cond(card.opens_ms > 0, t("Opens on {at} by your clock.", at=_clock_word(card.opens_ms)), "")
    return rx.fragment(
        rx.match(
            card.closed,
            (
                "no_aptitude",
                callout(t("The aptitude test comes first."), tone="amber", icon="graduation-cap"),
            ),
            (
                "no_certificate",
                callout(
                    t("A certificate is asked for."),
                    rx.el.span(rx.el.b(card.certificate, **THEIRS), ": ", rx.el.span(card.certificate_goal, **THEIRS)),
                    " ",
                    t("A moderator gives it, by your calls in other campaigns."),
                    tone="amber",
                    icon="award",
                ),
            ),
            (
                "outside_hours",
                callout(
                    t("Not at this hour."), t("It is too early or too late at the contacts'."), " ", opens, tone="amber"
                ),
            ),
            (
                "nothing_due",
                callout(
                    t("Everyone has been called for now."),
                    rx.cond(
                        card.opens_ms > 0, t("The next contact is due on {at}.", at=_clock_word(card.opens_ms)), ""
                    ),
                    tone="amber",
                ),
            ),
            (
                "daily_cap",
                callout(t("All calls that are allowed today have been made."), opens, tone="amber"),
            ),
            (
                "out_of_funds",
                callout(
                    t("The customer's money has run out."),
                    t("It opens as soon as they pay in."),
                    tone="amber",
                    icon="wallet",
                ),
            ),
            (
                "spend_cap",
                callout(t("The customer's money for today is used up."), " ", opens, tone="amber", icon="wallet"),
            ),
            callout(
                t("All contacts are done."), t("It opens when the customer adds a list."), tone="gray", icon="check"
            ),
        )
    )


def _pay(card: Any) -> rx.Component:
    counted = [
        tn("counted from {n} call in 7 days", "counted from {n} calls in 7 days", n=card.paid_calls),
        rx.cond(
            card.success_percent > 0,
            rx.el.span(
                ", ",
                t(
                    "success in {percent} of them",
                    percent=number(card.success_percent / 100, style="percent", maximumFractionDigits=1),
                ),
            ),
        ),
    ]
    return rx.el.div(
        rx.el.div(
            rx.cond(
                card.pay_per_hour >= 0,
                rx.el.span(
                    "≈ ", t("{amount} an hour", amount=price(card.pay_per_hour, card, whole=True)), class_name="pay"
                ),
                rx.el.span(t("Nobody has worked here yet"), class_name="b"),
            ),
            rx.cond(card.closed != "", badge(t("Closed now"), icon="lock")),
            class_name="row sb w",
        ),
        rx.el.div(price_parts(card), rx.cond(card.paid_calls > 0, rx.el.span(*counted)), class_name="s m"),
    )


def _fact(icon: str, *words: Any) -> rx.Component:
    return rx.fragment(rx.icon(icon, aria_hidden="true"), rx.el.span(*words))


def _facts(card: Any) -> rx.Component:
    minutes = card.mean_talk_s // 60
    talk = rx.cond(
        card.mean_talk_s > 0,
        rx.el.span(", ", t("a talk takes about {m} min {s} s", m=minutes, s=card.mean_talk_s % 60)),
    )
    return rx.el.div(
        rx.cond(
            card.closed == "",
            _fact(
                "clock",
                rx.cond(
                    card.closes_ms > 0,
                    t("Open until {at} by your clock", at=date(card.closes_ms, timeStyle="short")),
                    t("Open round the clock"),
                ),
            ),
        ),
        rx.cond(card.waiting > 0, _fact("users", tn("{n} contact waits", "{n} contacts wait", n=card.waiting), talk)),
        class_name="facts",
    )


def _deeds(card: Any) -> rx.Component:
    look = button(t("Script"), on_click=Board.look(card.campaign_id), class_name=rx.cond(card.closed != "", "grow", ""))
    call = button(
        rx.cond(Board.starting == card.campaign_id, t("Starting…"), tc("verb", "Call")),
        kind="solid",
        key="Enter",
        icon="phone",
        class_name="grow",
        custom_attrs={"data-main": "true"},
        on_click=Board.start(card.campaign_id),
    )
    return rx.el.div(rx.cond(card.closed == "", call), look, class_name="row deed")


def _card(card: Any) -> rx.Component:
    shown = rx.el.li(
        rx.el.div(
            rx.el.h2(card.name, id="campaign-" + card.campaign_id.to(str)),
            rx.el.div(card.customer_name, class_name="s m"),
            **THEIRS,
        ),
        _pay(card),
        rx.cond(card.closed != "", _closed(card)),
        rx.cond(card.opening_words != "", rx.el.blockquote(card.opening_words, **THEIRS)),
        _facts(card),
        _deeds(card),
        class_name="card mcard",
        tab_index=0,
        aria_labelledby="campaign-" + card.campaign_id.to(str),
        key=card.campaign_id.to(str),
        custom_attrs={"data-card": card.campaign_id.to(str)},
    )
    return rx.cond(Board.only_open & (card.closed != ""), rx.fragment(), shown)


def _tools() -> rx.Component:
    return rx.el.div(
        segmented(
            segment(t("All {n}", n=Board.cards.length()), on=~Board.only_open, on_click=Board.show_only_open(False)),
            segment(t("Open now {n}", n=Board.open_count), on=Board.only_open, on_click=Board.show_only_open(True)),
            label=t("Which campaigns"),
        ),
        rx.el.label(
            tc("sort", "First"),
            select(
                ("pay", t("higher pay an hour")),
                ("waiting", t("more contacts")),
                ("talk", t("shorter talks")),
                ("name", t("by name")),
                id="sort",
                value=Board.sort,
                on_change=Board.sort_by,
                style={"width": "230px"},
            ),
            class_name="row s",
        ),
        class_name="row w sb board-tools",
    )


def _sound() -> rx.Component:
    """Before a shift: whether one would be heard."""
    check = link_button(t("Check the sound"), "/operator/check", icon="headphones")
    return rx.fragment(
        rx.match(
            Board.checked,
            (
                "none",
                callout(
                    t("Will they hear you?"),
                    t("A minute's check of microphone, headphones and network, kept with your shift."),
                    tone="blue",
                    icon="headphones",
                    actions=[check],
                ),
            ),
            (
                "bad",
                callout(
                    t("Your last check of the sound was bad."),
                    t("Mend it before you call: the check says what."),
                    tone="amber",
                    icon="headphones",
                    actions=[check],
                ),
            ),
            rx.fragment(),
        )
    )


def _test_first() -> rx.Component:
    return callout(
        t("First three calls with robots."),
        t("They take about ten minutes and are unpaid; a moderator confirms, then these campaigns open to you."),
        tone="blue",
        icon="graduation-cap",
        actions=[link_button(t("To the test"), "/operator/training", kind="solid", icon="graduation-cap")],
    )


def _preview() -> rx.Component:
    return dialog(
        rx.el.span(Board.preview_name, **THEIRS),
        rx.el.p(t("Marked words are filled in from the customer's list when you call."), class_name="s m"),
        rx.el.div(rx.el.div(script_text(Board.preview), class_name="script"), **THEIRS, class_name="look"),
        rx.cond(
            Board.preview_objections.length() > 0,
            rx.el.div(rx.el.h3(t("Objections")), rx.el.div(objections(Board.preview_objections), **THEIRS)),
        ),
        button(t("Close"), key="Esc", on_click=Board.look_away(False)),
        open=Board.preview_id > 0,
        on_open_change=Board.look_away,
        width="760px",
    )


def board_page() -> rx.Component:
    return rx.el.div(
        rx.el.style(LOOK),
        head(
            t("Campaigns for you"),
            rx.cond(Desk.state != "off_shift", rx.link(t("You are on shift: to the workspace"), href="/operator/work")),
        ),
        rx.el.p(
            t("Pay an hour is counted from real calls of the last seven days, the time to write down included."),
            " ",
            t("“Call” starts the shift."),
            class_name="m lead",
        ),
        rx.cond(
            Board.gone,
            callout(t("This campaign was closed just now."), t("The others below are up to date."), tone="amber"),
        ),
        rx.el.div(notice(), class_name="board-notice"),
        rx.cond(Board.loaded & Board.test_first, _test_first()),
        rx.cond(Board.loaded & (Desk.state == "off_shift"), _sound()),
        rx.cond(
            Board.loaded,
            rx.cond(
                Board.cards.length() > 0,
                rx.fragment(
                    _tools(),
                    rx.cond(
                        Board.only_open & (Board.open_count == 0),
                        empty_state(
                            t("Nothing is open now"), t("Under “All” you see when each campaign opens."), icon="clock"
                        ),
                    ),
                    card_grid(rx.foreach(Board.cards, _card), on_stale=Board.refresh, class_name="grid c3", id="cards"),
                ),
                empty_state(
                    t("No campaign runs yet"),
                    t("As soon as a customer starts one, it appears here with its pay. Look in again later."),
                    icon="layout-grid",
                ),
            ),
            loading(t("Looking for campaigns…")),
        ),
        _preview(),
        class_name="page",
    )
