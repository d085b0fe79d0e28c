"""A mover that dies anywhere loses nothing and stores nothing twice."""

import asyncio
import os
import random
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from exchange_domain import database
from exchange_domain.settings import settings
from exchange_domain.words import RecordingState
from recording_store.encoding import measured
from recording_store.moving import LEASE, Moving

from .conftest import Machine, speech, wav

ROOT = Path(__file__).resolve().parents[2]


class Killed(BaseException):
    """Nothing after it happens."""


STEPS = {
    "encoded": (Moving, "_encoded"),
    "uploaded": ("storage", "put"),
    "read back": ("storage", "measured"),
    "committed": (Moving, "_commit"),
}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", ["encoded", "uploaded", "read back", "committed"])
async def test_killed_at_a_step_the_next_mover_goes_on(machine: Machine, monkeypatch, step: str, after: bool):
    tape = await machine.call(3)
    place, name = STEPS[step]
    owner = machine.mover.moving._storage if place == "storage" else place
    real = getattr(owner, name)

    async def dies(*arguments):
        if after:
            await real(*arguments)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, dies)
        with pytest.raises(Killed):
            await machine.mover.once()
    committed = step == "committed" and after
    assert tape.path.exists() != committed, "the switch's file is there until the row says stored"
    next_mover = machine.another_mover()
    await machine.work(next_mover)
    if not committed:
        assert (await machine.row(tape)).state == RecordingState.WAITING, "the dead mover's lease still holds"
    machine.now += LEASE * 2
    await machine.work(next_mover)
    row = await machine.row(tape)
    assert row.state == RecordingState.STORED
    assert measured(machine.object(row.storage_key)) == (row.size_bytes, row.sha256)
    assert not tape.path.exists()


async def test_killed_before_the_switchs_file_is_deleted_it_is_deleted_later(machine: Machine, monkeypatch):
    tape = await machine.call(3)
    monkeypatch.setattr(Path, "unlink", lambda self, missing_ok=False: (_ for _ in ()).throw(Killed()))
    with pytest.raises(Killed):
        await machine.mover.once()
    monkeypatch.undo()
    assert (await machine.row(tape)).state == RecordingState.STORED
    assert tape.path.exists()
    os.utime(tape.path, (1, 1))
    await machine.another_mover().looking.through()
    assert not tape.path.exists()


@pytest.mark.long
async def test_killed_at_any_moment_everything_is_stored_in_the_end(machine: Machine, tmp_path: Path):
    """`kill -9` of the real program, at moments drawn by a seed that is printed."""
    seed = random.randrange(10**6)
    print("seed", seed)
    chance = random.Random(seed)
    tapes = [await machine.call(2, content=None) for _ in range(5)]
    for tape in tapes:
        machine.leave(tape.path, wav(speech(1) * 30), age_s=120)
    now = settings()
    environment = os.environ | {
        "DATABASE_URL": now.database_url,
        "RECORDINGS_DIR": str(machine.folder),
        "RECORDING_STORAGE": machine.storage.as_uri(),
    }
    with (tmp_path / "mover.log").open("ab") as log:
        for _ in range(5):
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "recording_store", cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )  # fmt: skip
            assert process.stdout is not None
            assert b"recordings: moving" in await process.stdout.readline()
            await asyncio.sleep(chance.uniform(0.1, 2.0))
            process.kill()
            await process.wait()
            async with database.session() as s:
                # Instead of waiting for the dead one's lease.
                await s.execute(text("update recording set leased_until = now() - interval '1 s', next_try_at = now()"))
            for tape in tapes:
                row = await machine.row(tape)
                if row.state == RecordingState.STORED:
                    assert measured(machine.object(row.storage_key)) == (row.size_bytes, row.sha256)
                else:
                    assert row.state == RecordingState.WAITING
                    assert tape.path.exists()
    machine.now = datetime.now(UTC)
    await machine.work()
    assert {(await machine.row(tape)).state for tape in tapes} == {RecordingState.STORED}
    for tape in tapes:
        if tape.path.exists():
            os.utime(tape.path, (1, 1))
    await machine.mover.looking.through()
    assert list(machine.folder.rglob("*.wav")) == []
    assert len(list(machine.storage.rglob("*.ogg"))) == len(tapes)
    assert "Traceback" not in (tmp_path / "mover.log").read_text()
