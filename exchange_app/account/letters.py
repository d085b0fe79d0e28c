"""`/account/letters`: the letters one was sent, also those that no mail server took along."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from exchange_app.design import badge, card, empty_state, head, link_button, loading
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, t
from exchange_app.security import current_account, signed_in
from exchange_domain import database, mails
from exchange_domain.call_rows import epoch_ms


@dataclass(frozen=True)
class Letter:
    id: int
    at_ms: int
    subject: str
    body: str
    state: str


class Letters(rx.State):
    loaded: bool = False
    letters: rx.Field[list[Letter]] = rx.field(default_factory=list)

    @rx.event
    @signed_in
    async def enter(self):
        """On_load: one's own, the latest first."""
        self.reset()
        async with database.session() as s:
            found = await mails.latest(s, current_account(self).account_id)
        self.letters = [
            Letter(one.id or 0, epoch_ms(one.created_at) or 0, one.subject, one.body, one.state.value) for one in found
        ]
        self.loaded = True


def _state(code: Any) -> Any:
    return rx.match(
        code,
        ("sent", badge(t("sent"), tone="accent", icon="check")),
        ("waiting", badge(t("on its way"), tone="amber", icon="clock")),
        ("failed", badge(t("could not be sent"), tone="red", icon="triangle-alert")),
        badge(t("kept here, no mail server is set"), icon="inbox"),
    )


def _letter(letter: Letter) -> rx.Component:
    return rx.el.li(
        card(
            rx.el.div(
                rx.el.h2(letter.subject, **THEIRS, style={"fontSize": "18px"}),
                _state(letter.state),
                class_name="row sb w",
            ),
            rx.el.p(date(letter.at_ms, dateStyle="medium", timeStyle="short"), class_name="s m"),
            rx.el.p(letter.body, **THEIRS, style={"whiteSpace": "pre-wrap", "overflowWrap": "anywhere"}),
            class_name="col g2",
        )
    )


def letters_page() -> rx.Component:
    return rx.el.div(
        head(t("Letters"), link_button(t("Your account"), "/account", icon="user-round")),
        rx.cond(
            Letters.loaded,
            rx.cond(
                Letters.letters.length() > 0,
                rx.el.ul(
                    rx.foreach(Letters.letters, _letter), class_name="col g3", style={"listStyle": "none", "padding": 0}
                ),
                card(
                    empty_state(
                        t("No letters yet"),
                        t("What we write to you by mail stands here too: files that are ready, money that runs short."),
                        icon="mail",
                    )
                ),
            ),
            loading(t("One moment…")),
        ),
        class_name="page",
        style={"maxWidth": "760px"},
    )
