"""Pages with a voice: what a browser's microphone hears, what comes out of a page, what is in a recording."""

import math
import struct
import wave
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Page, expect

from launcher.ports import free_ports
from tests.switch.real_switch import RealSwitch, real_switch

from .house import House, open_house, open_real_house
from .people import SLOW

RATE = 48_000
LOUDER_THAN = 0.05
# Heard of what the switch sends: the loudest moment of half a second, of everything or of one tone.
LOUDEST = """async ([role, hertz]) => {
  const context = new AudioContext(), analyser = context.createAnalyser(), line = window.exchangeLine(role);
  context.createMediaStreamSource(line.remote).connect(analyser);
  analyser.fftSize = 2048;
  const samples = new Float32Array(analyser.fftSize), step = 2 * Math.PI * hertz / context.sampleRate;
  let loudest = 0;
  for (let i = 0; i < 50; i++) {
    await new Promise((done) => setTimeout(done, 10));
    analyser.getFloatTimeDomainData(samples);
    if (!hertz) { loudest = Math.max(loudest, ...samples.map(Math.abs)); continue; }
    let re = 0, im = 0;
    samples.forEach((s, n) => { re += s * Math.cos(step * n); im += s * Math.sin(step * n); });
    loudest = Math.max(loudest, 2 * Math.hypot(re, im) / samples.length);
  }
  context.close();
  return loudest;
}"""


def speaking(path: Path, hertz: int) -> tuple[str, ...]:
    """Flags of a browser whose microphone hears a second of a tone, a second of silence: somebody who speaks and
    waits."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        tone = [int(9000 * math.sin(2 * math.pi * hertz * i / RATE)) for i in range(RATE)]
        file.writeframes(struct.pack(f"<{2 * RATE}h", *tone, *([0] * RATE)))
    return (
        "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--allow-loopback-in-peer-connection",
        f"--use-file-for-fake-audio-capture={path}",
    )  # fmt: skip


@pytest.fixture(scope="module")
def freeswitch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealSwitch]:
    """Skips where there is none, saying why."""
    web_port, sipp_port = free_ports(2)
    with real_switch(tmp_path_factory.mktemp("freeswitch"), web_port, sipp_port) as switch:
        yield switch


@pytest.fixture(params=["simulator", "freeswitch"])
async def loud_house(
    request: pytest.FixtureRequest, built_pages: None, database_url: str, redis_url: str, tmp_path: Path,
    settings_env: Callable[..., None],
) -> AsyncIterator[House]:  # fmt: skip
    """The same exchange on either switch; nothing of a test knows which."""
    if request.param == "simulator":
        opened = open_house(database_url, redis_url, tmp_path, settings_env, sound=True)
    else:
        opened = open_real_house(
            request.getfixturevalue("freeswitch"), database_url, redis_url, tmp_path, settings_env
        )  # fmt: skip
    async with opened as made:
        yield made


async def line(page: Page, phase: str) -> None:
    await expect(page.locator(f".line-pill[data-phase={phase}]")).to_be_attached(timeout=SLOW)


async def heard(page: Page, role: str = "operator", hertz: int = 0, seconds: int = 12) -> None:
    """Waits until a voice, or this tone, comes out of the page."""
    for _ in range(seconds * 2):
        if await page.evaluate(LOUDEST, [role, hertz]) > LOUDER_THAN:
            return
    raise AssertionError(f"nothing is heard in the page of {hertz or 'any'} Hz")


async def not_heard(page: Page, role: str, hertz: int, seconds: float = 3) -> None:
    """For some seconds this tone does not come out of the page."""
    for _ in range(round(seconds * 2)):
        assert await page.evaluate(LOUDEST, [role, hertz]) < LOUDER_THAN


def channels(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Contact and operator of a recording."""
    with wave.open(str(path)) as recording:
        assert (recording.getnchannels(), recording.getframerate()) == (2, 8000)
        pairs = np.frombuffer(recording.readframes(recording.getnframes()), np.int16).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def strength(samples: np.ndarray, hertz: int) -> float:
    """The share of a tone in a channel's loud steps of a quarter second, at its best."""
    best = 0.0
    for at in range(0, len(samples) - 2000, 2000):
        step = samples[at : at + 2000].astype(float)
        power = np.abs(np.fft.rfft(step * np.hanning(2000))) ** 2
        if np.abs(step).mean() > 300:
            place = round(hertz * 2000 / 8000)
            best = max(best, power[place - 2 : place + 3].sum() / power.sum())
    return best
