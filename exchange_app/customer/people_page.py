"""`/customer/campaign/[id]/people`: who takes transfers, and how calls can end."""

from typing import Any

import reflex as rx

from exchange_app.design import (
    OUTCOMES,
    autosave,
    button,
    callout,
    card,
    empty_state,
    field,
    icon_button,
    kbd,
    select,
    switch,
    text_input,
)
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import t
from exchange_domain.words import Outcome

from .here import Here, of_campaign
from .people_state import DispositionLine, ManagerLine, People
from .steps import step_foot, step_head
from .words import digits


def _endpoint(manager: ManagerLine) -> rx.Component:
    def typed(kind: str, label: Any, placeholder: str, hint: Any) -> rx.Component:
        control_id = f"{kind}-{manager.account_id}"
        words = rx.match(
            manager.fault,
            ("no_number", t("Transfers ring there once the number is in.")),
            ("bad_number", t("This is no telephone number. Not saved.")),
            "",
        )
        return field(
            label,
            autosave(
                id=control_id,
                name=f"{Here.number}:{kind}:{manager.account_id}",
                value=manager.endpoint,
                on_save=People.type_endpoint,
                placeholder=placeholder,
                max_length=60,
            ),
            control_id=control_id,
            hint=hint,
            error=rx.cond(manager.fault, words, ""),
        )

    return rx.el.div(
        field(
            t("Transfers ring"),
            select(
                ("browser", t("in the browser")),
                ("sip", t("on a SIP telephone")),
                ("number", t("on a telephone number")),
                id=f"kind-{manager.account_id}",
                value=manager.kind,
                on_change=lambda kind: People.choose_endpoint(manager.account_id, kind),
            ),
            control_id=f"kind-{manager.account_id}",
        ),
        rx.match(
            manager.kind,
            ("number", typed("number", t("Number"), "+7 900 000-00-00", None)),
            ("sip", typed("sip", t("SIP user"), "", t("Empty: manager-{n}", n=digits(manager.account_id)))),
            rx.el.p(t("The page of the manager must be open."), class_name="s m"),
        ),
        class_name="grid c2",
    )


def _manager(manager: ManagerLine) -> rx.Component:
    name = manager.name
    return rx.el.li(
        rx.el.div(
            rx.el.div(rx.el.b(name), rx.el.div(manager.email, class_name="s m"), **THEIRS, class_name="grow"),
            rx.cond(
                manager.place > 0,
                rx.el.div(
                    icon_button(
                        "arrow-up",
                        t("Ask {name} earlier", name=name),
                        disabled=manager.place == 1,
                        on_click=People.move_manager(manager.account_id, -1),
                    ),
                    icon_button(
                        "arrow-down",
                        t("Ask {name} later", name=name),
                        disabled=manager.last,
                        on_click=People.move_manager(manager.account_id, 1),
                    ),
                    class_name="row",
                    style={"gap": "0"},
                ),
            ),
            switch(
                rx.cond(manager.place > 0, t("asked as number {n}", n=manager.place), t("not asked")),
                checked=manager.place > 0,
                on_change=lambda on: People.switch_manager(manager.account_id, on),
            ),
            class_name="row w",
        ),
        rx.cond(manager.place > 0, _endpoint(manager)),
        class_name="col g3",
        key=digits(manager.account_id),
        style={"padding": "12px 0", "borderTop": "1px solid var(--line)"},
    )


def _invite() -> rx.Component:
    link = rx.el.div(
        field(
            t("Link for one person"),
            rx.el.div(
                text_input(id="invited", value=People.invited, read_only=True, **THEIRS),
                button(
                    t("Copy"),
                    icon="copy",
                    on_click=[rx.set_clipboard(People.invited), rx.toast.success(t("The link is copied."))],
                ),
                class_name="row",
            ),
            control_id="invited",
            hint=t("It works once, for seven days, and is not shown again. Send it to the manager yourself"),
        ),
        class_name="col",
    )
    return rx.el.div(
        rx.cond(People.invited, link),
        rx.el.div(button(t("Invite a manager"), icon="user-plus", on_click=People.invite)),
        class_name="col g3",
    )


