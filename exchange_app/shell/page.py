"""What a role folder says of a page; the app module turns it into a route with its guard and frame."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import reflex as rx


@dataclass(frozen=True)
class Nav:
    """An entry of the role's navigation. `icon` is a lucide name; `key` goes with `g` to open the page."""

    label: rx.Var[str]
    icon: str
    key: str = ""


@dataclass(frozen=True)
class Page:
    """One page.

    `component` returns what stands inside `<main>`; the shell adds the top bar, the navigation and the tab bar.
    `role` is whose page it is: operator, customer, manager, moderator, admin; empty for a public page.
    `on_load` handlers run in order after the guard; each needs its own `@roles(...)`.
    """

    route: str
    component: Callable[[], rx.Component]
    title: rx.Var[str]
    role: str = ""
    nav: Nav | None = None
    on_load: list[Any] = field(default_factory=list)
    frame: Literal["shell", "bare"] = "shell"
    """`bare`: no top bar, for sign-in and invitation."""
    status: Callable[[], rx.Component] | None = None
    """Something for the top bar of this page, e.g. the badge of the operator's state."""
    tabs: bool = True
    """Whether phones show the tab bar; without it the page has its own bar of actions at the bottom."""
