"""Who is to call back, as the operator chose it for one call."""

from typing import Literal
from uuid import UUID

import reflex as rx

from exchange_app.ids import read_id
from exchange_app.security import roles

By = Literal["operator", "anyone"]


class CallBack(rx.State):
    call_id: rx.Field[str] = rx.field("")
    """The call the choice was made for; for any other it is not made."""
    by: rx.Field[str] = rx.field("operator")

    @rx.event
    @roles("operator")
    async def choose(self, call_id: str, by: str):
        if read_id(call_id) is not None and by in ("operator", "anyone"):
            self.call_id, self.by = call_id, by

    def _of(self, call_id: UUID) -> By:
        """Without a choice it is hers: she knows what was said."""
        return "anyone" if self.call_id == str(call_id) and self.by == "anyone" else "operator"
