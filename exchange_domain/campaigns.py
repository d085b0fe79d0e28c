"""Campaigns as their customers make them: script, hours, limits, retries, managers, dispositions; start and pause."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from sqlalchemy import delete, func, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import forms, house_rules, ledger, retention, tariffs, timetables
from .hours import Stretch, every_day
from .retention import KeptTooLong
from .tables import (
    Campaign,
    CampaignHours,
    CampaignManager,
    Contact,
    Customer,
    CustomerMember,
    Disposition,
    RetryRule,
    Script,
)  # fmt: skip
from .words import CampaignStatus, ContactStatus, MemberRole, Outcome, PilotState

DEFAULT_DISPOSITIONS: tuple[Outcome, ...] = (
    Outcome.SUCCESS, Outcome.REFUSED, Outcome.CALL_BACK, Outcome.NO_ANSWER, Outcome.BUSY, Outcome.WRONG_NUMBER,
    Outcome.DROPPED, Outcome.UNREACHABLE, Outcome.DO_NOT_CALL,
)  # fmt: skip
DEFAULT_RETRIES = {
    Outcome.NO_ANSWER: 2 * 3600,
    Outcome.BUSY: 15 * 60,
    Outcome.UNREACHABLE: 24 * 3600,
    Outcome.DROPPED: 10 * 60,
}
LIMITS = frozenset(
    {
        "longest_call_s", "warning_s", "ring_s", "wrap_up_s", "max_attempts", "min_gap_s", "max_calls_per_day",
        "holidays_off", "recording",
    }
)  # fmt: skip

RECORDING_LIMITS = frozenset({"keep_recordings_days", "masking_allowed"})

RUSSIAN_SPOKEN = frozenset({"RU", "BY", "KZ", "KG"})
"""Countries whose contacts are asked to wait in Russian."""


class CampaignError(Exception):
    """Why a campaign cannot be changed or started, as a code: no_script, no_contacts, no_hours, no_funds, no_tariff,
    no_success_disposition, not_possible, bad_limit, not_a_manager, pilot (its first calls are to be looked at)."""

    def __init__(self, code: str, **params: Any):
        super().__init__(f"{code} {params}" if params else code)
        self.code, self.params = code, params


async def create(s: AsyncSession, customer_id: int, *, name: str, **values: Any) -> Campaign:
    """A draft with usable defaults: every day 9 to 20, the nine dispositions, the usual retries. Raises KeptTooLong."""
    customer = await s.get_one(Customer, customer_id)
    days = await _kept_days(s, values.pop("keep_recordings_days", None))
    placed: dict[str, Any] = {
        "time_zone": customer.time_zone, "country": customer.country, "keep_recordings_days": days, **values,
    }  # fmt: skip
    campaign = Campaign(customer_id=customer_id, name=name.strip(), **placed)
    s.add(campaign)
    await s.flush()
    assert campaign.id is not None
    await set_hours(s, campaign.id, every_day(time(9), time(20)))
    await set_retry_rules(s, campaign.id, DEFAULT_RETRIES)
    await set_dispositions(s, campaign.id, [(outcome, None) for outcome in DEFAULT_DISPOSITIONS])
    return campaign


async def _kept_days(s: AsyncSession, wanted: int | None) -> int:
    """The campaign's choice, or what the house has for new ones. Raises KeptTooLong."""
    house = await house_rules.rules(s)
    if wanted is None:
        return min(house.keep_recordings_days, house.keep_recordings_most_days)
    if wanted > house.keep_recordings_most_days:
        raise KeptTooLong(house.keep_recordings_most_days)
    return wanted


async def save_script(
    s: AsyncSession, campaign_id: int, markdown: str, form: list[dict[str, Any]], by: int | None = None
) -> Script:
    """A new version of script and form; calls under way keep theirs. Raises forms.FormError."""
    checked = [field.as_dict() for field in forms.parse_form(form)]
    campaign = (await s.exec(select(Campaign).where(Campaign.id == campaign_id).with_for_update())).one()
    current = await s.get(Script, campaign.script_id) if campaign.script_id else None
    if current and current.markdown == markdown and current.form == checked:
        return current
    version = (await s.exec(select(func.max(Script.version)).where(Script.campaign_id == campaign_id))).one() or 0
    script = Script(campaign_id=campaign_id, version=version + 1, markdown=markdown, form=checked, created_by=by)
    s.add(script)
    await s.flush()
    campaign.script_id = script.id
    s.add(campaign)
    await s.flush()
    return script


async def set_hours(s: AsyncSession, campaign_id: int, stretches: Sequence[Stretch]) -> None:
    """Replaces the calling hours."""
    await s.execute(delete(CampaignHours).where(col(CampaignHours.campaign_id) == campaign_id))
    for x in sorted(set(stretches)):
        s.add(CampaignHours(campaign_id=campaign_id, weekday=x.weekday, opens=x.opens, closes=x.closes))
    await s.flush()


def speech_of(campaign: Campaign) -> str:
    """The language in which the switch speaks to the campaign's contacts: ru or en."""
    return "ru" if campaign.country in RUSSIAN_SPOKEN else "en"


async def set_retry_rules(s: AsyncSession, campaign_id: int, rules: Mapping[Outcome, int]) -> None:
    """Rest in seconds by outcome, for the outcomes after which a contact is tried again."""
    for outcome, delay_s in rules.items():
        rule = await s.get(RetryRule, (campaign_id, outcome)) or RetryRule(
            campaign_id=campaign_id, outcome=outcome, delay_s=delay_s
        )
        rule.delay_s = delay_s
        s.add(rule)
    await s.flush()


