"""Records that the switch left in its spool folder."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sqlmodel import func, select

from exchange_app.records import intake, watch_spool
from exchange_app.records.spool import BAD, SETTLED_AFTER_S, read_spool
from exchange_domain import database
from exchange_domain.tables import SwitchRecord

from .conftest import record


def put(folder: Path, raw: bytes | None = None, *, age_s: float = 0) -> Path:
    body = record()
    file = folder / f"{body['variables']['uuid']}.cdr.json"
    file.write_bytes(json.dumps(body).encode() if raw is None else raw)
    os.utime(file, (time.time() - age_s,) * 2)
    return file


async def count() -> int:
    async with database.session() as s:
        return (await s.exec(select(func.count()).select_from(SwitchRecord))).one()


async def test_records_are_stored_and_their_files_removed(exchange: None, tmp_path: Path) -> None:
    files = [put(tmp_path) for _ in range(3)]
    other = tmp_path / "notes.txt"
    other.write_text("of somebody else")
    done = await read_spool(tmp_path)
    assert (done.stored, done.bad, done.left) == (3, 0, 0)
    assert await count() == 3
    assert not any(file.exists() for file in files)
    assert other.exists()


async def test_a_record_that_was_posted_as_well_changes_nothing(exchange: None, tmp_path: Path) -> None:
    file = put(tmp_path)
    await intake.store(file.read_bytes())
    assert (await read_spool(tmp_path)).stored == 1
    assert await count() == 1
    assert not file.exists()


async def test_a_file_that_is_no_record_is_set_aside(exchange: None, tmp_path: Path) -> None:
    bad = put(tmp_path, b'{"variables": {', age_s=SETTLED_AFTER_S + 1)
    big = put(tmp_path, b" " * (intake.MOST_BYTES + 1), age_s=SETTLED_AFTER_S + 1)
    good = put(tmp_path)
    done = await read_spool(tmp_path)
    assert (done.stored, done.bad, done.left) == (1, 2, 0)
    assert {f.name for f in (tmp_path / BAD).iterdir()} == {bad.name, big.name}
    assert (await read_spool(tmp_path)) == type(done)()
    assert not good.exists()


async def test_a_file_that_is_still_being_written_is_left_alone(exchange: None, tmp_path: Path) -> None:
    file = put(tmp_path, b'{"variables": {')
    assert (await read_spool(tmp_path)).left == 1
    assert file.exists()
    file.write_bytes(json.dumps(record()).encode())
    assert (await read_spool(tmp_path)).stored == 1


async def test_without_the_database_nothing_is_removed(
    exchange: None, tmp_path: Path, settings_env: Callable[..., None]
) -> None:
    files = [put(tmp_path, age_s=SETTLED_AFTER_S + 1), put(tmp_path)]
    settings_env(database_url="postgresql://nobody@127.0.0.1:1/none")
    assert (await read_spool(tmp_path)).left == 1
    assert all(file.exists() for file in files)


async def test_a_folder_that_is_not_there_is_an_empty_one(exchange: None, tmp_path: Path) -> None:
    assert (await read_spool(tmp_path / "none")).stored == 0


async def test_the_app_reads_its_spool_while_it_runs(
    exchange: None, tmp_path: Path, settings_env: Callable[..., None]
) -> None:
    settings_env(data_dir=tmp_path)
    (tmp_path / "cdr-spool").mkdir()
    file = put(tmp_path / "cdr-spool")
    async with watch_spool(), asyncio.timeout(10):
        while file.exists():  # noqa: ASYNC110 - a file, no event to wait for
            await asyncio.sleep(0.02)
    assert await count() == 1


def test_the_command_says_what_it_did(exchange: None, tmp_path: Path) -> None:
    put(tmp_path)
    command = [sys.executable, "-m", "exchange_app.records.spool"]
    root = Path(__file__).parents[3]
    done = subprocess.run([*command, str(tmp_path)], cwd=root, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "stored: 1, bad: 0, left: 0")
    none = subprocess.run([*command, str(tmp_path / "none")], cwd=root, capture_output=True, text=True, timeout=60)
    assert none.returncode == 2 and "no such folder" in none.stderr
