"""The page is the telephone: heard and recorded, and back after a reload."""

import math
import struct
import time
import wave
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Browser, Page, expect

from launcher.ports import free_ports
from tests.switch.real_switch import RealSwitch, real_switch

from .conftest import chromium
from .house import House, open_house, open_real_house, running_campaign
from .people import SLOW, signed_in, state

TONE = 1200
"""Hz: what the operator's microphone hears; a contact of the real switch sounds at 700."""
RATE = 48_000
# Heard of what the switch sends: the loudest step of half a second.
LOUDEST = """async () => {
  const context = new AudioContext(), analyser = context.createAnalyser(), line = window.exchangeLine("operator");
  context.createMediaStreamSource(line.remote).connect(analyser);
  analyser.fftSize = 2048;
  const samples = new Float32Array(analyser.fftSize);
  let loudest = 0;
  for (let i = 0; i < 50; i++) {
    await new Promise((done) => setTimeout(done, 10));
    analyser.getFloatTimeDomainData(samples);
    loudest = Math.max(loudest, ...samples.map(Math.abs));
  }
  context.close();
  return loudest;
}"""


def microphone(path: Path) -> Path:
    """A second of a tone, a second of silence: somebody who speaks and waits."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        tone = [int(9000 * math.sin(2 * math.pi * TONE * i / RATE)) for i in range(RATE)]
        file.writeframes(struct.pack(f"<{2 * RATE}h", *tone, *([0] * RATE)))
    return path


@pytest.fixture
async def loud_browser(tmp_path: Path) -> AsyncIterator[Browser]:
    sound = (
        "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--allow-loopback-in-peer-connection",
        f"--use-file-for-fake-audio-capture={microphone(tmp_path / 'microphone.wav')}",
    )  # fmt: skip
    async with chromium(*sound) as started:
        yield started


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
    """The same exchange on either switch; nothing below knows which."""
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


async def heard(page: Page, seconds: int = 12) -> None:
    """Waits until the contact's voice comes out of the page."""
    for _ in range(seconds * 2):
        if await page.evaluate(LOUDEST) > 0.05:
            return
    raise AssertionError("nothing is heard in the page")


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


async def test_heard_recorded_and_back_after_a_reload(loud_house: House, loud_browser: Browser):
    number = "+78125550001"
    loud_house.simulator.set_number_behaviour(number, "rings 0.3 s, answers, says interested")
    await running_campaign(loud_house, number)
    page = await signed_in(loud_house, loud_browser, "operator")
    await line(page, "ready")
    await page.locator("[data-card]").first.focus()
    await page.keyboard.press("Enter")
    pressed = time.monotonic()
    await state(page, "Ready")
    await line(page, "talking")
    print(f"seat up {time.monotonic() - pressed:.2f} s after the shift was started")

    await page.keyboard.press("c")
    await state(page, "Talking")
    await heard(page)
    await page.wait_for_timeout(2500)

    reloaded = time.monotonic()
    await page.reload()
    await line(page, "talking")
    await state(page, "Talking")
    await heard(page)
    print(f"heard again {time.monotonic() - reloaded:.1f} s after the reload began")
    await page.wait_for_timeout(2500)
    await page.keyboard.press("h")
    await state(page, "Wrap-up")

    (file,) = loud_house.recordings.rglob("*.wav")
    with wave.open(str(file)) as recording:
        assert (recording.getnchannels(), recording.getframerate()) == (2, 8000)
        pairs = np.frombuffer(recording.readframes(recording.getnframes()), np.int16).reshape(-1, 2)
    contact, operator = pairs[:, 0], pairs[:, 1]
    assert strength(operator, TONE) > 0.9, "the operator's tone is in the right channel"
    assert strength(contact, TONE) < 0.5, "and not in the contact's"
    assert np.abs(contact).max() > 1500, "the contact speaks in the left one"
    half = len(operator) // 2
    assert strength(operator[:half], TONE) > 0.9 and strength(operator[half:], TONE) > 0.9, (
        "before the reload and after"
    )
