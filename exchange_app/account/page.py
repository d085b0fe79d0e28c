"""Your account: roles, name, words and looks, password, the way out."""

from typing import Any

import reflex as rx

from exchange_app.design.controls import button, field, icon_button, link_button, segment, segmented, text_input
from exchange_app.design.forms import post_form
from exchange_app.design.surfaces import badge, callout, card, head, loading
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, t, tc
from exchange_app.shell import Me
from exchange_app.shell.homes import HOMES
from exchange_app.shell.top_bar import LANGUAGE_NAMES, role_names

from .line import line_card
from .names import LONGEST
from .state import YourAccount
from .telephone import telephone_card
from .words import new_password_error, old_password_error, password_outcome, work_of


def _role(held: Any) -> Any:
    names = role_names()
    doors = {
        "operator": t("To your calls"),
        "customer": t("To your campaigns"),
        "manager": t("To your desk"),
        "moderator": t("To your reviews"),
        "admin": t("To the system"),
    }
    return rx.el.li(
        rx.el.div(
            rx.el.b(rx.match(held.role, *names.items(), "")),
            rx.el.div(work_of(held.role), class_name="s m"),
            rx.cond(
                held.customers.length() > 0,
                rx.el.div(
                    rx.foreach(
                        held.customers, lambda name: badge(rx.el.span(name, **THEIRS), icon="briefcase-business")
                    ),
                    class_name="row w",
                ),
            ),
            class_name="col grow",
            style={"gap": "4px"},
        ),
        rx.cond(
            held.has_pages,
            rx.fragment(
                rx.match(
                    held.role,
                    *((role, link_button(label, HOMES[role], icon="arrow-right")) for role, label in doors.items()),
                    rx.fragment(),
                )
            ),
        ),
        class_name="row sb stackbtn",
    )


def _roles() -> Any:
    return card(
        rx.el.h2(t("Your roles")),
        rx.cond(
            YourAccount.roles.length() > 0,
            rx.el.ul(rx.foreach(YourAccount.roles, _role), class_name="list"),
            callout(t("This account has no work yet."), t("Write to whoever invited you."), tone="amber"),
        ),
        class_name="col",
    )


def _name() -> Any:
    bad = YourAccount.name_error == "bad_name"
    return card(
        rx.el.h2(tc("person", "Name")),
        rx.el.form(
            field(
                t("What should we call you?"),
                text_input(
                    id="display_name",
                    name="display_name",
                    default_value=Me.name,
                    max_length=LONGEST,
                    auto_complete="name",
                    bad=bad,
                    aria_describedby="display_name-hint display_name-error",
                    **THEIRS,
                ),
                control_id="display_name",
                hint=rx.cond(Me.roles.contains("operator"), t("Contacts hear only the first name"), ""),
                error=rx.cond(bad, t("A name has 1 to 200 characters, without special signs."), ""),
            ),
            rx.el.div(
                button(t("Save the name"), kind="solid", type="submit"),
                rx.el.span(
                    rx.cond(
                        YourAccount.name_saved_at,
                        t("saved {time}", time=date(YourAccount.name_saved_at, timeStyle="medium")),
                        "",
                    ),
                    class_name="saved s m",
                    role="status",
                ),
                class_name="row w",
            ),
            on_submit=YourAccount.rename,
            class_name="col g3",
        ),
        class_name="col g3",
    )


def _choice(label: Any, choices: Any) -> Any:
    return rx.el.div(
        rx.el.b(label, class_name="s", aria_hidden="true"), choices, class_name="col", style={"gap": "4px"}
    )


def _looks() -> Any:
    languages = [
        segment(
            name,
            on=Me.language == code,
            lang=code,
            **THEIRS,
            on_click=[rx.call_script(f"i18n.set('{code}')"), Me.choose_language(code)],
        )
        for code, name in LANGUAGE_NAMES.items()
    ]
    themes = (("system", t("As the system")), ("light", tc("theme", "Light")), ("dark", tc("theme", "Dark")))
    genders = (("f", tc("word forms", "Feminine")), ("m", tc("word forms", "Masculine")), ("", tc("word forms", "Any")))
    return card(
        rx.el.h2(t("Language and looks")),
        _choice(t("Language"), segmented(*languages, label=t("Language"), full=True)),
        _choice(
            t("Theme"),
            segmented(
                *(segment(word, on=Me.theme == code, on_click=Me.choose_theme(code)) for code, word in themes),
                label=t("Theme"),
                full=True,
            ),
        ),
        _choice(
            t("Russian word forms"),
            segmented(
                *(
                    segment(word, on=Me.gender == code, on_click=YourAccount.choose_gender(code))
                    for code, word in genders
                ),
                label=t("Russian word forms"),
                full=True,
            ),
        ),
        rx.el.p(t("How Russian pages speak of you, to you and to others."), class_name="s m"),
        class_name="col g3",
    )


