"""`/customer/campaign/[id]/script`: what operators say and what they fill in."""

from typing import Any

import reflex as rx

from exchange_app.browser_module import browser_module
from exchange_app.design import autosave, badge, button, callout, card, field
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import t, tc, tn

from .form_editor import form_editor
from .here import Here, of_campaign
from .script_state import Script
from .steps import step_foot, step_head


class _InsertFields(rx.Component):
    library = browser_module(__name__, "insert_fields.jsx")
    tag = "InsertFields"
    names: rx.Var[list[str]]
    target: rx.Var[str]
    label: rx.Var[str]


def _insert() -> rx.Component:
    ours: Any = rx.Var.create([t("name"), t("person"), t("operator")]).to(list[str])
    return _InsertFields.create(names=ours + Script.names, target="script-text", label=t("Insert:"))


def _state() -> rx.Component:
    words = rx.cond(
        Script.version > 0,
        rx.cond(
            Script.dirty,
            t(
                "Operators read version {n}. Your changes become version {next}.",
                n=Script.version,
                next=Script.version + 1,
            ),
            t("Operators read version {n}. Nothing is changed.", n=Script.version),
        ),
        t("Operators have no script yet. What you type is kept as a draft."),
    )
    return rx.el.p(words, class_name="m", role="status")


def _fault() -> Any:
    return rx.match(
        Script.fault,
        ("", rx.fragment()),
        (
            "empty_script",
            callout(
                t("The script is empty."), t("Write what operators should say, then publish."), tone="red", alert=True
            ),
        ),
        ("too_many", callout(t("The form has too many fields."), t("At most 30 fit."), tone="red", alert=True)),
        callout(
            t("Field {n} is not ready.", n=Script.fault_place),
            t("See what is missing below it."),
            tone="red",
            alert=True,
        ),
    )


def _text() -> rx.Component:
    return card(
        field(
            t("What the operator says"),
            rx.fragment(
                autosave(
                    id="script-text",
                    name=f"{Here.number}:script",
                    value=Script.markdown,
                    multiline=True,
                    rows=18,
                    on_save=Script.type_script,
                    max_length=50000,
                    **THEIRS,
                ),
                _insert(),
            ),
            control_id="script-text",
            hint=t(
                "# begins a step, - a list, **bold** stresses. A step named Objections is shown apart. "
                "{{…}} is filled from the list. - [Yes](#Next step) is an answer that leads to that step, with a digit"
            ),
        ),
        rx.cond(
            Script.markdown == "",
            rx.el.div(
                rx.el.p(t("Begin with an example, and change it:"), class_name="s m"),
                rx.el.div(
                    *(
                        button(word, icon="file-text", on_click=Script.begin_with_sample(trade))
                        for trade, word in _trades()
                    ),
                    class_name="row w",
                ),
                class_name="col",
            ),
        ),
        class_name="col g3",
    )


def _trades() -> list[tuple[str, Any]]:
    return [
        ("", tc("script", "A plain one")),
        ("clinic", t("Clinic")),
        ("furniture", t("Workshop")),
        ("courses", t("Courses")),
        ("after_delivery", t("After a delivery")),
    ]


