"""Limits through the engine: what the switch is told to dial, when, through whom, and what is refused."""

import asyncio
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlmodel import select

from call_engine.core import effects as fx
from call_engine.engine import Engine
from call_engine.switch.connection import SwitchConnection
from exchange_domain import (
    books,
    carrier_book,
    database,
    dial_proofs,
    flags,
    ledger,
    line_limits,
    seats,
    spend_caps,
    transfers,
)
from exchange_domain.messages import CallNext, StartShift
from exchange_domain.tables import Call, CustomerMember, Transfer
from exchange_domain.words import CallState, EndpointKind, FlagKind, OperatorState, RecordSource
from switch_simulator import originate
from switch_simulator.dialstring import DialString, parse_originate

from .conftest import House, running_engine
from .desk import OperatorDesk
from .test_engine_fleet import BEHAVIOURS, work

pytestmark = pytest.mark.switch


class Dialled:
    """What the switch was told to ring, as it came there."""

    def __init__(self) -> None:
        self.dials: list[tuple[float, DialString]] = []

    @property
    def outside(self) -> list[tuple[float, str, dict[str, str]]]:
        """Moment, target and variables of what went to a carrier."""
        return [
            (at, dial.groups[0][0].url, dial.variables)
            for at, dial in self.dials
            if dial.groups[0][0].url.startswith("sofia/gateway/")
        ]


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dialled]:
    seen = Dialled()
    real = originate.Attempt.start

    def start(attempt: originate.Attempt) -> None:
        seen.dials.append((asyncio.get_running_loop().time(), attempt.dial))
        real(attempt)

    monkeypatch.setattr(originate.Attempt, "start", start)
    yield seen


async def carrier(name: str, rates: dict[str, int], house: House, **changes: object) -> int:
    house.switch.set_gateway(name, up=True)
    async with database.session() as s:
        made = await carrier_book.set_carrier(s, name, **changes)
        assert made.id is not None
        await carrier_book.set_rates(s, made.id, rates)
        return made.id


async def press(desk: OperatorDesk) -> UUID:
    command = CallNext(operator_id=desk.operator_id)
    await desk.send(command)
    return command.key


async def test_a_call_goes_out_through_the_carrier_of_its_claim(house: House, engine: Engine, dialled: Dialled):
    await carrier("dear", {"+7": 90}, house)
    cheap = await carrier("cheap", {"+7": 50}, house, position=7)
    number = await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    ((_, url, variables),) = dialled.outside
    assert url == f"sofia/gateway/cheap/{number[1:]}" and variables["exchange_call"] == str(call_id)
    call = await house.call(call_id)
    assert (call.carrier_id, call.carrier_per_minute) == (cheap, 50)


async def test_with_every_line_in_use_the_operator_is_told(house: House, engine: Engine, dialled: Dialled):
    await carrier("north", {"+7": 50}, house, max_concurrent=1)
    for _ in range(2):
        await house.contact()
    first, second = await house.operator(), await house.operator()
    await asyncio.gather(first.start_shift(), second.start_shift())
    call_id = await first.talk()
    await press(second)
    await second.notice("lines_busy")
    assert len(dialled.outside) == 1
    await first.hang_up(call_id)
    await house.until_call(call_id, lambda c: c.ended_at is not None)
    await second.talk()


async def test_calls_begin_no_faster_than_the_carrier_takes_them(house: House, engine: Engine, dialled: Dialled):
    await carrier("north", {"+7": 50}, house, calls_per_second=4)
    desks = [await house.operator() for _ in range(5)]
    for _ in range(10):
        await house.contact()
    await asyncio.gather(*(desk.start_shift() for desk in desks))
    await asyncio.gather(*(press(desk) for desk in desks))
    await asyncio.gather(*(desk.state(OperatorState.TALKING) for desk in desks))
    moments = [at for at, _, _ in dialled.outside]
    assert len(moments) == 5
    async with database.session() as s:
        claimed = sorted(at for at in await s.exec(select(Call.dial_at)) if at is not None)
    assert all(b - a >= timedelta(milliseconds=250) for a, b in pairwise(claimed)), "given out by the claims"
    # One that was late for its moment pushes the others on; what the wire adds is the machine's business.
    assert moments[-1] - moments[0] >= 4 * 0.25 - 0.05


