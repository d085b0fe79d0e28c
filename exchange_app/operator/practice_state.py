"""What is practised just now, in the workspace: its goal, and that nobody pays or is paid."""

import reflex as rx
import structlog
from sqlalchemy.exc import SQLAlchemyError

from exchange_app.design import callout, link_button
from exchange_app.i18n import t
from exchange_app.practised.words import lesson_goal, lesson_name
from exchange_domain import database
from exchange_domain.practice import runs

log = structlog.get_logger(__name__)


class Practice(rx.State):
    on: rx.Field[bool] = rx.field(False)
    """The shift is with robots."""
    lesson: rx.Field[str] = rx.field("")
    made: rx.Field[int] = rx.field(0)
    of: rx.Field[int] = rx.field(0)
    """0: nothing is open (any more)."""

    async def _read(self, operator_id: int, practice: bool) -> None:
        if not practice:
            if self.on:
                self.reset()
            return
        try:
            async with database.session() as s:
                run = await runs.open_run(s, operator_id)
                calls = await runs.placed(s, run.id) if run is not None and run.id is not None else []
        except (SQLAlchemyError, OSError) as failed:
            # It only informs; a call must never stop for it.
            log.warning("practice_not_read", error=type(failed).__name__)
            return
        self.on, self.lesson = True, (run.lesson or "") if run is not None else ""
        self.made, self.of = sum(call.over for call in calls), len(calls)


def practice_banner() -> rx.Component:
    """Above the panes, in each state of the shift."""
    to_training = link_button(t("To training"), "/operator/training", icon="graduation-cap")
    goes_on = callout(
        rx.fragment(lesson_name(Practice.lesson), "."),
        lesson_goal(Practice.lesson),
        " ",
        rx.cond(Practice.of > 1, t("{made} of {of} calls are made.", made=Practice.made, of=Practice.of), ""),
        " ",
        rx.el.span(t("Robots answer; this time is unpaid."), class_name="m"),
        tone="blue",
        icon="bot",
    )
    over = callout(
        t("These calls are made."),
        t("The report comes on the training page."),
        tone="accent",
        icon="bot",
        actions=[to_training],
    )
    return rx.cond(Practice.on, rx.cond(Practice.made < Practice.of, goes_on, over))
