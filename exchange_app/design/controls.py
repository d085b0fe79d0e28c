"""What is pressed, chosen or typed."""

from typing import Any, Literal

import reflex as rx

from .theirs import THEIRS
from .tones import classes

Kind = Literal["solid", "line", "ghost", "red", "blue", "redline", "plain"]


def kbd(key: Any) -> Any:
    """The key of an action, printed on its button. Hidden on phones."""
    return rx.el.kbd(key, aria_hidden="true", **THEIRS)


def _content(label: Any, icon: Any, key: Any) -> list[Any]:
    parts = [rx.icon(icon, aria_hidden="true") if isinstance(icon, str) else icon] if icon is not None else []
    parts.append(label)
    if key is not None:
        parts.append(kbd(key))
    return parts


def _classes(kind: Kind, big: bool, full: bool, more: Any) -> Any:
    kind_class = "" if kind == "plain" else kind
    return classes("btn", kind_class, "big" if big else "", "full" if full else "", more)


def button(
    label: Any,
    *,
    kind: Kind = "line",
    key: Any = None,
    icon: Any = None,
    big: bool = False,
    full: bool = False,
    disabled: Any = False,
    class_name: Any = "",
    **props: Any,
) -> Any:
    """A button: verb first, its key last. One solid button in a view.

    A button that cannot be pressed stays in place, dashed; give the reason in its label or beside it.
    """
    props.setdefault("type", "button")
    return rx.el.button(
        *_content(label, icon, key), class_name=_classes(kind, big, full, class_name), disabled=disabled, **props
    )


def link_button(
    label: Any,
    href: Any,
    *,
    kind: Kind = "line",
    key: Any = None,
    icon: Any = None,
    big: bool = False,
    full: bool = False,
    class_name: Any = "",
    **props: Any,
) -> Any:
    """A link that looks like a button. `external=True` for downloads: a plain load instead of a page change."""
    link = rx.el.a if props.pop("external", False) else rx.link
    if link is rx.el.a:
        # The router takes every link's click for itself, unless told to leave it to the browser.
        props["custom_attrs"] = {"reloadDocument": True, **props.get("custom_attrs", {})}
    if link is rx.link:
        props.setdefault("underline", "none")
    return link(*_content(label, icon, key), href=href, class_name=_classes(kind, big, full, class_name), **props)


def icon_button(icon: Any, label: Any, *, outlined: bool = False, class_name: Any = "", **props: Any) -> Any:
    """A button without words; `label` is what screen readers and the tooltip say."""
    props.setdefault("type", "button")
    return rx.el.button(
        rx.icon(icon, aria_hidden="true") if isinstance(icon, str) else icon,
        aria_label=label,
        title=label,
        class_name=classes("ib", "o" if outlined else "", class_name),
        **props,
    )


def segment(label: Any, *, on: Any, icon: Any = None, **props: Any) -> Any:
    """One choice of `segmented`; `on` says whether it is the chosen one."""
    return rx.el.button(*_content(label, icon, None), type="button", aria_pressed=rx.cond(on, "true", "false"), **props)


def segmented(*segments: rx.Component, label: Any, full: bool = False, class_name: Any = "") -> Any:
    """Two to four choices beside each other."""
    return rx.el.div(
        *segments, class_name=classes("seg", "full" if full else "", class_name), role="group", aria_label=label
    )


def field(
    label: Any,
    control: rx.Component,
    *,
    control_id: str,
    hint: Any = None,
    error: Any = None,
    required: bool = False,
    class_name: Any = "",
) -> Any:
    """Label, control, hint and error.

    `error` is a Var or a text, empty when all is well. The control has `id=control_id`.
    """
    from exchange_app.i18n import t

    parts: list[Any] = [
        rx.el.label(
            label, rx.el.span(" ", t("required"), class_name="req") if required else rx.fragment(), html_for=control_id
        ),
        control,
    ]
    if hint is not None:
        parts.append(rx.el.span(hint, class_name="hint", id=f"{control_id}-hint"))
    if error is not None:
        shown = rx.el.span(
            rx.icon("triangle-alert", size=16, aria_hidden="true"),
            error,
            class_name="err",
            id=f"{control_id}-error",
            role="alert",
        )
        parts.append(shown if isinstance(error, str) else rx.cond(error, shown))
    return rx.el.div(*parts, class_name=classes("f", class_name))


def text_input(*, id: str, bad: Any = False, class_name: Any = "", **props: Any) -> Any:
    """A one-line field. With `on_change` and `value` each key goes to the server: prefer `on_blur` or `autosave`."""
    return rx.el.input(
        id=id,
        class_name=classes("in", rx.cond(bad, "bad", "") if not isinstance(bad, bool) else "bad" * bad, class_name),
        aria_invalid=bad if isinstance(bad, bool) else rx.cond(bad, "true", "false"),
        **props,
    )


def text_area(*, id: str, bad: Any = False, class_name: Any = "", **props: Any) -> Any:
    """A field of several lines."""
    return rx.el.textarea(
        id=id,
        class_name=classes("in", rx.cond(bad, "bad", "") if not isinstance(bad, bool) else "bad" * bad, class_name),
        **props,
    )


def select(*options: tuple[Any, Any], id: str, class_name: Any = "", **props: Any) -> Any:
    """A native select of (value, label): right on phones and for screen readers. More options: pass children."""
    children = [rx.el.option(label, value=value) for value, label in options] + list(props.pop("children", []))
    return rx.el.select(*children, id=id, class_name=classes("in", class_name), **props)


def checkbox(label: Any, *, checked: Any = None, **props: Any) -> Any:
    """A box with its words; `name` for forms, `on_change` for states."""
    if checked is not None:
        props["checked"] = checked
    return rx.el.label(
        rx.el.input(type="checkbox", **props),
        rx.el.i(rx.icon("check", aria_hidden="true"), aria_hidden="true"),
        rx.el.span(label),
        class_name="chk",
    )


def switch(label: Any, *, checked: Any, **props: Any) -> Any:
    """On or off at once; the label says the state, not the setting."""
    return rx.el.label(
        rx.el.input(type="checkbox", role="switch", checked=checked, **props),
        rx.el.i(aria_hidden="true"),
        rx.el.span(label),
        class_name="sw",
    )


def disposition(label: Any, *, on: Any, key: Any = None, follows: Any = None, icon: Any = None, **props: Any) -> Any:
    """One way a call can end: its key, its name, what follows from it."""
    middle: list[Any] = [rx.el.b(label)]
    if follows is not None:
        middle.append(rx.el.span(follows))
    return rx.el.button(
        kbd(key) if key is not None else rx.fragment(),
        rx.icon(icon, aria_hidden="true") if isinstance(icon, str) else (icon or rx.fragment()),
        rx.el.span(*middle, class_name="grow"),
        rx.cond(on, rx.icon("check", aria_hidden="true"), rx.fragment()),
        type="button",
        role="radio",
        aria_checked=rx.cond(on, "true", "false"),
        **props,
    )


def dispositions(*children: Any, label: Any) -> Any:
    """The list of `disposition`s (or an `rx.foreach` of them)."""
    return rx.el.div(*children, class_name="disp", role="radiogroup", aria_label=label)
