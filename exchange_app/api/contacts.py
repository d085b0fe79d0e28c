"""Contacts: added in bulk, listed, taken out; and numbers that must not be called."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.campaign_news import announce
from exchange_domain import call_results, contact_rows, database, do_not_call, given_contacts
from exchange_domain.api_tokens import Client
from exchange_domain.call_results import CallResult
from exchange_domain.contact_rows import ContactRow
from exchange_domain.given_contacts import WasCalled
from exchange_domain.importing import NumberRules, Reason, normalise
from exchange_domain.importing.given import GivenContact, GivenNumber
from exchange_domain.importing.orders import Basis
from exchange_domain.tables import ApiToken, Call, Contact, Customer
from exchange_domain.words import ApiScope, ContactStatus, DoNotCallSource, Elsewhere, LegalBasis, Outcome

from .access import campaign_of, needs
from .fields import AfterId, Id, IdempotencyKey, In, PageSize
from .once import once
from .problems import ApiProblem, documented, not_found

router = APIRouter(tags=["contacts"])
Reader = Annotated[Client, needs(ApiScope.CONTACTS_READ)]
Writer = Annotated[Client, needs(ApiScope.CONTACTS_WRITE)]
Said = Annotated[str, Field(max_length=40)]


class NumberIn(In):
    number: Said = Field(description="As people write it; without + by the campaign's country and prefix.")
    person_name: str = Field("", max_length=200)
    note: str = Field("", max_length=200)


class ContactIn(In):
    name: str = Field("", max_length=200)
    numbers: list[NumberIn] = Field(min_length=1, max_length=20)
    fields: dict[Annotated[str, Field(min_length=1, max_length=60)], Annotated[str, Field(max_length=2000)]] = Field(
        default_factory=dict, max_length=50, description="Whatever you want to see again in results and in the script."
    )
    time_zone: str = Field("", max_length=64, description="IANA name or city; empty: by the number.")


class ContactsIn(In):
    legal_basis: LegalBasis = Field(description="By what right these people are called.")
    legal_note: str = Field("", max_length=500)
    elsewhere: Elsewhere = Field(Elsewhere.KEEP, description="What to do with numbers of your other campaigns.")
    contacts: list[ContactIn] = Field(min_length=1, max_length=given_contacts.AT_ONCE)


class Remark(BaseModel):
    place: int = Field(description="In the request's contacts, from 0.")
    code: str
    text: str


class Placed(BaseModel):
    place: int
    contact_id: int


class ContactsReport(BaseModel):
    added: int
    extended: int = Field(description="Contacts that were there and got another number.")
    already_there: int
    elsewhere: int = Field(description="Left out: all their numbers are in your other campaigns.")
    moved: int
    do_not_call: int = Field(description="Of those added: never called, all their numbers are on a list.")
    contacts: list[Placed]
    rejected: list[Remark]
    duplicates: list[Remark]
    warnings: list[Remark]


class ContactOut(BaseModel):
    id: int
    campaign_id: int
    name: str
    numbers: list[str]
    fields: dict[str, Any]
    time_zone: str
    status: ContactStatus
    last_outcome: Outcome | None
    attempts: int
    due_at: datetime
    last_call_at: datetime | None
    created_at: datetime | None


class ContactPage(BaseModel):
    contacts: list[ContactOut]
    more: bool


class ContactHistory(ContactOut):
    calls: list[CallResult] = Field(description="The latest first.")


class BarredIn(In):
    number: Said
    reason: str = Field("", max_length=200)


class BarredListIn(In):
    numbers: list[BarredIn] = Field(min_length=1, max_length=1000)


class BarredReport(BaseModel):
    added: int
    already_there: int
    contacts_ended: int
    rejected: list[Remark]


def _shown(row: ContactRow, campaign_id: int) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ContactOut.model_fields if name != "campaign_id"} | {
        "campaign_id": campaign_id
    }


def _remark(place: int, reason: Reason) -> Remark:
    return Remark(place=place, code=reason.code, text=reason.text("en"))


@router.post(
    "/campaigns/{campaign_id}/contacts", response_model=ContactsReport, responses=documented(400, 404, 409, 413)
)
async def add_contacts(
    request: Request,
    response: Response,
    client: Writer,
    campaign_id: Id,
    body: ContactsIn,
    idempotency_key: IdempotencyKey = None,
) -> JSONResponse:
    """Adds up to 1,000 contacts. Those that cannot be taken are named with the reason; the others are added. Numbers
    that the campaign has are not added again."""

    async def act(s: AsyncSession) -> ContactsReport:
        campaign = await campaign_of(s, client, campaign_id)
        token = await s.get_one(ApiToken, client.token_id)
        given = [
            GivenContact(
                one.name, [GivenNumber(n.number, n.person_name, n.note) for n in one.numbers], one.fields, one.time_zone
            )
            for one in body.contacts
        ]
        basis = Basis(body.legal_basis, body.legal_note.strip())
        taken = await given_contacts.take(s, campaign, f"API · {token.name}", given, basis, body.elsewhere)
        judged, stored = taken.judged, taken.stored
        return ContactsReport(
            added=stored.added, extended=stored.extended, already_there=stored.already_there,
            elsewhere=stored.elsewhere, moved=stored.moved, do_not_call=stored.do_not_call,
            contacts=[Placed(place=place, contact_id=one) for place, one in sorted(taken.contact_ids.items())],
            rejected=[_remark(one.row, reason) for one in judged.rejected for reason in one.reasons],
            duplicates=[_remark(one.row, one.reason) for one in judged.duplicates],
            warnings=[_remark(one.row, one.reason) for one in judged.warnings],
        )  # fmt: skip

    answer = await once(request, client, idempotency_key, body, act, response=response)
    async with database.session() as s:
        status = (await campaign_of(s, client, campaign_id)).status
    await announce(campaign_id, status)
    return answer


@router.get("/campaigns/{campaign_id}/contacts", responses=documented(404))
async def list_contacts(
    client: Reader,
    campaign_id: Id,
    status: ContactStatus | None = None,
    after: AfterId = 0,
    limit: PageSize = 100,
) -> ContactPage:
    """In the order they came."""
    async with database.session() as s:
        await campaign_of(s, client, campaign_id)
        rows = await contact_rows.page(s, campaign_id, status=status, after=after, limit=limit + 1)
    return ContactPage(
        contacts=[ContactOut(**_shown(row, campaign_id)) for row in rows[:limit]], more=len(rows) > limit
    )


async def _own(s: AsyncSession, client: Client, contact_id: int) -> Contact:
    contact = await s.get(Contact, contact_id)
    if contact is None:
        raise not_found()
    await campaign_of(s, client, contact.campaign_id)
    return contact


@router.get("/contacts/{contact_id}", responses=documented(404))
async def get_contact(client: Reader, contact_id: Id) -> ContactHistory:
    """A contact with all its calls."""
    async with database.session() as s:
        contact = await _own(s, client, contact_id)
        row = await contact_rows.one(s, contact_id)
        if row is None:
            raise not_found()
        ids = await s.exec(
            select(Call.id)
            .where(
                Call.contact_id == contact_id,
                col(Call.dial_at).is_not(None) | col(Call.ringing_at).is_not(None) | col(Call.answered_at).is_not(None),
            )
            .order_by(col(Call.claimed_at).desc())
        )
        found = await call_results.of_calls(s, list(ids))
    calls = sorted(found.values(), key=lambda one: one.claimed_at, reverse=True)
    return ContactHistory(**_shown(row, contact.campaign_id), calls=calls)


@router.delete("/contacts/{contact_id}", status_code=204, responses=documented(404, 409))
async def withdraw_contact(client: Writer, contact_id: Id) -> Response:
    """Takes a contact out that was never called; one that was stays with its calls. To have it never called again, put
    its numbers on the do-not-call list."""
    async with database.session() as s:
        await _own(s, client, contact_id)
        try:
            await given_contacts.withdraw(s, contact_id)
        except WasCalled:
            raise ApiProblem(409, "was_called", "The contact was called, or is being called.") from None
    return Response(status_code=204)


@router.post("/do-not-call", response_model=BarredReport, responses=documented(400, 409, 413))
async def bar_numbers(
    request: Request, response: Response, client: Writer, body: BarredListIn, idempotency_key: IdempotencyKey = None
) -> JSONResponse:
    """Numbers that none of your campaigns may call, from now on."""

    async def act(s: AsyncSession) -> BarredReport:
        rules = NumberRules((await s.get_one(Customer, client.customer_id)).country)
        good: list[tuple[str, str]] = []
        rejected: list[Remark] = []
        for place, one in enumerate(body.numbers):
            e164 = normalise(one.number, rules)
            if isinstance(e164, Reason):
                rejected.append(_remark(place, e164))
            else:
                good.append((e164, one.reason))
        made = await do_not_call.add(s, good, customer_id=client.customer_id, source=DoNotCallSource.CUSTOMER)
        return BarredReport(
            added=made.added, already_there=made.already_there, contacts_ended=made.contacts_ended, rejected=rejected
        )

    return await once(request, client, idempotency_key, body, act, response=response)
