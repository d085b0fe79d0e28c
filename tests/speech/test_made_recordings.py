"""What is measured in recordings whose truth is known; and in speech, placed where the test has put it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robots.persona import personas
from speech_analysis import Sound, Unreadable, measure, read
from speech_analysis.report import answers, clipped, interruptions
from speech_analysis.voice import Stretch
from tests.voices import OPERATOR, RATE, Speech, Talk, made

from .made_recordings import BOUNDS, SPECS, measured, truth

LOST_IN_OPUS = {"noise, dB", "clipped, share", "LUFS"}
"""The codec takes noise away and rounds off what was cut: these are measured before it."""


@pytest.mark.parametrize("name", SPECS)
def test_of_the_switchs_recording_each_figure_is_within_its_bound(name: str, tmp_path: Path) -> None:
    true, seen = truth(SPECS[name]), measured(SPECS[name], tmp_path, stored=False)
    for bound in BOUNDS:
        assert bound.far(true, seen) <= 1, f"{bound.name}: {bound.of(true)} is measured as {bound.of(seen)}"


@pytest.mark.parametrize("name", [name for place, name in enumerate(SPECS) if place % 3 == 0])
def test_the_stored_recording_tells_the_same_of_the_talk(name: str, tmp_path: Path) -> None:
    true, seen = truth(SPECS[name]), measured(SPECS[name], tmp_path, stored=True)
    for bound in BOUNDS:
        if bound.name not in LOST_IN_OPUS:
            assert bound.far(true, seen) <= 1, f"{bound.name}: {bound.of(true)} is measured as {bound.of(seen)}"


@pytest.mark.parametrize("persona", ["interested", "sceptical", "refuses"])
def test_spoken_lines_are_found_where_they_were_put(persona: str) -> None:
    """Lines read aloud in Russian, two seconds apart, over the noise of a room; the pace against the vowels written."""
    robot = personas()[persona]
    texts = [turn.ru for turn in robot.turns]
    parts, begins = [np.zeros(RATE, np.float32)], []
    for number in range(1, len(texts) + 1):
        line = read(robot.sound("ru", number))
        alone = measure(line).channels[0]
        begins.append(sum(map(len, parts)) / RATE + (alone.first_word_s or 0))
        parts += [line.samples[0], np.zeros(2 * RATE, np.float32)]
    noise = np.random.default_rng(3).standard_normal(sum(map(len, parts))) * 10 ** (-52 / 20)
    speech = np.concatenate(parts) + noise.astype(np.float32)
    found = measure(Sound(np.stack([np.zeros_like(speech), speech]), RATE)).channels[OPERATOR]
    starts = [stretch.start for stretch in found.stretches]
    assert all(min(abs(start - begin) for start in starts) < 0.2 for begin in begins)
    vowels = sum(letter in "аеёиоуыэюя" for text in texts for letter in text.lower())
    assert found.pace == pytest.approx(vowels / found.speech_s, rel=0.25)
    assert found.noise_db == pytest.approx(-52, abs=2)


def test_an_interruption_is_beginning_while_the_other_goes_on() -> None:
    turn = (Stretch(0, 4),)
    assert interruptions((Stretch(2, 3),), turn) == (2,)
    assert interruptions((Stretch(0.2, 3),), turn) == (), "both began"
    assert interruptions((Stretch(3.8, 6),), turn) == (), "the other was about to end"
    assert answers((Stretch(4.5, 6),), turn) == [(4, 0.5)]
    assert answers((Stretch(3.5, 6),), turn) == [], "already speaking: no answer"
    assert answers((Stretch(9, 10),), (*turn, Stretch(6, 7))) == [(7, 2.0)], "the other has gone on speaking"
    assert answers((Stretch(20, 21),), turn) == []


def test_only_runs_at_full_scale_are_clipped() -> None:
    sound = np.zeros(100, np.float32)
    sound[[3, 9]] = 1.0
    assert clipped(sound) == 0
    sound[20:24] = -1.0
    assert clipped(sound) == 4


def test_what_is_no_sound_says_so(tmp_path: Path) -> None:
    for content in (b"", b"RIFF1234", bytes(range(256)) * 20):
        (tmp_path / "x.wav").write_bytes(content)
        with pytest.raises(Unreadable):
            read(tmp_path / "x.wav")
    with pytest.raises(Unreadable):
        read(tmp_path / "none.wav")


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 1), st.floats(0, 8), st.floats(0.3, 3), st.floats(-40, -6)), max_size=6),
    st.floats(-70, -30),
    st.floats(0.2, 8),
)
def test_any_talk_gives_figures_that_fit_together(speech: list, noise: float, gain: float) -> None:
    talk = Talk(9, [Speech(who, at, at + length, db) for who, at, length, db in speech], (noise, noise), gain=gain)
    report = measure(Sound((made(talk) / 32_768).astype(np.float32), RATE))
    own, other = report.channels
    assert report.both_s <= min(own.speech_s, other.speech_s) + 1e-6
    assert own.speech_s + other.speech_s - report.both_s + report.silence_s == pytest.approx(9, abs=0.02)
    for channel in report.channels:
        assert 0 <= channel.speech_share <= 1 and channel.clipped_share >= 0 and channel.longest_pause_s <= 9
        assert -75 <= channel.noise_db <= 0 and -70 <= channel.loudness_lufs <= 6
        assert (channel.first_word_s is None) == (channel.speech_s == 0)


def test_louder_by_six_is_six_louder() -> None:
    quiet = SPECS["level -26.0 dB"]
    loud = replace(quiet, gain=2.0)
    figures = [
        measure(Sound((made(one) / 32_768).astype(np.float32), RATE)).channels[OPERATOR] for one in (quiet, loud)
    ]
    assert figures[1].loudness_lufs - figures[0].loudness_lufs == pytest.approx(6.02, abs=0.2)
