"""The desk without a transfer: where it will ring, and what came before."""

from typing import Any

import reflex as rx

from exchange_app.design import MANAGER_RESULTS, badge, button, callout, card, empty_state, head, section, table
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, t, tn

from .presence_card import presence_card
from .state import ManagerDesk
from .words import count, length, outcome_badge, place

S = ManagerDesk


def _row(row: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            date(row.at_ms, day="numeric", month="short", hour="2-digit", minute="2-digit"), class_name="m nw no-m"
        ),
        rx.el.td(
            rx.el.div(rx.cond(row.contact != "", row.contact, row.person), class_name="b", **THEIRS),
            rx.cond(
                (row.person != "") & (row.person != row.contact),
                rx.el.div(row.person, class_name="s m", **THEIRS),
            ),
        ),
        rx.el.td(outcome_badge(row), class_name="rt only-m"),
        rx.el.td(row.about, **THEIRS, class_name="tl"),
        rx.el.td(row.operator, **THEIRS, class_name="m no-m"),
        rx.el.td(rx.cond(row.talk_s > 0, length(row.talk_s), "—"), class_name="num m"),
        rx.el.td(
            rx.cond(row.said != "", MANAGER_RESULTS.badge(row.said), outcome_badge(row)),
            class_name="no-m",
        ),
        key=row.transfer_id,
    )


def _recent() -> rx.Component:
    filled = table(
        [
            (t("When"), ""),
            (t("Contact"), ""),
            (t("About"), ""),
            (t("Operator"), ""),
            (t("Talk"), "num"),
            (t("Result"), ""),
        ],
        rx.foreach(S.recent, _row),
        caption=t("Transfers to you, latest first"),
    )
    none = card(
        empty_state(
            t("No transfers yet"),
            t(
                "When an operator has an interested contact on the line, your phone rings "
                "and this page shows who it is."
            ),
            icon="phone-incoming",
        )
    )
    return section(t("Recent transfers"), rx.cond(count(S.recent) > 0, filled, none))


def _post(post: Any) -> rx.Component:
    turn = rx.cond(
        post.before != "",
        t("After {names}, if they are busy or do not answer", names=post.before),
        t("You are asked first"),
    )
    return rx.el.li(
        rx.cond(post.kind == "number", rx.icon("smartphone", aria_hidden="true"), rx.icon("phone", aria_hidden="true")),
        rx.el.div(
            rx.el.b(post.campaign, **THEIRS),
            rx.el.div(place(post), class_name="s"),
            rx.el.div(turn, class_name="s m"),
            rx.cond(~post.running, badge(t("does not call now"), icon="pause")),
            class_name="grow col post",
        ),
        class_name="row t g3",
    )


def _posts() -> rx.Component:
    nowhere = callout(
        t("You are in no campaign."),
        t("The owner of your organisation chooses who takes a campaign's transfers."),
        tone="amber",
    )
    return card(
        rx.el.h2(t("Where it rings")),
        rx.cond(
            count(S.posts) > 0,
            rx.fragment(
                rx.el.ul(rx.foreach(S.posts, _post), class_name="col g4"),
                rx.el.p(
                    t("Answered here with Enter, or at the telephone; this page shows who it is either way."),
                    class_name="s m",
                ),
            ),
            nowhere,
        ),
        class_name="col g3",
    )


def _today() -> rx.Component:
    return rx.el.span(
        tn("{n} transfer taken in 24 hours", "{n} transfers taken in 24 hours", n=S.taken),
        ", ",
        tn("{n} missed", "{n} missed", n=S.missed),
        class_name="m",
    )


def waiting_page() -> rx.Component:
    return rx.el.div(
        head(t("Desk"), button(t("Read again"), kind="ghost", key="N", icon="refresh-cw", on_click=S.read_again)),
        rx.el.p(_today(), class_name="today"),
        rx.cond(
            S.unread,
            callout(
                t("The desk could not be read."),
                t("Transfers ring all the same. Read it again in a moment."),
                tone="amber",
            ),
        ),
        rx.el.div(
            _recent(), rx.el.aside(presence_card(), _posts(), class_name="col g4"), class_name="grid desk", id="mg"
        ),
        class_name="page",
    )
