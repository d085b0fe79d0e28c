"""Campaigns: made, changed, started, stopped; and the customer's money."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.campaign_news import announce
from exchange_domain import campaigns, contact_counts, database, forms, ledger, pilots
from exchange_domain.api_tokens import Client
from exchange_domain.calls import totals
from exchange_domain.campaigns import CampaignError
from exchange_domain.forms import FormError
from exchange_domain.hours import Stretch
from exchange_domain.importing import NumberRules, UnreadableList
from exchange_domain.importing.zones import is_zone
from exchange_domain.retention import KeptTooLong
from exchange_domain.tables import Campaign, CampaignHours, Customer, Script
from exchange_domain.words import ApiScope, CampaignStatus, FieldKind, Outcome, PilotState

from .access import campaign_of, needs
from .fields import AfterId, Clock, Id, IdempotencyKey, In, Name, PageSize, Whole, YesNo
from .once import once
from .problems import ApiProblem, documented

router = APIRouter(tags=["campaigns"])
Reader = Annotated[Client, needs(ApiScope.CAMPAIGNS_READ)]
Writer = Annotated[Client, needs(ApiScope.CAMPAIGNS_WRITE)]
REFUSED = {
    "pilot": "The first calls are to be looked at first.",
    "no_script": "There is no script yet.",
    "no_hours": "There are no calling hours.",
    "no_contacts": "No contact waits to be called.",
    "no_tariff": "There is no tariff for this customer.",
    "no_funds": "The money does not reach for one call.",
    "not_possible": "Not in the campaign's present status.",
}


class Limits(In):
    """Times are in seconds."""

    time_zone: str | None = Field(
        None, max_length=64, examples=["Europe/Moscow"], description="IANA zone of contacts whose own is not known."
    )
    country: str | None = Field(
        None, pattern="^[A-Z]{2}$", examples=["RU"], description="ISO 3166; how numbers without + are read."
    )
    default_prefix: str | None = Field(
        None, max_length=20, examples=["+7-812"], description="Put before local numbers."
    )
    longest_call_s: Whole | None = Field(None, ge=30, le=7200)
    ring_s: Whole | None = Field(None, ge=5, le=120)
    wrap_up_s: Whole | None = Field(None, ge=10, le=3600)
    max_attempts: Whole | None = Field(None, ge=1, le=20)
    min_gap_s: Whole | None = Field(None, ge=0, le=2_592_000)
    max_calls_per_day: Whole | None = Field(None, ge=1, le=1_000_000)
    holidays_off: YesNo | None = None
    recording: YesNo | None = None
    keep_recordings_days: Whole | None = Field(None, ge=1, le=1095)


class CampaignIn(Limits):
    name: Name
    pilot: YesNo = Field(True, description="Stop after the first calls, so that they can be listened to.")


class CampaignChange(Limits):
    name: Name | None = None


class FieldIn(In):
    key: str = Field(pattern="^[a-z][a-z0-9_]{0,39}$")
    label: str = Field(min_length=1, max_length=200)
    kind: FieldKind = FieldKind.TEXT
    required: YesNo = Field(False, description="For a success, unless outcomes are named.")
    required_on: list[Outcome] = Field(default_factory=list, max_length=len(Outcome))
    options: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(default_factory=list, max_length=50)


class ScriptIn(In):
    markdown: str = Field(min_length=1, max_length=100_000)
    form: list[FieldIn] = Field(default_factory=list, max_length=forms.MOST_FIELDS)


class ScriptOut(BaseModel):
    version: int


class StatusIn(In):
    status: Literal["active", "paused", "finished"]


class StretchIn(In):
    weekday: Whole = Field(ge=0, le=6, description="0 is Monday.")
    opens: Clock
    closes: Clock = Field(description="00:00 is the end of the day.")


class HoursIn(In):
    stretches: list[StretchIn] = Field(max_length=70)


class StretchOut(BaseModel):
    weekday: int
    opens: str
    closes: str


class Totals(BaseModel):
    calls: int
    answered: int
    successes: int
    talk_s: int
    charge: int


class Counts(BaseModel):
    contacts: int
    done: int
    working: int


class CampaignOut(BaseModel):
    id: int
    name: str
    status: CampaignStatus
    pilot: PilotState
    created_at: datetime
    currency: str
    time_zone: str
    country: str
    default_prefix: str
    longest_call_s: int
    ring_s: int
    wrap_up_s: int
    max_attempts: int
    min_gap_s: int
    max_calls_per_day: int | None
    holidays_off: bool
    recording: bool
    keep_recordings_days: int
    script_version: int | None
    totals: Totals
    contacts: Counts


class CampaignPage(BaseModel):
    campaigns: list[CampaignOut]
    more: bool


class BalanceOut(BaseModel):
    available: int
    held: int
    currency: str


async def shown(s: AsyncSession, campaign: Campaign) -> CampaignOut:
    assert campaign.id is not None and campaign.created_at is not None
    customer = await s.get_one(Customer, campaign.customer_id)
    script = await s.get(Script, campaign.script_id) if campaign.script_id else None
    tallies = await totals(s, campaign.id)
    counted = await contact_counts.of_campaign(s, campaign.id)
    own = campaign.model_dump(include=set(CampaignOut.model_fields) & set(Campaign.model_fields))
    return CampaignOut(
        **own,
        currency=customer.currency,
        script_version=script.version if script else None,
        totals=Totals(
            calls=sum(t.calls for t in tallies), answered=sum(t.answered for t in tallies),
            successes=sum(t.calls for t in tallies if t.outcome == Outcome.SUCCESS),
            talk_s=sum(t.talk_s for t in tallies), charge=sum(t.charge for t in tallies),
        ),
        contacts=Counts(contacts=counted.contacts, done=counted.done, working=counted.working),
    )  # fmt: skip


def _checked(given: Limits, present: Campaign | None = None) -> dict[str, Any]:
    """What is given of the limits. Raises ApiProblem where a value makes no sense with the others."""
    values = {k: v for k, v in given.model_dump(exclude={"name", "pilot"}).items() if k in given.model_fields_set}
    if blank := [k for k, v in values.items() if v is None and k != "max_calls_per_day"]:
        raise ApiProblem(422, "not_valid", "null is no value for this.", where=f"body.{blank[0]}")
    if "time_zone" in values and not is_zone(values["time_zone"]):
        raise ApiProblem(422, "unknown_time_zone", "There is no such time zone.", where="body.time_zone")
    try:
        NumberRules(
            values.get("country", present.country if present else "RU"),
            values.get("default_prefix", present.default_prefix if present else ""),
        )
    except UnreadableList as wrong:
        where = "body.country" if wrong.code == "unknown_country" else "body.default_prefix"
        raise ApiProblem(422, wrong.code, str(wrong), where=where) from None
    longest = values.get("longest_call_s")
    if longest is not None:
        warning = present.warning_s if present else 60
        values["warning_s"] = min(warning, longest - 5)
    return values


@contextmanager
def _within_the_house() -> Iterator[None]:
    """What its rules do not allow is the caller's to change."""
    try:
        yield
    except KeptTooLong as refused:
        said = f"No recording is kept for more than {refused.days} days here."
        raise ApiProblem(422, "kept_too_long", said, where="body.keep_recordings_days") from None


