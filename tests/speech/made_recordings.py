"""Thirty recordings made with a known truth, and the table of what is measured in them against it.

python -m tests.speech.made_recordings [FOLDER]: prints the table; with FOLDER it writes the recordings too.
"""

import math
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from recording_store.encoding import encode
from speech_analysis import Report, measure, read
from speech_analysis.report import CLIPPED_RUN
from speech_analysis.voice import runs
from tests.voices import CONTACT, OPERATOR, RATE, Speech, Talk, made, voice, write

LEVEL = -20.0


def turns(
    seconds: float = 40.0, *, level: float = LEVEL, pace: float = 4.0, delay: float = 0.6, first: float = 0.5,
    silence: tuple[float, float] | None = None, own: float = 3.0, other: float = 2.0,
) -> list[Speech]:  # fmt: skip
    """The operator begins, both take turns; the operator answers after `delay`, the contact after half a second."""
    found, at = [], first
    while at + own + 0.5 + other < seconds - 0.5:
        if silence is not None and at < silence[1] and at + own + 0.5 + other > silence[0]:
            at = silence[1]
            silence = None
            continue
        found.append(Speech(OPERATOR, at, at + own, level, pace))
        found.append(Speech(CONTACT, at + own + 0.5, at + own + 0.5 + other))
        at += own + 0.5 + other + delay
    return found


def interrupting(times: int) -> list[Speech]:
    """The contact speaks for four seconds at a time; `times` of them the operator begins in the middle."""
    found, at = [], 0.5
    for n in range(8):
        found.append(Speech(CONTACT, at, at + 4))
        begin = at + 2 if n < times else at + 4.6
        found.append(Speech(OPERATOR, begin, begin + 1.5))
        at += 7
    return found


SPECS: dict[str, Talk] = {
    **{f"level {db} dB": Talk(40, turns(level=db)) for db in (-32.0, -26.0, -20.0, -14.0)},
    **{f"noise {db} dB": Talk(40, turns(), noise_db=(-70, db)) for db in (-62.0, -52.0, -44.0, -37.0)},
    **{f"silence {n} s": Talk(40 + n, turns(40 + n, silence=(12, 12 + n))) for n in (6, 12, 30)},
    **{f"first word {s} s": Talk(40, turns(first=s)) for s in (0.2, 3.0, 7.0)},
    **{f"answers {s} s": Talk(40, turns(delay=s)) for s in (0.4, 0.9, 1.6, 3.2)},
    **{f"interrupts {n}": Talk(58, interrupting(n)) for n in (0, 1, 3, 6)},
    **{f"pace {p} a s": Talk(40, turns(pace=p)) for p in (2.6, 3.3, 5.0, 6.2)},
    **{f"gain {g}": Talk(40, turns(level=-14.0), gain=g) for g in (0.5, 3.0, 6.0)},
    "operator silent": Talk(30, [one for one in turns(30) if one.who == CONTACT]),
}  # fmt: skip
assert len(SPECS) == 30


@dataclass(frozen=True)
class Truth:
    """What is so in a made recording, of the operator unless it says otherwise."""

    share: float
    contact_share: float
    silence_s: float
    first_s: float | None
    delay_s: float | None
    interruptions: int
    pace: float | None
    lufs: float
    noise_db: float
    clipped: float


def weighted(samples: np.ndarray) -> float:
    """Loudness in the frequency domain, by the two filters of ITU-R BS.1770-5 annex 1 and its formula (2)."""
    shelf = (1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)
    high = (1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)
    spectrum = np.fft.rfft(samples)
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(len(samples), 1 / RATE) / 48_000)
    for upper, lower in (shelf, high):
        spectrum = spectrum * np.polyval(upper[::-1], z) / np.polyval(lower[::-1], z)
    power = 2 * np.sum(np.abs(spectrum) ** 2) / len(samples) ** 2
    return -0.691 + 10 * math.log10(power)


