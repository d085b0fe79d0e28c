"""`python -m robots.for_switch FOLDER`: the robots for a real switch, a dial plan and sounds, of the personas' files.

`wait_for_silence` waits for so many frames of 20 ms above a threshold, then for so many below, and not longer than its
time: https://developer.signalwire.com/freeswitch/FreeSWITCH-Explained/Modules/mod-dptools/6586732/
"""

from __future__ import annotations

import sys
import wave
import xml.etree.ElementTree as ET
from pathlib import Path

import av

from . import numbers
from .persona import LANGUAGES, Persona, personas

CONTEXT = "robots"
RATE = 8_000
FRAME_MS = 20
VOICE_THRESHOLD, VOICE_FRAMES = 300, 10
RINGS_MS, FIRST_MS = 1_000, 400
LONGEST_S = 600
"""No robot talks for longer."""


def extension(persona: Persona, language: str) -> str:
    """What is dialled in the context of robots."""
    return f"robot-{language}-{persona.name}"


def dial_plan(sounds: str = "robots") -> str:
    """XML of the context with an extension for each persona in each language; whatever else is dialled is refused.

    `sounds`: the folder with a folder for each language, absolute or within the switch's sounds.
    """
    root = ET.Element("include")
    context = ET.SubElement(root, "context", name=CONTEXT)
    for persona in personas().values():
        for language in LANGUAGES:
            name = extension(persona, language)
            condition = ET.SubElement(
                ET.SubElement(context, "extension", name=name), "condition",
                field="destination_number", expression=f"^(?:{name}|{numbers.pattern(persona, language)})$",
            )  # fmt: skip
            for application, data in actions(persona, language, sounds):
                ET.SubElement(condition, "action", {"application": application} | ({"data": data} if data else {}))
    nothing = ET.SubElement(ET.SubElement(context, "extension", name="nothing"), "condition",
                            field="destination_number", expression=".*")  # fmt: skip
    ET.SubElement(nothing, "action", {"application": "hangup", "data": "CALL_REJECTED"})
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def actions(persona: Persona, language: str, sounds: str = "robots") -> list[tuple[str, str]]:
    """Application and data, in their order."""
    done = [
        ("ring_ready", ""), ("sleep", str(RINGS_MS)), ("answer", ""),
        ("sched_hangup", f"+{LONGEST_S} allotted_timeout"), ("sleep", str(FIRST_MS)),
    ]  # fmt: skip
    for number, turn in enumerate(persona.turns, start=1):
        if number > 1:
            done.append(("wait_for_silence", _waiting(persona, turn.interrupts_after_s)))
        done.append(("playback", f"{sounds}/{language}/{persona.name}-{number}.wav"))
        if turn.hangs_up:
            return [*done, ("hangup", "NORMAL_CLEARING")]
    last = ("playback", f"{sounds}/{language}/{persona.name}-{len(persona.turns)}.wav")
    if not persona.listens:
        return [*done, ("sleep", str(round(persona.patience_s * 1000))), last, ("hangup", "NORMAL_CLEARING")]
    return [*done, ("sleep", str(LONGEST_S * 1000))]


def _waiting(persona: Persona, interrupts_after_s: float | None) -> str:
    """Who interrupts does not wait for the pause; who is not spoken to goes on when patience is at an end."""
    longest_ms = round(1000 * (interrupts_after_s or persona.patience_s))
    return f"{VOICE_THRESHOLD} {round(1000 * persona.pause_s / FRAME_MS)} {VOICE_FRAMES} {longest_ms}"


def write_sounds(folder: Path) -> int:
    """The lines as WAV of 8 kHz, which every switch plays. How many."""
    count = 0
    for persona in personas().values():
        for language in LANGUAGES:
            for number in range(1, len(persona.turns) + 1):
                target = folder / "robots" / language / f"{persona.name}-{number}.wav"
                target.parent.mkdir(parents=True, exist_ok=True)
                _wav(persona.sound(language, number), target)
                count += 1
    return count


def _wav(source: Path, target: Path) -> None:
    with av.open(str(source)) as container, wave.open(str(target), "wb") as sink:
        sink.setnchannels(1)
        sink.setsampwidth(2)
        sink.setframerate(RATE)
        resampler = av.AudioResampler("s16", "mono", RATE)
        for frame in container.decode(audio=0):
            for part in resampler.resample(frame):
                sink.writeframes(part.to_ndarray()[0].tobytes())


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: python -m robots.for_switch FOLDER", file=sys.stderr)
        return 2
    folder = Path(sys.argv[1])
    plan = folder / "dialplan" / "robots.xml"
    plan.parent.mkdir(parents=True, exist_ok=True)
    plan.write_text(dial_plan(), encoding="utf-8")
    print(f"robots: {plan}, {write_sounds(folder / 'sounds')} sounds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
