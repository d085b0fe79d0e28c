"""The editor of the form that operators fill in."""

from typing import Any

import reflex as rx

from exchange_app.design import autosave, button, card, empty_state, field, icon_button, select
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import t, tc

from .here import Here
from .script_state import FieldLine, Script


def kind_names() -> list[tuple[str, Any]]:
    return [
        ("text", t("Text")),
        ("number", tc("kind of field", "Number")),
        ("date", t("Date")),
        ("choice", t("One of a list")),
        ("choices", t("Several of a list")),
        ("yes_no", t("Yes or no")),
    ]


def _fault(line: FieldLine) -> rx.Component:
    words = rx.match(
        Script.fault,
        ("no_label", t("The field needs a name.")),
        ("no_options", t("The list of answers is empty: write one in each line.")),
        ("too_many_options", t("At most 50 answers fit in a list.")),
        t("This field cannot be saved as it is."),
    )
    wrong = (Script.fault != "") & (Script.fault_place == line.place)
    return rx.cond(wrong, rx.el.p(words, class_name="err s", role="alert"))


def _line(line: FieldLine) -> rx.Component:
    name = rx.cond(line.label, line.label, t("Field {n}", n=line.place))
    options = field(
        t("Answers, one a line"),
        autosave(
            id=f"options-{line.uid}",
            name=f"{Here.number}:options:{line.uid}",
            value=line.options,
            multiline=True,
            rows=4,
            **THEIRS,
            on_save=Script.type_options,
            show_saved=False,
        ),
        control_id=f"options-{line.uid}",
    )
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                autosave(
                    id=f"label-{line.uid}",
                    name=f"{Here.number}:label:{line.uid}",
                    value=line.label,
                    on_save=Script.type_label,
                    show_saved=False,
                    aria_label=t("Name of field {n}", n=line.place),
                    placeholder=t("What is asked"),
                    max_length=200,
                ),
                class_name="grow",
                style={"minWidth": "180px"},
            ),
            rx.el.div(
                select(
                    *kind_names(),
                    id=f"kind-{line.uid}",
                    value=line.kind,
                    aria_label=t("Type of “{field}”", field=name),
                    on_change=lambda kind: Script.choose_kind(line.uid, kind),
                ),
                style={"width": "230px"},
            ),
            rx.el.div(
                icon_button(
                    "arrow-up",
                    t("“{field}” earlier", field=name),
                    disabled=line.place == 1,
                    on_click=Script.move_field(line.uid, -1),
                ),
                icon_button(
                    "arrow-down",
                    t("“{field}” later", field=name),
                    disabled=line.last,
                    on_click=Script.move_field(line.uid, 1),
                ),
                icon_button("trash-2", t("Remove “{field}”", field=name), on_click=Script.remove_field(line.uid)),
                class_name="row",
                style={"gap": "0"},
            ),
            class_name="row w",
        ),
        rx.cond((line.kind == "choice") | (line.kind == "choices"), options),
        rx.el.div(
            rx.el.label(t("Must be filled in"), html_for=f"needed-{line.uid}", class_name="s m"),
            rx.el.div(
                select(
                    ("", t("never")),
                    ("success", t("for a success")),
                    ("agreed", t("for a success and a call-back")),
                    ("refused", t("for a refusal")),
                    ("talked", t("after every talk")),
                    id=f"needed-{line.uid}",
                    value=line.needed,
                    on_change=lambda needed: Script.choose_needed(line.uid, needed),
                ),
                style={"width": "260px"},
            ),
            class_name="row w",
        ),
        _fault(line),
        class_name="col g3",
        style={"padding": "12px 0", "borderTop": "1px solid var(--line)"},
        key=line.uid,
    )


def form_editor() -> rx.Component:
    return card(
        rx.el.h2(t("What the operator fills in")),
        rx.cond(
            Script.fields.length() > 0,
            rx.el.ul(rx.foreach(Script.fields, _line), style={"listStyle": "none", "padding": 0}),
            empty_state(
                t("No fields yet"),
                t("Add what you want to know: a day, a sum, a choice. The note is always there."),
                icon="list-checks",
            ),
        ),
        rx.el.div(button(t("Add a field"), icon="plus", on_click=Script.append_field)),
        class_name="col g3",
    )
