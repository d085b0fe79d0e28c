"""The sheet of a call: nothing typed is lost, faults stand at their fields, the disposition closes the call."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from exchange_app.operator import sheet_state
from exchange_app.operator.call_back_state import CallBack
from exchange_app.operator.desk_state import Desk
from exchange_app.operator.person_state import Person
from exchange_app.operator.sheet_state import Sheet
from exchange_domain import calls, database, drafts, flags
from exchange_domain.messages import CloseCall, HangUp
from exchange_domain.tables import Contact, ContactNumber
from exchange_domain.words import FlagKind, OperatorState, Outcome

from .conftest import Work


async def kept(call_id: str) -> drafts.Draft:
    async with database.session() as s:
        return await drafts.of(s, UUID(call_id))


async def test_the_script_has_the_contacts_values_and_the_operators_name(work: Work):
    await work.talk()
    sheet = await work.state(Sheet)
    assert [s.title for s in sheet.steps] == ["Приглашение", "О чём мы"]
    assert "Ирина" in sheet.steps[0].html and "Мария" in sheet.steps[0].html and "столы" in sheet.steps[1].html
    assert [o.title for o in sheet.objections] == ["Дорого"]
    assert [f.kind for f in sheet.fields] == ["date", "number", "choices", "choice", "yes_no"]


async def test_what_is_typed_is_saved_and_shown_with_its_time(work: Work):
    call_id = await work.talk()
    await work.page.send(Sheet.save(f"{call_id}:budget", "150 000"))
    await work.page.send(Sheet.save(f"{call_id}:.note", "решает шеф-повар"))
    await work.page.send(Sheet.toggle(call_id, "wants", "Стулья"))
    await work.page.send(Sheet.toggle(call_id, "wants", "Столы"))
    await work.page.send(Sheet.choose(call_id, "when", "Вечер"))
    await work.page.send(Sheet.choose(call_id, "catalogue", "yes"))
    draft = await kept(call_id)
    assert draft.result == {"budget": "150 000", "wants": ["Столы", "Стулья"], "when": "Вечер", "catalogue": True}
    assert draft.note == "решает шеф-повар"
    shown = work.page.values(Sheet)
    assert shown["saved_ms"] == pytest.approx(draft.saved_at.timestamp() * 1000, abs=1)
    assert shown["values"]["budget"] == "150 000" and shown["note"] == "решает шеф-повар"


async def test_a_choice_pressed_again_is_taken_back(work: Work):
    call_id = await work.talk()
    await work.page.send(Sheet.choose(call_id, "when", "Вечер"))
    await work.page.send(Sheet.choose(call_id, "when", "Вечер"))
    assert (await kept(call_id)).result == {"when": ""}


async def test_everything_typed_is_there_after_a_reload_in_another_browser(work: Work, signed_in: Any):
    call_id = await work.talk()
    await work.page.send(Sheet.save(f"{call_id}:budget", "90000"))
    await work.page.send(Sheet.toggle(call_id, "wants", "Шкафы"))
    await work.page.send(Sheet.save(f"{call_id}:.note", "вечером"))
    page = await signed_in(work.operator_id, "operator")
    await page.send(Desk.enter())
    shown = page.values(Sheet)
    assert (shown["values"]["budget"], shown["note"]) == ("90000", "вечером")
    assert shown["choices"]["wants"] == ["Шкафы"]


async def test_a_reload_keeps_the_chosen_disposition(work: Work):
    call_id = await work.wrap_up()
    chosen = await work.disposition(Outcome.CALL_BACK)
    await work.page.send(Sheet.choose_disposition(call_id, chosen))
    await work.page.send(Sheet.write_call_back(call_id, "2030-01-01T10:00"))
    await work.page.send(Desk.enter())
    sheet = await work.state(Sheet)
    assert (sheet.chosen_id, sheet.call_back) == (chosen, "2030-01-01T10:00")


async def test_a_save_that_failed_is_said_and_tried_again(work: Work, monkeypatch: pytest.MonkeyPatch):
    call_id = await work.talk()
    store, failures = sheet_state.store, [OperationalError("", {}, Exception()), OSError(), TimeoutError()]

    async def failing(*given: Any) -> datetime:
        if failures:
            raise failures.pop()
        return await store(*given)

    monkeypatch.setattr(sheet_state, "store", failing)
    monkeypatch.setattr(sheet_state, "RETRY_S", 0.01)
    await work.page.send(Sheet.save(f"{call_id}:.note", "важное"))
    assert any(d.get(Sheet.get_full_name(), {}).get("unsaved_rx_state_") for d in work.page.deltas)
    async with asyncio.timeout(10):
        while (await kept(call_id)).note != "важное" or (await work.state(Sheet)).unsaved:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert (await work.state(Sheet)).note == "важное"


async def test_words_for_the_call_before_arrive_there(work: Work):
    """The last letters are sent when the next call is on the desk already."""
    first = await work.talk()
    second = Sheet.save(f"{first}:.note", "до конца")
    sheet = await work.state(Sheet)
    sheet.call_id = ""
    await work.page.send(second)
    assert (await kept(first)).note == "до конца"


async def test_what_the_switch_says_is_preselected(work: Work):
    await work.wrap_up(proposed=Outcome.NO_ANSWER)
    sheet = await work.state(Sheet)
    assert sheet.chosen_id == await work.disposition(Outcome.NO_ANSWER)


async def test_a_choice_of_ones_own_is_not_taken_over_by_the_proposal(work: Work):
    call_id = await work.wrap_up(proposed=Outcome.DROPPED)
    mine = await work.disposition(Outcome.REFUSED)
    await work.page.send(Sheet.choose_disposition(call_id, mine))
    await work.push(work.view(OperatorState.WRAP_UP, proposed=Outcome.DROPPED))
    assert (await work.state(Sheet)).chosen_id == mine


async def test_a_digit_is_a_disposition_only_in_wrap_up(work: Work):
    call_id = await work.talk()
    await work.page.send(Sheet.choose_digit(call_id, 1))
    assert (await work.state(Sheet)).chosen_id == 0
    await work.answered(ended=True)
    await work.push(work.view(OperatorState.WRAP_UP))
    await work.page.send(Sheet.choose_digit(call_id, 1))
    assert (await work.state(Sheet)).chosen_outcome == "success"


async def test_faults_stand_at_their_fields_and_nothing_is_lost(work: Work):
    call_id = await work.wrap_up()
    await work.page.send(Sheet.close(call_id, "next"))
    assert (await work.state(Sheet)).errors == {"disposition": "required"}
    await work.page.send(Sheet.save(f"{call_id}:budget", "много"))
    await work.page.send(Sheet.choose_disposition(call_id, await work.disposition(Outcome.SUCCESS)))
    await work.page.send(Sheet.close(call_id, "next"))
    sheet = await work.state(Sheet)
    assert sheet.errors == {"visit": "required", "budget": "not_a_number"}
    assert (sheet.focus, sheet.pane) == ("field-visit", "form")
    assert (await kept(call_id)).result == {"budget": "много"} and sheet.values["budget"] == "много"
    assert await work.commands() == []
    await work.page.send(Sheet.save(f"{call_id}:budget", "100"))
    assert "budget" not in (await work.state(Sheet)).errors


async def test_saving_closes_the_call_with_what_was_typed(work: Work):
    call_id = await work.wrap_up()
    await work.page.send(Sheet.save(f"{call_id}:visit", "2026-12-01"))
    await work.page.send(Sheet.save(f"{call_id}:.note", "ждут"))
    await work.page.send(Sheet.choose_disposition(call_id, await work.disposition(Outcome.SUCCESS)))
    await work.page.send(Sheet.close(call_id, "next"))
    await work.page.send(Sheet.close(call_id, "next"))
    (command,) = await work.commands()
    assert isinstance(command, CloseCall)
    assert (str(command.call_id), command.then, command.note) == (call_id, "next", "ждут")
    assert command.result == {"visit": "2026-12-01"}
    # What is sent, the domain takes.
    async with database.session() as s:
        closed = await calls.close(
            s, command.call_id, disposition_id=command.disposition_id, result=command.result, note=command.note,
            at=datetime.now(UTC),
        )  # fmt: skip
    assert closed.outcome == Outcome.SUCCESS


@pytest.mark.parametrize("then", ["ready", "end_shift"])
async def test_save_only_and_save_then_break(work: Work, then: str):
    call_id = await work.wrap_up(proposed=Outcome.REFUSED)
    await work.page.send(Sheet.close(call_id, then))
    (command,) = await work.commands()
    assert isinstance(command, CloseCall) and command.then == then


async def test_a_call_back_needs_its_moment(work: Work):
    call_id = await work.wrap_up()
    await work.page.send(Sheet.choose_disposition(call_id, await work.disposition(Outcome.CALL_BACK)))
    await work.page.send(Sheet.close(call_id, "ready"))
    assert (await work.state(Sheet)).errors == {"call_back": "no_time"}
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    await work.page.send(Sheet.write_call_back(call_id, f"{tomorrow:%Y-%m-%d}T12:00"))
    await work.page.send(Sheet.close(call_id, "ready"))
    (command,) = await work.commands()
    assert isinstance(command, CloseCall) and command.call_back_at is not None
    # Noon at the contact's, in Moscow.
    assert command.call_back_at == datetime(tomorrow.year, tomorrow.month, tomorrow.day, 9, tzinfo=UTC)


@pytest.mark.parametrize("by", ["operator", "anyone"])
async def test_who_calls_back_goes_along_and_is_asked_anew_for_each_call(work: Work, by: str):
    call_id = await work.wrap_up()
    await work.page.send(Sheet.choose_disposition(call_id, await work.disposition(Outcome.CALL_BACK)))
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    await work.page.send(Sheet.write_call_back(call_id, f"{tomorrow:%Y-%m-%d}T12:00"))
    await work.page.send(CallBack.choose(str(uuid4()), "anyone"))  # for another call
    await work.page.send(CallBack.choose(call_id, "the cleaner"))
    if by == "anyone":
        await work.page.send(CallBack.choose(call_id, by))
    await work.page.send(Sheet.close(call_id, "ready"))
    (command,) = await work.commands()
    assert isinstance(command, CloseCall) and command.call_back_by == by


async def test_do_not_call_asks_hangs_up_and_is_chosen(work: Work):
    call_id = await work.talk()
    await work.page.send(Sheet.ask_do_not_call(call_id))
    assert (await work.state(Sheet)).asking
    assert await work.commands() == []
    await work.page.send(Sheet.do_not_call(call_id))
    (command,) = await work.commands()
    assert isinstance(command, HangUp)
    await work.answered(ended=True)
    await work.push(work.view(OperatorState.WRAP_UP, last_command=command.key, proposed=Outcome.DROPPED))
    sheet = await work.state(Sheet)
    assert (sheet.chosen_outcome, sheet.asking) == ("do_not_call", False)


async def test_another_person_is_stored_once(work: Work):
    call_id = await work.talk()
    form = {"call_id": call_id, "name": " Ольга  Ершова ", "number": "8 (812) 555-01-99"}
    await work.page.send(Person.open(call_id))
    await work.page.send(Person.add(form))
    await work.page.send(Person.add(form))
    async with database.session() as s:
        added = (await s.exec(select(Contact).where(Contact.added_by == work.operator_id))).all()
        numbers = (await s.exec(select(ContactNumber).where(ContactNumber.e164 == "+78125550199"))).all()
    assert [c.name for c in added] == ["Ольга Ершова"] and len(numbers) == 1
    shown = work.page.values(Person)
    assert (shown["opened"], shown["added"], shown["error"]) == (False, "Ольга Ершова", "")
    assert "5550199" not in repr(work.page.deltas)


@pytest.mark.parametrize(
    ("name", "number", "code", "focus"),
    [
        ("", "+78125550199", "no_name", "person-name"),
        ("Ольга", "123", "bad_number", "person-number"),
        ("Ольга", "+78125550143", "already_there", "person-number"),
        ("Я" * 201, "+78125550199", "name_too_long", "person-name"),
    ],
)
async def test_a_person_that_cannot_be_added_says_why(work: Work, name: str, number: str, code: str, focus: str):
    call_id = await work.talk()
    await work.page.send(Person.open(call_id))
    await work.page.send(Person.add({"call_id": call_id, "name": name, "number": number}))
    shown = work.page.values(Person)
    assert (shown["error"], shown["focus"], shown["opened"]) == (code, focus, True)


async def test_the_next_call_has_a_clean_sheet(work: Work):
    call_id = await work.wrap_up()
    await work.page.send(Sheet.save(f"{call_id}:.note", "прежнее"))
    await work.page.send(Sheet.close(call_id, "next"))
    async with database.session() as s:
        await calls.close(s, UUID(call_id), outcome=Outcome.REFUSED, at=datetime.now(UTC))
    await work.call()
    await work.push(work.view(OperatorState.RINGING))
    sheet = await work.state(Sheet)
    assert (sheet.note, sheet.errors, sheet.chosen_id, sheet.saved_ms) == ("", {}, 0, 0)
    assert sheet.call_id == str(work.claim and work.claim.call_id)


async def test_a_person_whose_number_is_there_is_refused_and_flagged(work: Work):
    call_id = await work.talk()
    async with database.session() as s:
        e164 = (await s.exec(select(ContactNumber.e164))).first()
    await work.page.send(Person.open(call_id))
    await work.page.send(Person.add({"call_id": call_id, "name": "Ольга", "number": e164}))
    assert (await work.state(Person)).error == "already_there"
    async with database.session() as s:
        (flag,) = await flags.open_flags(s, FlagKind.DUPLICATE_CONTACT)
    assert (flag.operator_id, flag.campaign_id, str(flag.call_id)) == (work.operator_id, work.campaign_id, call_id)
