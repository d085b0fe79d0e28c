"""`/customer/money`: what is on the account, what it went for, what calls cost, how to pay in."""

from typing import Any

import reflex as rx

from exchange_app.design import (
    OUTCOMES,
    badge,
    button,
    card,
    data_list,
    empty_state,
    head,
    loading,
    select,
    stat,
    table,
)
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, money, t

from .caps_field import cap_field
from .caps_state import Caps
from .contest_dialog import contest_dialog
from .contest_state import Contest
from .letters_card import letters_card
from .letters_state import Letters
from .money_state import Line, Money
from .papers_card import papers_card
from .papers_state import Papers
from .pay_in_card import pay_in
from .sound import player
from .words import digits, minutes


def _balance() -> rx.Component:
    return card(
        rx.el.div(
            stat(t("Can be spent"), money(Money.available, Money.currency)),
            stat(t("Held for calls in progress"), money(Money.held, Money.currency)),
            class_name="grid",
            style={"gridTemplateColumns": "repeat(auto-fit, minmax(160px, 1fr))"},
        ),
        rx.el.p(
            t("Before each call the most it can cost is held; what it did not cost comes back when it ends."),
            class_name="s m",
        ),
        cap_field(
            t("Spend in a day at most"),
            t("All campaigns together, by the day of your time zone. Empty: no limit. Calls go on the next day"),
            name=f"{digits(Money.customer)}:cap",
            on_save=Caps.change_customer_cap,
        ),
        class_name="col g3",
    )


def _prices() -> rx.Component:
    price = Money.prices

    def of(amount: Any) -> Any:
        return rx.cond(amount > 0, money(amount, Money.currency), t("free"))

    return card(
        rx.el.h2(t("Prices")),
        rx.cond(
            price.none,
            rx.el.p(t("No prices are set for your currency. Write to the exchange; nothing can be called until then.")),
            rx.fragment(
                data_list(
                    (t("Answered call"), of(price.per_answered_call)),
                    (t("Minute of talk"), of(price.per_minute)),
                    (t("Success"), of(price.per_success)),
                    (t("Call that nobody answers"), t("free")),
                ),
                rx.el.p(
                    t(
                        "Counted by the second and rounded up to the smallest coin. In force since {day}.",
                        day=date(price.since_ms, dateStyle="long"),
                    ),
                    class_name="s m",
                ),
            ),
        ),
        class_name="col g3",
    )


def _dispute(line: Line) -> Any:
    """Whether the charge is contested, and what came of it."""
    return rx.match(
        line.dispute,
        ("open", badge(t("contested, being looked into"), tone="amber", icon="clock")),
        ("refunded", badge(t("given back"), tone="accent", icon="circle-check")),
        (
            "upheld",
            rx.fragment(
                badge(t("contested, found right"), tone="gray"),
                rx.cond(line.decision, rx.el.div(line.decision, class_name="s m", **THEIRS)),
            ),
        ),
        rx.cond(
            line.contestable,
            button(t("Not right?"), kind="ghost", on_click=Contest.ask(line.call_id), class_name="s"),
        ),
    )


def _line(line: Line) -> rx.Component:
    what = rx.match(
        line.kind,
        (
            "settle",
            rx.el.div(
                rx.el.b(rx.cond(line.contact, line.contact, line.number), **THEIRS),
                " ",
                OUTCOMES.badge(line.outcome),
                rx.el.div(
                    rx.link(line.campaign, href=f"/customer/campaign/{line.campaign_id}"),
                    ", ",
                    line.number,
                    class_name="s m",
                    **THEIRS,
                ),
                rx.el.div(
                    rx.cond(
                        line.heard,
                        button(
                            rx.cond(Money.listening == line.call_id, t("Close the recording"), t("Listen")),
                            kind="ghost",
                            icon="headphones",
                            on_click=Money.listen(line.call_id),
                            class_name="s",
                        ),
                    ),
                    _dispute(line),
                    class_name="row w",
                ),
                rx.cond(Money.listening == line.call_id, player(line.call_id, t("Recording"))),
            ),
        ),
        ("refund", rx.el.b(t("Given back after your complaint"))),
        ("bonus", rx.el.b(t("Bonus for joining"))),
        ("deposit", rx.el.b(t("Paid in"))),
        rx.el.b(t("Correction")),
    )
    length = rx.cond(
        line.kind == "settle",
        minutes(line.billed_s),
        "",
    )
    return rx.el.tr(
        rx.el.td(date(line.at_ms, dateStyle="medium", timeStyle="short"), class_name="m"),
        # On phones the reason stands above, in the row's whole width.
        rx.el.td(what, style={"@media (max-width: 640px)": {"gridColumn": "1 / -1", "order": -1}}),
        rx.el.td(length, class_name="num m no-m"),
        rx.el.td(
            rx.cond(line.amount > 0, "+", ""),
            money(line.amount, Money.currency),
            class_name=rx.cond(line.amount > 0, "num b", "num"),
        ),
    )


def _statement() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("Statement")),
        rx.cond(
            Money.lines.length() > 0,
            table(
                [(t("When"), ""), (t("What for"), ""), (t("Talk"), "num"), (t("Amount"), "num")],
                rx.foreach(Money.lines, _line),
                caption=t("Movements of money, the latest first"),
            ),
            card(
                empty_state(
                    t("Nothing has moved yet"),
                    t("Every call and every payment stands here, each with its reason."),
                    icon="wallet",
                )
            ),
        ),
        rx.cond(Money.more, rx.el.div(button(t("Show older lines"), on_click=Money.show_more))),
        class_name="col g3",
    )


def money_page() -> rx.Component:
    several = rx.cond(
        Money.customers.length() > 1,
        select(
            id="customer",
            value=digits(Money.customer),
            on_change=lambda customer: [Money.choose(customer), Letters.enter(), Papers.enter()],
            aria_label=t("Customer"),
            **THEIRS,
            children=[rx.foreach(Money.customers, lambda c: rx.el.option(c.name, value=digits(c.id)))],
        ),
    )
    return rx.el.div(
        head(t("Money"), several, over=rx.el.span(Money.name, **THEIRS)),
        rx.cond(
            Money.loaded,
            rx.el.div(
                rx.el.div(_balance(), _prices(), class_name="grid c2"),
                pay_in(),
                letters_card(),
                papers_card(),
                _statement(),
                class_name="col g4",
            ),
            loading(t("One moment…")),
        ),
        contest_dialog(),
        class_name="page",
    )
