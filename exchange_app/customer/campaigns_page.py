"""`/customer`: campaigns with their status, progress, results and what was spent."""

import reflex as rx

from exchange_app.design import (
    CAMPAIGN_STATES,
    button,
    card,
    dialog,
    empty_state,
    field,
    head,
    key,
    loading,
    progress,
    select,
    stat,
    text_input,
)
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import money, t

from .campaigns_state import Campaigns, Owned
from .overview import CampaignLine


def _line(row: CampaignLine) -> rx.Component:
    figures = rx.el.div(
        stat(t("Contacts done"), t("{done} of {all}", done=row.done, all=row.contacts)),
        stat(t("Calls"), row.calls),
        stat(t("Successes"), row.successes),
        stat(t("Spent"), money(row.charge, row.currency)),
        class_name="grid c4 keep",
    )
    where = rx.cond(
        (row.status == "draft") & ~row.ready,
        f"/customer/campaign/{row.id}/start",
        f"/customer/campaign/{row.id}",
    )
    return rx.el.li(
        rx.link(
            card(
                rx.el.div(
                    rx.el.div(
                        rx.el.h2(row.name, **THEIRS),
                        rx.cond(
                            Campaigns.customers.length() > 1,
                            rx.el.p(row.customer, class_name="s m", **THEIRS),
                        ),
                    ),
                    CAMPAIGN_STATES.badge(row.status),
                    class_name="row sb w",
                ),
                progress(row.progress, label=t("{n} % of the contacts are done", n=row.progress), thin=True),
                figures,
                class_name="col g3",
            ),
            href=where,
            underline="none",
            color="inherit",
            style={"display": "block"},
        ),
    )


def _balance(customer: Owned) -> rx.Component:
    held = rx.cond(
        customer.held > 0,
        t("{amount} is held for calls in progress", amount=money(customer.held, customer.currency)),
        "",
    )
    return card(
        rx.el.div(
            stat(
                rx.cond(Campaigns.customers.length() > 1, customer.name, t("On account")),
                money(customer.available, customer.currency),
            ),
            rx.link(t("Statement"), href=f"/customer/money?customer={customer.id}"),
            class_name="row sb",
        ),
        rx.el.p(held, class_name="s m"),
    )


def _new() -> rx.Component:
    problem = rx.cond(Campaigns.name_error == "no_name", t("A campaign needs a name."), "")
    several = Campaigns.customers.length() > 1
    return dialog(
        t("New campaign"),
        rx.el.form(
            field(
                t("What is it called?"),
                text_input(id="name", name="name", max_length=200, auto_focus=True, auto_complete="off"),
                control_id="name",
                error=problem,
                hint=t("Operators see this name on their board. You can change it later"),
            ),
            rx.cond(
                several,
                field(
                    t("For whom?"),
                    select(
                        id="customer",
                        name="customer",
                        children=[
                            rx.foreach(Campaigns.customers, lambda c: rx.el.option(c.name, value=c.id.to_string()))
                        ],
                    ),
                    control_id="customer",
                ),
            ),
            rx.el.div(
                button(t("Cancel"), on_click=Campaigns.open_new(False)),
                button(t("Create and add the list"), kind="solid", type="submit"),
                class_name="row w",
                style={"justifyContent": "flex-end"},
            ),
            on_submit=Campaigns.create,
            class_name="col g4",
        ),
        open=Campaigns.making,
        on_open_change=Campaigns.open_new,
    )


def _make(kind: str = "solid") -> rx.Component:
    return button(
        t("New campaign"),
        kind="solid" if kind == "solid" else "line",
        key="N",
        icon="plus",
        on_click=Campaigns.open_new(True),
    )


def campaigns_page() -> rx.Component:
    empty = card(
        empty_state(
            t("No campaigns yet"),
            t(
                "A campaign is a list of contacts with a script. Give it a name, upload the list, write what operators "
                "should say, and start: results appear here as the calls go."
            ),
            _make(),
            icon="phone-outgoing",
        )
    )
    listed = rx.el.div(
        rx.el.ul(rx.foreach(Campaigns.rows, _line), class_name="col g4", style={"listStyle": "none", "padding": 0}),
        rx.el.aside(
            rx.foreach(Campaigns.customers, _balance),
            class_name="col g3",
            aria_label=t("On account"),
            style={"@media (max-width: 640px)": {"order": -1}},
        ),
        class_name="grid",
        id="ig",
        style={"gridTemplateColumns": "minmax(0,1fr) 300px", "alignItems": "start"},
    )
    running = Campaigns.rows.length()
    return rx.el.div(
        key("KeyN", Campaigns.open_new(True)),
        head(t("Campaigns"), rx.cond(running > 0, _make(), rx.fragment())),
        _new(),
        rx.cond(Campaigns.loaded, rx.cond(running > 0, listed, empty), loading(t("One moment…"))),
        class_name="page",
    )
