"""A customer with a campaign, another customer, an operator, and a stranger."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from starlette.applications import Starlette

from exchange_app import customer, recordings
from exchange_app.live import push, rooms
from exchange_app.security import sessions
from exchange_domain import calls, campaigns, claiming, customers, database, ledger, settling, shifts
from exchange_domain.tables import Contact, ContactNumber, Tariff
from exchange_domain.words import EndpointKind, MemberRole, Outcome
from tests.app.conftest import ORIGIN, Events, Page, make_account

FORM = [
    {"key": "den", "label": "День", "kind": "date", "required": True},
    {"key": "katalog", "label": "Каталог", "kind": "yes_no"},
]
LEASE = timedelta(seconds=60)


@dataclass
class Shop:
    """Ids of people and things. `campaign` belongs to `customer`, whose owner is `owner`."""

    owner: int
    other_owner: int
    operator: int
    manager: int
    customer: int
    other_customer: int
    campaign: int
    other_campaign: int

    def address(self, step: str = "", campaign: int | None = None) -> str:
        base = f"/customer/campaign/{campaign or self.campaign}"
        return f"{base}/{step}" if step else base

    async def contact(self, name: str, *numbers: str, campaign: int | None = None, **fields: str) -> int:
        async with database.session() as s:
            campaign_id = campaign or self.campaign
            contact = Contact(
                campaign_id=campaign_id, name=name, fields=fields, time_zone="Europe/Moscow", due_at=datetime.now(UTC)
            )
            s.add(contact)
            await s.flush()
            assert contact.id is not None
            for position, e164 in enumerate(numbers):
                s.add(ContactNumber(contact_id=contact.id, campaign_id=campaign_id, e164=e164, position=position))
            return contact.id

    async def ready(self) -> None:
        """Everything a start needs, except for what is there by default."""
        async with database.session() as s:
            await campaigns.save_script(s, self.campaign, "Здравствуйте, {{Город}}!", FORM)
        await self.contact("Ирина", "+78125550101", Город="Казань")

    async def call(self, outcome: Outcome = Outcome.SUCCESS, *, answered: bool = True, **close: Any) -> UUID:
        """One whole call of the running campaign, settled."""
        call_id, at = uuid4(), datetime.now(UTC)
        async with database.session() as s:
            shift = await shifts.open(
                s, operator_id=self.operator, campaign_id=self.campaign, switch_name="main",
                endpoint_kind=EndpointKind.BROWSER, endpoint=f"operator-{self.operator}",
            )  # fmt: skip
            assert shift.id is not None
            found = await claiming.claim(
                s, call_id=call_id, operator_id=self.operator, shift_id=shift.id, now=at, lease=LEASE
            )
            assert isinstance(found, claiming.Claim), found
            token = found.fencing_token
            await calls.ringing(s, call_id, token, at)
            if answered:
                await calls.answered(s, call_id, token, at, None)
            end = at + timedelta(seconds=60)
            await calls.ended(s, call_id, token, end, cause="NORMAL_CLEARING", ended_by="contact", overran=False)
            await calls.close(
                s, call_id, outcome=outcome, result=close.get("result", {}), note=close.get("note", ""),
                call_back_at=None, at=end,
            )  # fmt: skip
            await settling.settle_due(s, end + timedelta(days=1), timedelta(0))
        return call_id


async def _shop(database_ready: None) -> Shop:
    owner = await make_account("owner@mail.example", "Пётр Дубравин")
    other = await make_account("other@mail.example", "Helen Moore")
    operator = await make_account("maria@mail.example", "Мария Светлова", "operator")
    manager = await make_account("oleg@mail.example", "Олег Ершов")
    async with database.session() as s:
        s.add(
            Tariff(
                valid_from=datetime.now(UTC) - timedelta(days=400), per_answered_call=1500, per_minute=600,
                per_success=6000, operator_share_bp=6000, operator_per_call=100, registration_bonus=500_000,
            )
        )  # fmt: skip
        await s.flush()
        first = await customers.create(s, name="Мастерская")
        second = await customers.create(s, name="School")
        assert first.id is not None and second.id is not None
        await customers.add_member(s, first.id, owner, MemberRole.OWNER)
        await customers.add_member(s, first.id, manager, MemberRole.MANAGER)
        await customers.add_member(s, second.id, other, MemberRole.OWNER)
        mine = await campaigns.create(s, first.id, name="Замер", min_gap_s=0, holidays_off=False)
        theirs = await campaigns.create(s, second.id, name="Course")
        assert mine.id is not None and theirs.id is not None
        await campaigns.set_hours(s, mine.id, campaigns.every_day(campaigns.time(0), campaigns.time(0)))
    return Shop(owner, other, operator, manager, first.id, second.id, mine.id, theirs.id)


@pytest.fixture
async def shop(world: None, settings_env: Callable[..., None], tmp_path: Path) -> Shop:
    settings_env(data_dir=tmp_path)
    return await _shop(world)


async def signed_in(events: Events, account_id: int, token: str = "") -> Page:
    """A page of this account."""
    page = events.page(token or f"page-{account_id}", await sessions.begin(account_id, frozenset()))
    await page.hydrate()
    return page


@pytest.fixture
async def owner(events: Events, shop: Shop) -> Page:
    return await signed_in(events, shop.owner)


@pytest.fixture
async def other_owner(events: Events, shop: Shop) -> Page:
    return await signed_in(events, shop.other_owner)


class Sockets:
    """Stands in for the framework at the seam of live/push.py."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rooms: set[tuple[str, str]] = set()
        self.shown: list[tuple[str, dict[str, Any]]] = []
        for name in ("enter_room", "leave_room", "to_room", "connected"):
            monkeypatch.setattr(push, name, getattr(self, name))

    async def enter_room(self, app: Any, sid: str, room: str) -> None:
        self.rooms.add((sid, room))

    async def leave_room(self, app: Any, sid: str, room: str) -> None:
        self.rooms.discard((sid, room))

    async def to_room(self, app: Any, room: str, state: Any, values: dict[str, Any]) -> None:
        self.shown.append((room, values))

    def connected(self, app: Any, token: str) -> bool:
        return True


@pytest.fixture
def sockets(monkeypatch: pytest.MonkeyPatch) -> Sockets:
    made = Sockets(monkeypatch)
    monkeypatch.setattr(rooms, "_app", made)
    return made


@pytest.fixture
async def web(world: None) -> AsyncIterator[httpx.AsyncClient]:
    """The customer's plain routes, asked from our own address."""
    transport = httpx.ASGITransport(
        app=Starlette(routes=[*customer.routes(), *recordings.routes()]), client=("192.0.2.7", 5)
    )
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"origin": ORIGIN}) as client:
        yield client


async def as_account(client: httpx.AsyncClient, account_id: int) -> httpx.AsyncClient:
    client.cookies.set(sessions.COOKIE, await sessions.begin(account_id, frozenset()))
    return client


TABLES = (
    "campaign", "campaign_hours", "campaign_manager", "contact", "contact_number", "disposition", "invitation",
    "list_import", "retry_rule", "script", "spend_cap", "customer_member", "campaign_day", "do_not_call",
)  # fmt: skip


async def everything() -> dict[str, list[Any]]:
    """All rows that the customer's pages can change."""
    async with database.session() as s:
        return {t: sorted(map(repr, (await s.execute(text(f"select * from {t}"))).all())) for t in TABLES}


async def balance_of(customer_id: int) -> ledger.Balance:
    async with database.session() as s:
        return await ledger.balance(s, customer_id)
