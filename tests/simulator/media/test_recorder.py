"""A recording has who speaks on the left and what they hear on the right, and keeps its length while masked."""

import wave
from pathlib import Path

import numpy as np
import pytest

from switch_simulator.media.ports import FRAME, Port
from switch_simulator.media.recorder import StereoRecorder
from switch_simulator.media.sounds import Samples


def recorded(path: Path, steps: int, masked: range = range(0)) -> np.ndarray:
    port, step = Port(), [0]
    port.hear(Samples(np.full(FRAME, 7, np.int16), endless=True))
    recorder = StereoRecorder(port, path, stereo=True, masked=lambda: step[0] in masked)
    for step[0] in range(steps):
        port.say(np.full(FRAME, 5, np.int16))
        port.tick()
    recorder.close()
    recorder.close()
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16).reshape(-1, 2)


def test_left_speaks_right_hears(tmp_path: Path):
    pairs = recorded(tmp_path / "a.wav", 60)
    assert len(pairs) == 60 * FRAME
    assert (pairs[5 * FRAME :, 0] == 5).all() and (pairs[:, 1] == 7).all()


def test_masked_is_silence_of_the_same_length(tmp_path: Path):
    pairs = recorded(tmp_path / "a.wav", 60, range(20, 40))
    assert len(pairs) == 60 * FRAME and not pairs[20 * FRAME : 40 * FRAME].any() and pairs[41 * FRAME :].all()


def test_a_full_disk_ends_no_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    port = Port()
    recorder = StereoRecorder(port, tmp_path / "a.wav", stereo=True, masked=lambda: False)
    monkeypatch.setattr(recorder._wave, "writeframes", full)
    for _ in range(60):
        port.tick()
    recorder.close()
