"""The exchange as a customer of itself: whose campaigns are practice, without prices, around the clock."""

from datetime import UTC, datetime, time
from pathlib import Path

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from .. import campaigns, ledger
from ..hours import every_day
from ..tables import Campaign, Customer, Tariff
from ..words import CampaignStatus

SCRIPTS = Path(__file__).parent / "scripts"
COUNTRIES = {"ru": ("RU", "Europe/Moscow", "Учебные звонки"), "en": ("GB", "Europe/London", "Practice calls")}
NAME = "Operator Exchange"
FORM = {"ru": "Что важно запомнить", "en": "What is to be remembered"}
LONGEST_CALL_S, WARNING_S, WRAP_UP_S, RING_S = 300, 30, 120, 30
KEEP_DAYS = 90
_ANY_CURRENCY = text("select currency from tariff where customer_id is null order by valid_from desc, id desc limit 1")


async def campaign_of(s: AsyncSession, language: str) -> Campaign:
    """The practice campaign of a language, made when it is first asked for."""
    country = COUNTRIES[language][0]
    query = select(Campaign).where(col(Campaign.practice), Campaign.country == country)
    if (found := (await s.exec(query)).first()) is not None:
        return found
    # Two who train first at the same moment: the second waits, and finds it made.
    await s.execute(text("select pg_advisory_xact_lock(hashtextextended('practice.house', 0))"))
    return (await s.exec(query)).first() or await _make(s, await _house(s), language)


async def _house(s: AsyncSession) -> int:
    if (found := (await s.exec(select(Customer.id).where(col(Customer.house)))).first()) is not None:
        return found
    currency = (await s.execute(_ANY_CURRENCY)).scalar_one_or_none() or "RUB"
    house = Customer(name=NAME, currency=currency, house=True)
    s.add(house)
    await s.flush()
    assert house.id is not None
    await ledger.open_customer(s, house.id, currency)
    # Nothing costs anything and nothing is paid, whatever everybody's tariff says.
    s.add(Tariff(customer_id=house.id, currency=currency, valid_from=datetime(2000, 1, 1, tzinfo=UTC),
                 per_answered_call=0, per_minute=0, per_success=0, operator_share_bp=0, operator_per_call=0,
                 registration_bonus=0))  # fmt: skip
    await s.flush()
    return house.id


async def _make(s: AsyncSession, house: int, language: str) -> Campaign:
    country, zone, name = COUNTRIES[language]
    campaign = await campaigns.create(
        s, house, name=name, country=country, time_zone=zone, longest_call_s=LONGEST_CALL_S, warning_s=WARNING_S,
        ring_s=RING_S, wrap_up_s=WRAP_UP_S, max_attempts=1, min_gap_s=0, holidays_off=False, masking_allowed=False,
        practice=True,
    )  # fmt: skip
    assert campaign.id is not None
    campaign.keep_recordings_days = min(campaign.keep_recordings_days, KEEP_DAYS)
    await campaigns.set_hours(s, campaign.id, every_day(time(0), time(0)))
    form = [{"key": "remember", "label": FORM[language], "kind": "text"}]
    await campaigns.save_script(s, campaign.id, (SCRIPTS / f"{language}.md").read_text(encoding="utf-8"), form)
    campaign.status = CampaignStatus.ACTIVE
    s.add(campaign)
    await s.flush()
    return campaign
