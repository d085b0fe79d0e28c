"""Recordings through engine, switch and mover: stored whole, masked, or reported lost; no call is ever stopped."""

import asyncio
import os
from array import array
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import av
import pytest
from sqlmodel import select

from exchange_domain import database
from exchange_domain.messages import MaskRecording
from exchange_domain.settings import settings
from exchange_domain.tables import Flag, Recording
from exchange_domain.words import FlagKind, OperatorState, RecordingState
from recording_store.mover import Mover

from .conftest import WAIT_S, House, running_engine


async def recording(call_id: UUID, fits: Callable[[Recording], bool]) -> Recording:
    async with asyncio.timeout(WAIT_S):
        while True:
            async with database.session() as s:
                row = await s.get(Recording, call_id)
            if row is not None and fits(row):
                return row
            await asyncio.sleep(0.02)


@pytest.fixture
async def storage(house: House, settings_env, tmp_path: Path) -> Path:
    folder = tmp_path / "kept"
    folder.mkdir()
    settings_env(recording_storage=folder.as_uri(), recordings_least_free_mb=1)
    house.switch.switch.recorded_sound = True
    return folder


async def moved(*, later_s: float = 60) -> None:
    """The mover's work, a minute after the calls."""
    mover = Mover(settings(), now=lambda: datetime.now(UTC) + timedelta(seconds=later_s))
    while await mover.once():
        pass


def heard(path: Path) -> array:
    """What is heard of the contact: the left side."""
    left = array("f")
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=8_000)
        for frame in container.decode(audio=0):
            for part in resampler.resample(frame):
                left.frombytes(bytes(part.planes[0])[: part.samples * 4])
    return left


async def test_an_answered_call_is_recorded_and_stored(house: House, engine, storage: Path):
    await house.contact()
    operator = await house.operator()
    await operator.start_shift()
    call_id = await operator.talk()
    row = await recording(call_id, lambda r: r.started_at is not None)
    assert row.state == RecordingState.RECORDING
    assert row.switch_path == (await house.call(call_id)).recording_path
    await asyncio.sleep(1)
    await operator.hang_up(call_id)
    await operator.state(OperatorState.WRAP_UP)
    row = await recording(call_id, lambda r: r.state == RecordingState.WAITING)
    await recording(call_id, lambda r: r.stopped_at is not None)
    await moved()
    row = await recording(call_id, lambda r: r.state != RecordingState.WAITING)
    assert row.state == RecordingState.STORED and row.last_error is None
    call = await house.call(call_id)
    assert call.ended_at is not None and call.answered_at is not None and row.duration_ms is not None
    assert abs((call.ended_at - call.answered_at).total_seconds() * 1000 - row.duration_ms) < 500
    assert len(heard(storage / (row.storage_key or ""))) / 8 == pytest.approx(row.duration_ms, abs=30)


async def test_a_call_nobody_answers_has_no_recording(house: House, engine, storage: Path):
    await house.contact("rings 0.05 s, busy")
    operator = await house.operator()
    await operator.start_shift()
    call_id = await operator.call_next()
    await operator.state(OperatorState.WRAP_UP)
    async with database.session() as s:
        assert await s.get(Recording, call_id) is None


async def test_a_campaign_without_recording_has_none(house: House, storage: Path):
    await house.furnish(recording=False)
    async with running_engine():
        await house.contact()
        operator = await house.operator()
        await operator.start_shift()
        call_id = await operator.talk()
        view = await operator.view()
        assert view is not None and view.call is not None and not view.call.recorded
        async with database.session() as s:
            assert await s.get(Recording, call_id) is None


async def test_what_is_said_while_masked_is_not_in_the_recording(house: House, engine, storage: Path):
    await house.contact()
    operator = await house.operator()
    await operator.start_shift()
    call_id = await operator.talk()
    await recording(call_id, lambda r: r.started_at is not None)
    await asyncio.sleep(0.5)
    await operator.send(MaskRecording(operator_id=operator.operator_id, call_id=call_id, on=True))
    await operator.wait(lambda v: v.call is not None and v.call.masked)
    await recording(call_id, lambda r: len(r.masked) == 1 and r.masked[0][1] is None)
    await asyncio.sleep(0.8)
    await operator.send(MaskRecording(operator_id=operator.operator_id, call_id=call_id, on=False))
    await operator.wait(lambda v: v.call is not None and not v.call.masked)
    await asyncio.sleep(0.5)
    await operator.hang_up(call_id)
    # The switch has said that it stopped: until that is written, the row may be locked, and a mover passes it over.
    await recording(call_id, lambda r: r.state == RecordingState.WAITING and r.stopped_at is not None)
    await moved()
    row = await recording(call_id, lambda r: r.state == RecordingState.STORED)
    left = heard(storage / (row.storage_key or ""))
    call = await house.call(call_id)
    assert call.answered_at is not None
    answered_ms = call.answered_at.timestamp() * 1000
    ((masked_from, masked_to),) = row.masked
    begin, end = (int(ms - answered_ms) * 8 for ms in (masked_from, masked_to))
    assert max(map(abs, left[begin + 1600 : end - 1600])) < 0.01, "silent with 0.2 s of room on each side"
    assert max(map(abs, left[800 : begin - 1600])) > 0.1
    assert max(map(abs, left[end + 1600 :])) > 0.1


