"""Contact rules through the engine: what may not be dialled is not, and what a call-back says arrives whole."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from call_engine.engine import Engine
from exchange_domain import database
from exchange_domain.messages import CallNext, CloseCall
from exchange_domain.tables import Contact
from exchange_domain.words import CallState, ContactStatus, OperatorState, Outcome

from .conftest import House

pytestmark = pytest.mark.switch

# Somebody asks for peace in the very moment of the claim: after the look at the lists, before its end.
ASKED_MEANWHILE = (
    "create function ask_for_peace() returns trigger language plpgsql as $$ begin "
    "insert into do_not_call (e164) values (new.e164); return null; end $$",
    "create trigger ask_for_peace after insert on call for each row execute function ask_for_peace()",
)


async def test_a_number_forbidden_between_claim_and_dialling_is_not_dialled(house: House, engine: Engine):
    await house.contact()
    async with database.session() as s:
        for statement in ASKED_MEANWHILE:
            await s.execute(text(statement))
    desk = await house.operator()
    await desk.start_shift()
    await desk.state(OperatorState.READY)
    command = CallNext(operator_id=desk.operator_id)
    await desk.send(command)
    await desk.wait(lambda v: v.notice is not None and v.notice.code == "not_possible_now")
    call = await house.until_call(command.key, lambda c: c.state == CallState.CLOSED)
    assert (call.ringing_at, call.ended_by, call.hangup_cause) == (None, "switch", "NOT_ALLOWED")
    assert str(command.key) not in house.switch.channels()
    async with database.session() as s:
        contact = await s.get_one(Contact, call.contact_id)
        assert (contact.status, contact.last_outcome) == (ContactStatus.DONE, Outcome.DO_NOT_CALL)
    second = CallNext(operator_id=desk.operator_id)
    await desk.send(second)
    await desk.wait(lambda v: v.last_command == second.key and v.notice is not None and v.notice.code == "list_done")


@pytest.mark.parametrize("by", ["operator", "anyone"])
async def test_who_is_to_call_back_and_when_arrives_at_the_contact(house: House, engine: Engine, by: str):
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    house.switch.peer_hangs_up(str(call_id))
    await desk.state(OperatorState.WRAP_UP)
    async with database.session() as s:
        chosen = (await s.execute(text("select id from disposition where outcome = 'call_back'"))).scalar_one()
    back = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=5)
    await desk.send(
        CloseCall(
            operator_id=desk.operator_id, call_id=call_id, disposition_id=chosen, call_back_at=back, call_back_by=by
        )
    )  # fmt: skip
    call = await house.until_call(call_id, lambda c: c.state == CallState.CLOSED)
    async with database.session() as s:
        contact = await s.get_one(Contact, call.contact_id)
        assert (contact.due_at, contact.bound_to) == (back, desk.operator_id if by == "operator" else None)


async def test_the_days_cap_is_told_with_the_moment_it_ends(house: House, engine: Engine):
    await house.contact()
    await house.contact()
    async with database.session() as s:
        await s.execute(text("update campaign set max_calls_per_day = 1"))
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    house.switch.peer_hangs_up(str(call_id))
    await desk.state(OperatorState.WRAP_UP)
    await desk.close(call_id)
    await desk.state(OperatorState.READY)
    await desk.send(CallNext(operator_id=desk.operator_id))
    view = await desk.wait(lambda v: v.notice is not None and v.notice.code == "daily_cap")
    assert view.notice is not None and view.notice.until_ms is not None
    assert view.notice.until_ms > datetime.now(UTC).timestamp() * 1000