async def set_dispositions(s: AsyncSession, campaign_id: int, wanted: Sequence[tuple[Outcome, str | None]]) -> None:
    """The dispositions a campaign begins with, in key order, nine at most; later changes: `dispositions`."""
    if not 1 <= len(wanted) <= 9 or Outcome.SUCCESS not in {outcome for outcome, _ in wanted}:
        raise CampaignError("no_success_disposition")
    rows = (
        await s.exec(
            select(Disposition).where(Disposition.campaign_id == campaign_id).order_by(col(Disposition.position))
        )
    ).all()
    for row in rows[len(wanted) :]:
        await s.delete(row)
    for position, (outcome, label) in enumerate(wanted, 1):
        known = position <= len(rows)
        row = rows[position - 1] if known else Disposition(campaign_id=campaign_id, position=position, outcome=outcome)
        row.position, row.outcome, row.label = position, outcome, (label or "").strip() or None
        s.add(row)
    await s.flush()


async def dispositions(s: AsyncSession, campaign_id: int) -> list[Disposition]:
    return list(
        await s.exec(
            select(Disposition).where(Disposition.campaign_id == campaign_id).order_by(col(Disposition.position))
        )
    )


async def set_managers(s: AsyncSession, campaign_id: int, account_ids: Sequence[int]) -> None:
    """Who takes transfers, asked in this order. Only managers of the campaign's own customer."""
    campaign = await s.get_one(Campaign, campaign_id)
    allowed = set(
        await s.exec(
            select(CustomerMember.account_id).where(
                CustomerMember.customer_id == campaign.customer_id, CustomerMember.role == MemberRole.MANAGER
            )
        )
    )
    if not set(account_ids) <= allowed:
        raise CampaignError("not_a_manager")
    await s.execute(delete(CampaignManager).where(col(CampaignManager.campaign_id) == campaign_id))
    for position, account_id in enumerate(dict.fromkeys(account_ids), 1):
        s.add(CampaignManager(campaign_id=campaign_id, account_id=account_id, position=position))
    await s.flush()


async def set_limits(s: AsyncSession, campaign_id: int, **limits: int | bool | None) -> None:
    """Changes limits by name (LIMITS, RECORDING_LIMITS); the database refuses those out of range.

    Raises KeptTooLong.
    """
    if unknown := set(limits) - LIMITS - RECORDING_LIMITS:
        raise CampaignError("bad_limit", names=sorted(unknown))
    days = limits.get("keep_recordings_days")
    if days is not None:
        await _kept_days(s, days)
    campaign = await s.get_one(Campaign, campaign_id)
    for name, value in limits.items():
        setattr(campaign, name, value)
    s.add(campaign)
    await s.flush()
    if days is not None:
        await retention.keep(s, campaign, days)


async def start(s: AsyncSession, campaign_id: int) -> CampaignStatus:
    """Draft, paused or out of funds → active, when all it needs is there. Raises CampaignError."""
    campaign = (await s.exec(select(Campaign).where(Campaign.id == campaign_id).with_for_update())).one()
    if campaign.status == CampaignStatus.ACTIVE:
        return campaign.status
    if campaign.status == CampaignStatus.FINISHED or campaign.pilot == PilotState.REVIEW:
        raise CampaignError("not_possible" if campaign.status == CampaignStatus.FINISHED else "pilot")
    if campaign.script_id is None:
        raise CampaignError("no_script")
    if not (await timetables.hours_of(s, campaign_id)).stretches:
        raise CampaignError("no_hours")
    waiting = select(Contact.id).where(
        Contact.campaign_id == campaign_id, Contact.status != ContactStatus.DONE
    )  # fmt: skip
    if (await s.exec(waiting.limit(1))).first() is None:
        raise CampaignError("no_contacts")
    customer = await s.get_one(Customer, campaign.customer_id)
    tariff = await tariffs.current(s, campaign.customer_id, customer.currency)
    if tariff is None:
        raise CampaignError("no_tariff")
    needed = tariffs.most(tariff, campaign.longest_call_s)
    available = (await ledger.balance(s, campaign.customer_id)).available
    if available < needed:
        raise CampaignError("no_funds", needed=needed, available=available, currency=customer.currency)
    return await _set_status(s, campaign, CampaignStatus.ACTIVE)


async def pause(s: AsyncSession, campaign_id: int) -> CampaignStatus:
    """No new call is claimed from now on; calls on the line go on."""
    campaign = (await s.exec(select(Campaign).where(Campaign.id == campaign_id).with_for_update())).one()
    if campaign.status not in (CampaignStatus.ACTIVE, CampaignStatus.OUT_OF_FUNDS, CampaignStatus.PAUSED):
        raise CampaignError("not_possible")
    return await _set_status(s, campaign, CampaignStatus.PAUSED)


async def finish(s: AsyncSession, campaign_id: int) -> CampaignStatus:
    campaign = (await s.exec(select(Campaign).where(Campaign.id == campaign_id).with_for_update())).one()
    return await _set_status(s, campaign, CampaignStatus.FINISHED)


async def _set_status(s: AsyncSession, campaign: Campaign, status: CampaignStatus) -> CampaignStatus:
    campaign.status = status
    s.add(campaign)
    await s.flush()
    return status


async def resume_funded(s: AsyncSession, customer_id: int) -> list[int]:
    """After a deposit: campaigns that stood for want of money are active again. Returns their ids."""
    rows = await s.execute(
        text("update campaign set status = 'active' where customer_id = :id and status = 'out_of_funds' returning id"),
        {"id": customer_id},
    )
    return [row[0] for row in rows]
