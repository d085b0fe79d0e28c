"""Results and contacts as a file: XLSX, CSV or Parquet, through polars, a part of the rows at a time.

Telephone numbers are text, and no cell is a formula, whatever somebody has typed: in CSV a cell that a spreadsheet
would take for one begins with an apostrophe (OWASP, CSV Injection); in XLSX every text is written as a text. Money is
a decimal, never a float.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import polars as pl
from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import call_results, contact_rows, database
from .call_results import CallResult
from .call_rows import DIALLED
from .contact_rows import ContactRow
from .export_writers import writer
from .hours import zone_of
from .tables import Campaign, Customer, Script
from .texts import N_, say, speaking
from .words import ContactStatus, ExportKind, FileFormat, ManagerResult, Outcome

PART = 2_000
"""Rows that are in memory at once."""
MINOR = 100

OUTCOME_WORDS = {
    Outcome.SUCCESS: N_("Success"),
    Outcome.REFUSED: N_("Not interested"),
    Outcome.WRONG_NUMBER: N_("Wrong number"),
    Outcome.NO_ANSWER: N_("No answer"),
    Outcome.BUSY: N_("Line busy"),
    Outcome.UNREACHABLE: N_("Unreachable"),
    Outcome.DROPPED: N_("Broken off"),
    Outcome.CALL_BACK: N_("Call back"),
    Outcome.DO_NOT_CALL: N_("Do not call"),
}
STATUS_WORDS = {
    ContactStatus.WAITING: N_("Waits"),
    ContactStatus.WORKING: N_("Being called"),
    ContactStatus.DONE: N_("Done"),
}
MANAGER_WORDS = {
    ManagerResult.AGREED: N_("Agreed"),
    ManagerResult.LATER: N_("Later"),
    ManagerResult.NO_INTEREST: N_("Not interested"),
    ManagerResult.NOT_FOR_US: N_("Not for us"),
    ManagerResult.OTHER: N_("Something else"),
}

_CALLS = text(f"""
select k.id, k.claimed_at from call k where k.campaign_id = :campaign and k.state = 'closed' and {DIALLED}
  and (cast(:at as timestamptz) is null or (k.claimed_at, k.id) > (:at, :id))
order by k.claimed_at, k.id limit :limit
""")
_KEYS = text("""
select key from (select fields from contact where campaign_id = :campaign order by id limit 1000) c,
  jsonb_object_keys(c.fields) as key group by key order by min(key)