def _managers() -> rx.Component:
    return card(
        rx.el.h2(t("Managers")),
        rx.el.p(t("An interested contact is handed over to them, in this order, until one answers."), class_name="m"),
        rx.cond(
            People.managers.length() > 0,
            rx.el.ul(rx.foreach(People.managers, _manager), style={"listStyle": "none", "padding": 0}),
            empty_state(
                t("No managers yet"),
                t(
                    "Without them operators write down who is interested, and nobody is connected at once. Invite "
                    "the person who should talk to them."
                ),
                icon="users",
            ),
        ),
        _invite(),
        class_name="col g3",
    )


def _outcomes() -> list[tuple[str, Any]]:
    return [(outcome.value, OUTCOMES.word(outcome.value)) for outcome in Outcome]


def _end(end: DispositionLine) -> rx.Component:
    return rx.el.li(
        kbd(end.place),
        rx.el.div(
            select(
                *_outcomes(),
                id=f"outcome-{end.id}",
                value=end.outcome,
                aria_label=t("Outcome of key {n}", n=end.place),
                on_change=lambda outcome: People.choose_outcome(end.id, outcome),
            ),
            style={"width": "190px"},
        ),
        rx.el.div(
            autosave(
                id=f"words-{end.id}",
                name=f"{Here.number}:words:{end.id}",
                value=end.label,
                on_save=People.type_words,
                placeholder=OUTCOMES.word(end.outcome),
                aria_label=t("Words of key {n}", n=end.place),
                show_saved=False,
                max_length=60,
            ),
            class_name="grow",
            style={"minWidth": "150px"},
        ),
        rx.el.div(
            icon_button(
                "arrow-up",
                t("Key {n} earlier", n=end.place),
                disabled=end.place == 1,
                on_click=People.move_end(end.id, -1),
            ),
            icon_button(
                "arrow-down", t("Key {n} later", n=end.place), disabled=end.last, on_click=People.move_end(end.id, 1)
            ),
            icon_button("trash-2", t("Remove key {n}", n=end.place), on_click=People.remove_end(end.id)),
            class_name="row",
            style={"gap": "0"},
        ),
        class_name="row w",
        key=digits(end.id),
        style={"padding": "8px 0", "borderTop": "1px solid var(--line)"},
    )


def _ends() -> rx.Component:
    fault = rx.match(
        People.fault,
        ("last_success", callout(t("One way must be a success."), t("Nothing was changed."), tone="red", alert=True)),
        ("full", callout(t("There is no digit left."), t("Nine ways fit on the keys 1 to 9."), tone="red", alert=True)),
        rx.fragment(),
    )
    more = rx.cond(
        People.ends.length() < 9,
        rx.el.div(button(t("Add a way"), icon="plus", on_click=People.add_end("refused"))),
        rx.el.p(t("Nine ways fit on the keys 1 to 9."), class_name="s m"),
    )
    return card(
        rx.el.h2(t("How a call can end")),
        rx.el.p(
            t(
                "The operator presses the digit. The outcome decides what follows: whether the contact is done, rests "
                "or is called back. Your own words stand in the results."
            ),
            class_name="m",
        ),
        fault,
        rx.el.ul(rx.foreach(People.ends, _end), style={"listStyle": "none", "padding": 0}),
        more,
        class_name="col g3",
    )


def people_page() -> rx.Component:
    return of_campaign(
        rx.el.div(
            step_head(t("Managers and results"), "people"),
            rx.el.div(_managers(), _ends(), class_name="grid c2", style={"alignItems": "start"}),
            step_foot((t("Hours and limits"), "hours"), (t("Start"), "start")),
            class_name="page",
        )
    )