async def test_a_reached_cap_is_told_with_the_day_it_goes_on(house: House, engine: Engine):
    for _ in range(2):
        await house.contact()
    async with database.session() as s:
        await spend_caps.set_cap(s, house.customer_id, house.campaign_id, 1)
    desk = await house.operator()
    await desk.start_shift()
    await press(desk)
    view = await desk.notice("spend_cap")
    assert view.notice is not None and view.notice.until_ms is not None
    ahead = datetime.fromtimestamp(view.notice.until_ms / 1000, UTC) - datetime.now(UTC)
    assert timedelta(0) < ahead <= timedelta(hours=24)
    async with database.session() as s:
        await spend_caps.set_cap(s, house.customer_id, house.campaign_id, None)
    await desk.talk()


async def test_a_customers_lines_are_kept_by_the_engine_too(house: House, engine: Engine):
    for _ in range(4):
        await house.contact()
    async with database.session() as s:
        await line_limits.set_customer(s, house.customer_id, calls_per_second=None, max_concurrent=1)
    first, second = await house.operator(), await house.operator()
    await asyncio.gather(first.start_shift(), second.start_shift())
    await first.talk()
    await press(second)
    await second.notice("lines_busy")


# --- only a leased contact is dialled ---


THEFTS = {
    "stolen by another call": "update number_lock set call_id = gen_random_uuid(), fencing_token = fencing_token + 1",
    "run out": "update number_lock set leased_until = now() - interval '1 second'",
    "gone": "delete from number_lock",
}


@pytest.mark.parametrize("theft", THEFTS.values(), ids=THEFTS.keys())
async def test_a_lease_lost_between_claim_and_dialling_dials_nothing_and_costs_nothing(
    house: House, engine: Engine, dialled: Dialled, monkeypatch: pytest.MonkeyPatch, theft: str
):
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    real = dial_proofs.lease_held

    async def robbed(s: Any, *arguments: Any) -> Any:
        await s.execute(text(theft))
        return await real(s, *arguments)

    monkeypatch.setattr(dial_proofs, "lease_held", robbed)
    call_id = await press(desk)
    await desk.notice("not_possible_now")
    call = await house.until_call(call_id, lambda c: c.state == CallState.CLOSED)
    assert (call.hangup_cause, call.ended_by, call.ringing_at) == ("LEASE_LOST", "switch", None)
    assert dialled.outside == []
    assert (await desk.state(OperatorState.READY)).call is None
    await _settled_for_nothing(house, call_id)


async def _settled_for_nothing(house: House, call_id: UUID) -> None:
    async with asyncio.timeout(20):
        while True:
            async with database.session() as s:
                found = (
                    await s.execute(
                        text("select source, charge, operator_pay from settlement where call_id = :c"), {"c": call_id}
                    )
                ).one_or_none()
                if found is not None:
                    assert tuple(found) == (RecordSource.NOT_PLACED.value, 0, 0)
                    assert (await ledger.balance(s, house.customer_id)).held == 0
                    assert await books.check(s) == []
                    return
            await asyncio.sleep(0.2)


async def test_an_effect_that_nobody_claimed_is_not_dialled(house: House, engine: Engine, dialled: Dialled):
    """Whatever else goes wrong in the engine: an originate made up, or with another token, reaches no carrier."""
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    call = await house.call(call_id)
    assert engine.operators is not None and engine.operators.executor is not None
    mailbox = engine.operators.of(desk.operator_id)
    for leg, token in ((uuid4(), call.fencing_token), (call_id, call.fencing_token), (call_id, 1)):
        forged = fx.OriginateContact(
            leg=leg, operator_id=desk.operator_id, token=token, e164=call.e164, ring_s=5, longest_call_s=60,
            warning_s=10, recording=False, claimed_ms=0,
        )  # fmt: skip
        await engine.operators.executor.run(mailbox, forged)
    assert len(dialled.outside) == 1