""")


async def count(s: AsyncSession, campaign_id: int, kind: ExportKind) -> int:
    """About how many rows the file will have; without counting a long list."""
    query = (
        "select coalesce(sum(calls), 0) from campaign_tally where campaign_id = :campaign"
        if kind is ExportKind.RESULTS
        else "select coalesce(sum(n), 0) from contact_count where campaign_id = :campaign"
    )
    return int((await s.execute(text(query), {"campaign": campaign_id})).scalar_one())


async def make(campaign_id: int, kind: ExportKind, file_format: FileFormat, lang: str, path: Path) -> int:
    """Writes the file; returns its rows. What changes meanwhile is in it or not, each row is whole."""
    with speaking(lang):
        async with database.session() as s:
            campaign = await s.get_one(Campaign, campaign_id)
            customer = await s.get_one(Customer, campaign.customer_id)
            plan = _Plan(campaign_id, zone_of(customer.time_zone) or ZoneInfo("UTC"), customer.currency)
            await plan.read(s)
        target = writer(file_format, path, plan.zone)
        rows = 0
        try:
            async for frame in plan.results() if kind is ExportKind.RESULTS else plan.contacts():
                await asyncio.to_thread(target.add, frame)
                rows += frame.height
        finally:
            await asyncio.to_thread(target.close)
        return rows


class _Plan:
    """The columns of a campaign's files: what is always there, the list's own, the form's."""

    def __init__(self, campaign_id: int, zone: ZoneInfo, currency: str):
        self.campaign_id, self.zone, self.currency = campaign_id, zone, currency
        self.keys: list[str] = []
        self.form: dict[str, str] = {}

    async def read(self, s: AsyncSession) -> None:
        self.keys = list((await s.execute(_KEYS, {"campaign": self.campaign_id})).scalars())
        scripts = await s.exec(select(Script).where(Script.campaign_id == self.campaign_id).order_by(text("version")))
        for script in scripts:
            self.form |= {str(field["key"]): str(field["label"]) for field in script.form}

    async def results(self) -> AsyncIterator[pl.DataFrame]:
        at: datetime | None = None
        last: UUID | None = None
        first = True
        while True:
            async with database.session() as s:
                values = {"campaign": self.campaign_id, "at": at, "id": last, "limit": PART}
                ids = (await s.execute(_CALLS, values)).all()
                found = await call_results.of_calls(s, [row.id for row in ids])
            if ids or first:
                yield _frame([self._result(found[row.id]) for row in ids if row.id in found], self._result_schema())
            first = False
            if len(ids) < PART:
                return
            at, last = ids[-1].claimed_at, ids[-1].id

    async def contacts(self) -> AsyncIterator[pl.DataFrame]:
        after = 0
        first = True
        while True:
            async with database.session() as s:
                found = await contact_rows.page(s, self.campaign_id, after=after, limit=PART)
            if found or first:
                yield _frame([self._contact(row) for row in found], self._contact_schema())
            first = False
            if len(found) < PART:
                return
            after = found[-1].id

    def _result_schema(self) -> dict[str, Any]:
        return _unique(
            [
                (say("Time"), pl.Datetime("us", "UTC")), (say("Contact"), pl.String), (say("Person"), pl.String),
                (say("Number"), pl.String), (say("Operator"), pl.String), (say("Attempt"), pl.Int64),
                (say("Result"), pl.String), (say("Your words"), pl.String), (say("Talk, seconds"), pl.Int64),
                (say("Price, {currency}", currency=self.currency), pl.Decimal(scale=2)), (say("Note"), pl.String),
                (say("Call back at"), pl.Datetime("us", "UTC")), (say("Manager"), pl.String),
                (say("What the manager says"), pl.String), (say("The manager's note"), pl.String),
                *((label, pl.String) for label in self.form.values()), *((key, pl.String) for key in self.keys),
                (say("Call id"), pl.String), (say("Contact id"), pl.Int64),
            ]
        )  # fmt: skip

    def _result(self, call: CallResult) -> list[Any]:
        return [
            call.claimed_at, call.contact_name, call.person_name, call.number, call.operator, call.attempt,
            say(OUTCOME_WORDS[call.outcome]) if call.outcome else "", call.disposition or "", call.talk_s,
            None if call.charge is None else Decimal(call.charge) / MINOR, call.note, call.call_back_at,
            call.manager or "", say(MANAGER_WORDS[call.manager_result]) if call.manager_result else "",
            call.manager_note,
            *(_said(call.answers.get(key)) for key in self.form),
            *(_said(call.contact_fields.get(key)) for key in self.keys), str(call.call_id), call.contact_id,
        ]  # fmt: skip

    def _contact_schema(self) -> dict[str, Any]:
        return _unique(
            [
                (say("Contact"), pl.String), (say("Numbers"), pl.String), (say("State"), pl.String),
                (say("Last result"), pl.String), (say("Calls"), pl.Int64),
                (say("Last call"), pl.Datetime("us", "UTC")), (say("Next attempt"), pl.Datetime("us", "UTC")),
                (say("Time zone"), pl.String), *((key, pl.String) for key in self.keys), (say("Contact id"), pl.Int64),
            ]
        )  # fmt: skip

    def _contact(self, row: ContactRow) -> list[Any]:
        waits = row.status is ContactStatus.WAITING
        return [
            row.name, ", ".join(row.numbers), say(STATUS_WORDS[row.status]),
            say(OUTCOME_WORDS[row.last_outcome]) if row.last_outcome else "", row.attempts, row.last_call_at,
            row.due_at if waits else None, row.time_zone, *(_said(row.fields.get(key)) for key in self.keys), row.id,
        ]  # fmt: skip


def _said(value: Any) -> str:
    """An answer or a field as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def _unique(columns: list[tuple[str, Any]]) -> dict[str, Any]:
    """Headings with their types; one that is there already gets a number."""
    found: dict[str, Any] = {}
    for heading, kind in columns:
        name, n = heading, 1
        while name in found:
            n += 1
            name = f"{heading} ({n})"
        found[name] = kind
    return found


def _frame(rows: list[list[Any]], schema: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row")
