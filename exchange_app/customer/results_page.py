"""`/customer/campaign/[id]`: the campaign as it runs."""

from typing import Any

import reflex as rx

from exchange_app.design import (
    CALL_STATES,
    CAMPAIGN_STATES,
    OUTCOMES,
    Column,
    badge,
    button,
    callout,
    card,
    empty_state,
    icon_button,
    key,
    link_button,
    live_table,
    select,
    stat,
    text_input,
)
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, money, number, t, tn
from exchange_domain.words import Outcome

from .call_dialog import call_dialog
from .export_dialog import export_dialog
from .export_state import Exporting
from .here import Here, of_campaign
from .pilot_card import pilot_card
from .results_state import Results
from .run_state import Run
from .start_page import finish_dialog, refusal, run_buttons


def _address(step: str) -> Any:
    return f"/customer/campaign/{Here.number}/{step}"


def _standing(what: str) -> Any:
    standing: Any = Results.standing
    return standing[what].to(int)


def _head() -> rx.Component:
    on_shift = rx.cond(
        Here.status == "active",
        badge(tn("{n} operator", "{n} operators", n=_standing("operators")), icon="headset"),
        rx.fragment(),
    )
    return rx.el.div(
        rx.el.div(
            rx.el.p(Here.customer, class_name="s m", **THEIRS),
            rx.el.h1(Here.name, **THEIRS),
        ),
        rx.el.div(
            CAMPAIGN_STATES.badge(Here.status),
            on_shift,
            link_button(t("Contacts"), _address("contacts"), icon="users"),
            link_button(t("Figures"), _address("figures"), icon="chart-no-axes-column"),
            link_button(t("List"), _address("list"), icon="upload"),
            link_button(t("Script"), _address("script"), icon="file-text"),
            link_button(t("Settings"), _address("hours"), icon="settings-2"),
            run_buttons(),
            class_name="row w",
        ),
        class_name="head",
    )


def _bar(label: Any, value: Any, share: Any, of: Any) -> list[rx.Component]:
    filled = rx.cond(value.to(int) > 0, rx.el.i(style={"width": share.to(str) + "%"}))
    return [
        rx.el.span(label),
        rx.el.div(filled, aria_hidden="true"),
        rx.el.b(number(value), class_name="num"),
        rx.el.span(of, class_name="s m no-m"),
    ]


def _funnel() -> rx.Component:
    totals: Any = Results.totals
    done, answered, success = totals["done_share"], totals["answered_share"], totals["success_share"]
    return card(
        rx.el.h2(t("From list to result")),
        rx.el.div(
            *_bar(t("Contacts"), totals["contacts"], rx.Var.create(100), ""),
            *_bar(t("Contacts done"), totals["done"], done, t("{n} %", n=done)),
            *_bar(t("Calls"), totals["calls"], rx.cond(totals["calls"].to(int) > 0, 100, 0), ""),
            *_bar(t("Answered"), totals["answered"], answered, t("{n} % of calls", n=answered)),
            *_bar(t("Successes"), totals["successes"], success, t("{n} % of answered", n=success)),
            class_name="fun",
        ),
    )


def _sums() -> rx.Component:
    totals: Any = Results.totals
    minutes = totals["talk_s"].to(int) // 60
    return card(
        rx.el.div(
            stat(
                t("Cost per success"),
                rx.cond(totals["per_success"].to(bool), money(totals["per_success"], Here.currency), "—"),
            ),
            stat(t("Spent"), money(totals["charge"], Here.currency)),
            stat(t("Talk time"), t("{n} min", n=minutes)),
            stat(t("Waiting"), number(totals["waiting"])),
            class_name="grid",
            style={"gridTemplateColumns": "1fr 1fr"},
        ),
        rx.el.p(t("Spent is what calls have cost; money held for calls on the line is not in it."), class_name="xs m"),
        rx.cond(
            _standing("forbidden") > 0,
            rx.el.p(
                tn(
                    "{n} contact is on a do-not-call list and is not called.",
                    "{n} contacts are on a do-not-call list and are not called.",
                    n=_standing("forbidden"),
                ),
                " ",
                rx.link(t("Your list"), href="/customer/do-not-call"),
                class_name="s m",
            ),
        ),
        class_name="col g3",
    )


