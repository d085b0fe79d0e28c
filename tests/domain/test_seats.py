"""How operators are rung, and what a seat by telephone costs."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from exchange_domain import books, costs, database, records, seats
from exchange_domain.tables import SeatLeg, Shift, Tariff
from exchange_domain.words import EndpointKind

from .conftest import Exchange

NUMBER = "+74951234567"


async def seats_by_telephone(allowed: bool, per_minute: int = 0) -> None:
    async with database.session() as s:
        tariff = (await s.exec(select(Tariff))).one()
        tariff.number_seats, tariff.number_seat_per_minute = allowed, per_minute
        s.add(tariff)


async def test_who_never_chose_is_rung_in_her_page(exchange: Exchange):
    campaign = await exchange.campaign()
    operator, _ = await exchange.operator(campaign)
    async with database.session() as s:
        seat = await seats.endpoint_for(s, operator, campaign, exchange.now)
    assert (seat.kind, seat.endpoint, seat.fallback_number) == (EndpointKind.BROWSER, f"operator-{operator}", None)


@pytest.mark.parametrize("allowed", [True, False])
async def test_a_telephone_number_is_rung_only_if_the_tariff_allows_it(exchange: Exchange, allowed: bool):
    await seats_by_telephone(allowed)
    campaign = await exchange.campaign()
    operator, _ = await exchange.operator(campaign)
    async with database.session() as s:
        await seats.choose(s, operator, EndpointKind.NUMBER, NUMBER)
        if allowed:
            seat = await seats.endpoint_for(s, operator, campaign, exchange.now)
            assert (seat.kind, seat.endpoint) == (EndpointKind.NUMBER, NUMBER)
        else:
            with pytest.raises(seats.NoSeatByNumber):
                await seats.endpoint_for(s, operator, campaign, exchange.now)


@pytest.mark.parametrize("allowed", [True, False])
async def test_a_number_beside_the_page_is_another_way_if_the_tariff_allows_it(exchange: Exchange, allowed: bool):
    await seats_by_telephone(allowed)
    campaign = await exchange.campaign()
    operator, _ = await exchange.operator(campaign)
    async with database.session() as s:
        await seats.choose(s, operator, EndpointKind.SIP, NUMBER)
        seat = await seats.endpoint_for(s, operator, campaign, exchange.now)
    assert seat.endpoint == f"operator-{operator}-phone"
    assert seat.fallback_number == (NUMBER if allowed else None)


async def test_a_choice_can_be_changed_and_is_checked_by_the_database(exchange: Exchange):
    operator, _ = await exchange.operator(await exchange.campaign())
    async with database.session() as s:
        await seats.choose(s, operator, EndpointKind.NUMBER, NUMBER)
        await seats.choose(s, operator, EndpointKind.BROWSER, None)
    async with database.session() as s:
        chosen = await seats.chosen(s, operator)
        assert (chosen.kind, chosen.number) == (EndpointKind.BROWSER, None)
        with pytest.raises(ValueError, match="needs a number"):
            await seats.choose(s, operator, EndpointKind.NUMBER, None)
    with pytest.raises(IntegrityError):
        async with database.session() as s:
            await seats.choose(s, operator, EndpointKind.NUMBER, "112")


async def test_a_leg_by_telephone_is_kept_once_with_the_price_of_its_moment(exchange: Exchange):
    await seats_by_telephone(True, 240)
    _, shift_id = await exchange.operator(await exchange.campaign())
    page, telephone = uuid4(), uuid4()
    async with database.session() as s:
        await seats.save(s, shift_id, page, by_number=False, at=exchange.now)
        for minute in (0, 1):
            await seats.save(s, shift_id, telephone, by_number=True, at=exchange.now + timedelta(minutes=minute))
    async with database.session() as s:
        (kept,) = await s.exec(select(SeatLeg))
        assert (kept.leg, kept.per_minute, kept.currency, kept.called_at) == (telephone, 240, "RUB", exchange.now)
        assert (await s.get_one(Shift, shift_id)).seat_leg == telephone
        assert await seats.by_telephone(s, [page, telephone]) == {telephone}


async def test_its_cost_is_booked_once_from_the_switchs_record(exchange: Exchange):
    await seats_by_telephone(True, 240)
    _, shift_id = await exchange.operator(await exchange.campaign())
    leg = uuid4()
    async with database.session() as s:
        await seats.save(s, shift_id, leg, by_number=True, at=exchange.now)
        assert await seats.book_costs(s) == 0, "no record, no cost"
        start = int(exchange.now.timestamp() * 1_000_000)
        variables = {
            "uuid": str(leg),
            "billsec": "61",
            "answer_uepoch": str(start),
            "end_uepoch": str(start + 61_000_000),
        }
        await records.store_record(s, {"variables": variables})
    for _ in range(2):
        async with database.session() as s:
            await seats.book_costs(s)
    async with database.session() as s:
        kept = await s.get_one(SeatLeg, leg)
        assert (kept.billed_s, kept.cost) == (61, 244)
        assert await costs.owed(s, "RUB") == 244
        assert await books.check(s) == []
