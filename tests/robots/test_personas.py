"""A persona's file is read or refused with its place; the real switch plays what it says."""

import re
import wave
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from robots import for_switch
from robots.persona import LANGUAGES, PersonaError, personas, read

GOOD = 'number = 77\nfits = ["success"]\nmood = "friendly"\n[[turns]]\nact = "greets"\nru = "Алло"\nen = "Hello"\n'


def written(folder: Path, text: str, name: str = "someone") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_least_that_is_a_persona(tmp_path: Path):
    persona = read(written(tmp_path, GOOD))
    assert (persona.name, len(persona.turns), persona.turns[0].line("ru")) == ("someone", 1, "Алло")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (GOOD.replace("friendly", "merry"), "mood"),
        (GOOD.replace('"Hello"', '" "'), "turns.1.en"),
        (GOOD.replace("ru =", "fr ="), "turns.1.ru"),
        (GOOD + "interrupts_after_s = 0.1\n", "turns.1.interrupts_after_s"),
        (GOOD + "shouts = true\n", "turns.1.shouts"),
        (GOOD.partition("[[")[0] + "turns = []\n", "turns"),
        ('mood = "friendly\n', "line 1"),
        (GOOD.replace("number = 77", "number = 100"), "number"),
        (GOOD.replace('["success"]', "[]"), "fits"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_place(tmp_path: Path, text: str, where: str):
    with pytest.raises(PersonaError, match=rf"^someone\.toml: .*{re.escape(where)}"):
        read(written(tmp_path, text))


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(PersonaError, match="nobody"):
        read(tmp_path / "nobody.toml")


def test_two_of_one_number_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    written(tmp_path, GOOD, "anna")
    written(tmp_path, GOOD, "boris")
    monkeypatch.setattr("robots.persona.PERSONAS", tmp_path)
    personas.cache_clear()
    with pytest.raises(PersonaError, match=r"boris\.toml: number: anna\.toml"):
        personas()
    personas.cache_clear()


def actions(plan: str) -> dict[str, list[tuple[str, str]]]:
    """By what is dialled: application and data."""
    found = {}
    for condition in ET.fromstring(plan).iter("condition"):
        expression = condition.get("expression") or ""
        name = expression.removeprefix("^(?:").partition("|")[0]
        found[name] = [(a.get("application") or "", a.get("data") or "") for a in condition]
    return found


def test_the_dial_plan_says_every_line_in_its_order():
    plan = actions(for_switch.dial_plan())
    assert len(plan) == len(personas()) * len(LANGUAGES) + 1
    assert plan[".*"] == [("hangup", "CALL_REJECTED")], "whatever else is dialled"
    for persona in personas().values():
        for language in LANGUAGES:
            done = plan[f"robot-{language}-{persona.name}"]
            said = [data for name, data in done if name == "playback"]
            lines = [f"robots/{language}/{persona.name}-{n}.wav" for n in range(1, len(persona.turns) + 1)]
            assert said[: len(lines)] == lines
            assert [name for name, _ in done][:3] == ["ring_ready", "sleep", "answer"]
            assert done[-1] == ("hangup", "NORMAL_CLEARING") or not persona.turns[-1].hangs_up


def test_who_interrupts_waits_no_longer_in_the_dial_plan_either():
    done = actions(for_switch.dial_plan())["robot-ru-sceptical"]
    waits = [data.split() for name, data in done if name == "wait_for_silence"]
    assert [wait[3] for wait in waits] == ["6000", "8000", "8000"]
    assert {tuple(wait[:3]) for wait in waits} == {("300", "30", "10")}


def test_the_sounds_are_what_every_switch_plays(tmp_path: Path):
    count = for_switch.write_sounds(tmp_path)
    files = sorted(tmp_path.rglob("*.wav"))
    assert count == len(files) == sum(len(persona.turns) for persona in personas().values()) * len(LANGUAGES)
    for file in files:
        with wave.open(str(file)) as sound:
            assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8_000, 1, 2)
            assert 0.3 < sound.getnframes() / 8_000 < 12, file.name


def test_every_line_that_the_dial_plan_says_is_there(tmp_path: Path):
    for_switch.write_sounds(tmp_path)
    for done in actions(for_switch.dial_plan()).values():
        assert all((tmp_path / data).exists() for name, data in done if name == "playback")
