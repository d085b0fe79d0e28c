"""Forms that post to our own HTTP routes, answered by a page load."""

from typing import Any

import reflex as rx
from reflex_components_core.el.element import Element


class _PlainForm(Element):
    """The framework's own form stops the browser from posting."""

    tag = "form"
    action: rx.Var[str]
    method: rx.Var[str]
    enc_type: rx.Var[str]
    on_submit: rx.EventHandler[rx.event.no_args_event_spec]


def post_form(*children: Any, action: Any, class_name: Any = "", upload: bool = False, **props: Any) -> Any:
    """A form the browser posts to `action`, a Starlette route; with `upload` files go along."""
    if upload:
        props["enc_type"] = "multipart/form-data"
    return _PlainForm.create(*children, action=action, method="post", class_name=class_name, **props)