def _remark(remark: Any) -> rx.Component:
    """What is missing, or better not said, and what to do about it."""
    grave = (remark.code == "asks_card") | (remark.code == "dead_answer")
    words = rx.match(
        remark.code,
        (
            "asks_card",
            t("Card data, codes and passwords must not be asked for: “{words}”.", words=remark.about),
        ),
        (
            "dead_answer",
            t("Step {n}: the answer “{words}” leads to no step. Check the heading.", n=remark.step, words=remark.about),
        ),
        ("unreached", t("Step {n}, “{words}”: no answer leads there.", n=remark.step, words=remark.about)),
        ("no_greeting", t("The first step has no greeting.")),
        ("no_caller", t("The first step does not say who calls, and from where.")),
        ("no_goal", t("Nothing is offered or asked: what should come of the call?")),
        ("no_source", t("There is no answer to “Where did you get my number?”. People ask it often.")),
        ("no_recording", t("Talks are recorded, and the script does not say so.")),
        (
            "long_step",
            t(
                "Step {n}, “{words}”, takes {s} seconds aloud. Ask something after 40.",
                n=remark.step,
                words=remark.about,
                s=remark.seconds,
            ),
        ),
        ("too_long", t("Read aloud the script takes {n} minutes. People listen for five.", n=remark.seconds // 60)),
        "",
    )
    icon = rx.cond(
        grave,
        rx.icon("octagon-alert", size=18, aria_hidden="true"),
        rx.icon("lightbulb", size=18, aria_hidden="true"),
    )
    return rx.el.li(icon, rx.el.span(words), class_name=rx.cond(grave, "row t remark grave", "row t remark"))


def _remarks() -> rx.Component:
    return card(
        rx.el.h2(t("What could be better")),
        rx.cond(
            Script.remarks.length() > 0,
            rx.el.ul(rx.foreach(Script.remarks, _remark), class_name="col g3"),
            rx.el.p(t("Nothing to remark."), class_name="m"),
        ),
        class_name="col g3",
        aria_live="polite",
    )


def _preview() -> rx.Component:
    unknown = callout(
        t("Not in the list: {names}.", names=Script.unknown.join(", ")),
        t("The operator will see the bare name there. Check the spelling, or add the column to the list."),
        tone="amber",
    )
    return rx.el.aside(
        card(
            rx.el.div(
                rx.el.h2(t("The operator will see")),
                badge(tn("about {n} second aloud", "about {n} seconds aloud", n=Script.aloud_s), icon="clock"),
                class_name="row sb w",
            ),
            rx.cond(
                Script.sample_id > 0,
                rx.el.div(
                    rx.el.span(t("With the values of {name}", name=Script.sample_name), class_name="s m", **THEIRS),
                    button(t("Another contact"), kind="ghost", on_click=Script.next_sample),
                    class_name="row sb w",
                ),
                rx.el.p(t("Without a list the fields show their names."), class_name="s m"),
            ),
            rx.cond(
                Script.preview != "",
                rx.html(Script.preview, class_name="script", **THEIRS),
                rx.el.p(t("Nothing written yet."), class_name="m"),
            ),
            class_name="col g3",
            style={
                "& mark": {
                    "background": "var(--accent-soft)",
                    "color": "inherit",
                    "borderBottom": "2px solid var(--accent)",
                    "padding": "1px 3px",
                    "borderRadius": "3px",
                    "fontWeight": 600,
                },
                "& mark.missing": {"background": "var(--amber-soft)", "borderColor": "var(--amber)"},
                "& ul": {"paddingLeft": "24px", "marginBottom": "12px", "listStyle": "disc"},
                "& ol": {"paddingLeft": "24px", "marginBottom": "12px", "listStyle": "decimal"},
                "& li": {"fontSize": "18px", "lineHeight": "28px"},
                "& h1, & h2, & h3, & h4": {"fontSize": "18px", "lineHeight": "24px", "margin": "16px 0 8px"},
                "& ul.leads": {"listStyle": "none", "padding": 0, "display": "flex", "flexWrap": "wrap", "gap": "8px"},
                "& .leads li": {
                    "fontSize": "15px",
                    "padding": "4px 10px",
                    "border": "1px solid var(--line-strong)",
                    "borderRadius": "8px",
                },
                "& summary": {"fontWeight": 600, "minHeight": "40px", "cursor": "pointer"},
            },
        ),
        rx.cond(Script.unknown.length() > 0, unknown),
        rx.cond(Script.markdown != "", _remarks()),
        class_name="col g3",
        # Beside the text while one writes; on narrow pages below it.
        style={
            "@media (min-width: 1101px)": {
                "position": "sticky",
                "top": "76px",
                "maxHeight": "calc(100vh - 92px)",
                "overflowY": "auto",
            }
        },
    )


def script_page() -> rx.Component:
    can = Script.dirty | (Script.version == 0)
    actions = [
        rx.cond(Script.dirty & (Script.version > 0), button(t("Discard the changes"), on_click=Script.discard)),
        button(
            t("Publish version {n}", n=Script.version + 1),
            kind="solid",
            on_click=Script.publish,
            disabled=~can,
        ),
    ]
    return of_campaign(
        rx.el.div(
            step_head(t("Script and form"), "script", *actions),
            rx.el.div(_state(), _fault(), class_name="col g3", style={"marginBottom": "16px"}),
            rx.el.div(
                rx.el.div(_text(), form_editor(), class_name="col g4"),
                _preview(),
                class_name="grid",
                id="sg",
                style={"gridTemplateColumns": "minmax(0,1fr) 420px", "alignItems": "start"},
            ),
            step_foot((t("List"), "list"), (t("Hours and limits"), "hours")),
            class_name="page",
        )
    )
