"""The form of the call: the campaign's fields, the note, the buttons that save. It stays mounted from the answer to the
end of wrap-up, so that a change of state never takes the focus or a letter from who is typing."""

from typing import Any

import reflex as rx

from exchange_app.design import autosave, badge, button, callout, card, kbd, segment
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, t, tn

from .desk_state import Desk
from .person_state import Person
from .sheet_state import Sheet
from .words import field_error


def press(button_id: str) -> rx.event.EventSpec:
    """Presses a button after leaving the field that has the focus, so that its last letters are sent before."""
    return rx.run_script(
        f"(document.activeElement?.blur?.(),setTimeout(()=>document.getElementById({button_id!r})?.click()))"
    )


def _label(field: Any, html_for: Any = None) -> rx.Component:
    words = [field.label.to(str), rx.cond(field.required, rx.el.span(" ", t("required"), class_name="req"))]
    marked = [rx.el.span(words[0], **THEIRS), words[1]]
    if html_for is None:
        return rx.el.span(*marked, class_name="lab", id="label-" + field.key.to(str))
    return rx.el.label(*marked, html_for=html_for)


def _error(key: Any, control: str) -> rx.Component:
    code = Sheet.errors[key]
    return rx.cond(
        field_error(code) != "",
        rx.el.span(
            rx.icon("triangle-alert", size=16, aria_hidden="true"),
            field_error(code),
            class_name="err",
            id=control,
            role="alert",
        ),
    )


def _typed(field: Any, kind: str, **props: Any) -> rx.Component:
    """A field of letters: text, number or date."""
    key = field.key.to(str)
    return autosave(
        id="field-" + key,
        name=Sheet.call_id + ":" + key,
        value=Sheet.values[key],
        on_save=Sheet.save,
        kind=kind,
        show_saved=False,
        class_name=rx.cond(field_error(Sheet.errors[key]) != "", "in bad", "in"),
        **props,
    )


def _few(field: Any) -> rx.Component:
    key = field.key.to(str)
    return rx.el.div(
        rx.foreach(
            field.options.to(list[str]),
            lambda option: segment(
                rx.el.span(option, **THEIRS),
                on=Sheet.values[key] == option,
                on_click=Sheet.choose(Sheet.call_id, key, option),
            ),
        ),
        class_name="seg full",
        role="group",
        aria_labelledby="label-" + key,
        id="field-" + key,
        tab_index=-1,
    )


def _yes_no(field: Any) -> rx.Component:
    key = field.key.to(str)
    choices = [("yes", t("Yes")), ("no", t("No"))]
    return rx.el.div(
        *(
            segment(word, on=Sheet.values[key] == code, on_click=Sheet.choose(Sheet.call_id, key, code))
            for code, word in choices
        ),
        class_name="seg full",
        role="group",
        aria_labelledby="label-" + key,
        id="field-" + key,
        tab_index=-1,
    )


def _several(field: Any) -> rx.Component:
    key = field.key.to(str)
    return rx.el.div(
        rx.foreach(
            field.options.to(list[str]),
            lambda option: rx.el.label(
                rx.el.input(
                    type="checkbox",
                    checked=Sheet.choices[key].contains(option),
                    on_change=lambda _: Sheet.toggle(Sheet.call_id, key, option),
                ),
                rx.el.i(rx.icon("check", aria_hidden="true"), aria_hidden="true"),
                rx.el.span(option, **THEIRS),
                class_name="chk",
            ),
        ),
        class_name="several",
        role="group",
        aria_labelledby="label-" + key,
        id="field-" + key,
        tab_index=-1,
    )


def _form_field(field: Any) -> rx.Component:
    key = field.key.to(str)
    own_label = (field.kind == "yes_no") | (field.kind == "choices") | ((field.kind == "choice") & field.few)
    return rx.el.div(
        rx.cond(own_label, _label(field), _label(field, "field-" + key)),
        rx.match(
            field.kind,
            ("number", _typed(field, "text", input_mode="decimal")),
            ("date", _typed(field, "date")),
            ("yes_no", _yes_no(field)),
            ("choices", _several(field)),
            ("choice", rx.cond(field.few, _few(field), _typed(field, "text", options=field.options.to(list[str])))),
            _typed(field, "text"),
        ),
        _error(key, "error-" + key),
        class_name="f",
    )


