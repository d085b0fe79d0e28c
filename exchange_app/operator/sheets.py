"""What the workspace shows of a call and of a campaign, read in one go from the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from babel.numbers import get_currency_precision
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import accounts, campaigns, drafts, scripts, tariffs
from exchange_domain.forms import FormField, parse_form
from exchange_domain.script_parts import Parts, parts
from exchange_domain.tables import Call, Campaign, Contact, ContactNumber, Customer, Disposition, Script, Tariff
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
    campaign = await s.get(Campaign, campaign_id)
    if campaign is None or campaign.status not in (CampaignStatus.ACTIVE, CampaignStatus.OUT_OF_FUNDS):
        return None
    return await _campaign(s, campaign, campaign.script_id, {"operator": accounts.first_name(operator_name)})


async def _campaign(
    s: AsyncSession,
    campaign: Campaign,
    script_id: int | None,
    values: Mapping[str, object],
    tariff_id: int | None = None,
) -> CampaignSheet:
    assert campaign.id is not None
    customer = await s.get_one(Customer, campaign.customer_id)
    script = await s.get(Script, script_id) if script_id else None
    tariff = (
        await s.get(Tariff, tariff_id)
        if tariff_id
        else await tariffs.current(s, campaign.customer_id, customer.currency)
    )
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
    call = await own_open_call(s, call_id, operator_id)
    if call is None:
        return None
    contact = await s.get_one(Contact, call.contact_id)
    campaign = await s.get_one(Campaign, call.campaign_id)
    script = await s.get_one(Script, call.script_id)
    known = (await s.exec(select(ContactNumber.e164).where(ContactNumber.contact_id == call.contact_id))).all()
    numbers = tuple({call.e164, *known})
    facts = hide_all({k: v for k, v in contact.fields.items() if str(v).strip()}, numbers)
    contact_name, person_name = hide(contact.name, numbers), hide(call.person_name, numbers)
    values = scripts.script_values(
        contact_name=contact_name, person_name=person_name, operator_name=operator_name, fields=facts
    )
    return CallSheet(
        call_id=call_id,
        campaign=await _campaign(s, campaign, call.script_id, values, call.tariff_id),
        contact_name=contact_name,
        person_name=person_name,
        facts=facts,
        fields=parse_form(script.form),
        dispositions=await campaigns.dispositions(s, call.campaign_id),
        draft=await drafts.of(s, call_id),
        hangup_cause=call.hangup_cause,
    )


async def own_open_call(s: AsyncSession, call_id: UUID, operator_id: int) -> Call | None:
    found = await s.exec(
        select(Call).where(Call.id == call_id, Call.operator_id == operator_id, col(Call.state) != CallState.CLOSED)
    )
    return found.one_or_none()


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
