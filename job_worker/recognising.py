"""What was said, by the offline recogniser that this installation has: a program told by SPEECH_RECOGNISER."""

import asyncio
import shlex
import wave
from pathlib import Path

import numpy as np
import structlog

from speech_analysis import Sound

log = structlog.get_logger(__name__)
LONGEST_S = 300
"""A recogniser that needs longer for one call is stopped."""
RATE = 16_000
LONGEST_TEXT = 20_000


async def recognise(command: str, sound: Sound, channel: int, language: str, folder: Path) -> str | None:
    """None: there is no recogniser, or it failed; the reason is in the log, never what was said."""
    if not command:
        return None
    file = folder / "voice.wav"
    await asyncio.to_thread(_write, file, sound, channel)
    words = [part.replace("{file}", str(file)).replace("{language}", language) for part in shlex.split(command)]
    try:
        process = await asyncio.create_subprocess_exec(
            *words, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
    except OSError as missing:
        log.warning("recogniser not started", reason=type(missing).__name__)
        return None
    try:
        async with asyncio.timeout(LONGEST_S):
            said, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        log.warning("recogniser too slow", seconds=LONGEST_S)
        return None
    if process.returncode:
        log.warning("recogniser failed", status=process.returncode)
        return None
    return said.decode("utf-8", "replace")[:LONGEST_TEXT]


def _write(file: Path, sound: Sound, channel: int) -> None:
    samples = sound.samples[channel]
    at = np.arange(0, len(samples), sound.rate / RATE)
    resampled = np.interp(at, np.arange(len(samples)), samples)
    with wave.open(str(file), "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(RATE)
        target.writeframes((np.clip(resampled, -1, 1) * 32767).astype("<i2").tobytes())
