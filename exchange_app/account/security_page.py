"""`/account/security`: what one shows besides the password."""

from typing import Any

import reflex as rx

from exchange_app.design import badge, button, callout, card, field, head, link_button, loading, post_form, text_input
from exchange_app.design.passkey import add_passkey
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, t, tn
from exchange_app.roles_words import role_word

from .security_state import AccountSecurity, PasskeyLine


def _code_field(name: str, label: Any) -> rx.Component:
    wrong = rx.match(
        AccountSecurity.fault,
        ("wrong_code", t("This code is not right, or was used. Wait for the next one.")),
        ("too_many_tries", t("Too many tries. Wait a quarter of an hour.")),
        "",
    )
    return field(
        label,
        text_input(id=name, name="code", input_mode="numeric", auto_complete="one-time-code", max_length=40,
                   class_name="code"),
        control_id=name,
        error=wrong,
    )  # fmt: skip


def _held_back() -> rx.Component:
    return rx.cond(
        AccountSecurity.held_back.length() > 0,
        callout(
            t("One more step before you begin."),
            t("These roles need a second factor:"), " ",
            rx.foreach(AccountSecurity.held_back, lambda role: rx.el.span(role_word(role), " ")),
            tone="amber",
        ),
    )  # fmt: skip


def _codes() -> rx.Component:
    return rx.cond(
        AccountSecurity.codes.length() > 0,
        card(
            rx.el.h2(t("Recovery codes")),
            rx.el.p(t("Each works once, if you lose your telephone. Write them down: they are not shown again.")),
            rx.el.ul(
                rx.foreach(AccountSecurity.codes, lambda code: rx.el.li(rx.el.code(code), style={"fontSize": "18px"})),
                class_name="grid c2",
                **THEIRS,
            ),
            rx.el.div(
                button(t("Copy"), icon="copy", on_click=rx.set_clipboard(AccountSecurity.codes.join("\n"))),
                link_button(t("To my pages"), "/", kind="solid", icon="arrow-right"),
                class_name="row w",
            ),
            class_name="col g3",
            role="status",
        ),
    )


def _app() -> rx.Component:
    setting_up = rx.el.div(
        rx.el.p(t("Scan this with an authenticator app, then type the six digits it shows.")),
        rx.el.div(
            rx.html(AccountSecurity.picture), role="img", aria_label=t("QR code for the app"),
            style={"width": "fit-content", "borderRadius": "8px", "overflow": "hidden"},
        ),
        rx.el.p(
            t("No camera? Type this into the app:"), " ", rx.el.code(AccountSecurity.secret, **THEIRS),
            style={"overflowWrap": "anywhere"}, class_name="s",
        ),
        rx.el.form(
            _code_field("confirm-code", t("Code of the app")),
            rx.el.div(
                button(t("Set up"), kind="solid", type="submit"),
                button(t("Not now"), type="button", on_click=AccountSecurity.drop_app),
                class_name="row w",
            ),
            on_submit=AccountSecurity.confirm_app,
            class_name="col g3",
        ),
        class_name="col g3",
    )  # fmt: skip
    return card(
        rx.el.div(
            rx.el.h2(t("Authenticator app")),
            rx.cond(AccountSecurity.app, badge(t("set up"), tone="accent", icon="shield-check")),
            class_name="row sb w",
        ),
        rx.cond(
            AccountSecurity.app,
            rx.el.p(t("At sign-in you are asked for a code of the app.")),
            rx.cond(
                AccountSecurity.picture != "",
                setting_up,
                rx.fragment(
                    rx.el.p(t("A code that changes every half minute, from an app on your telephone."), class_name="m"),
                    rx.el.div(button(t("Set up an app"), kind="solid", on_click=AccountSecurity.begin_app)),
                ),
            ),
        ),
        class_name="col g3",
    )


def _key(line: PasskeyLine) -> rx.Component:
    return rx.el.li(
        rx.icon("key-round", size=18, aria_hidden="true"),
        rx.el.div(
            rx.el.b(rx.cond(line.name != "", line.name, t("Passkey")), **THEIRS),
            rx.el.div(
                t("since {day}", day=date(line.made_ms, dateStyle="medium")),
                rx.cond(line.used_ms > 0,
                        rx.fragment(", ", t("last used {day}", day=date(line.used_ms, dateStyle="medium")))),
                class_name="s m",
            ),
            class_name="grow",
        ),
        button(t("Remove"), on_click=AccountSecurity.remove_key(line.id)),
        class_name="row g3",
        key=line.id,
    )  # fmt: skip


def _keys() -> rx.Component:
    return card(
        rx.el.h2(t("Passkeys")),
        rx.el.p(t("A finger, a face or a security key of a device of yours, instead of a code."), class_name="m"),
        rx.cond(
            AccountSecurity.keys.length() > 0,
            rx.el.ul(rx.foreach(AccountSecurity.keys, _key), class_name="list"),
        ),
        field(t("Name of the device"), text_input(id="key-name", max_length=100), control_id="key-name"),
        add_passkey(t("Add a passkey"), name_id="key-name", on_added=AccountSecurity.key_added),
        class_name="col g3",
    )


def _more() -> rx.Component:
    return rx.cond(
        AccountSecurity.app | (AccountSecurity.keys.length() > 0),
        card(
            rx.el.h2(t("Recovery")),
            rx.el.p(tn("{n} recovery code is left.", "{n} recovery codes are left.", n=AccountSecurity.codes_left)),
            rx.el.form(
                _code_field("fresh-code", t("A code, to go on")),
                rx.el.div(button(t("New recovery codes"), type="submit"), class_name="row w"),
                on_submit=AccountSecurity.fresh_codes,
                class_name="col g3",
            ),
            rx.el.form(
                _code_field("off-code", t("A code, to turn it all off")),
                rx.el.div(button(t("Turn two-factor off"), kind="redline", type="submit"), class_name="row w"),
                on_submit=AccountSecurity.turn_off,
                class_name="col g3",
            ),
            class_name="col g3",
        ),
    )


def _elsewhere() -> rx.Component:
    return rx.cond(
        AccountSecurity.provider != "",
        card(
            rx.el.h2(AccountSecurity.provider, **THEIRS),
            rx.cond(
                AccountSecurity.link_fault,
                callout(t("Another account here is linked to that person already."), tone="red", alert=True),
            ),
            rx.cond(
                AccountSecurity.linked,
                rx.fragment(
                    rx.el.p(t("You can sign in from there.")),
                    rx.el.div(button(t("Unlink"), on_click=AccountSecurity.unlink)),
                ),
                post_form(
                    rx.el.p(t("Link it once, then sign in from there."), class_name="m"),
                    rx.el.input(type="hidden", name="link", value="yes"),
                    rx.el.div(button(t("Link"), type="submit")),
                    action="/auth/oidc/start",
                    class_name="col g3",
                ),
            ),
            class_name="col g3",
        ),
    )


def security_page() -> rx.Component:
    return rx.el.div(
        head(t("Signing in safely"), link_button(t("Your account"), "/account", icon="arrow-left")),
        rx.cond(
            AccountSecurity.loaded,
            rx.el.div(_held_back(), _codes(), _app(), _keys(), _more(), _elsewhere(), class_name="col g4"),
            loading(t("One moment…")),
        ),
        class_name="page",
        style={"maxWidth": "720px"},
    )
