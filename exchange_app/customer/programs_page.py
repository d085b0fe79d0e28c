"""`/customer/programs`: tokens for a CRM of one's own, and where events are told."""

from typing import Any

import reflex as rx

from exchange_app.design import (
    badge,
    button,
    callout,
    card,
    checkbox,
    empty_state,
    field,
    head,
    loading,
    select,
    table,
    text_input,
)
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, number, t, tn

from .programs_state import SCOPES, HookLine, Programs, TokenLine, TryLine
from .words import digits


def _scope_words() -> dict[str, Any]:
    return {
        "campaigns:read": t("see campaigns"),
        "campaigns:write": t("make, change, start and stop campaigns"),
        "contacts:read": t("see contacts"),
        "contacts:write": t("add contacts, bar numbers"),
        "results:read": t("see results"),
        "recordings:read": t("hear recordings"),
        "money:read": t("see the balance"),
        "webhooks:write": t("set where events are told"),
    }


def _kind(kind: Any) -> Any:
    return rx.match(
        kind,
        ("call_closed", t("result of a call")),
        ("call_changed", t("price or manager's word")),
        ("campaign_changed", t("campaign's status")),
        kind,
    )


def _shown_once(value: Any, control_id: str, words: Any) -> rx.Component:
    return rx.cond(
        value != "",
        rx.el.div(
            callout(words, tone="accent", icon="key-round"),
            rx.el.input(
                id=control_id, value=value, read_only=True, class_name="in", aria_label=words, spell_check=False
            ),
            rx.el.div(
                button(t("Copy"), icon="copy", on_click=rx.set_clipboard(value)),
                button(t("I have kept it"), on_click=Programs.hide_fresh),
                class_name="row w",
            ),
            class_name="col g2",
        ),
    )


def _token(token: TokenLine) -> rx.Component:
    used = rx.cond(
        token.used_ms > 0, t("used {when}", when=date(token.used_ms, dateStyle="medium", timeStyle="short")),
        t("never used"),
    )  # fmt: skip
    return rx.el.li(
        rx.el.div(
            rx.el.b(token.name, **THEIRS),
            rx.el.div(
                t("ends in {ending}", ending=token.ending), ", ",
                t("made {day}", day=date(token.made_ms, dateStyle="medium")), ", ", used,
                class_name="s m",
            ),
            rx.el.div(
                rx.foreach(token.scopes, lambda scope: badge(rx.match(scope, *_scope_words().items(), scope))),
                class_name="row w",
            ),
            class_name="col g2 grow",
        ),
        button(t("Revoke"), kind="redline", on_click=Programs.revoke(token.id)),
        class_name="row w sb",
        style={"padding": "12px 0", "borderTop": "1px solid var(--line)"},
        key=digits(token.id),
    )  # fmt: skip


def _tokens() -> rx.Component:
    fault = rx.match(
        Programs.token_fault,
        ("no_name", t("Name the program, so that you know later what the token is for.")),
        ("no_scope", t("Choose at least one thing that the program may do.")),
        ("too_many", t("There are twenty tokens already. Revoke one that is not used.")),
        "",
    )
    words = _scope_words()
    return card(
        rx.el.h2(t("Tokens")),
        rx.el.p(
            t("A program shows a token to be let in. Whoever has it can do what is chosen for it, and nothing else."),
            class_name="m",
        ),
        _shown_once(Programs.fresh, "fresh-token", t("This is the token. It is shown only now.")),
        rx.cond(
            Programs.tokens.length() > 0,
            rx.el.ul(rx.foreach(Programs.tokens, _token), style={"listStyle": "none", "padding": 0}),
            empty_state(
                t("No tokens yet"), t("Make one for each program, so that each can be revoked alone."), icon="key-round"
            ),
        ),
        rx.el.form(
            field(
                t("Name of the program"),
                text_input(
                    id="token-name", name="name", max_length=100, auto_complete="off", key=Programs.tokens.length()
                ),
                control_id="token-name",
                error=fault,
            ),
            rx.el.fieldset(
                rx.el.legend(t("It may"), class_name="b"),
                *(
                    checkbox(
                        words[scope.value],
                        checked=Programs.chosen.contains(scope.value),
                        on_change=lambda on, name=scope.value: Programs.choose_scope(name, on),
                    )
                    for scope in SCOPES
                ),
                class_name="col g2",
                style={"border": 0, "padding": 0},
            ),
            rx.el.div(button(t("Make a token"), kind="solid", icon="plus", type="submit")),
            on_submit=Programs.make_token,
            class_name="col g3",
        ),
        class_name="col g4",
    )


