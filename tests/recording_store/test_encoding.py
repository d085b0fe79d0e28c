"""WAV to Opus: whole, the sides apart, the same each time, and apart from everything else."""

import json
import math
import subprocess
import sys
from array import array
from pathlib import Path

import av
import pytest

from recording_store.encoding import EMPTY, UNREADABLE, Empty, encode, measured, read
from recording_store.wav import Unreadable

from .conftest import RATE, speech, wav


def made(folder: Path, content: bytes, name: str = "made.ogg"):
    source = folder / "source.wav"
    source.write_bytes(content)
    return encode(source, folder / name), folder / name


def heard(path: Path) -> tuple[array, array, int]:
    """Both sides as they come out of a decoder, and their rate."""
    sides = array("f"), array("f")
    rate = 0
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="fltp", layout="stereo")
        for frame in container.decode(audio=0):
            for part in resampler.resample(frame):
                rate = part.sample_rate
                for side, plane in zip(sides, part.planes, strict=True):
                    side.frombytes(bytes(plane)[: part.samples * 4])
    return *sides, rate


def loudness(samples: array) -> float:
    return math.sqrt(sum(x * x for x in samples) / len(samples))


@pytest.mark.parametrize("seconds", [0.02, 1, 61.5])
def test_it_is_as_long_as_the_recording(tmp_path, seconds):
    encoded, path = made(tmp_path, wav(speech(seconds)))
    assert encoded.duration_ms == int(seconds * 1000)
    left, _, rate = heard(path)
    assert abs(len(left) / rate - seconds) < 0.03
    assert (encoded.channels, encoded.peak_ms, len(encoded.peaks)) == (2, 100, max(1, math.ceil(seconds * 10)) * 2)
    assert measured(path) == (encoded.size_bytes, encoded.sha256)


def test_contact_and_operator_stay_apart(tmp_path):
    """Left is the contact, right what the contact hears: one talks, then the other; 60 dB lie between them."""
    one, other = array("h"), array("h")
    for i in range(4 * RATE):
        value = int(8_000 * math.sin(2 * math.pi * 440 * i / RATE))
        one.extend((value, 0))
        other.extend((0, value))
    _, path = made(tmp_path, wav(one.tobytes() + other.tobytes()))
    left, right, rate = heard(path)
    first, second = slice(rate, 3 * rate), slice(5 * rate, 7 * rate)
    assert loudness(left[first]) > 1_000 * loudness(right[first])
    assert loudness(right[second]) > 1_000 * loudness(left[second])


def test_what_was_masked_is_silent_in_it(tmp_path):
    tone = speech(2)
    _, path = made(tmp_path, wav(tone + bytes(len(tone)) + tone))
    left, right, rate = heard(path)
    middle = slice(int(2.2 * rate), int(3.8 * rate))
    assert loudness(left[middle]) < 1e-4 and loudness(right[middle]) < 1e-4
    assert loudness(left[: 2 * rate]) > 0.05


def test_the_same_samples_give_the_same_bytes(tmp_path):
    content = wav(speech(2))
    assert made(tmp_path, content, "a.ogg")[0].sha256 == made(tmp_path, content, "b.ogg")[0].sha256


def test_one_channel_is_kept_as_one(tmp_path):
    encoded, _ = made(tmp_path, wav([(i % 100,) for i in range(RATE)], channels=1))
    assert (encoded.channels, encoded.duration_ms, len(encoded.peaks)) == (1, 1000, 10)


def test_a_minute_is_about_two_hundred_kilobytes_at_most(tmp_path):
    encoded, _ = made(tmp_path, wav(speech(60)))
    assert 60_000 < encoded.size_bytes < 220_000


def test_a_cut_off_recording_is_repaired(tmp_path):
    encoded, _ = made(tmp_path, wav(speech(1), said=0)[:-3])
    assert encoded.repaired
    assert 999 <= encoded.duration_ms <= 1000


def test_nothing_and_nonsense_are_told_apart(tmp_path):
    with pytest.raises(Empty):
        made(tmp_path, wav(b""))
    with pytest.raises(Unreadable):
        made(tmp_path, b"ID3 something else")


@pytest.mark.parametrize(("content", "status"), [(wav(speech(1)), 0), (wav(b""), EMPTY), (b"nonsense", UNREADABLE)])
def test_as_a_process_it_says_what_it_made(tmp_path, content, status):
    source, target = tmp_path / "source.wav", tmp_path / "made.ogg"
    source.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-m", "recording_store.encoding", str(source), str(target)], capture_output=True, check=False
    )
    assert done.returncode == status
    if status == 0:
        assert read(done.stdout).sha256 == measured(target)[1]
        assert json.loads(done.stdout)["duration_ms"] == 1000
