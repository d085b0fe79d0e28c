"""Files of a switch are read whole, also those whose header lies; peaks show the loudest of each stretch."""

import array
import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording_store.peaks import Peaks
from recording_store.wav import Unreadable, look_into, samples

from .conftest import wav

FRAMES = st.lists(st.tuples(st.integers(-32768, 32767), st.integers(-32768, 32767)), min_size=1, max_size=400)


def written(content: bytes, folder: str) -> Path:
    path = Path(folder) / "file.wav"
    path.write_bytes(content)
    return path


def read(path: Path, frames: int = 64) -> list[int]:
    return [value for part in samples(path, look_into(path), frames) for value in part]


@given(FRAMES, st.integers(1, 100))
def test_every_sample_is_read_in_pieces_of_any_size(frames, at_once):
    with tempfile.TemporaryDirectory() as folder:
        path = written(wav(frames), folder)
        assert read(path, at_once) == [value for frame in frames for value in frame]
        assert not look_into(path).repaired


@given(FRAMES, st.sampled_from([0, 0xFFFFFFFF, 1_000_000]), st.integers(0, 3))
def test_a_header_that_lies_is_repaired_from_the_files_size(frames, said, cut):
    """The switch died: the header has no length, or an old one, and the last frame may be half written."""
    content = wav(frames, said=said)
    if cut:
        content = content[:-cut]
    with tempfile.TemporaryDirectory() as folder:
        path = written(content, folder)
        sound = look_into(path)
        whole = len(frames) - (1 if cut else 0)
        assert sound.frames == whole
        assert sound.repaired == (whole > 0)
        assert read(path) == [value for frame in frames[:whole] for value in frame]


def test_a_header_that_was_right_once_is_repaired(tmp_path):
    """Its length is that of the last time the switch wrote it, and sound follows."""
    frames = [(-5, 7)] * 500
    path = tmp_path / "old.wav"
    path.write_bytes(wav(frames, said=400))
    assert look_into(path).frames == 500
    assert look_into(path).repaired


@given(FRAMES)
def test_what_a_program_writes_after_the_samples_is_no_sound(frames):
    with tempfile.TemporaryDirectory() as folder:
        path = written(wav(frames) + b"LIST" + (10).to_bytes(4, "little") + b"INFOISFT\0\0", folder)
        assert look_into(path).frames == len(frames)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content):
    with tempfile.TemporaryDirectory() as folder:
        path = written(content, folder)
        with contextlib.suppress(Unreadable):
            read(path)


@given(FRAMES, st.integers(0, 60))
def test_a_file_cut_anywhere_is_read_or_refused(frames, length):
    with tempfile.TemporaryDirectory() as folder:
        path = written(wav(frames)[:length], folder)
        with contextlib.suppress(Unreadable):
            assert len(read(path)) <= len(frames) * 2


@pytest.mark.parametrize("change", [(20, 2), (20, 7), (22, 3), (34, 8), (24, 100)])
def test_other_kinds_of_sound_are_refused(change, tmp_path):
    content = bytearray(wav([(1, 2)]))
    content[change[0] : change[0] + 2] = change[1].to_bytes(2, "little")
    path = tmp_path / "other.wav"
    path.write_bytes(content)
    with pytest.raises(Unreadable):
        look_into(path)


@given(
    st.randoms(use_true_random=False),
    st.integers(0, 3_000),
    st.integers(1, 20),
    st.lists(st.integers(1, 200), min_size=1),
)
def test_peaks_are_the_loudest_of_each_stretch_however_the_samples_come(chance, frames, half, cuts):
    values, most = [chance.randint(-32768, 32767) for _ in range(frames * 2)], half * 2
    rate = 100  # ten frames a stretch
    found = Peaks(2, rate, most)
    at, i = 0, 0
    while at < len(values):
        step = cuts[i % len(cuts)] * 2
        found.add(array.array("h", values[at : at + step]))
        at, i = at + step, i + 1
    result = found.result()
    width = rate * found.peak_ms // 1_000 * 2
    stretches = [values[i : i + width] for i in range(0, len(values), width)]
    expected = [
        min(255, -(-max(abs(v) for v in stretch[channel::2]) * 255 // 32_767))
        for stretch in stretches
        for channel in (0, 1)
    ]
    assert list(result) == expected
    assert len(result) <= most * 2
    assert found.peak_ms == 100 or len(result) > most, "no coarser than it must be"


def test_silence_has_no_peaks_and_the_loudest_sound_has_the_highest():
    found = Peaks(2, 8_000)
    found.add(array.array("h", [0, -32768] * 800))
    assert found.result() == bytes([0, 255])


def test_the_peaks_of_the_longest_call_fit_into_their_row():
    from exchange_domain.tables.recordings import PEAKS_MOST

    found = Peaks(2, 8_000)
    hour = array.array("h", bytes(8_000 * 4))
    for _ in range(7_200):
        found.add(hour)
    assert len(found.result()) <= PEAKS_MOST
    assert found.peak_ms == 1_600
