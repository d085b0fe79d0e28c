"""The dialog "another person": whom to call instead, with a number that the operator heard."""

import asyncio
from typing import Any

import reflex as rx
import structlog
from sqlalchemy.exc import SQLAlchemyError

from exchange_app.ids import read_id
from exchange_app.security import current_account, roles
from exchange_domain import added_contacts, database

log = structlog.get_logger(__name__)
WAIT_S = 3
OF_NUMBER = ("bad_number", "already_there", "do_not_call")


class Person(rx.State):
    opened: rx.Field[bool] = rx.field(False)
    error: rx.Field[str] = rx.field("")
    """Code of added_contacts.AddContactError, or not_saved."""
    added: rx.Field[str] = rx.field("")
    """Name of the person added last in this call; said until the next call."""

    focus: rx.Field[str] = rx.field("")
    focused: rx.Field[int] = rx.field(0)

    _call_id: str = ""

    @rx.event
    @roles("operator")
    async def open(self, call_id: str):
        if read_id(call_id) is None:
            return
        if call_id != self._call_id:
            self.added, self._call_id = "", call_id
        self.opened, self.error = True, ""

    @rx.event
    @roles("operator")
    async def change_opened(self, opened: bool):
        """The dialog's own closing: Esc or a click beside it."""
        self.opened = opened is True

    @rx.event
    @roles("operator")
    async def add(self, form: dict[str, Any]):
        """Adds the person to the call's campaign. Sent twice it is one contact."""
        if not isinstance(form, dict):
            return
        call_id = read_id(form.get("call_id"))
        name, number = form.get("name"), form.get("number")
        if call_id is None or not isinstance(name, str) or not isinstance(number, str):
            return
        refusal = ""
        try:
            async with asyncio.timeout(WAIT_S), database.session() as s:
                try:
                    await added_contacts.add(s, call_id, current_account(self).account_id, name, number[:100])
                except added_contacts.AddContactError as refused:
                    refusal = refused.code  # caught in here: the flag about it is to stay
        except (SQLAlchemyError, OSError, TimeoutError) as failed:
            log.warning("person_not_added", error=type(failed).__name__)
            self.error = "not_saved"
            return
        if refusal:
            self.error = refusal
            self.focus = "person-number" if refusal in OF_NUMBER else "person-name"
            self.focused += 1
            return
        self.opened, self.error, self.added = False, "", " ".join(name.split())
        self._call_id = str(call_id)