async def test_a_mask_outlives_the_engine(house: House, engine_process, storage: Path):
    await house.contact()
    operator = await house.operator()
    await operator.start_shift()
    call_id = await operator.talk()
    await operator.send(MaskRecording(operator_id=operator.operator_id, call_id=call_id, on=True))
    before = await operator.wait(lambda v: v.call is not None and v.call.masked)
    await recording(call_id, lambda r: len(r.masked) == 1)
    await engine_process.kill()
    await engine_process.start()
    after = await operator.wait(lambda v: v.version > before.version and v.state == OperatorState.TALKING)
    assert after.call is not None and after.call.masked
    assert [r.masked for r in house.switch.channels()[str(call_id)].recordings.values()] == [True]
    await operator.send(MaskRecording(operator_id=operator.operator_id, call_id=call_id, on=False))
    await operator.wait(lambda v: v.call is not None and not v.call.masked)
    assert [r.masked for r in house.switch.channels()[str(call_id)].recordings.values()] == [False]
    await operator.hang_up(call_id)
    await recording(call_id, lambda r: r.state == RecordingState.WAITING)


async def test_a_full_disk_stops_no_call_and_is_reported(house: House, engine, storage: Path):
    house.switch.set_disk_full(True)
    await house.contact()
    operator = await house.operator()
    await operator.start_shift()
    call_id = await operator.talk()
    await house.until_bridged(call_id)
    row = await recording(call_id, lambda r: True)
    assert (row.state, row.started_at) == (RecordingState.EXPECTED, None)
    # Pausing what is not recorded is refused by the switch, and the operator is told.
    await operator.send(MaskRecording(operator_id=operator.operator_id, call_id=call_id, on=True))
    told = await operator.notice("mask_failed")
    assert told.call is not None and not told.call.masked
    await operator.hang_up(call_id)
    await operator.state(OperatorState.WRAP_UP)
    await recording(call_id, lambda r: r.state == RecordingState.WAITING)
    await moved(later_s=600)
    row = await recording(call_id, lambda r: r.state != RecordingState.WAITING)
    assert (row.state, row.last_error) == (RecordingState.LOST, "not_started")
    async with database.session() as s:
        (flag,) = (await s.exec(select(Flag))).all()
    assert (flag.kind, flag.call_id) == (FlagKind.RECORDING_LOST, call_id)
    call = await house.call(call_id)
    assert call.answered_at is not None and call.ended_by == "operator"


async def test_a_disk_that_fills_in_mid_call_is_reported(house: House, engine, storage: Path):
    await house.contact()
    operator = await house.operator()
    await operator.start_shift()
    call_id = await operator.talk()
    await recording(call_id, lambda r: r.started_at is not None)
    house.switch.set_disk_full(True)
    await operator.hang_up(call_id)
    await recording(call_id, lambda r: r.state == RecordingState.WAITING)
    await moved(later_s=600)
    row = await recording(call_id, lambda r: r.state != RecordingState.WAITING)
    assert (row.state, row.last_error) == (RecordingState.LOST, "file_empty")


async def test_a_call_that_began_and_ended_while_the_engine_was_dead_keeps_its_recording(
    house: House, engine_process, storage: Path
):
    await house.contact("rings 0.6 s, answers, hangs up 0.7 s later")
    operator = await house.operator()
    await operator.start_shift()
    call_id = await operator.call_next()
    await operator.state(OperatorState.RINGING)
    await engine_process.kill()
    await house.until_switch(lambda channels: str(call_id) not in channels)
    await engine_process.start()
    await operator.state(OperatorState.WRAP_UP)
    (path,) = settings().recordings_dir.rglob(f"{call_id}.wav")
    os.utime(path, (1, 1))
    mover = Mover(settings())
    await mover.looking.through()
    await moved()
    row = await recording(call_id, lambda r: r.state != RecordingState.WAITING)
    assert row.state == RecordingState.STORED


async def test_one_recording_goes_through_a_transfer(house: House, engine, storage: Path):
    await house.contact()
    operator = await house.operator()
    await operator.start_shift()
    call_id = await operator.talk()
    await operator.send(MaskRecording(operator_id=operator.operator_id, call_id=call_id, on=True))
    await operator.wait(lambda v: v.call is not None and v.call.masked)
    await operator.start_transfer(call_id)
    await operator.wait(
        lambda v: v.call is not None and v.call.transfer is not None and bool(v.call.transfer.answered_ms)
    )
    await operator.complete_transfer(call_id)
    await operator.state(OperatorState.WRAP_UP)
    await recording(call_id, lambda r: r.masked and r.masked[-1][1] is not None)
    (taped,) = house.switch.channels()[str(call_id)].recordings.values()
    assert not taped.masked, "handed over, it is recorded again"
    await asyncio.sleep(0.5)
    house.switch.peer_hangs_up(str(call_id))
    # The switch has said that it stopped: until that is written, the row may be locked, and a mover passes it over.
    await recording(call_id, lambda r: r.state == RecordingState.WAITING and r.stopped_at is not None)
    await moved()
    row = await recording(call_id, lambda r: r.state == RecordingState.STORED)
    assert row.last_error is None
