"""Names of sounds as the engine gives them: the right tone, music without end, silence for what there is not."""

from pathlib import Path

import numpy as np
import pytest

from call_engine.switch.command_text import COMFORT, MUSIC, RINGING_TONE, WARNING_TONE
from switch_simulator.media.ports import FRAME, RATE, Source
from switch_simulator.media.sounds import Sounds
from switch_simulator.media_options import SOUNDS


def heard(source: Source, seconds: float) -> np.ndarray:
    return np.concatenate([source.read() for _ in range(int(seconds * RATE / FRAME))]).astype(float)


def pitch(samples: np.ndarray) -> float:
    return float(np.abs(np.fft.rfft(samples)).argmax() * RATE / len(samples))


@pytest.fixture
def sounds() -> Sounds:
    return Sounds(SOUNDS)


def test_ringback_is_a_second_of_tone_and_four_of_silence_without_end(sounds: Sounds):
    samples = heard(sounds.source(RINGING_TONE), 11)
    assert abs(pitch(samples[:RATE]) - 425) < 2
    assert not samples[RATE : 5 * RATE].any() and samples[5 * RATE : 6 * RATE].any() and samples[10 * RATE :].any()


def test_the_warning_is_two_beeps(sounds: Sounds):
    samples = heard(sounds.source(WARNING_TONE.removeprefix("playback::").replace("\\", "")), 1)
    assert samples[: RATE // 5].any() and not samples[RATE // 2 + RATE // 10 :].any()
    assert abs(pitch(samples[: RATE // 5]) - 1400) < 10


def test_music_goes_on(sounds: Sounds):
    samples = heard(sounds.source(MUSIC), 120)
    assert np.abs(samples[-10 * RATE :]).max() > 500


@pytest.mark.parametrize("speech", ["ru", "en"])
def test_the_comfort_message_is_followed_by_music(sounds: Sounds, speech: str):
    samples = heard(sounds.source(COMFORT.format(speech=speech)), 20)
    assert np.abs(samples[: 2 * RATE]).max() > 500 and np.abs(samples[-2 * RATE :]).max() > 500


@pytest.mark.parametrize("name", ["/no/such.wav", "local_stream://none.such/..", "shout://x", "tone_stream://nonsense"])
def test_what_there_is_not_is_silence(tmp_path: Path, name: str):
    assert not heard(Sounds(tmp_path).source(name), 0.1).any()
