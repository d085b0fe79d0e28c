"""A line that the exchange puts into the note: it comes beside what is typed, and is the operator's to delete."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from exchange_app.operator.prepared import with_line
from exchange_app.operator.sheet_state import Sheet
from exchange_domain import call_back_notes, database, drafts
from exchange_domain.messages import OperatorView
from exchange_domain.words import OperatorState

from .conftest import Work

AT = datetime(2026, 11, 25, 11, 5, tzinfo=UTC)


async def noted(work: Work, call_id: str, at: datetime = AT) -> str:
    """The engine has noted it, and says so; the line."""
    assert work.claim is not None
    async with database.session() as s:
        await call_back_notes.no_manager_was_free(s, UUID(call_id), work.claim.fencing_token, at)
    view = work.view(OperatorState.TALKING)
    assert view.call is not None
    ms = int(at.timestamp() * 1000)
    shown = OperatorView.model_validate(view.model_dump() | {"call": view.call.model_dump() | {"noted_ms": ms}})
    await work.push(shown)
    return call_back_notes.note("ru", at, work.claim.time_zone)


async def kept(call_id: str) -> str:
    async with database.session() as s:
        return (await drafts.of(s, UUID(call_id))).note


async def test_it_stands_behind_what_was_typed(work: Work):
    call_id = await work.talk()
    await work.page.send(Sheet.save(f"{call_id}:.note", "решает шеф-повар"))
    line = await noted(work, call_id)
    assert "14:05" in line, "by the contact's clock"
    assert await kept(call_id) == f"решает шеф-повар\n{line}"
    assert (await work.state(Sheet)).note == f"решает шеф-повар\n{line}"


async def test_the_same_moment_is_noted_once(work: Work):
    call_id = await work.talk()
    line = await noted(work, call_id)
    await noted(work, call_id)
    assert await kept(call_id) == line


async def test_a_text_that_left_the_page_before_it_knew_gets_the_line_and_a_later_one_may_drop_it(work: Work):
    call_id = await work.talk()
    line = await noted(work, call_id)
    await work.page.send(Sheet.save(f"{call_id}:.note", "вечером"))
    assert await kept(call_id) == f"вечером\n{line}"
    await work.page.send(Sheet.save(f"{call_id}:.note", "вечером"))
    assert await kept(call_id) == "вечером"


@pytest.mark.parametrize(
    ("note", "line", "together"), [("", "x", "x"), ("a", "x", "a\nx"), ("a\nx", "x", "a\nx"), ("a", "", "a")]
)
def test_with_line(note: str, line: str, together: str):
    assert with_line(note, line) == together