async def test_in_a_long_random_run_every_number_dialled_has_a_live_lease(
    house: House, engine: Engine, dialled: Dialled, monkeypatch: pytest.MonkeyPatch
):
    await carrier("north", {"+7": 50}, house, max_concurrent=2)
    await carrier("south", {"+7": 60}, house, max_concurrent=14)
    checked: dict[str, bool] = {}
    real = SwitchConnection.background

    async def background(self: SwitchConnection, command: str, job: UUID) -> None:
        dial = parse_originate(command.removeprefix("originate ")).dial
        if (call := dial.variables.get("exchange_call")) is not None:
            number = "+" + dial.groups[0][0].url.rpartition("/")[2]
            async with database.session() as s:
                live = await s.execute(
                    text(
                        "select 1 from number_lock where e164 = :e and call_id = :c and fencing_token = :t "
                        "and leased_until > now()"
                    ),
                    {"e": number, "c": UUID(call), "t": int(dial.variables["exchange_fence"])},
                )
                checked[call] = live.one_or_none() is not None
        await real(self, command, job)

    monkeypatch.setattr(SwitchConnection, "background", background)
    chance = random.Random(20261125)
    numbers = [await house.contact(chance.choice(BEHAVIOURS)) for _ in range(60)]
    desks = [await house.operator() for _ in range(12)]
    await asyncio.gather(*(work(house, desk, random.Random(i)) for i, desk in enumerate(desks)))
    contacts = [variables["exchange_call"] for _, _, variables in dialled.outside if "exchange_call" in variables]
    assert len(contacts) == len(set(contacts)) == len(numbers)
    assert set(contacts) == set(checked) and all(checked.values())
    assert {url.split("/")[2] for _, url, _ in dialled.outside} == {"north", "south"}


# --- managers' numbers ---


async def _by_number(house: House, index: int, e164: str, behaviour: str = "rings 0.05 s, answers") -> None:
    house.switch.set_number_behaviour(e164, behaviour)
    async with database.session() as s:
        found = select(CustomerMember).where(CustomerMember.account_id == house.manager_ids[index])
        member = (await s.exec(found)).one()
        member.endpoint_kind, member.endpoint = EndpointKind.NUMBER, e164
        s.add(member)


async def test_a_manager_on_a_number_abroad_is_never_rung_and_the_next_one_is(
    house: House, engine: Engine, dialled: Dialled
):
    await _by_number(house, 0, "+491705550101")
    await _by_number(house, 1, "+78125559999")
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    await desk.start_transfer(call_id)
    await house.manager(1).wait(lambda v: v.transfer is not None and v.transfer.answered_ms is not None)
    assert [url.rpartition("/")[2] for _, url, _ in dialled.outside][1:] == ["78125559999"]
    async with database.session() as s:
        (flag,) = await flags.open_flags(s, FlagKind.DESTINATION_REFUSED)
        assert flag.subject == f"manager:{house.manager_ids[0]}"


async def test_a_managers_number_is_looked_at_again_when_it_is_dialled(
    house: House, engine: Engine, dialled: Dialled, monkeypatch: pytest.MonkeyPatch
):
    """The rules changed after the managers were listed: nothing is dialled, the contact is with the operator again."""

    async def none_refused(*_: Any) -> set[int]:
        return set()

    monkeypatch.setattr(transfers, "_refused", none_refused)
    for index in range(2):
        await _by_number(house, index, f"+49170555010{index}")
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    await desk.start_transfer(call_id)
    await desk.notice("managers_unavailable")
    await desk.state(OperatorState.TALKING)
    assert len(dialled.outside) == 1
    async with asyncio.timeout(20):
        causes: list[str | None] = []
        while len(causes) < 2 or None in causes:
            async with database.session() as s:
                causes = list(await s.exec(select(Transfer.cause)))
            await asyncio.sleep(0.1)
    assert causes == ["OUTGOING_CALL_BARRED"] * 2


async def test_an_operators_seat_on_a_number_abroad_is_not_rung(house: House, dialled: Dialled, monkeypatch):
    async def abroad(*_: Any) -> seats.Seat:
        return seats.Seat(EndpointKind.NUMBER, "+491705550101", None)

    monkeypatch.setattr(seats, "endpoint_for", abroad)
    await house.furnish()
    async with running_engine():
        desk = await house.operator()
        await desk.send(StartShift(operator_id=desk.operator_id, campaign_id=house.campaign_id))
        await desk.notice("seat_unavailable")
    assert dialled.outside == []
