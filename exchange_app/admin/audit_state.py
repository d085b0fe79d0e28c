"""The log of privileged acts, read only."""

import json
from dataclasses import dataclass
from typing import Any

import reflex as rx

from exchange_app.security import roles
from exchange_domain import audit, database
from exchange_domain.call_rows import epoch_ms

PAGE = 50


@dataclass(frozen=True)
class EntryLine:
    id: int
    at_ms: int
    who: str
    act: str
    subject: str
    before: str
    after: str


def written(value: Any) -> str:
    """A value before or after, on one line."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class AuditLog(rx.State):
    loaded: bool = False
    lines: rx.Field[list[EntryLine]] = rx.field(default_factory=list)
    acts: rx.Field[list[str]] = rx.field(default_factory=list)
    act: str = ""
    more: bool = False

    @rx.event
    @roles("admin")
    async def enter(self):
        """On_load."""
        self.reset()
        await self._read()
        self.loaded = True

    async def _read(self, before_id: int | None = None) -> None:
        async with database.session() as s:
            found = await audit.entries(s, act=self.act, before_id=before_id, limit=PAGE + 1)
            self.acts = await audit.acts(s)
        shown = [
            EntryLine(e.id, epoch_ms(e.at) or 0, e.who, e.act, e.subject, written(e.before), written(e.after))
            for e in found[:PAGE]
        ]
        self.lines = shown if before_id is None else [*self.lines, *shown]
        self.more = len(found) > PAGE

    @rx.event
    @roles("admin")
    async def narrow(self, act: str):
        self.act = act if act in self.acts else ""
        await self._read()

    @rx.event
    @roles("admin")
    async def show_more(self):
        if self.more and self.lines:
            await self._read(self.lines[-1].id)
