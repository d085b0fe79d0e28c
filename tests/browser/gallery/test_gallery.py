"""Every page and state of the roles: no rule of access broken, no word outside the catalogue, nothing cut off.

Pictures for docs/screens are written when GALLERY names a folder.
"""

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import redis.asyncio
from playwright.async_api import Page

from tests.browser.conftest import chromium
from tests.browser.house import open_house
from tests.browser.people import signed_in
from tests.thorough import figure

from . import (
    admin_scenes,
    customer_scenes,
    line_scenes,
    live_scenes,
    manager_scenes,
    moderator_scenes,
    operator_scenes,
    results_scenes,
    training_scenes,
)
from .looking import LOOKS, bare, dress, picture, unfit, violations
from .operator_scenes import Scene
from .stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(900)]
MICROPHONE = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
PICTURES = os.environ.get("GALLERY", "")


@pytest.fixture
async def stage(
    built_pages: None, database_url: str, redis_url: str, tmp_path: Path, settings_env: Callable[..., None]
) -> AsyncIterator[Stage]:
    async with open_house(database_url, redis_url, tmp_path, settings_env, sound=True, engine=False) as house:
        broker = redis.asyncio.from_url(redis_url)
        yield Stage(house, broker)
        await broker.aclose()


@pytest.fixture
async def strict_stage(
    built_pages: None, database_url: str, redis_url: str, tmp_path: Path, settings_env: Callable[..., None]
) -> AsyncIterator[Stage]:
    """Where the aptitude test is asked for."""
    async with open_house(
        database_url, redis_url, tmp_path, settings_env, sound=True, engine=False, aptitude_required="true"
    ) as house:
        broker = redis.asyncio.from_url(redis_url)
        yield Stage(house, broker)
        await broker.aclose()


def looks_of(n: int) -> tuple[tuple[int, str, str], ...]:
    """All four when pictures are taken or a thorough run is wished for; else one of them, in turn."""
    every = bool(PICTURES) or figure(0, 1) == 1
    return LOOKS if every else (LOOKS[n % len(LOOKS)],)


async def seen(page: Page, name: str, n: int, role: str) -> list[str]:
    """One state in the looks of its turn: what is wrong with it."""
    found: list[str] = []
    for width, theme, language in looks_of(n):
        await dress(page, width, theme, language)
        where = f"{name} {width} {theme} {language}"
        found += [f"{where}: {one}" for one in (*await violations(page), *await unfit(page))]
        if PICTURES:
            (Path(PICTURES) / role).mkdir(parents=True, exist_ok=True)
            await picture(page, Path(PICTURES) / role, f"{name}-{width}-{theme}")
    return [*found, *(f"{name}: {one}" for one in await bare(page, "en"))]


async def look_at(stage: Stage, page: Page, role: str, scenes: list[Scene], least: int = 6) -> None:
    found: list[str] = []
    for n, scene in enumerate(scenes):
        await scene.play(stage, page)
        found += await seen(page, scene.name, n, role)
        await dress(page, 1280, "light", "en")
    assert not found, "\n".join(dict.fromkeys(found))
    assert len(scenes) >= least


async def test_the_operators_pages_in_every_state(stage: Stage) -> None:
    async with chromium(*MICROPHONE) as browser:
        page = await signed_in(stage.house, browser, "operator")
        await look_at(stage, page, "operator", operator_scenes.SCENES)


async def test_the_managers_pages_in_every_state(stage: Stage) -> None:
    async with chromium(*MICROPHONE) as browser:
        page = await signed_in(stage.house, browser, "manager")
        await look_at(stage, page, "manager", manager_scenes.SCENES)


async def test_the_customers_lists_and_money_in_every_state(stage: Stage) -> None:
    async with chromium() as browser:
        page = await signed_in(stage.house, browser, "owner")
        await look_at(stage, page, "customer", customer_scenes.SCENES)


async def test_the_customers_results_and_programs_in_every_state(stage: Stage) -> None:
    async with chromium() as browser:
        page = await signed_in(stage.house, browser, "owner")
        await look_at(stage, page, "customer", results_scenes.SCENES)


async def test_the_moderators_pages_in_every_state(stage: Stage) -> None:
    async with chromium(*MICROPHONE) as browser:
        page = await signed_in(stage.house, browser, "moderator")
        scenes = [*live_scenes.BEFORE, *moderator_scenes.SCENES, *live_scenes.SCENES]
        await look_at(stage, page, "moderator", scenes)


async def test_training_in_every_state(strict_stage: Stage) -> None:
    stage = strict_stage
    async with chromium(*MICROPHONE) as browser, chromium(*MICROPHONE) as other:
        operator = await signed_in(stage.house, browser, "operator")
        moderator = await signed_in(stage.house, other, "moderator")
        await look_at(stage, operator, "training", training_scenes.OPERATOR)
        await look_at(stage, moderator, "training", training_scenes.MODERATOR)
        await look_at(stage, operator, "training", training_scenes.AFTER, least=2)


async def test_the_line_in_every_trouble_and_the_account(stage: Stage) -> None:
    found: list[str] = []
    for n, visit in enumerate(line_scenes.VISITS):
        async with chromium(*MICROPHONE) as browser:
            page = await line_scenes.opened(stage, browser, visit)
            await visit.play(stage, page)
            found += await seen(page, visit.name, n, "line")
    assert not found, "\n".join(dict.fromkeys(found))


async def test_the_admins_pages_in_every_state(stage: Stage) -> None:
    async with chromium() as browser:
        page = await signed_in(stage.house, browser, "admin")
        await look_at(stage, page, "admin", admin_scenes.SCENES)
