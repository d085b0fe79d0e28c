"""Calls that are put before moderators are measured, once; what cannot be read is left."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from exchange_domain import database, judging, review_desk
from exchange_domain.tables import Recording
from exchange_domain.words import RecordingState
from job_worker.measuring import measure_due
from recording_store.encoding import encode
from tests.domain.conftest import Exchange, exchange
from tests.voices import CONTACT, OPERATOR, Speech, Talk, write

__all__ = ["exchange"]
TALK = Talk(20, [Speech(OPERATOR, 0.5, 6), Speech(CONTACT, 6.5, 9), Speech(OPERATOR, 9.8, 12), Speech(CONTACT, 17, 19)])


@pytest.fixture
async def call(exchange: Exchange, tmp_path: Path, settings_env: Any) -> UUID:
    settings_env(recording_storage=tmp_path.as_uri())
    campaign = await exchange.campaign()
    operator = await exchange.operator(campaign)
    await exchange.contact(campaign, "+78125550101")
    claim = await exchange.claim(operator)
    await exchange.talk(claim, 20)
    await exchange.close(claim, "refused")
    encoded = encode(write(TALK, tmp_path / "talk.wav"), tmp_path / "talk.ogg")
    now = datetime.now(UTC)
    async with database.session() as s:
        s.add(
            Recording(
                call_id=claim.call_id, switch_name="main", switch_path="/x.wav", state=RecordingState.STORED,
                storage_key="talk.ogg", format="audio/ogg", duration_ms=encoded.duration_ms,
                size_bytes=encoded.size_bytes, sha256=encoded.sha256, channels=2, peaks=encoded.peaks,
                peak_ms=encoded.peak_ms, stored_at=now, keep_until=now + timedelta(days=1),
            )
        )  # fmt: skip
    async with database.session() as s:
        assert await judging.judge_new(s, now) == 1
    return claim.call_id


async def test_what_is_measured_stands_beside_the_call(call: UUID) -> None:
    assert await measure_due() == 1 and await measure_due() == 0
    async with database.session() as s:
        seen = await review_desk.heard(s, call)
    assert seen is not None and seen.report is not None
    report = seen.report
    assert (report.operator.share, report.contact.share) == (pytest.approx(38, abs=2), pytest.approx(22, abs=2))
    assert report.operator.first == pytest.approx(5, abs=1) and report.operator.delay == pytest.approx(8, abs=1)
    assert report.longest_silence == pytest.approx(50, abs=2) and report.operator.interruptions == 0
    assert report.operator.pace == pytest.approx(40, abs=4) and report.operator.loudness == pytest.approx(-21, abs=1)


async def test_what_cannot_be_read_is_not_tried_again(call: UUID, tmp_path: Path) -> None:
    (tmp_path / "talk.ogg").write_bytes(b"no sound at all")
    assert await measure_due() == 1 and await measure_due() == 0
    async with database.session() as s:
        seen = await review_desk.heard(s, call)
    assert seen is not None and seen.report is None


async def test_what_is_gone_from_the_storage_is_left(call: UUID, tmp_path: Path) -> None:
    (tmp_path / "talk.ogg").unlink()
    assert await measure_due() == 1
    async with database.session() as s:
        assert (await s.execute(text("select figures from review"))).scalar_one() == {}


async def test_while_the_storage_is_away_nothing_is_lost(
    call: UUID, settings_env: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("ENDPOINT", "http://127.0.0.1:9"), ("ACCESS_KEY_ID", "a"), ("SECRET_ACCESS_KEY", "b"),
                        ("REGION", "eu-west-1"), ("ALLOW_HTTP", "true")):  # fmt: skip
        monkeypatch.setenv(f"AWS_{name}", value)
    settings_env(recording_storage="s3://recordings/kept")
    assert await measure_due() == 0
    async with database.session() as s:
        assert (await s.execute(text("select measured_at from review"))).scalar_one() is None
