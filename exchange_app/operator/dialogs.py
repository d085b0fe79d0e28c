"""Dialogs of the workspace: another person, and the question before "do not call"."""

import reflex as rx

from exchange_app.design import button, callout, dialog, field, key, text_input
from exchange_app.i18n import t, tc

from .browser import focus_on
from .desk_state import Desk
from .person_state import Person
from .sheet_state import Sheet
from .words import person_error


def person_dialog() -> rx.Component:
    """Whom to call instead; the number is heard from the contact and never shown again."""
    about_name = (Person.error == "no_name") | (Person.error == "name_too_long")
    about_number = (Person.error == "bad_number") | (Person.error == "already_there")
    general = (Person.error == "not_yours") | (Person.error == "not_saved")
    said = person_error(Person.error)
    return dialog(
        t("Another person"),
        rx.el.p(
            t("They become a contact of this campaign. Another operator will call them, with the same script."),
            class_name="s m",
        ),
        rx.cond(general, callout(said, tone="red", alert=True)),
        rx.el.form(
            rx.el.input(type="hidden", name="call_id", value=Desk.call_id),
            field(
                tc("person", "Name"),
                text_input(
                    id="person-name", name="name", max_length=200, auto_complete="off", auto_focus=True, bad=about_name
                ),
                control_id="person-name",
                required=True,
                error=rx.cond(about_name, said, ""),
            ),
            field(
                tc("telephone", "Number"),
                text_input(
                    id="person-number", name="number", type="tel", max_length=60, auto_complete="off", bad=about_number
                ),
                control_id="person-number",
                required=True,
                error=rx.cond(about_number, said, ""),
                hint=t("As the contact says it, with the area code"),
            ),
            rx.el.div(
                button(t("Add"), kind="solid", key="Ctrl Enter", type="submit", id="person-add"),
                button(t("Close"), key="Esc", on_click=Person.change_opened(False)),
                class_name="row w",
            ),
            key("ctrl+Enter", press="person-add"),
            focus_on(Person.focus, Person.focused),
            on_submit=Person.add,
            class_name="col g4",
        ),
        open=Person.opened,
        on_open_change=Person.change_opened,
    )


def do_not_call_dialog() -> rx.Component:
    talking = Desk.state == "talking"
    return dialog(
        t("Never call this contact again?"),
        rx.el.p(
            t("No campaign of this customer will call this number again."),
            " ",
            rx.cond(
                talking,
                t("The talk ends now, and you go on to write down the rest."),
                t("You can still change it until you save."),
            ),
        ),
        rx.el.div(
            button(
                rx.cond(talking, t("Do not call, hang up"), t("Do not call")),
                kind="red",
                icon="ban",
                id="dnc-yes",
                on_click=Sheet.do_not_call(Desk.call_id),
            ),
            button(t("Go back"), key="Esc", id="dnc-no", auto_focus=True, on_click=Sheet.change_asking(False)),
            class_name="row w",
        ),
        open=Sheet.asking,
        on_open_change=Sheet.change_asking,
        alert=True,
    )
