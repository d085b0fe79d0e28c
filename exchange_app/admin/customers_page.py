"""`/admin/customers`: the businesses, their money and caps."""

import reflex as rx

from exchange_app.design import button, card, empty_state, head, link_button, loading, table, text_input
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import money, number, t, tn

from .customers_state import CustomerRow, Customers


def _line(line: CustomerRow) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            rx.el.b(line.name, **THEIRS),
            rx.cond(line.owners != "", rx.el.div(line.owners, class_name="s m", **THEIRS)),
        ),
        rx.el.td(
            rx.el.b(money(line.funds, line.currency)),
            rx.cond(line.held > 0, rx.el.div(t("held: {sum}", sum=money(line.held, line.currency)), class_name="s m")),
            class_name="num",
        ),
        rx.el.td(
            tn("{n} campaign", "{n} campaigns", n=line.campaigns), ", ",
            rx.el.span(t("running: {n}", n=number(line.running)), class_name="m"), class_name="no-m",
        ),
        rx.el.td(
            text_input(
                id=f"cap-{line.id}", default_value=line.cap, input_mode="decimal", bad=Customers.wrong == line.id,
                on_blur=lambda value: Customers.change_cap(line.id, value), placeholder=t("no cap"),
                aria_label=t("Most a day, {name}", name=line.name),
            ),
            rx.cond(Customers.wrong == line.id, rx.el.p(t("A sum such as 1500 is expected."), class_name="err")),
            class_name="ear",
            style={"maxWidth": "200px"},
        ),
        key=line.id,
    )  # fmt: skip


def customers_page() -> rx.Component:
    return rx.el.div(
        head(t("Customers"), link_button(t("Invite"), "/admin/invitations", kind="solid", icon="mail-plus")),
        rx.cond(
            Customers.loaded,
            rx.el.div(
                rx.el.form(
                    text_input(id="search", name="search", type="search", placeholder=t("Name of the business"),
                               aria_label=t("Find a customer")),
                    button(t("Find"), type="submit", icon="search"),
                    on_submit=Customers.find, class_name="row", role="search", style={"maxWidth": "420px"},
                ),
                rx.cond(
                    Customers.lines.length() > 0,
                    table(
                        [(t("Customer"), ""), (t("Has"), "num"), (t("Campaigns"), "no-m"), (t("Most a day"), "")],
                        rx.foreach(Customers.lines, _line),
                        caption=t("Customers by name"),
                    ),
                    card(empty_state(t("No customers here"), t("Invite one: the business is made when they accept."),
                                     icon="building-2")),
                ),
                class_name="col g4",
            ),
            loading(t("One moment…")),
        ),
        class_name="page",
    )  # fmt: skip