@router.get("/campaigns", responses=documented())
async def list_campaigns(client: Reader, after: AfterId = 0, limit: PageSize = 100) -> CampaignPage:
    """Campaigns in the order they were made."""
    async with database.session() as s:
        found = await s.exec(
            select(Campaign)
            .where(Campaign.customer_id == client.customer_id, col(Campaign.id) > after)
            .order_by(col(Campaign.id))
            .limit(limit + 1)
        )
        rows = list(found)
        return CampaignPage(campaigns=[await shown(s, one) for one in rows[:limit]], more=len(rows) > limit)


@router.post("/campaigns", status_code=201, response_model=CampaignOut, responses=documented(400, 409, 413))
async def create_campaign(
    request: Request, response: Response, client: Writer, body: CampaignIn, idempotency_key: IdempotencyKey = None
) -> JSONResponse:
    """A draft with usable defaults: every day from 9 to 20, nine dispositions, the usual retries."""

    async def act(s: AsyncSession) -> CampaignOut:
        if not body.name.strip():
            raise ApiProblem(422, "no_name", "The name is blank.", where="body.name")
        pilot = PilotState.DUE if body.pilot else PilotState.OVER
        with _within_the_house():
            made = await campaigns.create(s, client.customer_id, name=body.name, pilot=pilot, **_checked(body))
        await s.refresh(made)
        return await shown(s, made)

    return await once(request, client, idempotency_key, body, act, status=201, response=response)


@router.get("/campaigns/{campaign_id}", responses=documented(404))
async def get_campaign(client: Reader, campaign_id: Id) -> CampaignOut:
    async with database.session() as s:
        return await shown(s, await campaign_of(s, client, campaign_id))


