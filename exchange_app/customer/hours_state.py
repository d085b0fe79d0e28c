"""Calling hours and limits; every change is saved at once."""

from dataclasses import dataclass, replace
from datetime import time

import reflex as rx
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.arguments import BadArgument, clock_time, flag, one_of, whole
from exchange_app.design.week import Day, days_of, with_day
from exchange_app.security import roles
from exchange_domain import campaigns, daily_caps
from exchange_domain.hours import Stretch
from exchange_domain.retention import KeptTooLong
from exchange_domain.tables import Campaign, CampaignHours, RetryRule
from exchange_domain.words import RETRIED, Outcome

from .here import Here
from .rights import field_of, gone, opened

MINUTE, HOUR = 60, 3600


@dataclass(frozen=True)
class Limit:
    """A limit as the page shows it: in `unit` seconds (or days), from `least` to `most` of these units."""

    unit: int
    least: int
    most: int
    optional: bool = False
    """Whether an empty field means: no limit."""


LIMITS = {
    "longest_call_s": Limit(MINUTE, 1, 120),
    "warning_s": Limit(1, 5, 7000),
    "ring_s": Limit(1, 5, 120),
    "wrap_up_s": Limit(1, 10, 3600),
    "max_attempts": Limit(1, 1, 20),
    "min_gap_s": Limit(MINUTE, 0, 43200),
    "max_calls_per_day": Limit(1, 1, 1_000_000, optional=True),
    "keep_recordings_days": Limit(1, 1, 1095),
}
RETRY = Limit(MINUTE, 0, 43200)


