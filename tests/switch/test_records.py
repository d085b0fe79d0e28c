"""Money follows the switch's records: posted to the exchange, or read from the spool when the exchange was away."""

import asyncio
import json
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import select

from call_engine.engine import Engine
from exchange_app.records.spool import read_spool
from exchange_domain import database
from exchange_domain.settings import settings
from exchange_domain.tables import Settlement, SwitchRecord
from exchange_domain.words import OperatorState, RecordSource

from .conftest import House, Web

pytestmark = pytest.mark.switch


async def until(read, patience: float = 12):
    """What `read` finds, once it finds something."""
    async with asyncio.timeout(patience):
        while (found := await read()) is None:  # noqa: ASYNC110 - rows have no event
            await asyncio.sleep(0.05)
        return found


async def record_of(leg: UUID) -> SwitchRecord | None:
    async with database.session() as s:
        return await s.get(SwitchRecord, leg)


async def settlement_of(call_id: UUID) -> Settlement | None:
    async with database.session() as s:
        return await s.get(Settlement, call_id)


async def talked(house: House, seconds: float = 2.0, away: Web | None = None) -> UUID:
    """A call of about so long, hung up and closed; the exchange goes away in the middle."""
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    await house.until_bridged(call_id)
    await asyncio.sleep(seconds)
    if away is not None:
        await away.close()
    house.switch.peer_hangs_up(str(call_id))
    await desk.state(OperatorState.WRAP_UP)
    await desk.close(call_id)
    await desk.state(OperatorState.READY)
    return call_id


async def test_a_call_is_settled_by_its_record(house: House, engine: Engine):
    call_id = await talked(house)
    record = await until(lambda: record_of(call_id))
    assert record.call_id == call_id
    settled = await until(lambda: settlement_of(call_id))
    assert settled.source == RecordSource.RECORD
    assert settled.billed_s in (2, 3)
    assert settled.charge == 100 + settled.billed_s, "one answered call, and 60 a minute by the second"


async def test_each_leg_has_one_record_and_a_refused_call_too(house: House, engine: Engine):
    await house.contact("rings 0.05 s, 486")
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.call_next()
    await desk.state(OperatorState.WRAP_UP)
    record = await until(lambda: record_of(call_id))
    variables = record.body["variables"]
    assert (variables["hangup_cause"], variables["billsec"]) == ("USER_BUSY", "0")
    assert variables["exchange_call"] == str(call_id)
    await desk.close(call_id)
    await desk.state(OperatorState.READY)
    await desk.end_shift()
    await desk.state(OperatorState.OFF_SHIFT)

    async def both():
        async with database.session() as s:
            rows = list(await s.exec(select(SwitchRecord)))
        return rows if len(rows) == 2 else None

    legs = {row.call_id for row in await until(both)}
    assert legs == {call_id, None}, "the seat's record belongs to no call"


async def test_what_the_exchange_missed_waits_in_the_spool_and_is_settled(house: House, engine: Engine, web: Web):
    call_id = await talked(house, away=web)
    spool = settings().cdr_spool
    file = spool / f"{call_id}.cdr.json"
    await until(lambda: there(file))
    assert await record_of(call_id) is None
    done = await read_spool(spool)
    assert done.stored >= 1 and not done.bad
    assert not file.exists()
    settled = await until(lambda: settlement_of(call_id))
    assert settled.source == RecordSource.RECORD and settled.billed_s in (2, 3)
    await web.open()


async def there(file: Path) -> Path | None:
    """A file that is written to its end."""
    try:
        json.loads(await asyncio.to_thread(file.read_text))
    except (OSError, ValueError):
        return None
    return file
