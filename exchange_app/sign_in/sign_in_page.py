"""Sign-in: e-mail and password; in the demo also one button an account."""

from typing import Any

import reflex as rx

from exchange_app.design.controls import button, field, icon_button, link_button, text_input
from exchange_app.design.forms import post_form
from exchange_app.design.surfaces import callout, card
from exchange_app.i18n import t, tc
from exchange_app.shell.frame import sheet
from exchange_app.shell.top_bar import role_names

from .demo import DEMO_ACCOUNTS
from .state import Join, SignIn
from .words import sign_in_error


def password_field(state: type[SignIn] | type[Join], *, new: bool, **more) -> Any:
    """A password with a button that shows it."""
    control = rx.el.div(
        text_input(
            id="password",
            name="password",
            type=rx.cond(state.show_password, "text", "password"),
            required=True,
            auto_complete="new-password" if new else "current-password",
        ),
        icon_button(
            rx.cond(state.show_password, rx.icon("eye-off", aria_hidden="true"), rx.icon("eye", aria_hidden="true")),
            rx.cond(state.show_password, t("Hide the password"), t("Show the password")),
            outlined=True,
            on_click=state.toggle_password,
        ),
        class_name="row",
    )
    return field(t("Password"), control, control_id="password", **more)


def _form() -> Any:
    # A plain form: the answer sets the cookie and loads the page anew, so that the socket is opened with it.
    return post_form(
        rx.el.h1(tc("heading", "Sign in")),
        sign_in_error(),
        rx.cond(
            SignIn.signed_in_as, callout(t("You are signed in."), rx.link(t("To my pages"), href="/"), tone="accent")
        ),
        field(
            t("E-mail"),
            text_input(
                id="email", name="email", type="email", required=True, auto_complete="username", auto_focus=True
            ),
            control_id="email",
        ),
        password_field(SignIn, new=False),
        button(t("Sign in"), kind="solid", key="Enter", big=True, full=True, type="submit"),
        action="/auth/sign-in",
        class_name="card col g4 roomy",
    )


_DEMO_ICONS = ("headset", "graduation-cap", "briefcase-business", "phone-incoming", "list-checks", "wrench")


def _demo() -> Any:
    names = role_names() | {"newcomer": t("New operator")}
    return card(
        rx.el.h2(t("Look around")),
        rx.el.p(t("The demo has a person in each role. One press signs you in."), class_name="m"),
        *(
            post_form(
                button(names[name], full=True, type="submit", icon=icon),
                action=f"/auth/demo/{name}",
            )
            for name, icon in zip(DEMO_ACCOUNTS, _DEMO_ICONS, strict=True)
        ),
        class_name="col g3 roomy demo",
    )


def by_provider(state: type[SignIn] | type[Join], label: Any, *hidden: Any) -> Any:
    """The button of the OpenID provider, where there is one."""
    return rx.cond(
        state.provider != "",
        post_form(
            *hidden,
            button(label, icon="id-card", full=True, type="submit"),
            action="/auth/oidc/start",
            class_name="card roomy",
        ),
    )


def sign_in_page() -> Any:
    return sheet(
        _form(),
        by_provider(SignIn, t("Sign in with {name}", name=SignIn.provider)),
        rx.cond(SignIn.demo, _demo()),
        rx.el.p(
            t("An invitation is the way in. We never take money for training."),
            " ",
            rx.link(t("Licences"), href="/notices"),
            class_name="s m",
        ),
    )


def to_sign_in() -> Any:
    return link_button(t("Sign in"), "/sign-in", kind="solid", full=True)
