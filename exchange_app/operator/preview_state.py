"""The contact that is shown before it is dialled: hold the countdown, let it go on, pass the contact over."""

from typing import get_args

import reflex as rx

from exchange_app.security import current_account, roles
from exchange_domain.messages import HoldPreview, SkipContact, SkipReason
from exchange_domain.words import OperatorState

from .desk_state import Desk

REASONS: dict[str, SkipReason] = {reason: reason for reason in get_args(SkipReason)}


class Preview(rx.State):
    asking: rx.Field[bool] = rx.field(False)
    """Why a contact is to be passed over is being asked."""

    @rx.event
    @roles("operator")
    async def hold(self, call_id: str, on: bool):
        """Stops the countdown, or lets it begin again; the page says which it meant."""
        desk = await self.get_state(Desk)
        call = desk._is_current(call_id)
        if call is not None and desk.preview and desk.state == OperatorState.READY:
            command = HoldPreview(operator_id=current_account(self).account_id, call_id=call, on=on is True)
            await desk._send(command, "hold_preview")

    @rx.event
    @roles("operator")
    async def ask(self, call_id: str):
        """While one thinks about the reason, nothing is dialled."""
        desk = await self.get_state(Desk)
        if desk._is_current(call_id) is None or not desk.preview:
            return
        self.asking = True
        if desk.preview_until_ms:
            await Preview.hold.fn(self, call_id, True)

    @rx.event
    @roles("operator")
    async def change_asking(self, asking: bool):
        """The dialog's own closing: the contact stays, with its countdown stopped."""
        self.asking = self.asking and asking is True

    @rx.event
    @roles("operator")
    async def skip(self, call_id: str, reason: str):
        """Passes the contact over; the next one is shown."""
        desk = await self.get_state(Desk)
        call = desk._is_current(call_id)
        self.asking = False
        known = REASONS.get(reason) if isinstance(reason, str) else None
        if call is not None and known is not None and desk.preview:
            command = SkipContact(operator_id=current_account(self).account_id, call_id=call, reason=known)
            await desk._send(command, "skip_contact")
