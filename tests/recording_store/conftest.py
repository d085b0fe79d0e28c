"""Recordings as a switch leaves them, a mover to move them, and a small S3 over real HTTP."""

import math
import os
import struct
from array import array
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from moto.server import ThreadedMotoServer
from sqlmodel import select

from exchange_domain import calls, claiming, database
from exchange_domain.settings import settings
from exchange_domain.tables import Flag, Recording, RecordingErasure
from recording_store.mover import Mover
from tests.domain.conftest import Exchange, exchange

__all__ = ["exchange"]
RATE = 8_000


def wav(
    frames: list[tuple[int, ...]] | bytes, *, channels: int = 2, rate: int = RATE, said: int | None = None
) -> bytes:
    """A WAV file's bytes; `said` is what its header claims the samples' length to be."""
    data = frames if isinstance(frames, bytes) else b"".join(struct.pack(f"<{channels}h", *frame) for frame in frames)
    length = len(data) if said is None else said
    head = b"RIFF" + struct.pack("<I", min(36 + length, 0xFFFFFFFF)) + b"WAVEfmt "
    form = struct.pack("<IHHIIHH", 16, 1, channels, rate, rate * 2 * channels, 2 * channels, 16)
    return head + form + b"data" + struct.pack("<I", length) + data


def speech(seconds: float, *, left: int = 440, right: int = 350) -> bytes:
    """A tone on each side, as samples."""
    samples = array("h")
    for i in range(int(seconds * RATE)):
        samples.append(int(8_000 * math.sin(2 * math.pi * left * i / RATE)))
        samples.append(int(4_000 * math.sin(2 * math.pi * right * i / RATE)))
    return samples.tobytes()


@dataclass
class Tape:
    """A call that was recorded, and its file on the switch."""

    call_id: UUID
    path: Path
    claim: claiming.Claim


class Machine:
    """A switch's host: its folder, its mover, and a clock that only the test moves."""

    def __init__(self, house: Exchange, folder: Path, storage: Path):
        self.house, self.folder, self.storage = house, folder, storage
        self.now = house.now + timedelta(minutes=1)
        self.campaign = 0
        self._numbers = 0
        self.mover = Mover(settings(), now=self.clock)

    def clock(self) -> datetime:
        return self.now

    def another_mover(self) -> Mover:
        return Mover(settings(), now=self.clock)

    async def call(self, seconds: int = 3, *, started: bool = True, content: bytes | None = b"") -> Tape:
        """A recorded call that is over. `content` none: the switch left no file; empty: a good one."""
        if not self.campaign:
            self.campaign = await self.house.campaign()
        self._numbers += 1
        await self.house.contact(self.campaign, f"+7812555{self._numbers:04}")
        claim = await self.house.claim(await self.house.operator(self.campaign))
        assert isinstance(claim, claiming.Claim)
        at = self.house.now
        path = self.folder / f"{at:%Y/%m/%d}" / f"{claim.call_id}.wav"
        async with database.session() as s:
            await calls.ringing(s, claim.call_id, claim.fencing_token, at)
            await calls.answered(s, claim.call_id, claim.fencing_token, at, str(path))
            if started:
                from exchange_domain import recordings

                await recordings.switch_said(s, claim.call_id, at, started=True)
            end = at + timedelta(seconds=seconds)
            await calls.ended(s, claim.call_id, claim.fencing_token, end, cause="NORMAL_CLEARING", ended_by="contact")
        if content is not None:
            self.leave(path, content or wav(speech(seconds)))
        return Tape(claim.call_id, path, claim)

    def leave(self, path: Path, content: bytes, *, age_s: float = 10) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        when = self.now.timestamp() - age_s
        os.utime(path, (when, when))

    async def row(self, tape: Tape | UUID) -> Recording:
        async with database.session() as s:
            return await s.get_one(Recording, tape.call_id if isinstance(tape, Tape) else tape)

    async def flags(self) -> list[Flag]:
        async with database.session() as s:
            return list(await s.exec(select(Flag).order_by(Flag.id)))  # type: ignore[arg-type]

    async def to_delete(self) -> list[RecordingErasure]:
        async with database.session() as s:
            found = await s.exec(select(RecordingErasure).where(RecordingErasure.done_at == None))  # noqa: E711
            return list(found)

    async def work(self, mover: Mover | None = None) -> None:
        """Everything that is due now."""
        while await (mover or self.mover).once():
            pass

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def object(self, key: str | None) -> Path:
        return self.storage / (key or "none")


@pytest.fixture
async def machine(exchange: Exchange, settings_env: Callable[..., None], tmp_path: Path) -> AsyncIterator[Machine]:
    folder, storage = tmp_path / "switch", tmp_path / "storage"
    folder.mkdir()
    storage.mkdir()
    settings_env(recordings_dir=folder, recording_storage=storage.as_uri(), recordings_least_free_mb=1)
    yield Machine(exchange, folder, storage)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Address of an S3 stand-in."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of a bucket, `s3://records/kept`, that is empty; the environment says where and who."""
    for name, value in {
        "AWS_ENDPOINT": s3_server, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "eu-west-1", "AWS_ALLOW_HTTP": "true",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    httpx.post(f"{s3_server}/moto-api/reset")
    httpx.put(f"{s3_server}/records")
    return "s3://records/kept"