def _typed(value: int | None, limit: Limit) -> str:
    return "" if value is None else str(value // limit.unit)


class Hours(rx.State):
    days: rx.Field[list[Day]] = rx.field(default_factory=list)
    day_faults: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    """What is wrong with a day's hours by weekday: closes_first, overlaps, bad_time."""
    shown: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    """Limits and retry delays as typed, by name; delays are `retry_{outcome}`."""
    wrong: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    """Names of limits that were not taken: range, warning, kept."""
    kept_most: int = 0
    """For so many days the house keeps recordings at most; known once more was asked for."""
    recording: bool = True
    number_cap: int = 0
    """Most calls a day to one number, over all campaigns."""
    masking_allowed: bool = True

    @rx.event
    @roles("customer")
    async def enter(self):
        async with opened(self) as at:
            if at is None:
                self.reset()
                return
            await self._read(at.db, at.campaign)
        self.wrong, self.day_faults = {}, {}

    async def _read(self, db: AsyncSession, campaign: Campaign) -> None:
        assert campaign.id is not None
        self.days = days_of(await _stretches(db, campaign.id))
        shown = {name: _typed(getattr(campaign, name), limit) for name, limit in LIMITS.items()}
        for rule in await db.exec(select(RetryRule).where(RetryRule.campaign_id == campaign.id)):
            shown[f"retry_{rule.outcome}"] = str(rule.delay_s // RETRY.unit)
        self.shown = shown
        self.recording, self.number_cap = campaign.recording, daily_caps.of_a_number()
        self.masking_allowed = campaign.masking_allowed

    @rx.event
    @roles("customer")
    async def change_time(self, field: str, value: str):
        """Saves when a day opens or closes; the field is `{campaign}:{weekday}:opens` or `…:closes`."""
        campaign_id, rest = field_of(field)
        day, which = whole(rest.partition(":")[0]), rest.partition(":")[2]
        if not 0 <= day <= 6 or which not in ("opens", "closes"):
            raise BadArgument("a weekday is expected")
        async with opened(self, campaign_id) as at:
            if at is None:
                return gone()
            stretches = await _stretches(at.db, at.id)
            stored = days_of(stretches)[day]
            # Both times as they stand on the page: the other may wait for this one to fit.
            shown = self.days[day] if at.on_page and len(self.days) == 7 else stored
            wanted_day = replace(shown, **{which: str(value)[:5]})
            fault = ""
            try:
                stretches = with_day(stretches, day, clock_time(wanted_day.opens), clock_time(wanted_day.closes))
                await campaigns.set_hours(at.db, at.id, stretches)
            except BadArgument:
                fault = "bad_time"
            except ValueError as refused:
                fault = str(refused)
        if not at.on_page:
            return
        self.days = [replace(wanted_day, on=True) if d.weekday == day else d for d in self.days]
        self.day_faults = {
            **{k: v for k, v in self.day_faults.items() if k != str(day)},
            **({str(day): fault} if fault else {}),
        }
        await self._told(bool(stretches))

    @rx.event
    @roles("customer")
    async def switch_day(self, weekday: int, on: bool):
        day, wanted_on = whole(weekday), flag(on)
        async with opened(self) as at:
            if at is None or not 0 <= day <= 6:
                return gone()
            stretches = await _stretches(at.db, at.id)
            if wanted_on and not any(x.weekday == day for x in stretches):
                stretches = with_day(stretches, day, time(9), time(20))
            elif not wanted_on:
                stretches = [x for x in stretches if x.weekday != day]
            await campaigns.set_hours(at.db, at.id, stretches)
        self.days = days_of(stretches)
        self.day_faults = {k: v for k, v in self.day_faults.items() if k != str(day)}
        await self._told(bool(stretches))

    @rx.event
    @roles("customer")
    async def copy_monday(self):
        """The hours of Monday for every day that is called."""
        async with opened(self) as at:
            if at is None:
                return gone()
            stretches = await _stretches(at.db, at.id)
            called = {x.weekday for x in stretches}
            monday = [x for x in stretches if x.weekday == 0]
            if not monday:
                return
            wanted = [Stretch(day, x.opens, x.closes) for day in called for x in monday]
            await campaigns.set_hours(at.db, at.id, wanted)
        self.days, self.day_faults = days_of(wanted), {}

    @rx.event
    @roles("customer")
    async def change_limit(self, field: str, value: str):
        """Saves one limit, or a delay named `retry_{outcome}`, in the units of its field."""
        campaign_id, name = field_of(field)
        limit = RETRY if name.startswith("retry_") else LIMITS.get(name)
        if limit is None:
            raise BadArgument("a limit is expected")
        none = limit.optional and isinstance(value, str) and not value.strip()
        try:
            number = 0 if none else whole(value)
        except BadArgument:
            number = -1
        in_range = none or limit.least <= number <= limit.most
        fault = "" if in_range else "range"
        saved = {name}
        async with opened(self, campaign_id) as at:
            if at is None:
                return gone()
            if not in_range:
                pass
            elif limit is RETRY:
                outcome = one_of(Outcome, name.removeprefix("retry_"))
                if outcome not in RETRIED:
                    raise BadArgument("an outcome that is tried again is expected")
                await campaigns.set_retry_rules(at.db, at.id, {outcome: number * limit.unit})
            elif none:
                await campaigns.set_limits(at.db, at.id, **{name: None})
            else:
                changed = {name: number * limit.unit} | (self._waiting_for(name) if at.on_page else {})
                longest = changed.get("longest_call_s", at.campaign.longest_call_s)
                if changed.get("warning_s", at.campaign.warning_s) > longest - 5:
                    fault = "warning"
                else:
                    saved = set(changed)
                    try:
                        await campaigns.set_limits(at.db, at.id, **changed)
                    except KeptTooLong as refused:
                        fault, self.kept_most = "kept", refused.days
        if not at.on_page:
            return
        self.shown = {**self.shown, name: str(value)[:20]}
        self.wrong = {k: v for k, v in self.wrong.items() if k not in saved} | ({name: fault} if fault else {})

    def _waiting_for(self, name: str) -> dict[str, int]:
        """Of the longest call and its warning, the one that did not fit without this change, in seconds."""
        pair = {"longest_call_s", "warning_s"}
        fits_now = [n for n in pair - {name} if name in pair and self.wrong.get(n) == "warning"]
        return {n: whole(self.shown[n]) * LIMITS[n].unit for n in fits_now}

    @rx.event
    @roles("customer")
    async def switch_recording(self, on: bool):
        wanted = flag(on)
        async with opened(self) as at:
            if at is None:
                return gone()
            await campaigns.set_limits(at.db, at.id, recording=wanted)
        self.recording = wanted

    @rx.event
    @roles("customer")
    async def switch_masking(self, on: bool):
        wanted = flag(on)
        async with opened(self) as at:
            if at is None:
                return gone()
            await campaigns.set_limits(at.db, at.id, masking_allowed=wanted)
        self.masking_allowed = wanted

    async def _told(self, has_hours: bool) -> None:
        (await self.get_state(Here)).has_hours = has_hours


async def _stretches(db: AsyncSession, campaign_id: int) -> list[Stretch]:
    rows = await db.exec(select(CampaignHours).where(CampaignHours.campaign_id == campaign_id))
    return sorted(Stretch(r.weekday, r.opens, r.closes) for r in rows)