def truth(talk: Talk) -> Truth:
    own = sorted((one for one in talk.speech if one.who == OPERATOR), key=lambda one: one.start)
    other = sorted((one for one in talk.speech if one.who == CONTACT), key=lambda one: one.start)
    steps = np.zeros((2, round(talk.seconds * 1000)), bool)
    for one in talk.speech:
        steps[one.who, round(one.start * 1000) : round(one.end * 1000)] = True
    delays = [
        min(later) - turn.end
        for turn in other
        if not any(mine.start < turn.end < mine.end for mine in own)
        and (later := [mine.start for mine in own if mine.start >= turn.end])
        and not any(turn.end < again.start < min(later) for again in other)
    ]
    chance = np.random.default_rng(talk.seed)
    sound = np.concatenate([voice(one, chance) for one in own]) if own else np.zeros(0)
    sound = np.clip(sound * talk.gain, -1, 1)
    full = np.abs(made(replace(talk, noise_db=(-90, -90)))[OPERATOR] / 32_768) >= 0.999
    cut = sum(b - a for a, b in runs(full) if b - a >= CLIPPED_RUN)
    return Truth(
        share=steps[OPERATOR].mean(), contact_share=steps[CONTACT].mean(),
        silence_s=max((b - a for a, b in runs(~steps.any(axis=0))), default=0) / 1000,
        first_s=own[0].start if own else None, delay_s=float(np.median(delays)) if delays else None,
        interruptions=sum(any(turn.start + 0.4 <= mine.start <= turn.end - 0.3 for turn in other) for mine in own),
        pace=own[0].syllables_a_s if own else None, lufs=weighted(sound) if own else -70.0,
        noise_db=talk.noise_db[OPERATOR] + 20 * math.log10(talk.gain), clipped=cut / len(sound) if own else 0.0,
    )  # fmt: skip


def found(report: Report) -> Truth:
    contact, operator = report.channels
    return Truth(
        operator.speech_share, contact.speech_share, report.longest_silence_s, operator.first_word_s,
        operator.answer_delay_s, operator.interruptions, operator.pace, operator.loudness_lufs, operator.noise_db,
        operator.clipped_share,
    )  # fmt: skip


@dataclass(frozen=True)
class Bound:
    """How far a measured figure may be from the true one: so much, or this part of it."""

    name: str
    most: float
    part: float = 0.0
    of: Callable[[Truth], float | None] = field(default=lambda _: None)

    def far(self, true: Truth, seen: Truth) -> float:
        """How much of the bound is used: more than 1 is outside. One that is there and should not be is outside."""
        a, b = self.of(true), self.of(seen)
        if a is None or b is None:
            return 0.0 if a is b else math.inf
        return abs(a - b) / max(self.most, self.part * abs(a)) if a != b else 0.0


BOUNDS = (
    Bound("speech share", 0.03, of=lambda t: t.share),
    Bound("contact's share", 0.03, of=lambda t: t.contact_share),
    Bound("longest silence, s", 0.2, of=lambda t: t.silence_s),
    Bound("first word, s", 0.1, of=lambda t: t.first_s),
    Bound("answer, s", 0.12, of=lambda t: t.delay_s),
    Bound("interruptions", 0.5, of=lambda t: t.interruptions),
    Bound("syllables a second", 0.0, 0.1, of=lambda t: t.pace),
    Bound("LUFS", 1.0, of=lambda t: t.lufs),
    Bound("noise, dB", 2.0, of=lambda t: max(t.noise_db, -72.0)),
    Bound("clipped, share", 0.01, 0.3, of=lambda t: t.clipped),
)


def measured(talk: Talk, folder: Path, *, stored: bool) -> Truth:
    """`stored`: of the recording as it is kept, in Opus; else of the switch's WAV."""
    source = write(talk, folder / "made.wav")
    if stored:
        encode(source, folder / "made.ogg")
        source = folder / "made.ogg"
    return found(measure(read(source)))


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        print("true → measured (in the switch's WAV)")
        print(f"{'recording':<18}" + "".join(f"{bound.name:>22}" for bound in BOUNDS))
        worst = [0.0] * len(BOUNDS)
        for name, talk in SPECS.items():
            true, seen = truth(talk), measured(talk, folder, stored=False)
            cells = []
            for place, bound in enumerate(BOUNDS):
                a, b = bound.of(true), bound.of(seen)
                cells.append(f"{'–' if a is None else f'{a:.3g}'} → {'–' if b is None else f'{b:.3g}'}")
                worst[place] = max(worst[place], bound.far(true, seen))
            print(f"{name:<18}" + "".join(f"{cell:>22}" for cell in cells))
            if arguments:
                write(talk, Path(arguments[0]) / f"{name.replace(' ', '-')}.wav")
        print(f"{'of the bound used':<18}" + "".join(f"{f'{100 * one:.0f} %':>22}" for one in worst))
    return 1 if max(worst) > 1 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