def _password_field(name: str, label: Any, *, error: Any, auto_complete: str, focus: Any, hint: Any = None) -> Any:
    described = f"{name}-error" if hint is None else f"{name}-hint {name}-error"
    control = rx.el.div(
        text_input(
            id=name,
            name=name,
            type=rx.cond(YourAccount.show_passwords, "text", "password"),
            required=True,
            auto_complete=auto_complete,
            auto_focus=focus,
            bad=focus,
            aria_describedby=described,
        ),
        icon_button(
            rx.cond(
                YourAccount.show_passwords,
                rx.icon("eye-off", aria_hidden="true"),
                rx.icon("eye", aria_hidden="true"),
            ),
            rx.cond(YourAccount.show_passwords, t("Hide the passwords"), t("Show the passwords")),
            outlined=True,
            on_click=YourAccount.toggle_passwords,
        ),
        class_name="row",
    )
    return field(label, control, control_id=name, error=error, hint=hint)


def _password() -> Any:
    about_new = (
        (YourAccount.password_error == "too_short")
        | (YourAccount.password_error == "too_long")
        | (YourAccount.password_error == "common")
        | (YourAccount.password_error == "like_email")
    )
    return post_form(
        rx.el.h2(t("Password")),
        password_outcome(),
        rx.cond(
            YourAccount.demo,
            callout(t("Nobody knows the passwords of the demo's people."), t("They sign in by one press.")),
        ),
        # Tells password keepers whose password this is.
        rx.el.input(
            type="text", name="username", auto_complete="username", value=Me.email, read_only=True, hidden=True
        ),
        _password_field(
            "old_password",
            t("Present password"),
            error=old_password_error(),
            auto_complete="current-password",
            focus=YourAccount.password_error == "wrong",
        ),
        _password_field(
            "new_password",
            t("New password"),
            error=new_password_error(),
            auto_complete="new-password",
            focus=about_new,
            hint=t("At least 10 characters. A phrase is easier to remember"),
        ),
        rx.el.p(t("After the change you stay signed in here, and nowhere else."), class_name="s m"),
        rx.el.div(button(t("Change the password"), type="submit"), class_name="row w"),
        action="/account/password",
        class_name="card col g3",
    )


def _second_factor() -> Any:
    return card(
        rx.el.h2(t("Signing in safely")),
        rx.el.p(t("An authenticator app or a passkey besides the password."), class_name="m"),
        rx.el.div(link_button(t("Second factor"), "/account/security", icon="shield-check")),
        class_name="col g3",
    )


def _way_out() -> Any:
    return post_form(
        rx.el.h2(t("Sign out everywhere")),
        rx.el.p(
            t("Ends your work on every device, this one too. Do it when a telephone or a computer is lost."),
            class_name="s m",
        ),
        rx.el.div(button(t("Sign out everywhere"), kind="redline", icon="log-out", type="submit"), class_name="row w"),
        action="/account/sign-out-everywhere",
        class_name="card col g3",
    )


def account_page() -> Any:
    return rx.el.div(
        head(t("Your account"), over=rx.el.span(Me.name, " · ", Me.email, **THEIRS)),
        rx.cond(
            YourAccount.ready,
            rx.el.div(
                rx.el.div(
                    _roles(),
                    rx.cond(Me.roles.contains("operator"), line_card()),
                    _name(),
                    _looks(),
                    class_name="col g4",
                ),
                rx.el.div(_password(), _second_factor(), telephone_card(), _way_out(), class_name="col g4"),
                class_name="grid c2",
            ),
            loading(t("One moment…")),
        ),
        class_name="page",
    )
