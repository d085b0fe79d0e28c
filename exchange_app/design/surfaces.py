"""What shows: cards, badges, lists, tables, dialogs."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from .theirs import THEIRS
from .tones import Tone, classes, tone_class


def card(*children: Any, flat: bool = False, class_name: Any = "", **props: Any) -> Any:
    """A surface. Add `col` to `class_name` for a column with gaps, `g3` or `g4` for wider ones."""
    return rx.el.section(*children, class_name=classes("card", "flat" if flat else "", class_name), **props)


def head(title: Any, *actions: Any, over: Any = None) -> Any:
    """The page's heading with its actions; `over` is the small line above."""
    small = [rx.el.p(over, class_name="s m")] if over is not None else []
    return rx.el.div(
        rx.el.div(*small, rx.el.h1(title)),
        rx.el.div(*actions, class_name="row w") if actions else rx.fragment(),
        class_name="head",
    )


def section(title: Any, *children: Any, actions: Sequence[Any] = ()) -> Any:
    """A heading of the second level with what belongs to it."""
    return rx.el.section(
        rx.el.div(rx.el.h2(title), rx.el.div(*actions, class_name="row w"), class_name="row sb w"),
        *children,
        class_name="col g3",
    )


def badge(label: Any, *, tone: Any = "gray", icon: Any = None, class_name: Any = "") -> Any:
    """An icon and a word; the colour only repeats what they say."""
    shown = rx.icon(icon, aria_hidden="true") if isinstance(icon, str) else (icon or rx.fragment())
    return rx.el.span(shown, label, class_name=classes("badge", tone_class("k", tone), class_name))


_CALLOUT_ICONS: dict[str, str] = {
    "gray": "info",
    "accent": "circle-check",
    "amber": "clock",
    "red": "triangle-alert",
    "blue": "info",
}


def callout(
    fact: Any,
    *what_to_do: Any,
    tone: Tone = "gray",
    icon: str | None = None,
    alert: bool = False,
    actions: Sequence[Any] = (),
) -> Any:
    """First the fact, in bold, then what to do."""
    follow = [" ", *what_to_do] if what_to_do else []
    return rx.el.div(
        rx.icon(icon or _CALLOUT_ICONS[tone], aria_hidden="true"),
        rx.el.div(rx.el.b(fact), *follow, class_name="grow"),
        *actions,
        class_name=classes("call", tone_class("k", tone)),
        role="alert" if alert else None,
    )


def data_list(*pairs: tuple[Any, Any] | rx.Component, class_name: Any = "") -> Any:
    """Labels left, values right: one record. Pairs, or ready `rx.foreach` of fragments of dt and dd."""
    children: list[Any] = []
    for pair in pairs:
        children += [rx.el.dt(pair[0]), rx.el.dd(pair[1])] if isinstance(pair, tuple) else [pair]
    return rx.el.dl(*children, class_name=classes("dl", class_name))


def table(columns: Sequence[tuple[Any, str]], *body: Any, caption: Any, class_name: Any = "stack", **props: Any) -> Any:
    """A table of (label, "" | "num") columns and rows (`rx.el.tr`, or an `rx.foreach` of them).

    On phones each row becomes two lines: give the cells that may go `no-m`.
    """
    header = rx.el.tr(*(rx.el.th(label, class_name=kind, scope="col") for label, kind in columns))
    return rx.el.div(
        rx.el.table(
            rx.el.caption(caption, class_name="sr"), rx.el.thead(header), rx.el.tbody(*body), class_name=class_name
        ),
        class_name="tw",
        **props,
    )


# A dialog that a State opens has no trigger, to which the focus would go back by itself: it goes where it was.
_FOCUS_BACK = {
    "onOpenAutoFocus": rx.Var("((e) => { e.target.cameFrom = document.activeElement; })"),
    "onCloseAutoFocus": rx.Var(
        "((e) => { const back = e.target.cameFrom; if (back?.isConnected) { e.preventDefault(); back.focus(); } })"
    ),
}


def dialog(
    title: Any, *children: Any, open: Any, on_open_change: Any = None, alert: bool = False, width: str = "560px"
) -> Any:
    """A dialog that a State opens. `alert` for what must be answered: it does not close by a click beside it."""
    kind = rx.alert_dialog if alert else rx.dialog
    props = {"on_open_change": on_open_change} if on_open_change is not None else {}
    # Radix wants a description; the body is it.
    return kind.root(
        kind.content(
            kind.title(title, size="5"),
            rx.el.div(*children, class_name="col g4"),
            max_width=width,
            aria_describedby=rx.Var("undefined"),
            custom_attrs=_FOCUS_BACK,
        ),
        open=open,
        **props,
    )


def progress(value: Any, *, label: Any, held: Any = 0, thin: bool = False) -> Any:
    """Percent done, 0-100; `held` is the hatched part after it: set aside, not yet spent."""
    return rx.el.div(
        rx.el.span(style={"width": _percent(value)}),
        rx.el.span(class_name="hatch", style={"width": _percent(held)})
        if not isinstance(held, int) or held
        else rx.fragment(),
        class_name=classes("prog", "thin" if thin else ""),
        role="img",
        aria_label=label,
    )


def _percent(value: Any) -> Any:
    return f"{value}%" if isinstance(value, int | float) else value.to(str) + "%"


def stat(label: Any, value: Any, *, class_name: Any = "") -> Any:
    """One large figure with its name."""
    return rx.el.div(rx.el.span(label), rx.el.b(value), class_name=classes("stat", class_name))


def empty_state(title: Any, what_next: Any, *actions: Any, icon: str = "inbox") -> Any:
    """Says what will appear here and what to do first."""
    return rx.el.div(
        rx.icon(icon, aria_hidden="true"), rx.el.h3(title), rx.el.p(what_next), *actions, class_name="empty"
    )


def fill(value: Any) -> Any:
    """A value of the contact inside a script: what the operator says as it stands."""
    return rx.el.span(value, class_name="fill", **THEIRS)


def loading(label: Any) -> Any:
    """While a page's first data are on the way."""
    return rx.el.div(rx.el.p(label, role="status"), class_name="loading")
