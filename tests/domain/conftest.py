"""A database to work in, and a small exchange to work with."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import accounts, books, calls, campaigns, claiming, customers, database, ledger, settling, shifts
from exchange_domain.hours import every_day
from exchange_domain.tables import Call, Campaign, Contact, ContactNumber, Tariff
from exchange_domain.words import EndpointKind

LEASE = timedelta(seconds=60)
FORM = [
    {"key": "size", "label": "Размер", "kind": "number"},
    {"key": "comment", "label": "Комментарий", "kind": "text"},
]


@dataclass
class Exchange:
    """Builds what a test needs; times are given, never waited for."""

    now: datetime

    async def tariff(self, **prices: int) -> None:
        defaults = {
            "per_answered_call": 1500, "per_minute": 600, "per_success": 6000, "operator_share_bp": 6000,
            "operator_per_call": 100, "registration_bonus": 500_000,
        }  # fmt: skip
        async with database.session() as s:
            s.add(Tariff(valid_from=self.now - timedelta(days=400), **(defaults | prices)))

    async def campaign(self, *, customer_id: int | None = None, started: bool = True, **limits: int) -> int:
        """Calls around the clock, on holidays too, without a gap: what is to be tested is asked for."""
        async with database.session() as s:
            if customer_id is None:
                made = await customers.create(s, name="Мебель")
                assert made.id is not None
                customer_id = made.id
            values = {"min_gap_s": 0, "holidays_off": False} | limits
            campaign = await campaigns.create(s, customer_id, name="Опрос", **values)
            assert campaign.id is not None
            await campaigns.set_hours(s, campaign.id, every_day(time(0), time(0)))
            await campaigns.save_script(s, campaign.id, "Здравствуйте, {{name}}!", FORM)
            if started:
                campaign.status = campaigns.CampaignStatus.ACTIVE
                s.add(campaign)
            return campaign.id

    async def contact(self, campaign_id: int, *numbers: str, name: str = "Ирина", zone: str = "Europe/Moscow") -> int:
        async with database.session() as s:
            contact = Contact(campaign_id=campaign_id, name=name, time_zone=zone, due_at=self.now)
            s.add(contact)
            await s.flush()
            assert contact.id is not None
            for position, e164 in enumerate(numbers):
                s.add(ContactNumber(contact_id=contact.id, campaign_id=campaign_id, e164=e164, position=position))
            return contact.id

    async def deposit(self, campaign_id: int, amount: int) -> None:
        async with database.session() as s:
            customer = (await s.get_one(Campaign, campaign_id)).customer_id
            await ledger.deposit(s, customer, amount, "RUB", uuid4().hex)

    async def operator(self, campaign_id: int) -> tuple[int, int]:
        """A new operator with an open shift: (account, shift)."""
        async with database.session() as s:
            account = await accounts.create(
                s,
                email=f"{uuid4().hex}@example.org",
                display_name="Мария Светлова",
                password_hash="-",
                roles=("operator",),
            )
            assert account.id is not None
            shift = await shifts.open(
                s, operator_id=account.id, campaign_id=campaign_id, switch_name="main",
                endpoint_kind=EndpointKind.SIP, endpoint=f"operator-{account.id}",
            )  # fmt: skip
            assert shift.id is not None
            return account.id, shift.id

    async def claim(
        self,
        operator: tuple[int, int],
        call_id: UUID | None = None,
        at: datetime | None = None,
        *,
        preview: bool = False,
    ):
        async with database.session() as s:
            return await claiming.claim(
                s, call_id=call_id or uuid4(), operator_id=operator[0], shift_id=operator[1], now=at or self.now,
                lease=LEASE, preview=preview,
            )  # fmt: skip

    async def talk(self, claim: claiming.Claim, seconds: int | None, cause: str = "NORMAL_CLEARING") -> None:
        """The call rings, is answered (unless `seconds` is None) and ends."""
        async with database.session() as s:
            await calls.ringing(s, claim.call_id, claim.fencing_token, self.now)
            if seconds is not None:
                await calls.answered(s, claim.call_id, claim.fencing_token, self.now, None)
            end = self.now + timedelta(seconds=seconds or 0)
            await calls.ended(s, claim.call_id, claim.fencing_token, end, cause=cause, ended_by="contact")

    async def disposition(self, campaign_id: int, outcome: str) -> int:
        async with database.session() as s:
            return next(d.id for d in await campaigns.dispositions(s, campaign_id) if d.outcome == outcome and d.id)

    async def close(self, claim: claiming.Claim, outcome: str, **more):
        chosen = await self.disposition(claim.campaign_id, outcome)
        async with database.session() as s:
            return await calls.close(s, claim.call_id, disposition_id=chosen, at=more.pop("at", self.now), **more)

    async def record(self, claim: claiming.Claim, seconds: int | None, recorded_to: str | None = None) -> None:
        """The switch's record of the contact's leg; `recorded_to`: it was told to record at the answer."""
        start = int(self.now.timestamp() * 1_000_000)
        variables = {
            "uuid": str(claim.call_id), "exchange_call": str(claim.call_id), "billsec": str(seconds or 0),
            "answer_uepoch": str(start if seconds is not None else 0),
            "end_uepoch": str(start + (seconds or 0) * 1_000_000), "hangup_cause": "NORMAL_CLEARING",
        }  # fmt: skip
        if recorded_to is not None:
            variables |= {"execute_on_answer_1": "sched_cancel", "execute_on_answer_4": f"record_session {recorded_to}"}
        async with database.session() as s:
            await settling.store_record(s, {"variables": variables})

    async def settle(self, *, after: timedelta = timedelta(0)) -> list[settling.Settled]:
        async with database.session() as s:
            return await settling.settle_due(s, self.now + after, timedelta(seconds=60))

    async def call(self, call_id: UUID) -> Call:
        async with database.session() as s:
            return await s.get_one(Call, call_id)

    async def read(self, table: type, key: object):
        async with database.session() as s:
            return await s.get_one(table, key)

    async def balance(self, customer_id: int) -> ledger.Balance:
        async with database.session() as s:
            return await ledger.balance(s, customer_id)

    async def books(self) -> list[str]:
        async with database.session() as s:
            return await books.check(s)


@pytest.fixture
async def exchange(database_url: str, settings_env: Callable[..., None]) -> AsyncIterator[Exchange]:
    settings_env(database_url=database_url)
    made = Exchange(datetime.now(UTC).replace(microsecond=0))
    await made.tariff()
    yield made
    await database.dispose()


@pytest.fixture
async def s(exchange: Exchange) -> AsyncIterator[AsyncSession]:
    async with database.session() as opened:
        yield opened
