"""Rules of the house that admins set: a default for each, and what the database has instead.

Each change is written down. Times are in seconds unless the name says otherwise, shares in percent.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import audit, retention
from .tables import HouseRule


class HouseRules(BaseModel):
    """All rules as they hold now."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    review_random_percent: int = Field(default=5, ge=0, le=100)
    """Of the calls without any risk, so many are listened to by chance."""
    review_second_percent: int = Field(default=10, ge=0, le=100)
    """Of the calls under review, so many are listened to by two."""
    review_lease_minutes: int = Field(default=30, ge=5, le=240)
    """So long a call is one moderator's after their last sign of life."""
    appeal_hours: int = Field(default=72, ge=1, le=720)
    new_operator_calls: int = Field(default=10, ge=0, le=1000)
    """An operator is new in their first talks."""
    new_campaign_calls: int = Field(default=20, ge=0, le=1000)
    short_call_s: int = Field(default=10, ge=1, le=120)
    """A talk shorter than this is very short."""
    silence_s: int = Field(default=15, ge=3, le=600)
    """Nobody speaks for longer than this: a long silence."""
    both_speaking_percent: int = Field(default=15, ge=1, le=100)
    greeting_s: int = Field(default=5, ge=1, le=60)
    """The operator has begun to speak within this after the answer."""
    fast_result_s: int = Field(default=2, ge=0, le=60)
    """A result written faster than this after the talk is too fast."""
    fast_results_in_row: int = Field(default=5, ge=2, le=100)
    skips_in_row: int = Field(default=5, ge=2, le=100)
    silent_call_s: int = Field(default=60, ge=10, le=3600)
    """A talk at least this long in which the operator hardly speaks is silent."""
    show_listening: int = Field(default=1, ge=0, le=1)
    """1: an operator sees it when a moderator listens in. A whisper and a stepping in are always shown."""
    keep_recordings_days: int = Field(default=180, ge=1, le=1095)
    """A new campaign's recordings are kept so long after their call."""
    keep_recordings_most_days: int = Field(default=1095, ge=1, le=1095)
    """No campaign's are kept for longer."""
    aptitude_clear: int = Field(default=60, ge=0, le=100)
    """Points of a hundred that an aptitude test needs, by what is measured (exchange_domain/practice/scoring.py)."""
    aptitude_prompt: int = Field(default=60, ge=0, le=100)
    aptitude_listens: int = Field(default=60, ge=0, le=100)
    aptitude_steady: int = Field(default=50, ge=0, le=100)
    aptitude_pace: int = Field(default=50, ge=0, le=100)
    aptitude_result: int = Field(default=60, ge=0, le=100)
    aptitude_script: int = Field(default=60, ge=0, le=100)
    """Only where speech is recognised."""

    @property
    def aptitude_marks(self) -> dict[str, int]:
        return {name.removeprefix("aptitude_"): value for name, value in self if name.startswith("aptitude_")}


class BadRule(ValueError):
    """The value is not one that the rule may have. `name` says which rule."""

    def __init__(self, name: str, least: int, most: int):
        super().__init__(f"{name} is from {least} to {most}")
        self.name, self.least, self.most = name, least, most


def bounds(name: str) -> tuple[int, int]:
    """The least and the greatest a rule may be."""
    about = HouseRules.model_fields[name].metadata
    return next(m.ge for m in about if hasattr(m, "ge")), next(m.le for m in about if hasattr(m, "le"))


async def rules(s: AsyncSession) -> HouseRules:
    """As they hold now; a stored value that is none (any more) counts as its default."""
    stored = {one.name: one.value for one in await s.exec(select(HouseRule))}
    try:
        return HouseRules(**stored)
    except ValidationError as wrong:
        bad = {str(error["loc"][0]) for error in wrong.errors()}
        return HouseRules(**{name: value for name, value in stored.items() if name not in bad})


async def change(s: AsyncSession, account_id: int | None, wanted: dict[str, Any]) -> HouseRules:
    """Sets the rules that are named; what stays the same is not written down. Raises BadRule, KeyError."""
    before = await rules(s)
    for name, value in wanted.items():
        least, most = bounds(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise BadRule(name, least, most)
        if value == getattr(before, name):
            continue
        row = await s.get(HouseRule, name, with_for_update=True) or HouseRule(name=name, value=value)
        row.value, row.changed_by = value, account_id
        s.add(row)
        await audit.write(s, account_id, "rule_changed", f"rule:{name}", before=getattr(before, name), after=value)
    await s.flush()
    after = await rules(s)
    if after.keep_recordings_most_days < before.keep_recordings_most_days:
        await retention.shorten(s, after.keep_recordings_most_days)
    return after
