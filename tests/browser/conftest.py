"""The house and a browser before it."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from launcher.chromium import ensure_chromium

from .house import ROOT, House, open_house

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def built_pages() -> None:
    """The pages, built unless they are fresh."""
    subprocess.run([sys.executable, "-m", "exchange_app.build"], cwd=ROOT, check=True, capture_output=True)


@pytest.fixture
async def house(
    built_pages: None, database_url: str, redis_url: str, tmp_path: Path, settings_env: Callable[..., None]
) -> AsyncIterator[House]:
    async with open_house(database_url, redis_url, tmp_path, settings_env) as made:
        yield made


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    program = ensure_chromium(os.environ)["CHROMIUM"]
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield started
        await started.close()
