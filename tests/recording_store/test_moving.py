"""A recording that was started is stored whole or reported lost."""

import hashlib
from datetime import timedelta

import pytest

from exchange_domain import claiming, database, recording_signals
from exchange_domain.settings import settings
from exchange_domain.tables import Call, Recording
from exchange_domain.words import FlagKind, RecordingState
from object_storage import StorageAway
from recording_store.mover import Mover

from .conftest import Machine, speech, wav


async def test_a_recording_is_moved_and_all_is_known_of_it(machine: Machine):
    tape = await machine.call(3)
    await machine.work()
    row = await machine.row(tape)
    stored = machine.object(row.storage_key)
    assert row.state == RecordingState.STORED
    assert row.storage_key == f"{machine.house.now:%Y/%m/%d}/{tape.call_id}.ogg"
    assert (row.duration_ms, row.channels, row.format) == (3_000, 2, "audio/ogg; codecs=opus")
    content = stored.read_bytes()
    assert (row.size_bytes, row.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert row.peaks is not None and len(row.peaks) == 60 and row.peak_ms == 100
    assert row.peaks[0] > row.peaks[1] > 0, "the contact is louder here"
    assert row.keep_until == machine.house.now + timedelta(days=180)
    assert not tape.path.exists(), "the switch's file is deleted last"
    assert (row.last_error, row.missing_ms, await machine.flags()) == (None, 0, [])


async def test_it_is_moved_to_s3_as_well(machine: Machine, s3: str, settings_env):
    settings_env(recording_storage=s3)
    tape = await machine.call(3)
    mover = machine.another_mover()
    await machine.work(mover)
    row = await machine.row(tape)
    assert row.state == RecordingState.STORED and row.storage_key is not None
    assert await mover.moving._storage.measured(row.storage_key) == (row.size_bytes, row.sha256)
    assert not tape.path.exists()


async def test_a_call_that_lives_is_left_alone(machine: Machine):
    """Its file is being written; the row waits for the end."""
    campaign = await machine.house.campaign()
    await machine.house.contact(campaign, "+78125550001")
    claim = await machine.house.claim(await machine.house.operator(campaign))
    assert isinstance(claim, claiming.Claim)
    path = machine.folder / "2026/11/25" / f"{claim.call_id}.wav"
    from exchange_domain import calls

    async with database.session() as s:
        await calls.answered(s, claim.call_id, claim.fencing_token, machine.house.now, str(path))
    machine.leave(path, wav(speech(1), said=0), age_s=3600)
    await machine.work()
    await machine.mover.every_minute()
    await machine.mover.looking.through()
    assert (await machine.row(claim.call_id)).state == RecordingState.EXPECTED
    assert path.exists()


async def test_a_file_that_is_still_written_waits(machine: Machine):
    tape = await machine.call(3, content=None)
    machine.leave(tape.path, wav(speech(3)), age_s=0.5)
    await machine.work()
    row = await machine.row(tape)
    assert (row.state, row.last_error) == (RecordingState.WAITING, "still_written")
    machine.later(seconds=10)
    await machine.work()
    assert (await machine.row(tape)).state == RecordingState.STORED


@pytest.mark.parametrize(
    ("started", "content", "code"),
    [
        (False, None, "not_started"),
        (True, None, "file_missing"),
        (True, b"\0", "file_unreadable"),
        (True, wav(b""), "file_empty"),
        (True, b"ID3 no sound of ours", "file_unreadable"),
    ],
)
async def test_what_cannot_be_saved_is_reported_after_a_grace(machine: Machine, started: bool, content, code: str):
    """The switch's disk was full, the file is gone, empty, or nonsense."""
    tape = await machine.call(30, started=started, content=content)
    for _ in range(2):
        await machine.work()
        row = await machine.row(tape)
        assert row.state == RecordingState.WAITING, "a shared disk may show it late"
        machine.later(seconds=20)
    machine.later(minutes=3)
    await machine.work()
    row = await machine.row(tape)
    assert (row.state, row.last_error) == (RecordingState.LOST, code)
    (flag,) = await machine.flags()
    call = await machine.house.call(tape.call_id)
    assert (flag.kind, flag.subject, flag.details) == (
        FlagKind.RECORDING_LOST,
        f"call:{tape.call_id}",
        {"reason": code},
    )
    assert (flag.customer_id, flag.campaign_id, flag.operator_id, flag.call_id) == (
        call.customer_id, call.campaign_id, call.operator_id, call.id,
    )  # fmt: skip


async def test_an_empty_file_is_reported_as_empty(machine: Machine):
    tape = await machine.call(30, content=None)
    machine.leave(tape.path, b"")
    machine.later(minutes=5)
    await machine.work()
    assert (await machine.row(tape)).last_error == "file_empty"


async def test_a_switch_that_crashed_loses_nothing_it_had_written(machine: Machine):
    """The header says no length; half of the talk is there: kept, and reported as not whole."""
    tape = await machine.call(60, content=wav(speech(30), said=0)[:-1])
    machine.later(minutes=5)
    await machine.work()
    row = await machine.row(tape)
    assert (row.state, row.last_error) == (RecordingState.STORED, "cut_short")
    assert row.duration_ms == 29_999 and row.missing_ms == 30_001
    (flag,) = await machine.flags()
    assert flag.details == {"reason": "cut_short", "missing_ms": 30_001}


async def test_a_few_seconds_less_are_not_reported(machine: Machine):
    tape = await machine.call(60, content=wav(speech(58)))
    machine.later(minutes=5)
    await machine.work()
    row = await machine.row(tape)
    assert (row.last_error, row.missing_ms, await machine.flags()) == (None, 2_000, [])


async def test_a_lost_file_that_turns_up_is_stored_and_the_flag_ends(machine: Machine):
    tape = await machine.call(3, content=None)
    machine.later(minutes=5)
    await machine.work()
    assert (await machine.row(tape)).state == RecordingState.LOST
    machine.leave(tape.path, wav(speech(3)), age_s=3600)
    await machine.mover.looking.through()
    await machine.work()
    assert (await machine.row(tape)).state == RecordingState.STORED
    (flag,) = await machine.flags()
    assert flag.resolved_at is not None


async def test_the_folder_of_the_day_beside_is_looked_into(machine: Machine):
    """Claimed before midnight by one clock and after it by another."""
    tape = await machine.call(3, content=None)
    day = machine.house.now + timedelta(days=1)
    machine.leave(machine.folder / f"{day:%Y/%m/%d}" / tape.path.name, wav(speech(3)))
    await machine.work()
    assert (await machine.row(tape)).state == RecordingState.STORED
    assert list(machine.folder.rglob("*.wav")) == []


async def test_a_folder_that_is_not_mounted_loses_nothing(machine: Machine, settings_env, tmp_path):
    tape = await machine.call(3)
    settings_env(recordings_dir=tmp_path / "elsewhere")
    machine.later(hours=1)
    await machine.work(machine.another_mover())
    row = await machine.row(tape)
    assert (row.state, row.last_error) == (RecordingState.WAITING, "folder_missing")


async def test_a_storage_that_is_away_is_waited_for_ever_longer_and_is_visible(machine: Machine):
    tape = await machine.call(3)
    other = await machine.call(3)
    machine.storage.rmdir()
    waits = []
    for _ in range(9):
        await machine.work()
        # One of the two was tried, the storage rests; the other was not encoded for nothing.
        rows = [await machine.row(t) for t in (tape, other)]
        assert {row.state for row in rows} == {RecordingState.WAITING}
        rests_until = machine.mover.moving._rests_until
        assert rests_until is not None
        waits.append((rests_until - machine.now).total_seconds())
        machine.now = rests_until
    assert waits[:4] == [5, 10, 20, 40] and max(waits) == 600
    assert [(await machine.row(t)).attempts for t in (tape, other)] in ([5, 4], [4, 5])
    await machine.mover.every_minute()
    delayed = [f for f in await machine.flags() if f.kind == FlagKind.RECORDING_DELAYED]
    assert [(f.subject, f.details["waiting"], f.details["reason"]) for f in delayed] == [
        ("switch:main", 2, "storage_away")
    ]
    machine.storage.mkdir()
    machine.later(minutes=11)
    await machine.work()
    await machine.mover.every_minute()
    assert {(await machine.row(t)).state for t in (tape, other)} == {RecordingState.STORED}
    delayed = [f for f in await machine.flags() if f.kind == FlagKind.RECORDING_DELAYED]
    assert [f.resolved_at is not None for f in delayed] == [True], "ended by itself"


async def test_an_object_that_is_not_what_was_sent_is_not_taken_for_stored(machine: Machine, monkeypatch):
    tape = await machine.call(3)
    storage = machine.mover.moving._storage
    put = storage.put

    async def torn(key, path, media_type):
        await put(key, path, media_type)
        with machine.object(key).open("r+b") as file:
            file.truncate(100)

    monkeypatch.setattr(storage, "put", torn)
    await machine.work()
    row = await machine.row(tape)
    assert (row.state, row.last_error) == (RecordingState.WAITING, "verify_failed")
    assert tape.path.exists()
    monkeypatch.setattr(storage, "put", put)
    machine.later(minutes=1)
    await machine.work()
    assert (await machine.row(tape)).state == RecordingState.STORED


async def test_two_movers_never_do_one_twice(machine: Machine, monkeypatch):
    import asyncio

    tapes = [await machine.call(1) for _ in range(6)]
    movers = [machine.mover, machine.another_mover()]
    uploads: list[str] = []
    for mover in movers:
        storage = mover.moving._storage

        async def put(key, path, media_type, put=storage.put):
            uploads.append(key)
            await put(key, path, media_type)

        monkeypatch.setattr(storage, "put", put)
    await asyncio.gather(*(machine.work(mover) for mover in movers))
    assert len(uploads) == len(set(uploads)) == 6
    assert {(await machine.row(tape)).state for tape in tapes} == {RecordingState.STORED}


async def test_recordings_nobody_knew_of_are_found(machine: Machine):
    """The engine was dead when the contact answered: the switch recorded all the same."""
    tape = await machine.call(3)
    async with database.session() as s:
        await s.delete(await s.get_one(Recording, tape.call_id))
    stray = machine.folder / "2026/11/01" / "11111111-2222-4333-8444-555555555555.wav"
    machine.leave(stray, wav(speech(1)), age_s=3600)
    machine.leave(tape.path, tape.path.read_bytes(), age_s=3600)
    await machine.mover.looking.through()
    await machine.work()
    assert (await machine.row(tape)).state == RecordingState.STORED
    assert stray.exists(), "a file of no call is left to people"


async def test_a_file_left_beside_its_stored_object_is_deleted(machine: Machine):
    """Killed between the commit and the deletion."""
    tape = await machine.call(3)
    content = tape.path.read_bytes()
    await machine.work()
    machine.leave(tape.path, content, age_s=3600)
    await machine.mover.looking.through()
    assert not tape.path.exists()
    assert (await machine.row(tape)).state == RecordingState.STORED


async def test_a_call_that_ended_without_telling_is_moved_too(machine: Machine):
    tape = await machine.call(3)
    async with database.session() as s:
        row = await s.get_one(Recording, tape.call_id)
        row.state, row.next_try_at = RecordingState.RECORDING, None
        s.add(row)
    await machine.mover.every_minute()
    await machine.work()
    assert (await machine.row(tape)).state == RecordingState.STORED


async def test_an_orderly_stop_gives_the_recording_back_at_once(machine: Machine, monkeypatch):
    import asyncio

    tape = await machine.call(3)
    begun = asyncio.Event()

    async def stuck(key, path, media_type):
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(machine.mover.moving._storage, "put", stuck)
    task = asyncio.create_task(machine.mover.once())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    row = await machine.row(tape)
    assert (row.lease_token, row.attempts) == (None, 0)
    await machine.work(machine.another_mover())
    assert (await machine.row(tape)).state == RecordingState.STORED


async def test_a_mover_that_lost_its_lease_changes_nothing(machine: Machine, monkeypatch):
    tape = await machine.call(3)
    storage = machine.mover.moving._storage
    put = storage.put

    async def slow(key, path, media_type):
        await put(key, path, media_type)
        machine.later(minutes=5)
        await machine.work(machine.another_mover())

    monkeypatch.setattr(storage, "put", slow)
    await machine.mover.once()
    row = await machine.row(tape)
    assert (row.state, row.attempts) == (RecordingState.STORED, 2)
    assert machine.object(row.storage_key).exists(), "the other mover's object stays"
    assert await machine.to_delete() == []


async def test_little_room_is_reported_and_the_report_ends(machine: Machine, settings_env):
    settings_env(recordings_least_free_mb=10**9)
    await machine.another_mover().looking.space()
    (flag,) = await machine.flags()
    assert (flag.kind, flag.subject) == (FlagKind.RECORDING_DELAYED, "switch:main:space")
    assert flag.details["least_bytes"] == 10**9 * 2**20
    settings_env(recordings_least_free_mb=1)
    await machine.another_mover().looking.space()
    (flag,) = await machine.flags()
    assert flag.resolved_at is not None


async def test_the_administrator_sees_how_they_fare(machine: Machine):
    from launcher.commands.admin.recordings import said

    await machine.call(3)
    await machine.work()
    await machine.call(30, content=None)
    machine.later(minutes=5)
    await machine.work()
    await machine.call(3, content=None)
    await machine.work()
    async with database.session() as s:
        found = await recording_signals.summary(s)
    text = said(found, machine.now)
    assert (found.by_state["stored"], found.by_state["lost"]) == (1, 2)
    assert "lost       file_missing            2" in text
    assert "to be deleted: 0" in text


async def test_a_long_call_is_moved_whole_with_coarser_peaks(machine: Machine):
    tape = await machine.call(1_200, content=None)
    machine.leave(tape.path, wav(speech(1) * 1_200))
    machine.now = machine.house.now + timedelta(hours=2)
    await machine.work()
    row = await machine.row(tape)
    assert (row.state, row.duration_ms, row.peak_ms) == (RecordingState.STORED, 1_200_000, 200)
    assert row.peaks is not None and len(row.peaks) == 12_000


def test_a_storage_that_is_none_is_refused_at_the_start(settings_env):
    settings_env(recording_storage="nowhere")
    with pytest.raises(ValueError, match="RECORDING_STORAGE"):
        Mover(settings())


async def test_keeping_longer_or_shorter_holds_for_what_is_stored(machine: Machine):
    from exchange_domain import campaigns

    tape = await machine.call(3)
    await machine.work()
    async with database.session() as s:
        call = await s.get_one(Call, tape.call_id)
        await campaigns.set_limits(s, call.campaign_id, keep_recordings_days=2)
    assert (await machine.row(tape)).keep_until == machine.house.now + timedelta(days=2)


async def test_after_its_days_the_object_goes_and_the_figures_stay(machine: Machine, monkeypatch):
    tape = await machine.call(3)
    await machine.work()
    before = await machine.row(tape)
    machine.later(days=181)
    await machine.mover.every_minute()
    row = await machine.row(tape)
    assert (row.state, row.storage_key, row.peaks) == (RecordingState.EXPIRED, None, None)
    assert (row.duration_ms, row.sha256) == (before.duration_ms, before.sha256)

    async def away(key):
        raise StorageAway("away")

    storage = machine.mover.deleting._storage
    delete = storage.delete
    monkeypatch.setattr(storage, "delete", away)
    await machine.work()
    assert machine.object(before.storage_key).exists()
    (left,) = await machine.to_delete()
    assert left.last_error == "storage_away"
    monkeypatch.setattr(storage, "delete", delete)
    machine.later(minutes=2)
    await machine.work()
    assert not machine.object(before.storage_key).exists()
    assert await machine.to_delete() == []
