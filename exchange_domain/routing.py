"""Which way a number goes: whether it may be dialled, who carries it, and what becomes of one that may not."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from robots import numbers as robot_numbers

from . import destinations, flags, line_limits
from .carriers import SETTINGS_GATEWAY, TO_ROBOTS, Known, Offer, beginnings, in_order, own_rate, within
from .destinations import Destinations
from .tables import Campaign, CarrierRate, Customer
from .words import FlagKind

AT_ONCE = 1000
"""How many numbers are looked through when one was found that may not be dialled: the next are often like it."""
MOST_SWEEPS = 20
"""How often one claim does that."""


@dataclass(frozen=True)
class Verdict:
    """What may be done with a number: dialled by one of `offers`, in this order, or not at all."""

    offers: tuple[Offer, ...] = ()
    """Empty without a refusal: nobody carries it at the moment."""
    refused: str | None = None
    """not_allowed: no allowed destination; no_route: no carrier has a rate for it; above_ceiling: all are dearer."""


@dataclass(frozen=True)
class Rules:
    """What holds for the numbers of one campaign."""

    destinations: Destinations
    carriers: tuple[Known, ...]
    """Those of the customer's currency, disabled ones too; empty with `own_gateway`."""
    own_gateway: bool
    """No carrier is entered at all: everything goes through the gateway of the settings."""
    ceiling: int | None
    """The most a carrier's minute may cost, in minor units."""
    practice: bool = False
    """Robots are called, and nobody else."""

    def judge(self, e164: str, rates: dict[int, dict[str, int]]) -> Verdict:
        """Pure. `rates`: by carrier, those that begin like the number."""
        if not self.destinations.allows(e164):
            return Verdict(refused="not_allowed")
        if self.own_gateway:
            return Verdict((TO_ROBOTS if self.practice else SETTINGS_GATEWAY,))
        if not self.carriers:
            return Verdict()
        offers = []
        for carrier in self.carriers:
            if (found := own_rate(e164, rates.get(carrier.id, {}))) is not None:
                offers.append(Offer(carrier.id, carrier.name, carrier.position, carrier.enabled, *found))
        if not offers:
            return Verdict(refused="no_route")
        fitting = within(offers, self.ceiling)
        if not fitting:
            return Verdict(refused="above_ceiling")
        return Verdict(tuple(in_order(fitting)))


# Columns of a statement in which the customer is `u`; what they hold goes to `rules_from`.
COLUMNS = f"""
(select coalesce(json_agg(
   json_build_array(r.id, r.name, r.position, r.enabled, r.max_concurrent is not null, r.currency) order by r.id
 ), '[]')::text from carrier r) as carriers,
(select min(e.per_minute) from price_ceiling e
 where e.currency = u.currency and (e.customer_id is null or e.customer_id = u.id)) as ceiling,
{destinations.COLUMNS}
"""
_OF_CUSTOMER = text(f"select {COLUMNS}, u.currency from customer u where u.id = :customer")
ONLY_ROBOTS = Rules(Destinations((), (), f"+{robot_numbers.CODE}"), (), own_gateway=True, ceiling=None, practice=True)


@lru_cache(maxsize=1024)
def _read(carriers: str, ceiling: int | None, prefixes: str, currency: str, country: str) -> Rules:
    found = json.loads(carriers)
    return Rules(
        destinations=destinations.read(prefixes, country),
        carriers=tuple(Known(*said) for *said, of in found if of == currency),
        own_gateway=not found,
        ceiling=ceiling if found else None,
    )


def rules_from(row: Any, campaign: Campaign, currency: str) -> Rules:
    """What the columns say. The same text is read once; nothing is kept that could be out of date."""
    if campaign.practice:
        return ONLY_ROBOTS
    return _read(row.carriers, row.ceiling, row.prefixes, currency, campaign.country)


async def rules_of(s: AsyncSession, campaign: Campaign, customer: Customer) -> Rules:
    row = (await s.execute(_OF_CUSTOMER, {"customer": customer.id})).one()
    return rules_from(row, campaign, customer.currency)


async def judge(s: AsyncSession, rules: Rules, numbers: Iterable[str]) -> dict[str, Verdict]:
    """The verdict on each number, by one look into the rates."""
    wanted = list(numbers)
    rates: dict[int, dict[str, int]] = defaultdict(dict)
    if rules.carriers:
        prefixes = {prefix for e164 in wanted for prefix in beginnings(e164)}
        found = await s.exec(
            select(CarrierRate).where(
                col(CarrierRate.carrier_id).in_([c.id for c in rules.carriers]), col(CarrierRate.prefix).in_(prefixes)
            )
        )
        for rate in found:
            rates[rate.carrier_id][rate.prefix] = rate.per_minute
    return {e164: rules.judge(e164, rates) for e164 in wanted}


