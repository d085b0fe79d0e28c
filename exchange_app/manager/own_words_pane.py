"""Result and note of the manager, while they talk and after."""

from typing import Any

import reflex as rx

from exchange_app.design import MANAGER_RESULTS, autosave, callout, card, disposition, dispositions, kbd
from exchange_app.i18n import date, t
from exchange_domain.words import ManagerResult

from .own_words_state import OwnWords


def _result(place: int, code: str) -> rx.Component:
    return disposition(
        MANAGER_RESULTS.word(code),
        on=OwnWords.result == code,
        key=str(place),
        icon=MANAGER_RESULTS.rows[code].icon,
        id=f"result-{place}",
        on_click=OwnWords.choose(OwnWords.transfer_id, code),
    )


def results() -> list[tuple[int, str]]:
    """Each result with its digit."""
    return list(enumerate((str(code.value) for code in ManagerResult), 1))


def own_words(*more: Any) -> rx.Component:
    saved = rx.cond(
        OwnWords.saved_ms > 0,
        rx.el.span(
            rx.icon("check", size=16, aria_hidden="true"),
            t("saved {time}", time=date(OwnWords.saved_ms, timeStyle="medium")),
            class_name="xs m row nw",
        ),
        rx.el.span(t("saved while you type"), class_name="xs m nw"),
    )
    return card(
        rx.el.div(rx.el.h2(t("What came of it")), saved, class_name="row sb w"),
        rx.cond(
            OwnWords.unsaved,
            callout(t("Not saved yet."), t("It is kept here; write on, or choose again in a moment."), tone="amber"),
        ),
        dispositions(*(_result(place, code) for place, code in results()), label=t("What came of it")),
        rx.el.div(
            rx.el.label(t("Your note"), " ", kbd("F"), html_for="own-note"),
            autosave(
                id="own-note",
                name=OwnWords.transfer_id,
                value=OwnWords.note,
                on_save=OwnWords.save,
                multiline=True,
                show_saved=False,
                rows=3,
                max_length=10_000,
            ),
            class_name="f",
        ),
        rx.el.p(t("Your organisation sees both beside the call."), class_name="s m"),
        *more,
        class_name="col g3",
    )