@router.patch("/campaigns/{campaign_id}", responses=documented(400, 404, 413))
async def change_campaign(client: Writer, campaign_id: Id, body: CampaignChange) -> CampaignOut:
    """Changes what is named; the rest stays."""
    async with database.session() as s:
        campaign = await campaign_of(s, client, campaign_id, lock=True)
        values = _checked(body, campaign)
        if body.name is not None:
            if not body.name.strip():
                raise ApiProblem(422, "no_name", "The name is blank.", where="body.name")
            campaign.name = body.name.strip()
        placed = {name: values.pop(name) for name in ("time_zone", "country", "default_prefix") if name in values}
        for name, value in placed.items():
            setattr(campaign, name, value)
        s.add(campaign)
        with _within_the_house():
            await campaigns.set_limits(s, campaign_id, **values)
        out = await shown(s, campaign)
    await announce(campaign_id, out.status)
    return out


@router.put("/campaigns/{campaign_id}/script", responses=documented(400, 404, 413))
async def put_script(client: Writer, campaign_id: Id, body: ScriptIn) -> ScriptOut:
    """A new version of script and form; calls under way keep theirs. The same again makes none."""
    async with database.session() as s:
        await campaign_of(s, client, campaign_id)
        form = [one.model_dump(mode="json") for one in body.form]
        try:
            script = await campaigns.save_script(s, campaign_id, body.markdown, form)
        except FormError as wrong:
            raise ApiProblem(422, wrong.code, str(wrong), where=f"body.form.{max(wrong.field - 1, 0)}") from None
        return ScriptOut(version=script.version)


@router.get("/campaigns/{campaign_id}/hours", responses=documented(404))
async def get_hours(client: Reader, campaign_id: Id) -> list[StretchOut]:
    """By the contact's own clock."""
    async with database.session() as s:
        await campaign_of(s, client, campaign_id)
        rows = await s.exec(
            select(CampaignHours)
            .where(CampaignHours.campaign_id == campaign_id)
            .order_by(col(CampaignHours.weekday), col(CampaignHours.opens))
        )
        return [StretchOut(weekday=r.weekday, opens=f"{r.opens:%H:%M}", closes=f"{r.closes:%H:%M}") for r in rows]


@router.put("/campaigns/{campaign_id}/hours", responses=documented(400, 404, 413))
async def put_hours(client: Writer, campaign_id: Id, body: HoursIn) -> list[StretchOut]:
    """Replaces the calling hours."""
    stretches: list[Stretch] = []
    for place, one in enumerate(body.stretches):
        opens, closes = time.fromisoformat(one.opens), time.fromisoformat(one.closes)
        if closes <= opens and closes != time(0):
            raise ApiProblem(422, "closes_too_early", "It closes before it opens.", where=f"body.stretches.{place}")
        if any(s.weekday == one.weekday and s.opens == opens for s in stretches):
            raise ApiProblem(422, "doubled", "This beginning stands here twice.", where=f"body.stretches.{place}")
        stretches.append(Stretch(one.weekday, opens, closes))
    async with database.session() as s:
        await campaign_of(s, client, campaign_id, lock=True)
        await campaigns.set_hours(s, campaign_id, stretches)
    return [
        StretchOut(weekday=x.weekday, opens=f"{x.opens:%H:%M}", closes=f"{x.closes:%H:%M}") for x in sorted(stretches)
    ]


@router.put("/campaigns/{campaign_id}/status", responses=documented(400, 404, 409, 413))
async def put_status(client: Writer, campaign_id: Id, body: StatusIn) -> CampaignOut:
    """`active` also lets a campaign go on that stopped after its pilot; `finished` is for good."""
    async with database.session() as s:
        campaign = await campaign_of(s, client, campaign_id)
        try:
            match body.status:
                case "active":
                    await pilots.go_on(s, campaign_id)
                    await campaigns.start(s, campaign_id)
                case "paused":
                    await campaigns.pause(s, campaign_id)
                case "finished":
                    await campaigns.finish(s, campaign_id)
        except CampaignError as refused:
            raise ApiProblem(409, refused.code, REFUSED.get(refused.code, "Not possible.")) from None
        await s.refresh(campaign)
        out = await shown(s, campaign)
    await announce(campaign_id, out.status)
    return out


@router.get("/balance", responses=documented(), tags=["money"])
async def get_balance(client: Annotated[Client, needs(ApiScope.MONEY_READ)]) -> BalanceOut:
    """What may be spent, and what is held for calls on the line."""
    async with database.session() as s:
        found = await ledger.balance(s, client.customer_id)
    return BalanceOut(available=found.available, held=found.held, currency=found.currency)