def _saved() -> rx.Component:
    """When the last letter was saved, or that it was not."""
    return rx.cond(
        Sheet.unsaved,
        rx.el.span(
            rx.icon("triangle-alert", size=16, aria_hidden="true"), t("not saved yet"), class_name="err", role="status"
        ),
        rx.cond(
            Sheet.saved_ms > 0,
            rx.el.span(
                rx.icon("check", size=16, aria_hidden="true"),
                t("saved {time}", time=date(Sheet.saved_ms, timeStyle="medium")),
                class_name="xs m row nw",
                style={"gap": "4px"},
            ),
            rx.el.span(t("saved while you type"), class_name="xs m nw"),
        ),
    )


def _note() -> rx.Component:
    return rx.el.div(
        rx.el.label(t("Note"), " ", kbd("F"), html_for="note"),
        autosave(
            id="note",
            name=Sheet.call_id + ":.note",
            value=Sheet.note,
            on_save=Sheet.save,
            multiline=True,
            show_saved=False,
            rows=3,
            max_length=10_000,
        ),
        rx.el.span(kbd("Esc"), " ", t("leaves the field, then letters are commands again"), class_name="hint no-m"),
        class_name="f",
    )


def _title() -> Any:
    return rx.match(
        Desk.state,
        ("wrap_up", t("Before you save")),
        ("transferring", t("What to tell the manager")),
        t("What you write down"),
    )


def _missing() -> rx.Component:
    count = Sheet.errors.length()
    return rx.cond(
        (Desk.state == "wrap_up") & (count > 0),
        badge(tn("{n} field to mend", "{n} fields to mend", n=count), tone="amber", icon="triangle-alert"),
        _saved(),
    )


def _saving_buttons() -> rx.Component:
    return rx.el.div(
        button(
            t("Save and next"),
            kind="solid",
            big=True,
            key="Ctrl Enter",
            id="save-next",
            on_click=Sheet.close(Desk.call_id, "next"),
        ),
        button(t("Save only"), big=True, key="P", id="save-hold", on_click=Sheet.close(Desk.call_id, "ready")),
        button(
            t("Save, then break"), big=True, key="B", id="save-break", on_click=Sheet.close(Desk.call_id, "end_shift")
        ),
        class_name="row w saving",
    )


def form_pane() -> rx.Component:
    return card(
        rx.el.div(rx.el.h2(_title()), _missing(), class_name="row sb w writing-head"),
        rx.cond(
            Sheet.unsaved,
            callout(
                t("What you typed is not saved yet."),
                t("It is kept here, and we try again every few seconds."),
                tone="amber",
            ),
        ),
        rx.cond(
            Sheet.errors["form"] == "not_saved",
            callout(t("The exchange does not answer."), t("Nothing is lost, save again."), tone="red"),
        ),
        rx.el.div(
            rx.foreach(Sheet.fields, _form_field), class_name=rx.cond(Desk.state == "wrap_up", "grid c2", "col g3")
        ),
        _note(),
        rx.el.div(
            button(t("Another person"), kind="ghost", key="X", icon="user-plus", on_click=Person.open(Desk.call_id)),
            rx.cond(
                Person.added != "",
                rx.el.span(
                    rx.icon("check", size=16, aria_hidden="true"),
                    t("{name} is added, others will call", name=Person.added),
                    class_name="s m row",
                ),
            ),
            class_name="row w",
        ),
        rx.cond(Desk.state == "wrap_up", _saving_buttons()),
        class_name=rx.cond(
            (Sheet.pane == "form") | (Desk.state == "transferring") | (Desk.state == "connection_lost"),
            "pane m-on col g3",
            "pane col g3",
        ),
    )
