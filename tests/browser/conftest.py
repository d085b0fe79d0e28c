"""The house and a browser before it."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
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


@asynccontextmanager
async def chromium(*more: str) -> AsyncIterator[Browser]:
    """A browser of its own, with more flags than those all have."""
    program = ensure_chromium(os.environ)["CHROMIUM"]
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=program, args=[*FLAGS, *more])
        yield started
        await started.close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started
