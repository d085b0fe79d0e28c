"""What the workspace shows of a call and of a campaign, read in one go from the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from babel.numbers import get_currency_precision
from sqlalchemy import bindparam, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import accounts, campaigns, drafts, scripts, tariffs
from exchange_domain.forms import FormField, parse_form
from exchange_domain.script_parts import Parts, parts
from exchange_domain.tables import (
    Call,
    CallDraft,
    Campaign,
    Contact,
    ContactNumber,
    Customer,
    Disposition,
    Script,
    Tariff,
)
from exchange_domain.words import CallState, CampaignStatus

from .hidden_numbers import hide, hide_all


@dataclass(frozen=True)
class Pay:
    """The operator's own part of a tariff, in minor units."""

    currency: str
    per_call: int = 0
    per_answered: int = 0
    per_minute: int = 0
    per_success: int = 0

    @property
    def unit(self) -> int:
        """Minor units in one of the currency."""
        return minor_units(self.currency)


@dataclass(frozen=True)
class CampaignSheet:
    """A campaign as its operators know it."""

    campaign_id: int
    name: str
    customer_name: str
    pay: Pay
    max_attempts: int
    ring_s: int
    masking_allowed: bool
    wrap_up_s: int
    recording: bool
    practice: bool
    parts: Parts


@dataclass(frozen=True)
class CallSheet:
    """A call of this operator: script, form, what is known of the contact, what was typed so far. No full number."""

    call_id: UUID
    campaign: CampaignSheet
    contact_name: str
    person_name: str
    facts: dict[str, str]
    """The list's columns, numbers hidden."""
    fields: list[FormField]
    dispositions: list[Disposition]
    draft: drafts.Draft = field(default_factory=drafts.Draft)
    hangup_cause: str | None = None


def minor_units(currency: str) -> int:
    """How many minor units one of a currency has: 100 for the rouble, 1 for the yen."""
    return 10 ** get_currency_precision(currency)


async def of_campaign(s: AsyncSession, campaign_id: int, operator_name: str) -> CampaignSheet | None:
    """A campaign that runs, with its present script and nobody's values in it. None: there is no such campaign."""
    found = (await s.execute(_CAMPAIGN, {"campaign": campaign_id, "now": datetime.now(UTC)})).one_or_none()
    if found is None or found.Campaign.status not in (CampaignStatus.ACTIVE, CampaignStatus.OUT_OF_FUNDS):
        return None
    values = {"operator": accounts.first_name(operator_name)}
    return _campaign(found.Campaign, found.Customer, found.Script, found.Tariff, values)


# What the workspace asks for at each call is built once.
_CAMPAIGN: Any = (
    select(Campaign, Customer, Script, Tariff)
    .join(Customer, col(Customer.id) == col(Campaign.customer_id))
    .outerjoin(Script, col(Script.id) == col(Campaign.script_id))
    .outerjoin(
        Tariff,
        col(Tariff.id)
        == tariffs.in_force(Customer.id, Customer.currency, bindparam("now")).correlate(Customer).scalar_subquery(),
    )
    .where(col(Campaign.id) == bindparam("campaign"))
)
_CALL: Any = (
    select(Call, Contact, Campaign, Customer, Script, Tariff, CallDraft)
    .join(Contact, col(Contact.id) == col(Call.contact_id))
    .join(Campaign, col(Campaign.id) == col(Call.campaign_id))
    .join(Customer, col(Customer.id) == col(Call.customer_id))
    .join(Script, col(Script.id) == col(Call.script_id))
    .join(Tariff, col(Tariff.id) == col(Call.tariff_id))
    .outerjoin(CallDraft, col(CallDraft.call_id) == col(Call.id))
    .where(
        col(Call.id) == bindparam("call"), col(Call.operator_id) == bindparam("operator"),
        col(Call.state) != CallState.CLOSED,
    )
)  # fmt: skip


_NUMBERS: Any = select(col(ContactNumber.e164)).where(col(ContactNumber.contact_id) == bindparam("contact"))


def _campaign(
    campaign: Campaign, customer: Customer, script: Script | None, tariff: Tariff | None, values: Mapping[str, object]
) -> CampaignSheet:
    assert campaign.id is not None
    return CampaignSheet(
        campaign_id=campaign.id,
        name=campaign.name,
        customer_name=customer.name,
        pay=pay_of(tariff, customer.currency),
        max_attempts=campaign.max_attempts,
        ring_s=campaign.ring_s,
        masking_allowed=campaign.masking_allowed,
        wrap_up_s=campaign.wrap_up_s,
        recording=campaign.recording,
        practice=campaign.practice,
        parts=parts(script.markdown, values) if script else Parts((), ()),
    )


def pay_of(tariff: Tariff | None, currency: str) -> Pay:
    if tariff is None:
        return Pay(currency)

    def part(amount: int) -> int:
        return amount * tariff.operator_share_bp // 10_000

    return Pay(
        tariff.currency,
        tariff.operator_per_call,
        part(tariff.per_answered_call),
        part(tariff.per_minute),
        part(tariff.per_success),
    )


async def of_call(s: AsyncSession, call_id: UUID, operator_id: int, operator_name: str) -> CallSheet | None:
    """The open call of this operator. None: there is none of this id, it is somebody else's, or it is closed."""
    found = (await s.execute(_CALL, {"call": call_id, "operator": operator_id})).one_or_none()
    if found is None:
        return None
    call, contact, script = found.Call, found.Contact, found.Script
    known = (await s.execute(_NUMBERS, {"contact": call.contact_id})).scalars()
    numbers = tuple({call.e164, *known})
    facts = hide_all({k: v for k, v in contact.fields.items() if str(v).strip()}, numbers)
    contact_name, person_name = hide(contact.name, numbers), hide(call.person_name, numbers)
    values = scripts.script_values(
        contact_name=contact_name, person_name=person_name, operator_name=operator_name, fields=facts
    )
    return CallSheet(
        call_id=call_id,
        campaign=_campaign(found.Campaign, found.Customer, script, found.Tariff, values),
        contact_name=contact_name,
        person_name=person_name,
        facts=facts,
        fields=parse_form(script.form),
        dispositions=await campaigns.dispositions(s, call.campaign_id),
        draft=drafts.read(found.CallDraft),
        hangup_cause=call.hangup_cause,
    )


async def own_open_call(s: AsyncSession, call_id: UUID, operator_id: int) -> Call | None:
    found = await s.execute(
        select(Call).where(
            col(Call.id) == call_id, col(Call.operator_id) == operator_id, col(Call.state) != CallState.CLOSED
        )
    )
    return found.scalar_one_or_none()


@dataclass(frozen=True)
class Writing:
    """What closing a call needs: the form of its own script version, and what was typed so far."""

    fields: list[FormField]
    dispositions: list[Disposition]
    draft: drafts.Draft
    time_zone: str


async def call_to_write(s: AsyncSession, call_id: UUID, operator_id: int) -> Writing | None:
    """None: there is no such call, it is somebody else's, or it is closed."""
    call = await own_open_call(s, call_id, operator_id)
    if call is None:
        return None
    script = await s.get_one(Script, call.script_id)
    contact = await s.get_one(Contact, call.contact_id)
    found = await campaigns.dispositions(s, call.campaign_id)
    return Writing(parse_form(script.form), found, await drafts.of(s, call_id), contact.time_zone)