SWEEP = text("""
select n.id, n.contact_id, n.e164 from contact c join contact_number n on n.contact_id = c.id
where c.campaign_id = :campaign and c.time_zone = :zone and c.status = 'waiting'
  and n.state = 'good' and n.refused_at is null
order by c.due_at, c.id limit :most
""")
# Only what is refused is locked: other claims go on with the rest, and a contact that one of them holds is left to it.
TAKE = text("select id from contact where id = any(:ids) and status = 'waiting' for update skip locked")
REFUSE_NUMBERS = text("update contact_number set refused_at = :at where id = any(:ids)")
# A contact that has another number is tried on that one; what is left without any is done.
REFUSE_CONTACTS = text("""
update contact c set status = 'done', refused_at = :at
where c.id = any(:ids) and c.status = 'waiting' and not exists (
  select from contact_number n where n.contact_id = c.id and n.state = 'good' and n.refused_at is null)
""")


@dataclass
class Router:
    """Finds the way of one claim's numbers, and remembers why it found none."""

    s: AsyncSession
    campaign: Campaign
    rules: Rules
    full: frozenset[int]
    now: datetime
    busy: bool = False
    """Some number could be dialled, if only a carrier had room."""
    refused: Counter[str] = field(default_factory=Counter)
    sweeps: int = 0

    async def offers(self, found: Row, zone: str) -> tuple[Offer, ...] | None:
        """Who can carry a picked contact's number now. Empty: nobody has room. None: the number was set aside."""
        verdict = (await judge(self.s, self.rules, [found.e164]))[found.e164]
        if verdict.refused is not None:
            await self._set_aside(found, zone)
            return None
        free = tuple(o for o in verdict.offers if o.carrier_id not in self.full)
        self.busy = self.busy or not free
        return free

    @property
    def no_room(self) -> bool:
        """No carrier could take any call now: nobody need be picked."""
        return not self.rules.own_gateway and all(c.id in self.full or not c.enabled for c in self.rules.carriers)

    @property
    def worn_out(self) -> bool:
        return self.sweeps >= MOST_SWEEPS

    async def _set_aside(self, found: Row, zone: str) -> None:
        """This number and the like among the next contacts' are not picked again; moderators are told."""
        self.sweeps += 1
        assert self.campaign.id is not None
        where = {"campaign": self.campaign.id, "zone": zone, "most": AT_ONCE}
        rows = (await self.s.execute(SWEEP, where)).all()
        verdicts = await judge(self.s, self.rules, {row.e164 for row in rows} | {found.e164})
        reasons = {row.id: (row.contact_id, verdicts[row.e164].refused) for row in rows}
        reasons[found.number_id] = (found.id, verdicts[found.e164].refused)
        suspects = {contact for contact, reason in reasons.values() if reason}
        taken = set((await self.s.execute(TAKE, {"ids": list(suspects)})).scalars())
        refused = {number: reason for number, (contact, reason) in reasons.items() if reason and contact in taken}
        await self.s.execute(REFUSE_NUMBERS, {"ids": list(refused), "at": self.now})
        await self.s.execute(REFUSE_CONTACTS, {"ids": list(taken), "at": self.now})
        self.refused.update(refused.values())
        await flags.raise_flag(
            self.s, FlagKind.DESTINATION_REFUSED, f"campaign:{self.campaign.id}", self.now,
            customer_id=self.campaign.customer_id, campaign_id=self.campaign.id, numbers=dict(self.refused),
        )  # fmt: skip


async def router_of(s: AsyncSession, campaign: Campaign, rules: Rules, now: datetime) -> Router:
    full = await line_limits.full_carriers(s, (c.id for c in rules.carriers if c.limited))
    return Router(s, campaign, rules, full, now)


async def reconsider(s: AsyncSession, customer_id: int | None = None) -> int:
    """After destinations, ceilings or rates changed: what was set aside is tried again. How many contacts wait again.

    A number that is still not allowed is set aside again when it is picked.
    """
    own = "campaign_id in (select id from campaign where cast(:c as bigint) is null or customer_id = :c)"
    await s.execute(
        text(f"update contact_number set refused_at = null where refused_at is not null and {own}"),
        {"c": customer_id},
    )
    waiting = await s.execute(
        text(
            "update contact set status = 'waiting', refused_at = null "
            f"where refused_at is not null and status = 'done' and {own} returning id"
        ),
        {"c": customer_id},
    )
    return len(waiting.all())
