"""Who may do what: other roles, strangers, other operators' calls."""

import inspect
from typing import Any
from uuid import uuid4

import pytest
import reflex as rx
from sqlmodel import select

from exchange_app.operator.board_state import Board
from exchange_app.operator.desk_state import Desk
from exchange_app.operator.earnings_state import Earnings
from exchange_app.operator.guide_state import Guide
from exchange_app.operator.offer_state import Offer
from exchange_app.operator.person_state import Person
from exchange_app.operator.preview_state import Preview
from exchange_app.operator.sheet_state import Sheet
from exchange_app.operator.today_state import Today
from exchange_app.operator.training_state import Training
from exchange_app.operator.trouble_state import Trouble
from exchange_domain import database
from exchange_domain.messages import OperatorView
from exchange_domain.tables import CallDraft, Contact
from exchange_domain.words import OperatorState
from tests.app.conftest import make_account

from .conftest import Work

STATES: list[type[rx.State]] = [Desk, Sheet, Board, Earnings, Person, Today, Guide, Preview, Trouble, Offer, Training]


def calls_of(state: Any, call_id: str) -> list[Any]:
    """Every handler of a state, called with something that fits its arguments."""
    given: dict[str, Any] = {
        "call_id": call_id,
        "name": f"{call_id}:budget",
        "value": "5",
        "key": "budget",
        "option": "Столы",
        "disposition_id": 1,
        "digit": 1,
        "typed": "2030-01-01T10:00",
        "then": "ready",
        "pane": "form",
        "asking": True,
        "opened": True,
        "form": {"call_id": call_id, "name": "Ольга", "number": "+78125550199"},
        "campaign_id": 1,
        "by": "name",
        "only": True,
        "by_number": True,
        "zone": "Europe/Moscow",
        "on": True,
        "target": "note",
        "reason": "other",
        "abusing": True,
        "reporting": True,
        "kind": "sound",
        "step": 2,
        "what": "test",
        "run_id": 1,
        "place": 1,
    }
    found = []
    for name, handler in state.event_handlers.items():
        if handler.fn.__module__.startswith("exchange_app.operator"):
            wanted = list(inspect.signature(handler.fn).parameters)[1:]
            found.append(getattr(state, name)(*(given[argument] for argument in wanted)))
    assert found, state
    return found


async def snapshot_of_the_books() -> list[Any]:
    async with database.session() as s:
        drafts = (await s.exec(select(CallDraft))).all()
        return [len((await s.exec(select(Contact))).all()), [(str(d.call_id), d.result, d.note) for d in drafts]]


@pytest.mark.parametrize("role", ["customer", "manager", "moderator", "admin", ""])
async def test_no_other_role_can_call_a_handler(work: Work, signed_in: Any, role: str):
    call_id = await work.talk()
    if role:
        account = await make_account(
            "someone@mail.example", "Пётр", *([role] if role in ("moderator", "admin") else [])
        )
        page = await signed_in(account, role)
    else:
        page = work.events.page("anonymous")
        await page.hydrate()
    before = await snapshot_of_the_books()
    for state in STATES:
        for spec in calls_of(state, call_id):
            page.deltas.clear()
            await page.send(spec)
            assert page.values(state) == {}, spec
    assert await work.commands() == []
    assert await snapshot_of_the_books() == before


async def test_another_operators_call_is_refused_in_every_handler(work: Work, other_call: Any):
    await work.talk()
    before = await snapshot_of_the_books()
    for state in (Desk, Sheet, Person, Guide, Preview, Trouble):
        for spec in calls_of(state, str(other_call)):
            if spec.handler.fn.__name__ not in ("call_next", "enter", "end_shift", "settle"):
                await work.page.send(spec)
    assert await work.commands() == []
    assert await snapshot_of_the_books() == before
    assert (await work.state(Person)).error == "not_yours"


async def test_a_missing_call_is_answered_like_a_foreign_one(work: Work, other_call: Any):
    await work.talk()
    answers = []
    for call_id in (str(other_call), str(uuid4())):
        work.page.deltas.clear()
        for spec in (
            Sheet.save(f"{call_id}:.note", "x"), Sheet.close(call_id, "next"), Desk.hang_up(call_id),
            Person.add({"call_id": call_id, "name": "Ольга", "number": "+78125550199"}),
        ):  # fmt: skip
            await work.page.send(spec)
        answers.append([work.page.values(state) for state in (Sheet, Desk, Person)])
        for known in answers[-1]:
            known.pop("focused", None)
    assert answers[0] == answers[1]


@pytest.mark.parametrize("junk", [None, 7, {}, [], "", "no-uuid", "x" * 5000, {"call_id": 1}, [[]]])
async def test_no_argument_breaks_a_handler(work: Work, junk: Any):
    await work.talk()
    for state in STATES:
        for name, handler in state.event_handlers.items():
            if handler.fn.__module__.startswith("exchange_app.operator"):
                wanted = list(inspect.signature(handler.fn).parameters)[1:]
                payload = dict.fromkeys(wanted, junk)
                if wanted:
                    await work.page.send_named(f"{state.get_full_name()}.{name}", payload)
    assert await work.commands() == []


async def test_a_view_of_another_operator_is_not_shown(work: Work):
    await work.talk()
    stranger = OperatorView(operator_id=work.operator_id + 1, version=99, state=OperatorState.READY)
    await work.push(stranger)
    assert (await work.state(Desk)).state == "talking"


async def test_the_full_number_reaches_no_browser(work: Work):
    await work.talk()
    sent = repr(work.page.deltas)
    assert work.claim is not None
    for ending in ("550142", "5550142", "555-01-42", work.claim.e164):
        assert ending not in sent
    sheet = await work.state(Sheet)
    assert "+7 812 •••-••-42" in next(f.value for f in sheet.facts if f.label == "Телефон")
    assert "•••" in sheet.steps[0].html and "•••" in sheet.contact_name