def _try(one: TryLine) -> rx.Component:
    result = rx.cond(
        one.error == "",
        badge(t("taken"), tone="accent", icon="check"),
        badge(
            rx.match(
                one.error,
                ("status", t("answered {status}", status=one.status)),
                ("timeout", t("no answer in 10 s")),
                ("refused", t("cannot be reached")),
                ("no_such_host", t("no such address")),
                ("not_public", t("not a public address")),
                ("tls", t("its certificate is not valid")),
                one.error,
            ),
            tone="red",
            icon="x",
        ),
    )
    return rx.el.tr(
        rx.el.td(date(one.at_ms, dateStyle="short", timeStyle="medium"), class_name="nw"),
        rx.el.td(_kind(one.kind)),
        rx.el.td(result),
        rx.el.td(number(one.attempt), class_name="num no-m"),
        rx.el.td(t("{n} ms", n=one.took_ms), class_name="num no-m"),
    )


def _hook(hook: HookLine) -> rx.Component:
    state = rx.match(
        hook.state,
        ("working", badge(t("all is told"), tone="accent", icon="check")),
        (
            "failing",
            badge(tn("{n} try failed", "{n} tries failed", n=hook.failures), tone="amber", icon="triangle-alert"),
        ),
        badge(t("stopped"), tone="gray", icon="pause"),
    )
    return rx.el.li(
        rx.el.div(
            rx.el.b(hook.url, **THEIRS, style={"overflowWrap": "anywhere"}),
            rx.el.div(
                state,
                rx.cond(
                    (hook.state == "failing") & (hook.next_ms > 0),
                    rx.el.span(t("next try {when}", when=date(hook.next_ms, timeStyle="medium")), class_name="s m"),
                ),
                class_name="row w",
            ),
            class_name="col g2",
        ),
        rx.el.div(
            button(t("Tries"), on_click=Programs.show_tries(rx.cond(Programs.hook == hook.id, 0, hook.id))),
            rx.cond(
                hook.state == "working",
                button(t("Stop"), on_click=Programs.switch_hook(hook.id, False)),
                button(t("Try again now"), on_click=Programs.switch_hook(hook.id, True)),
            ),
            button(t("Remove"), kind="redline", on_click=Programs.remove_hook(hook.id)),
            class_name="row w",
        ),
        rx.cond(
            Programs.hook == hook.id,
            rx.cond(
                Programs.tries.length() > 0,
                table(
                    [(t("When"), ""), (t("What"), ""), (t("Outcome"), ""), (t("Try"), "num"), (t("Took"), "num")],
                    rx.foreach(Programs.tries, _try),
                    caption=t("Tries of this address, the latest first"),
                ),
                rx.el.p(t("Nothing was told yet."), class_name="m"),
            ),
        ),
        class_name="col g3",
        style={"padding": "12px 0", "borderTop": "1px solid var(--line)"},
        key=digits(hook.id),
    )


def _hooks() -> rx.Component:
    fault = rx.match(
        Programs.hook_fault,
        ("bad_url", t("This is no address of a web server.")),
        ("not_https", t("An address begins with https://")),
        ("too_many", t("There are ten addresses already.")),
        "",
    )
    return card(
        rx.el.h2(t("Events")),
        rx.el.p(
            t(
                "Each result is told to your program at once, signed, in order, and again until it answers. "
                "After three days without an answer an address is stopped; what has happened is told when you go on."
            ),
            class_name="m",
        ),
        _shown_once(Programs.secret, "fresh-secret", t("This secret checks our signature. It is shown only now.")),
        rx.cond(
            Programs.hooks.length() > 0,
            rx.el.ul(rx.foreach(Programs.hooks, _hook), style={"listStyle": "none", "padding": 0}),
            empty_state(t("No addresses yet"), t("Without one, a program can ask for results itself."), icon="webhook"),
        ),
        rx.el.form(
            field(
                t("Address"),
                text_input(
                    id="hook-url",
                    name="url",
                    type="url",
                    max_length=2000,
                    auto_complete="off",
                    key=Programs.hooks.length(),
                ),
                control_id="hook-url",
                error=fault,
            ),
            rx.el.div(button(t("Add the address"), icon="plus", type="submit")),
            on_submit=Programs.add_hook,
            class_name="col g3",
        ),
        class_name="col g4",
    )


def programs_page() -> rx.Component:
    several = rx.cond(
        Programs.customers.length() > 1,
        select(
            id="customer",
            value=digits(Programs.customer),
            on_change=Programs.choose,
            aria_label=t("Customer"),
            **THEIRS,
            children=[rx.foreach(Programs.customers, lambda c: rx.el.option(c.name, value=digits(c.id)))],
        ),
    )
    return rx.el.div(
        head(t("Programs"), several),
        rx.cond(
            Programs.loaded,
            rx.el.div(
                rx.el.p(
                    t("Your own programs work with the exchange over its API at"), " ",
                    rx.el.code(Programs.address, **THEIRS), ". ",
                    rx.link(t("Its description (OpenAPI)"), href="/api/v1/openapi.json", is_external=True),
                ),
                _tokens(),
                _hooks(),
                class_name="col g4",
            ),
            loading(t("One moment…")),
        ),
        class_name="page",
        style={"maxWidth": "900px"},
    )  # fmt: skip
