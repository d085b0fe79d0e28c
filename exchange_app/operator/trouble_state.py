"""When something is wrong: a contact who insults, or a problem with the call that somebody should look into."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import reflex as rx
import structlog
from sqlalchemy.exc import SQLAlchemyError

from exchange_app.arguments import fields
from exchange_app.security import current_account, roles
from exchange_domain import abuse, database, problem_reports
from exchange_domain.drafts import NotYours
from exchange_domain.messages import HangUp
from exchange_domain.words import OperatorState, Outcome, ProblemKind

from .desk_state import ON_THE_LINE, Desk
from .sheet_state import Sheet

log = structlog.get_logger(__name__)
WAIT_S = 3
FAILED = (SQLAlchemyError, OSError, TimeoutError)


class Trouble(rx.State):
    abusing: rx.Field[bool] = rx.field(False)
    """Whether to end the talk as abuse is being asked."""
    abused: rx.Field[str] = rx.field("")
    """The call that was ended so."""
    reporting: rx.Field[bool] = rx.field(False)
    kind: rx.Field[str] = rx.field(ProblemKind.SOUND.value)
    error: rx.Field[str] = rx.field("")
    """not_saved, not_yours"""
    reported: rx.Field[str] = rx.field("")
    """The call that a report was made about last."""

    # --- abuse ---

    @rx.event
    @roles("operator")
    async def ask_abuse(self, call_id: str):
        desk = await self.get_state(Desk)
        talks = desk.state in (OperatorState.TALKING, OperatorState.TRANSFERRING)
        self.abusing = talks and desk._is_current(call_id) is not None
        self.error = ""

    @rx.event
    @roles("operator")
    async def change_abusing(self, abusing: bool):
        """The dialog's own closing."""
        self.abusing = self.abusing and abusing is True

    @rx.event
    @roles("operator")
    async def end_abuse(self, call_id: str):
        """Ends the talk at once, then blocks the number and asks a moderator to listen."""
        desk = await self.get_state(Desk)
        call = desk._is_current(call_id)
        self.abusing = False
        if call is None:
            return
        operator_id = current_account(self).account_id
        if desk.state in ON_THE_LINE:
            await desk._send(HangUp(operator_id=operator_id, call_id=call), "hang_up")
        sheet = await self.get_state(Sheet)
        found = next((d for d in sheet.dispositions if d.outcome == Outcome.DO_NOT_CALL), None)
        if found is not None:
            sheet._choose(found)
        self.abused = str(call)
        await self._block(call, operator_id)

    @rx.event
    @roles("operator")
    async def block_again(self, call_id: str):
        """The number could not be blocked the first time."""
        desk = await self.get_state(Desk)
        call = desk._is_current(call_id)
        if call is not None and self.abused == str(call):
            await self._block(call, current_account(self).account_id)

    async def _block(self, call: UUID, operator_id: int) -> None:
        try:
            async with asyncio.timeout(WAIT_S), database.session() as s:
                await abuse.report(s, call, operator_id, datetime.now(UTC))
        except NotYours:
            self.abused, self.error = "", ""
        except FAILED as failed:
            log.warning("abuse_not_saved", call_id=str(call), error=type(failed).__name__)
            self.error = "not_saved"
        else:
            self.error = ""

    # --- problems ---

    @rx.event
    @roles("operator")
    async def open_report(self, call_id: str):
        desk = await self.get_state(Desk)
        if desk._is_current(call_id) is not None and not desk.preview:
            self.reporting, self.error = True, ""

    @rx.event
    @roles("operator")
    async def change_reporting(self, reporting: bool):
        self.reporting = self.reporting and reporting is True

    @rx.event
    @roles("operator")
    async def choose_kind(self, kind: str):
        known = next((one for one in ProblemKind if one.value == kind), None)
        if known is not None:
            self.kind = known.value

    @rx.event
    @roles("operator")
    async def send_report(self, form: dict[str, Any]):
        """Sent twice it is one report."""
        desk = await self.get_state(Desk)
        call = desk._is_current(fields(form).get("call_id"))
        words = fields(form).get("words")
        if call is None or not isinstance(words, str):
            return
        try:
            async with asyncio.timeout(WAIT_S), database.session() as s:
                await problem_reports.report(
                    s, call, current_account(self).account_id, ProblemKind(self.kind), words, datetime.now(UTC)
                )
        except NotYours:
            self.error = "not_yours"
        except FAILED as failed:
            log.warning("problem_not_saved", call_id=str(call), error=type(failed).__name__)
            self.error = "not_saved"
        else:
            self.reporting, self.error, self.reported = False, "", str(call)
