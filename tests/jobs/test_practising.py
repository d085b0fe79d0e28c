"""A test is measured when its three calls are over and their recordings are there; a lost one judges nobody."""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from exchange_domain import database
from exchange_domain.practice import desk
from exchange_domain.tables import Recording
from exchange_domain.words import PracticeState, RecordingState
from job_worker.practising import measure_practice
from recording_store.encoding import encode
from tests.domain.conftest import Exchange, exchange
from tests.domain.test_practice import practised, trainee
from tests.voices import CONTACT, OPERATOR, Speech, Talk, write

__all__ = ["exchange"]
TALK = Talk(20, [Speech(CONTACT, 0.5, 2), Speech(OPERATOR, 3, 9), Speech(CONTACT, 9.5, 12), Speech(OPERATOR, 13, 18)])
OUTCOMES = ("success", "call_back", "call_back")


class Taken:
    """A test whose calls were made; `operator` is (account, shift)."""

    def __init__(self, exchange: Exchange, folder: Path):
        self.exchange, self.folder, self.told = exchange, folder, []
        self.operator, self.run, self.calls = (0, 0), 0, []

    async def recorded(self, call_id: UUID, talk: Talk = TALK, *, state: RecordingState = RecordingState.STORED):
        name = f"{call_id}.ogg"
        encoded = encode(write(talk, self.folder / "talk.wav"), self.folder / name)
        now = datetime.now(UTC)
        stored: dict[str, Any] = {
            "storage_key": name, "format": "audio/ogg", "duration_ms": encoded.duration_ms,
            "size_bytes": encoded.size_bytes, "sha256": encoded.sha256, "channels": 2, "stored_at": now,
            "keep_until": now + timedelta(days=1),
        }  # fmt: skip
        more: dict[str, Any] = {"last_error": "gone"} if state == RecordingState.LOST else {}
        async with database.session() as s:
            s.add(Recording(call_id=call_id, switch_name="main", switch_path="/x.wav", state=state,
                            **(stored if state == RecordingState.STORED else more)))  # fmt: skip

    async def measure(self) -> int:
        async def tell(operator_id: int) -> None:
            self.told.append(operator_id)

        return await measure_practice(tell)

    async def found(self) -> desk.Run:
        async with database.session() as s:
            run = await desk.one(s, self.operator[0], self.run)
        assert run is not None
        return run


@pytest.fixture
async def taken(exchange: Exchange, tmp_path: Path, settings_env: Any) -> Taken:
    settings_env(recording_storage=tmp_path.as_uri())
    made = Taken(exchange, tmp_path)
    made.operator, made.run = await trainee(exchange)
    made.calls = [(await practised(exchange, made.operator, outcome, 20)).call_id for outcome in OUTCOMES[:2]]
    for call_id in made.calls:
        await made.recorded(call_id)
    assert await made.measure() == 0, "the third is still to be called"
    made.calls.append((await practised(exchange, made.operator, OUTCOMES[2], 20)).call_id)
    return made


async def test_three_calls_give_one_report(taken: Taken):
    await taken.recorded(taken.calls[2])
    assert await taken.measure() == 1 and await taken.measure() == 0
    run = await taken.found()
    assert run.state == PracticeState.MEASURED and run.passed and taken.told == [taken.operator[0]]
    assert run.report is not None and [one.place for one in run.report.calls] == [1, 2, 3]
    first = run.report.calls[0]
    assert first.fits and first.heard and first.first_word == pytest.approx(30, abs=1)
    assert first.operator == pytest.approx(55, abs=2) and first.pace == pytest.approx(40, abs=4)
    assert {score.code for score in run.report.scores} == {"clear", "prompt", "listens", "steady", "pace", "result"}
    # A robot that asked to be called back is not called again.
    async with database.session() as s:
        waiting = await s.execute(text("select count(*) from contact where status = 'waiting'"))
        assert waiting.scalar_one() == 0


async def test_it_waits_for_the_recording_that_is_being_moved(taken: Taken):
    await taken.recorded(taken.calls[2], state=RecordingState.WAITING)
    assert await taken.measure() == 0 and (await taken.found()).state == PracticeState.OPEN


@pytest.mark.parametrize("how", ["lost", "unreadable", "gone"])
async def test_a_lost_recording_says_nothing_of_the_operator(taken: Taken, how: str):
    await taken.recorded(taken.calls[2], state=RecordingState.LOST if how == "lost" else RecordingState.STORED)
    file = taken.folder / f"{taken.calls[2]}.ogg"
    if how == "unreadable":
        file.write_bytes(b"no sound at all")
    if how == "gone":
        file.unlink()
    assert await taken.measure() == 1
    run = await taken.found()
    assert (run.state, run.report, run.passed) == (PracticeState.UNHEARD, None, False)


async def test_while_the_storage_is_away_nothing_is_judged(
    taken: Taken, settings_env: Any, monkeypatch: pytest.MonkeyPatch
):
    await taken.recorded(taken.calls[2])
    for name, value in (("ENDPOINT", "http://127.0.0.1:9"), ("ACCESS_KEY_ID", "a"), ("SECRET_ACCESS_KEY", "b"),
                        ("REGION", "eu-west-1"), ("ALLOW_HTTP", "true")):  # fmt: skip
        monkeypatch.setenv(f"AWS_{name}", value)
    settings_env(recording_storage="s3://recordings/kept")
    assert await taken.measure() == 0 and (await taken.found()).state == PracticeState.OPEN


async def test_who_says_nothing_does_not_pass(taken: Taken):
    silent = replace(TALK, speech=[one for one in TALK.speech if one.who == CONTACT])
    await taken.recorded(taken.calls[2], silent)
    assert await taken.measure() == 1
    run = await taken.found()
    assert run.state == PracticeState.MEASURED and run.report is not None
    assert {s.code: s.points for s in run.report.scores}["listens"] == 67
    assert run.report.calls[2].first_word is None


RECOGNISER = """
import sys, wave
with wave.open(sys.argv[1]) as sound:
    assert (sound.getnchannels(), sound.getframerate(), sound.getsampwidth()) == (1, 16000, 2)
    assert 19 < sound.getnframes() / 16000 < 21
print("Здравствуйте, меня зовут Лена" if sys.argv[2] == "ru" else "hello")
"""


async def test_a_recogniser_tells_the_words(taken: Taken, settings_env: Any):
    program = taken.folder / "recogniser.py"
    program.write_text(RECOGNISER, encoding="utf-8")
    settings_env(speech_recogniser=f"{sys.executable} {program} {{file}} {{language}}")
    await taken.recorded(taken.calls[2])
    assert await taken.measure() == 1
    run = await taken.found()
    assert run.report is not None and {s.code: s.points for s in run.report.scores}["script"] == 40


@pytest.mark.parametrize("command", ["/nowhere/recogniser {file}", "false {file}"])
async def test_a_recogniser_that_fails_costs_nobody_points(taken: Taken, settings_env: Any, command: str):
    settings_env(speech_recogniser=command)
    await taken.recorded(taken.calls[2])
    assert await taken.measure() == 1
    run = await taken.found()
    assert run.passed and run.report is not None and "script" not in {s.code for s in run.report.scores}
