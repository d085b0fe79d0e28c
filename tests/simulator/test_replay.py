"""The real switch's transcripts against the simulator, and the comparison against falsified ones."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from switch_simulator.replay.__main__ import judge, judge_all, main, table
from switch_simulator.replay.compare import compare
from switch_simulator.replay.player import replay
from switch_simulator.replay.transcript import (
    Message,
    Received,
    Transcript,
    TranscriptError,
    find_transcripts,
    one,
    read_transcript,
)

FOLDER = Path(__file__).resolve().parents[2] / "freeswitch" / "transcripts"


@pytest.mark.switch
@pytest.mark.long
async def test_every_transcript_that_can_be_played_passes() -> None:
    transcripts = [read_transcript(path) for path in find_transcripts([FOLDER])]
    verdicts = await judge_all(transcripts)
    assert all(v.passed or v.reason for v in verdicts), table(verdicts)
    assert sum(v.passed for v in verdicts) >= 60


async def _recorded(name: str) -> tuple[Transcript, list[Message]]:
    transcript = read_transcript(FOLDER / name)
    messages = (await replay(transcript)).messages
    assert compare(transcript, messages) == []
    return transcript, messages


def _falsified(transcript: Transcript, change: Callable[[list[Message]], None]) -> Transcript:
    messages = list(transcript.messages)
    change(messages)
    return dataclasses.replace(transcript, messages=messages)


def _find(messages: list[Message], name: str, leg: str) -> int:
    return next(
        i
        for i, m in enumerate(messages)
        if isinstance(m, Received)
        and m.event is not None
        and one(m.event["Event-Name"]) == name
        and one(m.event.get("Unique-ID")) == leg
    )


def _with(message: Message, **headers: str) -> Message:
    assert isinstance(message, Received) and message.event is not None
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    return dataclasses.replace(message, event={**message.event, **changed})


async def test_the_comparison_notices_what_is_wrong() -> None:
    transcript, messages = await _recorded("contact_answers_operator_hangs_up.jsonl")

    def dropped(m: list[Message]) -> None:
        del m[_find(m, "CHANNEL_UNBRIDGE", "seat-op1")]

    def doubled(m: list[Message]) -> None:
        m.insert(_find(m, "CHANNEL_PARK", "seat-op1"), m[_find(m, "CHANNEL_PARK", "seat-op1")])

    def other_cause(m: list[Message]) -> None:
        i = _find(m, "CHANNEL_HANGUP", "contact-1")
        m[i] = _with(m[i], Hangup_Cause="USER_BUSY")

    def other_bridge(m: list[Message]) -> None:
        i = _find(m, "CHANNEL_BRIDGE", "seat-op1")
        m[i] = _with(m[i], Bridge_B_Unique_ID="somebody")

    def swapped(m: list[Message]) -> None:
        i, j = _find(m, "CHANNEL_PROGRESS", "contact-1"), _find(m, "CHANNEL_ANSWER", "contact-1")
        m[i], m[j] = dataclasses.replace(m[j], at=m[i].at), dataclasses.replace(m[i], at=m[j].at)

    def unbridged_before_the_hangup(m: list[Message]) -> None:
        i, j = _find(m, "CHANNEL_HANGUP", "contact-1"), _find(m, "CHANNEL_UNBRIDGE", "seat-op1")
        m[i], m[j] = dataclasses.replace(m[j], at=m[i].at), dataclasses.replace(m[i], at=m[j].at)

    def other_reply(m: list[Message]) -> None:
        i = next(i for i, x in enumerate(m) if isinstance(x, Received) and x.body == "true")
        m[i] = dataclasses.replace(m[i], body="false")

    def failed_job(m: list[Message]) -> None:
        i = next(i for i, x in enumerate(m) if isinstance(x, Received) and x.body == "+OK contact-1\n" and x.event)
        m[i] = dataclasses.replace(m[i], body="-ERR USER_BUSY\n")

    def lost_variable(m: list[Message]) -> None:
        i = _find(m, "CHANNEL_ANSWER", "contact-1")
        event = dict(m[i].event or {})  # type: ignore[union-attr]
        event["variable_originate_timeout"] = "7"
        m[i] = dataclasses.replace(m[i], event=event)

    for change in (
        dropped,
        doubled,
        other_cause,
        other_bridge,
        swapped,
        unbridged_before_the_hangup,
        other_reply,
        failed_job,
        lost_variable,
    ):
        assert compare(_falsified(transcript, change), messages), change.__name__


async def test_the_comparison_leaves_free_what_the_switch_leaves_free() -> None:
    transcript, messages = await _recorded("contact_answers_operator_hangs_up.jsonl")

    def unpark_the_other_way_round(m: list[Message]) -> None:
        i, j = sorted((_find(m, "CHANNEL_UNPARK", "seat-op1"), _find(m, "CHANNEL_UNPARK", "contact-1")))
        m[i], m[j] = dataclasses.replace(m[j], at=m[i].at), dataclasses.replace(m[i], at=m[j].at)

    def the_leavers_end_first(m: list[Message]) -> None:
        i, j = _find(m, "CHANNEL_UNBRIDGE", "seat-op1"), _find(m, "CHANNEL_DESTROY", "contact-1")
        moved = [x for x in m[i : j + 1] if isinstance(x, Received) and x.event and x.event["Unique-ID"] == "contact-1"]
        rest = [x for x in m[i : j + 1] if x not in moved]
        m[i : j + 1] = [dataclasses.replace(x, at=m[i].at) for x in [*moved, *rest]]

    for change in (unpark_the_other_way_round, the_leavers_end_first):
        assert compare(_falsified(transcript, change), messages) == [], change.__name__


async def test_what_needs_sip_or_sound_is_told_apart_by_its_content(tmp_path: Path) -> None:
    file = tmp_path / "contact_busy.jsonl"
    file.write_bytes((FOLDER / "registration.jsonl").read_bytes())
    assert "registers" in (await judge(read_transcript(file))).reason


def test_a_broken_file_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text('{"t": 0, "conn": "c1", "dir": "out", "command": "exit"}\n{"t": 1\n')
    with pytest.raises(TranscriptError, match=r"x\.jsonl, line 2"):
        read_transcript(file)
    assert main([str(file)]) == 2
    assert "line 2" in capsys.readouterr().err


def test_the_command_fails_when_a_transcript_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (FOLDER / "auth_failure.jsonl").read_text().splitlines()
    changed = json.loads(lines[2])
    changed["headers"]["Reply-Text"] = "+OK accepted after all"
    lines[2] = json.dumps(changed)
    file = tmp_path / "auth_failure.jsonl"
    file.write_text("\n".join(lines))
    assert main([str(file)]) == 1
    assert "DIFFERS" in capsys.readouterr().out
    assert main([str(FOLDER / "auth_failure.jsonl")]) == 0


async def test_legs_named_by_the_switch_are_found_by_their_role(tmp_path: Path) -> None:
    """A client that lets the switch choose the uuid sends that uuid later: in a replay it is another one."""
    text = (FOLDER / "seat_up_down.jsonl").read_text()
    uuid = "3c56e9d2-0001-4abc-9def-000000000001"
    changed = text.replace("origination_uuid=seat-op1,", "").replace("origination_uuid%3Dseat-op1,", "")
    file = tmp_path / "unnamed.jsonl"
    file.write_text(changed.replace("seat-op1", uuid))
    transcript = read_transcript(file)
    for message in transcript.events:
        event = message.event or {}
        event.pop("variable_origination_uuid", None)
    verdict = await judge(transcript)
    assert verdict.differences == ()
