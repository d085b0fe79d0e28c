"""Records that the switch could not post lie in its spool folder, and it never posts them again: they are read here.

    python -m exchange_app.records.spool DIR          reads what is there once, and ends
    python -m exchange_app.records.spool DIR --watch  goes on reading until it is stopped

A file is removed only after its record is stored, so a crash between the two stores it twice, which changes nothing.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from exchange_app import broker
from exchange_domain import database
from exchange_domain.cancelling import cancelled
from exchange_domain.settings import settings
from exchange_domain.settling import BadRecord

from . import intake

log = structlog.get_logger(__name__)

PATTERN = "*.cdr.json"
BAD = "bad"
"""Subfolder for files that are no records, for a person to look at."""
SETTLED_AFTER_S = 30.0
"""A younger file that cannot be read may still be being written."""
ROUND_S = 5.0


@dataclass
class Round:
    """What one reading of the folder did."""

    stored: int = 0
    bad: int = 0
    left: int = 0
    """Still being written, or the database or the folder's rights did not let us: the next round tries again."""


async def read_spool(folder: Path) -> Round:
    """Stores every record of the folder, oldest first, and removes its file. A folder that is not there is empty."""
    done = Round()
    for file in await asyncio.to_thread(_waiting, folder):
        try:
            size, age_s = await asyncio.to_thread(_size_and_age, file)
            raw = await asyncio.to_thread(file.read_bytes) if size <= intake.MOST_BYTES else b""
        except FileNotFoundError:
            continue
        except OSError as problem:
            log.error("spooled_record_not_read", file=file.name, error=type(problem).__name__)
            done.left += 1
            continue
        try:
            leg = await intake.store(raw)
        except BadRecord as problem:
            if age_s < SETTLED_AFTER_S:
                done.left += 1
                continue
            log.error("spooled_record_bad", file=file.name, size=size, reason=str(problem))
            done.bad += await asyncio.to_thread(_set_aside, file)
        except Exception as problem:
            # The database is away: it is away for the files behind this one too.
            log.warning("spooled_record_not_stored", file=file.name, error=type(problem).__name__)
            done.left += 1
            break
        else:
            await intake.announce(leg)
            done.stored += await asyncio.to_thread(_remove, file)
    return done


def _waiting(folder: Path) -> list[Path]:
    found = []
    for file in folder.glob(PATTERN):
        with suppress(OSError):
            if file.is_file() and not file.is_symlink():
                found.append((file.stat().st_mtime, file))
    return [file for _, file in sorted(found)]


def _size_and_age(file: Path) -> tuple[int, float]:
    seen = file.stat()
    return seen.st_size, time.time() - seen.st_mtime


def _set_aside(file: Path) -> int:
    try:
        (file.parent / BAD).mkdir(exist_ok=True)
        file.replace(file.parent / BAD / file.name)
    except OSError as problem:
        log.error("spooled_record_not_moved", file=file.name, error=type(problem).__name__)
        return 0
    return 1


def _remove(file: Path) -> int:
    try:
        file.unlink(missing_ok=True)
    except OSError as problem:
        # It is stored; read again each round, it changes nothing, and the log says why it stays.
        log.error("spooled_record_not_removed", file=file.name, error=type(problem).__name__)
    return 1


async def watch(folder: Path, every_s: float = ROUND_S) -> None:
    """Reads the folder again and again, until cancelled. One round that fails does not end it."""
    while True:
        try:
            done = await read_spool(folder)
            if done.stored:
                log.info("spooled_records_stored", count=done.stored)
        except Exception as problem:
            log.error("spool_not_read", error=type(problem).__name__)
        await asyncio.sleep(every_s)


@asynccontextmanager
async def watch_spool() -> AsyncIterator[None]:
    """Lifespan task of the web app: reads the spool of the settings while the app runs."""
    task = asyncio.create_task(watch(settings().cdr_spool))
    try:
        yield
    finally:
        await cancelled(task)


async def _run(folder: Path, keep_on: bool) -> int:
    try:
        if keep_on:
            await watch(folder)
        done = await read_spool(folder)
        print(f"stored: {done.stored}, bad: {done.bad}, left: {done.left}")
        return 1 if done.left else 0
    finally:
        await broker.close()
        await database.dispose()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m exchange_app.records.spool",
        description="Stores the call detail records that the switch left in its spool folder.",
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="err-log-dir of mod_json_cdr")
    parser.add_argument("--watch", action="store_true", help="go on reading until stopped")
    chosen = parser.parse_args(arguments)
    if not chosen.folder.is_dir():
        print(f"{chosen.folder}: there is no such folder", file=sys.stderr)
        return 2
    try:
        return asyncio.run(_run(chosen.folder, chosen.watch))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
