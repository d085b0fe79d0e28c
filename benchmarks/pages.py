"""`./run bench pages`: what the operator's first page weighs, and when it is of use on a slow line and device."""

import asyncio
import os
import time
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from launcher.chromium import ensure_chromium

from .house import OPERATOR, PASSWORD, open_house

SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
"""As Lighthouse's mobile profile: 150 ms, 1.6 Mbit/s down, 0.75 up, a processor four times as slow."""
SLOWER = 4
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")


async def run(folder: Path) -> int:
    """Prints what was measured; 0."""
    program = ensure_chromium(os.environ)["CHROMIUM"]
    async with open_house(folder) as house, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(f"{house.url}/sign-in")
        await page.locator("input[name=email]").fill(OPERATOR)
        await page.locator("input[name=password]").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/operator")
        await page.close()
        for name, line in (("a fast line", None), ("slow 4G", SLOW_4G)):
            kilobytes, requests, seconds = await _opened(context, house.url, line)
            print(
                f"  operator's page, nothing cached, {name}: {kilobytes:,.0f} kB in {requests} requests, "
                f"of use after {seconds:.1f} s",
                flush=True,
            )
        await browser.close()
    return 0


async def _opened(context: Any, url: str, line: dict[str, Any] | None) -> tuple[float, int, float]:
    """What came over the line, compressed as it was; and when the board was there and the socket had answered."""
    page = await context.new_page()
    devtools = await context.new_cdp_session(page)
    await devtools.send("Network.enable")
    await devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    if line is not None:
        await devtools.send("Network.emulateNetworkConditions", line)
        await devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    sizes: list[float] = []
    devtools.on("Network.loadingFinished", lambda said: sizes.append(said["encodedDataLength"]))
    began = time.perf_counter()
    await page.goto(f"{url}/operator", wait_until="commit")
    # The heading comes with the page, the name in the top bar with the socket's first answer.
    await page.get_by_text("Operator", exact=True).first.wait_for(timeout=120_000)
    await page.locator("#main h1").first.wait_for(timeout=120_000)
    seconds = time.perf_counter() - began
    await asyncio.sleep(1)
    await page.close()
    return sum(sizes) / 1_000, len(sizes), seconds
