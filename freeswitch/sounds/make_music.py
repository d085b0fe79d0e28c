"""Makes music/waiting.wav, the calm music of a call that waits: `python freeswitch/sounds/make_music.py`.

Written for this exchange, made of sines alone: four slow chords under a few notes, 32 s, 8 kHz mono, soft enough to
talk over. Its end runs into its beginning, because it is played without end. Nobody's work is in it but this file.
"""

import math
import struct
import wave
from pathlib import Path

RATE = 8_000
BEAT_S = 1.0
LOUD = 5_200
"""Of 32,767: about 16 dB below full scale, the level of a voice on the line."""

# C major 7, A minor 7, F major 7, G 6: eight beats each, as MIDI notes.
CHORDS = ((48, 55, 59, 64), (45, 52, 55, 60), (41, 48, 52, 57), (43, 50, 52, 59))
# (beat, note, beats)
TUNE = (
    (0, 76, 2), (2, 79, 2), (4, 83, 3), (7, 79, 1), (8, 76, 3), (11, 72, 1), (12, 74, 2), (14, 76, 2),
    (16, 72, 2), (18, 76, 2), (20, 79, 3), (23, 76, 1), (24, 74, 3), (27, 71, 1), (28, 74, 2), (30, 79, 2),
)  # fmt: skip


def frequency(note: int) -> float:
    return 440 * 2 ** ((note - 69) / 12)


def add(sound: list[float], note: int, start_s: float, length_s: float, loud: float, attack_s: float) -> None:
    """One note: a sine with two faint overtones that swells and fades; what rings on past the end begins the loop."""
    pitch, total = frequency(note), int((length_s + 1.5) * RATE)
    first = int(start_s * RATE)
    for n in range(total):
        t = n / RATE
        swell = min(1.0, t / attack_s) * math.exp(-max(0.0, t - attack_s) / (length_s * 0.8))
        fade = min(1.0, (total - n) / (0.5 * RATE))
        turn = 2 * math.pi * pitch * t
        value = math.sin(turn) + 0.25 * math.sin(2 * turn) + 0.08 * math.sin(3 * turn)
        sound[(first + n) % len(sound)] += loud * swell * fade * value


def compose() -> list[float]:
    sound = [0.0] * int(len(CHORDS) * 8 * BEAT_S * RATE)
    for place, chord in enumerate(CHORDS):
        for note in chord:
            add(sound, note, place * 8 * BEAT_S, 7.5 * BEAT_S, 0.2, 1.2)
    for beat, note, beats in TUNE:
        add(sound, note, beat * BEAT_S, beats * BEAT_S, 0.22, 0.06)
    return sound


def main() -> None:
    sound = compose()
    peak = max(map(abs, sound))
    target = Path(__file__).parent / "music" / "waiting.wav"
    target.parent.mkdir(exist_ok=True)
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(struct.pack("<h", round(LOUD * value / peak)) for value in sound))


if __name__ == "__main__":
    main()
