"""On the page of money: what to be written about."""

import reflex as rx

from exchange_app.design import autosave, card, field, link_button, switch
from exchange_app.i18n import t

from .letters_state import Letters
from .money_state import Money
from .words import digits


def letters_card() -> rx.Component:
    return card(
        rx.el.h2(t("Letters")),
        field(
            t("Write to me when less than this is left"),
            autosave(
                id="least",
                name=digits(Money.customer) + ":least",
                value=Letters.least,
                on_save=Letters.change_least,
                custom_attrs={"inputMode": "decimal", "autoComplete": "off"},
            ),
            control_id="least",
            hint=t("Empty: no letter. When a campaign stands for want of money, you are written to anyway"),
            error=rx.cond(Letters.fault != "", t("A sum such as 5000 is expected, or nothing. Not saved."), ""),
        ),
        switch(t("Each Monday a summary of the week"), checked=Letters.weekly, on_change=Letters.switch_weekly),
        rx.el.div(link_button(t("Letters you were sent"), "/account/letters", icon="mail")),
        class_name="col g3",
    )