def _why() -> Any:
    opens = date(_standing("until_ms"), weekday="short", hour="2-digit", minute="2-digit")

    def link(words: Any, step: str) -> Any:
        return link_button(words, _address(step))

    detail = rx.cond(
        _standing("closed_now") + _standing("resting") > 0,
        t(
            "Outside calling hours where they are: {closed}. Resting before the next attempt: {resting}.",
            closed=_standing("closed_now"),
            resting=_standing("resting"),
        ),
        "",
    )
    waits = tn("{n} contact waits.", "{n} contacts wait.", n=_standing("waiting"))
    return rx.match(
        Results.standing["code"].to(str),
        (
            "draft",
            callout(
                t("Not started yet."),
                t("See what is missing, then start."),
                tone="amber",
                actions=[link(t("To the start"), "start")],
            ),
        ),
        ("paused", callout(t("Paused."), t("Calls on the line go on; no new one begins."), " ", waits, tone="amber")),
        (
            "out_of_funds",
            callout(
                t("The money does not reach for the next call."),
                t("It goes on by itself as soon as money is there."),
                tone="red",
                actions=[link_button(t("How to pay in"), "/customer/money")],
            ),
        ),
        (
            "spend_cap",
            callout(
                t("The money for today is used up."),
                t("You have set the most that may be spent in a day."),
                " ",
                t("Calls go on {when}, your time.", when=opens),
                tone="amber",
                actions=[
                    link(t("This campaign's cap"), "start"),
                    link_button(t("The cap of all campaigns"), "/customer/money"),
                ],
            ),
        ),
        ("finished", callout(t("Finished."), t("No more calls are made. Results stay."), tone="gray")),
        (
            "no_contacts",
            callout(
                t("There is nobody to call."),
                t("Upload a list: operators see the campaign at once."),
                tone="amber",
                actions=[link(t("Upload a list"), "list")],
            ),
        ),
        (
            "list_done",
            callout(
                t("The list is done."),
                t("Every contact has its result. Another list can be added any time."),
                tone="accent",
                actions=[link(t("Add another list"), "list")],
            ),
        ),
        (
            "outside_hours",
            callout(
                t("Outside calling hours."),
                waits,
                " ",
                rx.cond(
                    _standing("until_ms") > 0,
                    t("Calls go on {when}, your time.", when=opens),
                    t("No calling hours are set."),
                ),
                tone="amber",
                actions=[link(t("Calling hours"), "hours")],
            ),
        ),
        (
            "nothing_due",
            callout(
                t("Nobody can be called just now."),
                detail,
                " ",
                rx.cond(_standing("until_ms") > 0, t("The next one {when}, your time.", when=opens), ""),
                tone="amber",
            ),
        ),
        (
            "daily_cap",
            callout(
                t("All calls that are allowed today have been made."),
                t("A campaign has its own limit a day, and no number is called too often in one day."),
                " ",
                rx.cond(_standing("until_ms") > 0, t("Calls go on {when}, your time.", when=opens), ""),
                tone="amber",
                actions=[link(t("Hours and limits"), "hours")],
            ),
        ),
        (
            "no_operators",
            callout(
                t("No operator has taken the campaign yet."),
                waits,
                " ",
                t("It is on the board of every free operator."),
                tone="amber",
            ),
        ),
        rx.cond(detail != "", rx.el.p(waits, " ", detail, class_name="s m"), rx.fragment()),
    )


def _filters() -> rx.Component:
    outcomes = [(o.value, OUTCOMES.word(o.value)) for o in Outcome]
    search = rx.el.form(
        text_input(
            id="search",
            name="search",
            type="search",
            placeholder=t("Name or number"),
            aria_label=t("Find a call"),
            default_value=Results.search,
            max_length=100,
            key=Results.search,
        ),
        icon_button("search", t("Find"), outlined=True, type="submit"),
        on_submit=Results.find,
        class_name="row",
        style={"minWidth": "230px"},
    )
    return rx.el.div(
        rx.el.h2(t("Calls")),
        rx.el.div(
            rx.el.div(
                select(
                    ("", t("All calls")),
                    *outcomes,
                    id="outcome",
                    value=Results.outcome,
                    on_change=Results.choose_outcome,
                    aria_label=t("Only with this result"),
                ),
                style={"minWidth": "190px"},
            ),
            search,
            button(t("As a file"), icon="download", on_click=Exporting.ask("results")),
            class_name="row w",
        ),
        class_name="row sb w",
    )


def _found() -> rx.Component:
    return rx.cond(
        Results.search != "",
        callout(
            t("Found at {time}; new calls are not added here.", time=date(Results.at_ms, timeStyle="short")),
            tone="blue",
            actions=[button(t("Back to live calls"), on_click=Results.forget_search)],
        ),
    )


def _table() -> rx.Component:
    nothing = rx.cond(
        (Results.search != "") | (Results.outcome != ""),
        empty_state(t("No such calls"), t("Try another result, or a part of the name or number."), icon="search-x"),
        empty_state(
            t("No calls yet"),
            t("Each call appears here while it rings, and changes as it goes."),
            icon="phone-outgoing",
        ),
    )
    columns = [
        Column("claimed_ms", t("Time"), "date", phone=True, quiet=True),
        Column("contact", t("Contact"), strong=True, phone=True),
        Column("number", t("Number"), quiet=True),
        Column("operator", t("Operator"), quiet=True),
        Column("state", t("State"), "badge", phone=True),
        Column("answer", t("Result")),
        Column("talk_from", t("Talk"), "running", until="talk_to"),
        Column("charge", t("Price"), "money", phone=True),
    ]
    return rx.el.div(
        live_table(
            columns,
            snapshot=Results.snapshot,
            patch=rx.cond(Results.search != "", rx.Var.create({}), Results.patch),
            on_gap=Results.gap,
            order="claimed_ms",
            caption=t("Calls of the campaign, the latest first"),
            badges={"state": {**CALL_STATES.badges(), **OUTCOMES.badges()}},
            empty=card(nothing),
            on_row=Results.open_call,
            filter_key="state",
            filter_values=rx.cond(Results.outcome != "", [Results.outcome], []),
        ),
        rx.cond(
            Results.more,
            rx.cond(
                Results.limit < 500,
                button(t("Show older calls"), on_click=Results.show_more),
                rx.el.p(t("500 calls are shown. Older ones are found by name, number or result."), class_name="s m"),
            ),
        ),
        class_name="col g3",
    )


def results_page() -> rx.Component:
    return of_campaign(
        rx.el.div(
            key("Slash", focus="search"),
            _head(),
            rx.el.div(
                rx.cond(Run.refused != "", refusal()),
                rx.cond(Here.pilot == "review", pilot_card(), _why()),
                rx.el.div(_funnel(), _sums(), class_name="grid c2"),
                _filters(),
                _found(),
                _table(),
                class_name="col g4",
            ),
            call_dialog(),
            export_dialog(),
            finish_dialog(),
            class_name="page",
            on_unmount=Results.leave,
        )
    )
