"""The sample campaigns, each as its customer would make it."""

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import campaigns
from exchange_domain.hours import every_day
from exchange_domain.words import Outcome

from . import lists, make_list

FURNITURE, SCHOOL = make_list.FOLDER, make_list.SCHOOL_FOLDER
FURNITURE_NAME = "Мебель для вашего зала: приглашение на замер"
PREFIX = "+7-812"

DISPOSITIONS: tuple[tuple[Outcome, str | None], ...] = (
    (Outcome.SUCCESS, "Записан на замер"),
    *((outcome, None) for outcome in campaigns.DEFAULT_DISPOSITIONS if outcome != Outcome.SUCCESS),
)
RETRIES = {Outcome.NO_ANSWER: 180, Outcome.BUSY: 60, Outcome.UNREACHABLE: 300, Outcome.DROPPED: 60}
"""Seconds; far shorter than in life, so that a demo of some minutes shows the second attempt."""

SURVEY = "# Опрос\n\nЗдравствуйте, {{Обращение}}! Вы заказывали у нас мебель. Довольны ли вы ею?"
REPAIR = (
    "# Реставрация столов\n\nЗдравствуйте, {{Обращение}}! Это мастерская «Дубрава». Мы открыли реставрацию.\n\n"
    "Есть ли у вас мебель, которую жалко выбросить?"
)


async def furniture(s: AsyncSession, customer_id: int, owner: int, managers: list[int]) -> int:
    """The campaign that the demo calls, open around the clock; still a draft, and without contacts."""
    campaign_id = await _create(
        s, customer_id, FURNITURE_NAME, FURNITURE, owner, managers, ring_s=20, wrap_up_s=120, longest_call_s=600,
        max_attempts=5, min_gap_s=30, holidays_off=False, default_prefix=PREFIX,
    )  # fmt: skip
    await campaigns.set_hours(s, campaign_id, every_day(time(0), time(0)))
    await campaigns.set_retry_rules(s, campaign_id, RETRIES)
    await campaigns.set_dispositions(s, campaign_id, DISPOSITIONS)
    return campaign_id


async def school(s: AsyncSession, customer_id: int, owner: int, managers: list[int]) -> int:
    """The other customer's: active in daytime, usual limits."""
    campaign_id = await _create(s, customer_id, "Autumn evening courses", SCHOOL, owner, managers)
    await lists.load(s, campaign_id, owner, SCHOOL / make_list.CONTACTS, datetime.now(UTC))
    await campaigns.start(s, campaign_id)
    return campaign_id


async def survey_draft(s: AsyncSession, customer_id: int, owner: int) -> int:
    """A draft that its owner has only begun: no contacts yet."""
    campaign = await campaigns.create(s, customer_id, name="Каталог весны: опрос прошлых покупателей")
    assert campaign.id is not None
    await campaigns.save_script(s, campaign.id, SURVEY, [], owner)
    return campaign.id


async def repair_paused(s: AsyncSession, customer_id: int, owner: int, managers: list[int]) -> int:
    campaign = await campaigns.create(s, customer_id, name="Реставрация столов", default_prefix=PREFIX)
    assert campaign.id is not None
    await campaigns.save_script(s, campaign.id, REPAIR, [], owner)
    await campaigns.set_managers(s, campaign.id, managers)
    await lists.load(s, campaign.id, owner, FURNITURE / make_list.EARLIER, datetime.now(UTC))
    await campaigns.start(s, campaign.id)
    await campaigns.pause(s, campaign.id)
    return campaign.id


async def load_earlier(s: AsyncSession, campaign_id: int, owner: int, days: int) -> None:
    """The list that the past calls went to, due before them."""
    due = datetime.now(UTC) - timedelta(days=days)
    await lists.load(s, campaign_id, owner, FURNITURE / make_list.EARLIER, due)


async def load_contacts(s: AsyncSession, campaign_id: int, owner: int) -> None:
    """The list that is to be called now."""
    due = datetime.now(UTC) - timedelta(minutes=1)
    await lists.load(s, campaign_id, owner, FURNITURE / make_list.CONTACTS, due)


async def _create(
    s: AsyncSession, customer_id: int, name: str, folder: Path, owner: int, managers: list[int], **limits: int | str
) -> int:
    campaign = await campaigns.create(s, customer_id, name=name, **limits)
    assert campaign.id is not None
    form = json.loads((folder / "form.json").read_text("utf-8"))
    await campaigns.save_script(s, campaign.id, (folder / "script.md").read_text("utf-8"), form, owner)
    await campaigns.set_managers(s, campaign.id, managers)
    return campaign.id
