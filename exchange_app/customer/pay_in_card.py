"""The card to pay in with, and the sandbox's page."""

import reflex as rx

from exchange_app.design import button, callout, card, empty_state, field, head, link_button, stat
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import money, t

from .money_state import Money
from .pay_in_state import PayIn, SandboxPay


def pay_in() -> rx.Component:
    """A sum and a button, or (no provider is set) how to pay without."""
    fault = rx.match(
        PayIn.fault,
        ("not_a_sum", t("Write a sum, such as 5000 or 5000.50.")),
        ("too_little", t("At least {sum}.", sum=money(PayIn.least, Money.currency))),
        ("too_much", t("So much at once goes by transfer only.")),
        ("away", t("The payment service does not answer. Nothing was taken; press again in a minute.")),
        "",
    )
    form = card(
        rx.el.h2(t("Pay in")),
        rx.el.form(
            field(
                t("Sum"),
                rx.el.input(
                    id="amount",
                    name="amount",
                    default_value=PayIn.amount,
                    key=PayIn.amount,
                    input_mode="decimal",
                    auto_complete="off",
                    aria_invalid=PayIn.fault != "",
                    class_name="in",
                ),
                control_id="amount",
                hint=t("Campaigns that stand for want of money go on by themselves."),
                error=fault,
            ),
            button(t("On to payment"), kind="solid", icon="arrow-right", type="submit"),
            on_submit=PayIn.begin,
            class_name="col g3",
            style={"maxWidth": "420px"},
        ),
        rx.cond(PayIn.sandbox, rx.el.p(t("This exchange is a demo: no money moves."), class_name="s m")),
        class_name="col g3",
    )
    return rx.cond(
        PayIn.there,
        form,
        callout(
            t("To pay in, write to the exchange."),
            t("An administrator books your transfer, and campaigns that stand for want of money go on by themselves."),
            tone="blue",
        ),
    )


def sandbox_page() -> rx.Component:
    """`/customer/sandbox/[id]`: what stands in for a provider's page."""
    paying = card(
        stat(t("To be paid"), money(SandboxPay.amount, SandboxPay.currency)),
        rx.el.p(rx.el.span(SandboxPay.customer, **THEIRS), class_name="m"),
        rx.cond(
            SandboxPay.done,
            rx.fragment(
                rx.el.p(t("This payment is over.")),
                link_button(t("Back to the account"), "/customer/money", icon="arrow-left"),
            ),
            rx.el.div(
                button(t("Pay"), kind="solid", icon="check", on_click=SandboxPay.say("paid")),
                button(t("Cancel"), on_click=SandboxPay.say("cancelled")),
                class_name="row w",
            ),
        ),
        class_name="col g3",
    )
    return rx.el.div(
        head(t("Payment, as if")),
        rx.el.p(t("No money moves here: this page stands in for that of a payment service."), class_name="m"),
        rx.cond(
            SandboxPay.found,
            paying,
            empty_state(
                t("There is no such payment"),
                t("Begin one on the page of your money."),
                link_button(t("Back to the account"), "/customer/money", icon="arrow-left"),
                icon="wallet",
            ),
        ),
        class_name="page col g4",
    )
