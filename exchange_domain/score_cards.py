"""What a call is judged by: the criteria and reason codes of every call, and those that a campaign adds."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from . import audit
from .tables import ScoreCard

CRITERIA = ("greeting", "script", "listens", "true_result", "courtesy")
"""Those of every call, in the order of their keys 1 to 5. Their words are the page's."""
CODES = ("R1", "R2", "R3", "R4", "R5")
"""Reasons of every rejection: the result does not match the talk; pressed after a clear no; rude; did not follow the
script; a fault of the line, not of the operator."""
POINTS = (0, 1, 2)
MOST_OWN = 4
"""So many a campaign may add: nine in all, a digit each."""
LONGEST_LABEL = 80


@dataclass(frozen=True)
class Own:
    """A criterion or code that a campaign adds, in the words of who added it."""

    key: str
    label: str


@dataclass(frozen=True)
class Card:
    own_criteria: tuple[Own, ...] = ()
    own_codes: tuple[Own, ...] = ()

    @property
    def criteria(self) -> tuple[str, ...]:
        return (*CRITERIA, *(one.key for one in self.own_criteria))

    @property
    def codes(self) -> tuple[str, ...]:
        return (*CODES, *(one.key for one in self.own_codes))


class BadCard(ValueError):
    """Why a card is not taken, as a code: too_many, too_long, empty."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


async def of_campaign(s: AsyncSession, campaign_id: int) -> Card:
    row = await s.get(ScoreCard, campaign_id, populate_existing=True)
    if row is None:
        return Card()
    return Card(
        tuple(Own(one["key"], one["label"]) for one in row.criteria),
        tuple(Own(one["code"], one["label"]) for one in row.codes),
    )


@dataclass(frozen=True)
class OfCampaign:
    """A campaign, and how many criteria and codes it adds."""

    id: int
    name: str
    customer: str
    criteria: int
    codes: int


_CAMPAIGNS = text("""
select p.id, p.name, c.name as customer, coalesce(jsonb_array_length(k.criteria), 0) as criteria,
  coalesce(jsonb_array_length(k.codes), 0) as codes
from campaign p join customer c on c.id = p.customer_id left join score_card k on k.campaign_id = p.id
where p.status <> 'finished' and not p.practice and not exists (
  select from customer_member m where m.customer_id = p.customer_id and m.account_id = :account)
order by (p.status = 'active') desc, lower(c.name), lower(p.name), p.id limit 300
""")


async def campaigns(s: AsyncSession, account_id: int) -> list[OfCampaign]:
    """Those that are not over, the running ones first; none of a customer the moderator belongs to."""
    return [OfCampaign(**row) for row in (await s.execute(_CAMPAIGNS, {"account": account_id})).mappings()]


def read_labels(written: str) -> tuple[str, ...]:
    """Labels as a person writes them, one a line. Raises BadCard."""
    labels = [" ".join(line.replace("\x00", "").split()) for line in written.splitlines()]
    labels = [label for label in labels if label]
    if len(labels) > MOST_OWN:
        raise BadCard("too_many")
    if any(len(label) > LONGEST_LABEL for label in labels):
        raise BadCard("too_long")
    return tuple(dict.fromkeys(labels))


async def save(
    s: AsyncSession, campaign_id: int, account_id: int | None, criteria: Sequence[str], codes: Sequence[str]
) -> Card:
    """Sets what a campaign adds; what stays keeps its key, so that earlier scores keep their meaning."""
    before = await of_campaign(s, campaign_id)
    row = await s.get(ScoreCard, campaign_id, with_for_update=True) or ScoreCard(campaign_id=campaign_id)
    kept_criteria, kept_codes = _keyed(before.own_criteria, criteria, "C"), _keyed(before.own_codes, codes, "K")
    row.criteria = [{"key": one.key, "label": one.label} for one in kept_criteria]
    row.codes = [{"code": one.key, "label": one.label} for one in kept_codes]
    row.changed_by = account_id
    s.add(row)
    after = Card(kept_criteria, kept_codes)
    if after != before:
        await audit.write(
            s, account_id, "score_card_changed", f"campaign:{campaign_id}", before=_said(before), after=_said(after)
        )
    await s.flush()
    return after


def _keyed(before: Sequence[Own], labels: Sequence[str], letter: str) -> tuple[Own, ...]:
    known = {one.label: one.key for one in before}
    used = [int(match[1]) for one in before if (match := re.fullmatch(rf"{letter}(\d+)", one.key))]
    fresh = max(used, default=0)
    found: list[Own] = []
    for label in labels:
        if label not in known:
            fresh += 1
        found.append(Own(known.get(label) or f"{letter}{fresh}", label))
    return tuple(found)


def _said(card: Card) -> dict[str, list[str]]:
    return {"criteria": [one.label for one in card.own_criteria], "codes": [one.label for one in card.own_codes]}


def clean_scores(card: Card, given: Mapping[object, object]) -> dict[str, int]:
    """Of what a page sends, the points of criteria that there are."""
    return {key: points for key in card.criteria if type(points := given.get(key)) is int and points in POINTS}


def clean_codes(card: Card, given: Sequence[object]) -> list[str]:
    return [code for code in card.codes if code in given]
