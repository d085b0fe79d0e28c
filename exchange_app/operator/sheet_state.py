"""The call on the desk: script, form, note, and how it ended. What is typed is saved while it is typed."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import reflex as rx
import structlog
from sqlalchemy.exc import SQLAlchemyError

from exchange_app import live
from exchange_app.ids import read_id
from exchange_app.security import current_account, roles
from exchange_domain import database, drafts, transfers
from exchange_domain.call_rows import epoch_ms
from exchange_domain.forms import FormField, check_answers
from exchange_domain.messages import CloseCall, HangUp, OperatorView
from exchange_domain.words import OperatorState, Outcome

from . import answers, call_back_time, prepared, sheets
from .call_back_state import CallBack
from .desk_state import ON_THE_LINE, Desk
from .draft_store import NOTE, closed, store
from .guide_state import Guide
from .offer_state import Offer
from .practice_state import Practice
from .shown import (
    ShownDisposition,
    ShownFact,
    ShownField,
    ShownPart,
    dispositions_shown,
    facts_shown,
    fields_shown,
    parts_shown,
)
from .today_state import Today

log = structlog.get_logger(__name__)

RETRY_S = 3
FAILED = (SQLAlchemyError, OSError, TimeoutError)


class Sheet(live.OnlyChanges, rx.State):
    """The sheet of the present call, or of the campaign between calls."""

    call_id: rx.Field[str] = rx.field("")
    campaign_id: rx.Field[int] = rx.field(0)
    campaign_name: rx.Field[str] = rx.field("")
    customer_name: rx.Field[str] = rx.field("")
    currency: rx.Field[str] = rx.field("RUB")
    unit: rx.Field[int] = rx.field(100)
    per_call: rx.Field[int] = rx.field(0)
    per_answered: rx.Field[int] = rx.field(0)
    per_minute: rx.Field[int] = rx.field(0)
    per_success: rx.Field[int] = rx.field(0)
    max_attempts: rx.Field[int] = rx.field(0)
    ring_s: rx.Field[int] = rx.field(0)
    wrap_up_s: rx.Field[int] = rx.field(0)
    recording: rx.Field[bool] = rx.field(False)
    practice: rx.Field[bool] = rx.field(False)
    """Robots are called: nobody pays or is paid."""
    masking_allowed: rx.Field[bool] = rx.field(False)
    contact_name: rx.Field[str] = rx.field("")
    person_name: rx.Field[str] = rx.field("")
    steps: rx.Field[list[ShownPart]] = rx.field(default_factory=list)
    objections: rx.Field[list[ShownPart]] = rx.field(default_factory=list)
    facts: rx.Field[list[ShownFact]] = rx.field(default_factory=list)
    fields: rx.Field[list[ShownField]] = rx.field(default_factory=list)
    values: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    choices: rx.Field[dict[str, list[str]]] = rx.field(default_factory=dict)
    note: rx.Field[str] = rx.field("")
    saved_ms: rx.Field[int] = rx.field(0)
    """When something was last saved; 0: nothing typed yet."""
    unsaved: rx.Field[bool] = rx.field(False)
    """The last save failed and is being tried again."""
    dispositions: rx.Field[list[ShownDisposition]] = rx.field(default_factory=list)
    chosen_id: rx.Field[int] = rx.field(0)
    chosen_outcome: rx.Field[str] = rx.field("")
    call_back: rx.Field[str] = rx.field("")
    """As the field has it: YYYY-MM-DDTHH:MM by the contact's clock."""
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    """Codes by field; `call_back` and `disposition` are fields here too."""
    asking: rx.Field[bool] = rx.field(False)
    """Whether "do not call" waits to be confirmed."""
    focus: rx.Field[str] = rx.field("")
    focused: rx.Field[int] = rx.field(0)
    """Grows each time the focus is to go to the element `focus`."""
    pane: rx.Field[str] = rx.field("script")
    """What a phone shows: script, form, objections."""

    managers_there: rx.Field[int] = rx.field(1)
    """How many of the campaign's managers take transfers now."""
    managers_back_ms: rx.Field[int] = rx.field(0)
    """When the first of them is back, if nobody is there; 0: not known."""

    _noted_ms: int = 0
    _prepared: str = ""
    """A line that the exchange added to the note, until the page is known to show it."""
    _stale: bool = True
    """The page was opened anew: read it all again."""
    _form: rx.Field[list[FormField]] = rx.field(default_factory=list)
    _typed: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    """Answers as they are kept, by key."""
    _failed: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    """What could not be saved yet, by key."""
    _retrying: bool = False

    # --- following the engine ---------------------------------------------------------------------------------------

    async def _follow(self, view: OperatorView, account_id: int, account_name: str) -> None:
        """Loads what belongs to the view's call, or to its campaign when there is none."""
        call_before, practice_before = self.call_id, self.practice
        if view.call is not None:
            if self._stale or self.call_id != str(view.call.call_id):
                await self._open_call(view.call.call_id, account_id, account_name)
            if view.call.noted_ms is not None and view.call.noted_ms != self._noted_ms:
                await self._take_prepared(view.call.call_id, view.call.noted_ms)
            if view.state == OperatorState.WRAP_UP and not self.chosen_id and view.call.proposed_outcome is not None:
                self._propose(view.call.proposed_outcome)
        elif self._stale or self.call_id or self.campaign_id != (view.campaign_id or 0):
            await self._open_campaign(view.campaign_id or 0, account_name)
        if call_before and call_before != self.call_id:
            await closed(UUID(call_before))
        if view.state == OperatorState.TALKING:
            await self._ask_for_managers(view.campaign_id or 0)
        if call_before != self.call_id or self.practice != practice_before or self._stale:
            await (await self.get_state(Practice))._read(account_id, self.practice)
        self._stale = False
        if call_before != self.call_id:
            today = await self.get_state(Today)
            if call_before or today.call_backs:
                # What is done today changes with a call's end; at its beginning only what was promised to be.
                await today._read(account_id, view.shift_id)
            await (await self.get_state(Offer))._consider(account_id, view)

    async def _open_call(self, call_id: UUID, account_id: int, account_name: str) -> None:
        async with database.session() as s:
            sheet = await sheets.of_call(s, call_id, account_id, account_name)
        chosen = (self.chosen_id, self.chosen_outcome, self.call_back) if self.call_id == str(call_id) else (0, "", "")
        self._clear()
        if sheet is None:
            return
        self.call_id = str(call_id)
        self.chosen_id, self.chosen_outcome, self.call_back = chosen
        self._show_campaign(sheet.campaign)
        self.contact_name, self.person_name = sheet.contact_name, sheet.person_name
        self.facts = facts_shown(sheet.facts)
        self._form, self.fields = sheet.fields, fields_shown(sheet.fields)
        late = {name.partition(":")[2]: kept for name, kept in self._failed.items() if name.startswith(f"{call_id}:")}
        self._typed = sheet.draft.result | {k: v for k, v in late.items() if k != NOTE}
        self.values = {f.key: answers.for_page(f, self._typed.get(f.key)) for f in sheet.fields}
        self.choices = {f.key: answers.chosen(f, self._typed.get(f.key)) for f in sheet.fields}
        self.note, self.saved_ms = late.get(NOTE, sheet.draft.note), epoch_ms(sheet.draft.saved_at) or 0
        self.dispositions = dispositions_shown(sheet.dispositions)
        self.pane = "script"
        (await self.get_state(Guide))._begin(self.call_id, self.steps, sheet.draft.place)

    async def _ask_for_managers(self, campaign_id: int) -> None:
        """Whether a transfer would reach anybody: said before it is tried."""
        async with database.session() as s:
            found = await transfers.availability(s, campaign_id, datetime.now(UTC))
        self.managers_there, self.managers_back_ms = found.there, epoch_ms(found.back_at) or 0

    async def _take_prepared(self, call_id: UUID, noted_ms: int) -> None:
        async with database.session() as s:
            draft = await drafts.of(s, call_id)
        self._noted_ms = noted_ms
        if self.call_id != str(call_id) or f"{call_id}:{NOTE}" in self._failed:
            return
        self._prepared = draft.prepared
        self.note, self.saved_ms = draft.note, epoch_ms(draft.saved_at) or 0

    async def _open_campaign(self, campaign_id: int, account_name: str) -> None:
        sheet = None
        if campaign_id:
            async with database.session() as s:
                sheet = await sheets.of_campaign(s, campaign_id, account_name)
        self._clear()
        if sheet is not None:
            self._show_campaign(sheet)
        self.campaign_id = campaign_id
        (await self.get_state(Guide))._begin("", self.steps)

    def _clear(self) -> None:
        """Nothing of the call before, except what of it is still to be saved."""
        kept = self.pane, self.unsaved, self.focused, self._failed, self._retrying
        self.reset()
        self.pane, self.unsaved, self.focused, self._failed, self._retrying = kept

    def _show_campaign(self, sheet: sheets.CampaignSheet) -> None:
        self.campaign_id, self.campaign_name, self.customer_name = sheet.campaign_id, sheet.name, sheet.customer_name
        self.currency, self.unit = sheet.pay.currency, sheet.pay.unit
        self.per_call, self.per_answered = sheet.pay.per_call, sheet.pay.per_answered
        self.per_minute, self.per_success = sheet.pay.per_minute, sheet.pay.per_success
        self.max_attempts, self.ring_s, self.wrap_up_s = sheet.max_attempts, sheet.ring_s, sheet.wrap_up_s
        self.masking_allowed = sheet.masking_allowed
        self.recording = sheet.recording
        self.practice = sheet.practice
        self.steps = parts_shown(sheet.parts.steps, "step")
        self.objections = parts_shown(sheet.parts.objections, "objection")

    def _propose(self, outcome: Outcome) -> None:
        found = next((d for d in self.dispositions if d.outcome == outcome), None)
        if found is not None:
            self.chosen_id, self.chosen_outcome = found.id, found.outcome

    # --- typing -----------------------------------------------------------------------------------------------------

    @rx.event
    @roles("operator")
    async def save(self, name: str, value: Any):
        """One field as the page's autosave sends it: `name` is `call id:field key`, the note's is `call id:.note`."""
        call_id, _, key = str(name).partition(":") if isinstance(name, str) else ("", "", "")
        return await self._save(read_id(call_id), key, value)

    @rx.event
    @roles("operator")
    async def choose(self, call_id: str, key: str, value: str):
        """One of few options was pressed; pressed again it is taken back."""
        if isinstance(key, str) and isinstance(value, str):
            again = self.values.get(key) == value
            return await self._save(read_id(call_id), key, "" if again else value)

    @rx.event
    @roles("operator")
    async def toggle(self, call_id: str, key: str, option: str):
        """One of several choices was pressed."""
        field = next((f for f in self._form if f.key == key), None)
        if field is not None and isinstance(option, str):
            return await self._save(read_id(call_id), key, answers.toggled(field, self._typed.get(key), option))

    async def _save(self, call_id: UUID | None, key: str, value: Any) -> Any:
        """Saves at once. A call that is somebody else's, closed or unknown is answered alike: with nothing."""
        if call_id is None:
            return None
        operator_id = current_account(self).account_id
        here = str(call_id) == self.call_id
        note = key == NOTE
        field = next((f for f in self._form if f.key == key), None) if here else None
        kept = (
            str(value)[:10_000]
            if note and isinstance(value, str)
            else answers.from_page(field, value)
            if field
            else None
        )
        if kept is None and not here and isinstance(value, str):
            # A late word for the call before: its form is not on this sheet any more.
            kept = await prepared.of_other_form(call_id, operator_id, key, value)
        if kept is None:
            return None
        if here and note:
            kept, self._prepared = prepared.with_line(kept, self._prepared), ""
        if here:
            self._show_typed(key, field, kept)
        try:
            async with asyncio.timeout(RETRY_S):
                self._saved(key, here, await store(call_id, operator_id, key, kept))
        except drafts.NotYours:
            return None
        except FAILED as failed:
            log.warning("draft_not_saved", call_id=str(call_id), error=type(failed).__name__)
            self._failed[f"{call_id}:{key}"] = kept
            self.unsaved = True
            return None if self._retrying else Sheet.save_again
        return None

    def _show_typed(self, key: str, field: FormField | None, kept: Any) -> None:
        if field is None:
            self.note = kept
        else:
            self._typed[key] = kept
            self.values[key] = answers.for_page(field, kept)
            self.choices[key] = answers.chosen(field, kept)
            self.errors.pop(key, None)

    def _saved(self, key: str, here: bool, saved_at: datetime) -> None:
        self._failed.pop(f"{self.call_id}:{key}", None)
        if here:
            self.saved_ms = epoch_ms(saved_at) or 0
        if not self._failed:
            self.unsaved = False

    @rx.event(background=True)
    @roles("operator")
    async def save_again(self):
        """Tries what could not be saved until it is, or its call is not this operator's to write any more."""
        operator_id = current_account(self).account_id
        async with self:
            if self._retrying:
                return
            self._retrying = True
        while True:
            await asyncio.sleep(RETRY_S)
            async with self:
                left = dict(self._failed)
                if not left:
                    self._retrying = self.unsaved = False
                    return
            for name, kept in left.items():
                call_id, _, key = name.partition(":")
                try:
                    saved_at = await store(UUID(call_id), operator_id, key, kept)
                except drafts.NotYours:
                    saved_at = None
                except FAILED:
                    break
                async with self:
                    if self._failed.get(name) == kept:
                        del self._failed[name]
                    if saved_at is not None and call_id == self.call_id:
                        self.saved_ms = epoch_ms(saved_at) or 0

    # --- how it ended -----------------------------------------------------------------------------------------------

    @rx.event
    @roles("operator")
    async def choose_disposition(self, call_id: str, disposition_id: int):
        desk = await self.get_state(Desk)
        found = next((d for d in self.dispositions if d.id == disposition_id), None)
        if found is not None and desk._is_current(call_id) and desk.state == OperatorState.WRAP_UP:
            self._choose(found)

    @rx.event
    @roles("operator")
    async def choose_digit(self, call_id: str, digit: int):
        """The disposition with this digit; a digit without one does nothing."""
        found = next((d for d in self.dispositions if d.digit == digit), None)
        if found is not None:
            return await Sheet.choose_disposition.fn(self, call_id, found.id)

    def _choose(self, found: ShownDisposition) -> None:
        self.chosen_id, self.chosen_outcome = found.id, found.outcome
        self.errors = {k: v for k, v in self.errors.items() if k not in ("disposition", "call_back")}

    @rx.event
    @roles("operator")
    async def write_call_back(self, call_id: str, typed: str):
        """The moment to call back, as the field has it; judged when the call is saved."""
        if isinstance(typed, str) and call_id == self.call_id:
            self.call_back = typed[:32]
            self.errors.pop("call_back", None)

    @rx.event
    @roles("operator")
    async def close(self, call_id: str, then: str):
        """Saves the call: `then` is ready, next or end_shift. What is wrong is said at its field; nothing is lost."""
        desk = await self.get_state(Desk)
        call = desk._is_current(call_id)
        if call is None or desk.state != OperatorState.WRAP_UP or then not in ("ready", "next", "end_shift"):
            return
        operator_id = current_account(self).account_id
        try:
            async with asyncio.timeout(RETRY_S), database.session() as s:
                found = await sheets.call_to_write(s, call, operator_id)
        except FAILED as failed:
            log.warning("call_not_read", call_id=str(call), error=type(failed).__name__)
            self.errors = {"form": "not_saved"}
            return
        if found is None:
            return
        disposition = next((d for d in found.dispositions if d.id == self.chosen_id), None)
        typed = {**found.draft.result, **self._typed} if self.call_id == str(call) else found.draft.result
        note = self.note or found.draft.note
        errors: dict[str, str] = {}
        call_back_at = None
        clean = typed
        if disposition is None:
            errors["disposition"] = "required"
        else:
            clean, problems = check_answers(found.fields, typed, disposition.outcome)
            errors |= dict(problems)
            if disposition.outcome == Outcome.CALL_BACK:
                try:
                    call_back_at = call_back_time.read(self.call_back, found.time_zone, datetime.now(UTC))
                except call_back_time.BadTime as bad:
                    errors["call_back"] = bad.code
        self.errors = errors
        if errors or disposition is None or disposition.id is None:
            self._to_first_error(found.fields)
            return
        command = CloseCall(
            operator_id=operator_id,
            call_id=call,
            disposition_id=disposition.id,
            result=clean,
            note=note,
            call_back_at=call_back_at,
            call_back_by=(await self.get_state(CallBack))._of(call),
            then=then,
        )
        await desk._send(command, "close_call")

    def _to_first_error(self, fields: list[FormField]) -> None:
        """The phone shows the pane with the first error, and the focus goes to its field."""
        order = ["disposition", "call_back", *(f.key for f in fields)]
        first = next((key for key in order if key in self.errors), "")
        self.pane = "ended" if first in ("disposition", "call_back") else "form"
        self.focus = f"field-{first}"
        self.focused += 1

    @rx.event
    @roles("operator")
    async def ask_do_not_call(self, call_id: str):
        known = any(d.outcome == Outcome.DO_NOT_CALL for d in self.dispositions)
        self.asking = known and call_id == self.call_id and bool(self.call_id)

    @rx.event
    @roles("operator")
    async def change_asking(self, asking: bool):
        """The dialog's own closing."""
        self.asking = self.asking and asking is True

    @rx.event
    @roles("operator")
    async def do_not_call(self, call_id: str):
        """Asked for and confirmed: the talk ends, and "do not call" is how it ended."""
        desk = await self.get_state(Desk)
        call = desk._is_current(call_id)
        self.asking = False
        found = next((d for d in self.dispositions if d.outcome == Outcome.DO_NOT_CALL), None)
        if call is None or found is None:
            return
        self._choose(found)
        if desk.state in ON_THE_LINE:
            await desk._send(HangUp(operator_id=current_account(self).account_id, call_id=call), "hang_up")

    @rx.event
    @roles("operator")
    async def show_pane(self, pane: str):
        if pane in ("script", "form", "objections", "ended"):
            self.pane = pane

    @rx.event
    @roles("operator")
    async def reveal(self, pane: str, target: str):
        """A phone shows the pane, and the focus goes to the field in it."""
        if (pane, target) in (("form", "note"), ("objections", "objection-search")):
            self.pane, self.focus = pane, target
            self.focused += 1
