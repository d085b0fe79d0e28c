"""What a real FreeSWITCH said, as the engine reads it."""

import json
import sys
from pathlib import Path
from uuid import NAMESPACE_OID, UUID, uuid5

import pytest

from call_engine.core import events as ev
from call_engine.switch.reading import (
    JobMessage,
    LegMessage,
    RegistrationMessage,
    is_ours,
    read_channels,
    read_dump,
    read_event,
)

TRANSCRIPTS = Path(__file__).resolve().parents[2] / "freeswitch" / "transcripts"
sys.path.append(str(TRANSCRIPTS))
from transcripts import decoded, read  # type: ignore[import-not-found]  # noqa: E402


def leg(name: str) -> UUID:
    """The transcripts name their legs; the engine's are uuids."""
    return uuid5(NAMESPACE_OID, name)


def heard(file: str) -> list[object]:
    """All that the engine reads in a transcript."""
    found = []
    for message in read(TRANSCRIPTS / file):
        if "event" not in message:
            continue
        headers = decoded(message) | {"_body": message.get("body", "")}
        for name in ("Unique-ID", "Other-Leg-Unique-ID", "Bridge-B-Unique-ID"):
            if isinstance(headers.get(name), str):
                headers[name] = str(leg(headers[name]))
        if (said := read_event(headers)) is not None:
            found.append(said)
    return found


@pytest.mark.parametrize("file", sorted(p.name for p in TRANSCRIPTS.glob("*.jsonl")))
def test_every_transcript_is_read_without_an_error(file: str):
    for said in heard(file):
        if isinstance(said, LegMessage):
            said.kind(at=0, fresh=leg("x"), leg=said.leg, **said.values)


def test_a_busy_contact():
    kinds = [s.kind for s in heard("contact_busy.jsonl") if isinstance(s, LegMessage) and s.leg == leg("contact-1")]
    assert kinds[:2] == [ev.Created, ev.Progressed]
    hung_up = [s for s in heard("contact_busy.jsonl") if isinstance(s, LegMessage) and s.kind is ev.HungUp]
    assert {s.values["cause"] for s in hung_up if s.leg == leg("contact-1")} == {"USER_BUSY"}, "once or twice in one"
    assert any(isinstance(s, JobMessage) and s.reason == "USER_BUSY" for s in heard("contact_busy.jsonl"))


def test_early_media_before_the_answer():
    said = [
        s for s in heard("early_media_then_answer.jsonl") if isinstance(s, LegMessage) and s.leg == leg("contact-1")
    ]
    media = next(s for s in said if s.kind is ev.Progressed)
    assert media.values == {"media": True}
    assert [s.kind for s in said].index(ev.Answered) > said.index(media)


def test_the_bridge_of_a_completed_transfer():
    bridges = [s for s in heard("transfer_complete.jsonl") if isinstance(s, LegMessage) and s.kind is ev.Bridged]
    assert [(s.leg, s.values["other"]) for s in bridges] == [
        (leg("seat-op1"), leg("contact-1")),
        (leg("seat-op1"), leg("mgr-1")),
        (leg("contact-1"), leg("mgr-1")),
    ]


def test_a_browser_that_is_closed_signs_off():
    said = [s for s in heard("webrtc_seat_browser_closed.jsonl") if isinstance(s, RegistrationMessage)]
    assert said[0] == RegistrationMessage("op7", True, "803rhn96u8rgv8b3kkolo7")
    assert RegistrationMessage("op7", False, "803rhn96u8rgv8b3kkolo7") in said


def test_the_dump_of_a_bridged_leg():
    bodies = [m["body"] for m in read(TRANSCRIPTS / "queries.jsonl") if m.get("body", "").startswith('{"Event-Name')]
    headers = json.loads(bodies[0]) | {"Other-Leg-Unique-ID": str(leg("seat-op1"))}
    fact = read_dump(json.dumps(headers))
    assert fact == ev.Fact(ev.LegState.ANSWERED, True, leg("seat-op1"), 1_795_389_275_343)
    parked = read_dump(json.dumps(headers | {"Channel-State": "CS_PARK"}))
    assert parked.other is None and parked.connectable, "the other leg's header stays after a bridge and proves nothing"
    dying = read_dump(json.dumps(headers | {"Channel-State": "CS_REPORTING"}))
    assert dying.state is ev.LegState.GONE


def test_the_list_of_channels():
    assert read_channels('{"row_count": 0}') == set()
    assert read_channels('{"row_count":1,"rows":[{"uuid":"a"}]}') == {"a"}


@pytest.mark.parametrize(("variable", "ours"), [("exchange_call", True), ("exchange_transfer", True), ("foo", False)])
def test_whose_channel_it_is(variable: str, ours: bool):
    assert is_ours(json.dumps({f"variable_{variable}": "1"})) is ours
