"""An operator at her desk: a campaign with contacts, a call claimed in the database, the engine's views in Redis."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import reflex as rx

from exchange_app.broker import redis
from exchange_app.operator import desk_state
from exchange_app.operator.desk_state import Desk
from exchange_app.security import sessions
from exchange_domain import calls, campaigns, claiming, database, shifts
from exchange_domain.claiming import Claim
from exchange_domain.messages import (
    COMMANDS,
    AnyCommand,
    CallView,
    Notice,
    OperatorView,
    TransferView,
    command_stream,
    masked,
    operator_snapshot_key,
)  # fmt: skip
from exchange_domain.tables import Contact
from exchange_domain.words import CallState, EndpointKind, OperatorState, Outcome
from tests.app.conftest import Events, Page, make_account
from tests.domain.conftest import Exchange

SCRIPT = """# Приглашение

Здравствуйте, {{Обращение}}! Меня зовут {{оператор}}. Ваш телефон {{Телефон}}.

## О чём мы

Нужно: **{{Что нужно}}**.

## Возражения

### Дорого

Замер бесплатный, {{Обращение}}.
"""
FORM = [
    {"key": "visit", "label": "День замера", "kind": "date", "required": True},
    {"key": "budget", "label": "Бюджет", "kind": "number"},
    {"key": "wants", "label": "Что нужно", "kind": "choices", "options": ["Столы", "Стулья", "Шкафы"]},
    {"key": "when", "label": "Когда удобно", "kind": "choice", "options": ["Утро", "Вечер"]},
    {"key": "catalogue", "label": "Каталог", "kind": "yes_no"},
]
NUMBER = "+78125550142"


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


@dataclass
class Work:
    """What a test needs of one operator's work."""

    exchange: Exchange
    events: Events
    operator_id: int
    campaign_id: int
    shift_id: int
    page: Page
    version: int = 0
    claim: Claim | None = None
    others: list[int] = field(default_factory=list)

    async def commands(self) -> list[AnyCommand]:
        """All commands sent so far, oldest first."""
        entries = await redis().xrange(command_stream("main"))
        return [COMMANDS.validate_json(body["command"]) for _, body in entries]

    async def call(self, number: str = NUMBER) -> Claim:
        """Claims the next contact for the operator, as the engine would."""
        found = await self.exchange.claim((self.operator_id, self.shift_id), at=datetime.now(UTC))
        assert isinstance(found, Claim), found
        self.claim = found
        return found

    async def answered(self, *, ended: bool = False, cause: str = "NORMAL_CLEARING") -> None:
        assert self.claim is not None
        now = datetime.now(UTC)
        async with database.session() as s:
            await calls.answered(s, self.claim.call_id, self.claim.fencing_token, now - timedelta(minutes=2), None)
            if ended:
                await calls.ended(
                    s, self.claim.call_id, self.claim.fencing_token, now, cause=cause, ended_by="contact"
                )  # fmt: skip

    def view(
        self, state: OperatorState, *, proposed: Outcome | None = None, transfer: TransferView | None = None,
        notice: Notice | None = None, last_command: UUID | None = None, with_call: bool = True,
    ) -> OperatorView:  # fmt: skip
        """The next view of the engine; with the claimed call, if there is one."""
        self.version += 1
        now = datetime.now(UTC)
        call = None
        if self.claim is not None and with_call:
            kind = {OperatorState.WRAP_UP: CallState.WRAP_UP, OperatorState.RINGING: CallState.RINGING}
            call = CallView(
                call_id=self.claim.call_id, contact_id=self.claim.contact_id, contact_name=self.claim.contact_name,
                person_name=self.claim.person_name, masked_number=masked(self.claim.e164),
                time_zone=self.claim.time_zone, attempt=1, state=kind.get(state, CallState.TALKING),
                claimed_ms=ms(now - timedelta(minutes=3)), answered_ms=ms(now - timedelta(minutes=2)),
                limit_ms=ms(now + timedelta(minutes=8)), warning_ms=ms(now + timedelta(minutes=7)),
                ended_ms=ms(now) if state is OperatorState.WRAP_UP else None,
                wrap_up_until_ms=ms(now + timedelta(minutes=2)) if state is OperatorState.WRAP_UP else None,
                proposed_outcome=proposed, transfer=transfer,
            )  # fmt: skip
        return OperatorView(
            operator_id=self.operator_id, version=self.version, state=state, shift_id=self.shift_id,
            campaign_id=self.campaign_id, shift_started_ms=ms(now), call=call, notice=notice, last_command=last_command,
        )  # fmt: skip

    async def show(self, view: OperatorView) -> None:
        """The page is opened (again) on this snapshot."""
        await redis().set(operator_snapshot_key(self.operator_id), view.model_dump_json())
        await self.page.send(Desk.enter())

    async def push(self, view: OperatorView) -> None:
        """The same view by the live channel's way."""
        async with self.events.manager.modify_state(_token(self.page)) as root:
            if (more := await desk_state.apply(root, view)) is not None:
                await more(root)

    async def state(self, of: Any) -> Any:
        """The page's state on the server, private things too."""
        root = await self.events.manager.get_state(_token(self.page))
        return await root.get_state(of)

    async def disposition(self, outcome: Outcome) -> int:
        async with database.session() as s:
            found = await campaigns.dispositions(s, self.campaign_id)
        return next(d.id for d in found if d.outcome == outcome and d.id)

    async def wrap_up(self, **more: Any) -> str:
        """A call that was answered and has ended, on the desk in wrap-up; returns its id."""
        claim = await self.call()
        await self.answered(ended=True)
        await self.show(self.view(OperatorState.WRAP_UP, **more))
        return str(claim.call_id)

    async def talk(self) -> str:
        claim = await self.call()
        await self.answered()
        await self.show(self.view(OperatorState.TALKING))
        return str(claim.call_id)


def _token(page: Page) -> rx.BaseStateToken:
    return rx.BaseStateToken(ident=page.token, cls=rx.State)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
async def exchange(world: None, now: datetime) -> Exchange:
    made = Exchange(now - timedelta(minutes=5))
    await made.tariff()
    return made


@pytest.fixture
async def signed_in(events: Events) -> Callable[[int, str], Awaitable[Page]]:
    """A page of an account with these roles."""

    async def open_page(account_id: int, role: str) -> Page:
        sid = await sessions.begin(account_id, frozenset({role}))
        page = events.page(str(uuid4()), sid)
        await page.hydrate()
        return page

    return open_page


@pytest.fixture
async def work(exchange: Exchange, events: Events, signed_in: Callable[[int, str], Awaitable[Page]]) -> Work:
    operator_id = await make_account("maria@mail.example", "Мария Светлова", "operator")
    campaign_id = await exchange.campaign()
    async with database.session() as s:
        await campaigns.save_script(s, campaign_id, SCRIPT, FORM)
    for number in (NUMBER, "+78125550143", "+78125550144"):
        contact_id = await exchange.contact(campaign_id, number, name=f"Кафе «Ладога» {number}")
        async with database.session() as s:
            contact = await s.get_one(Contact, contact_id)
            contact.fields = {"Обращение": "Ирина", "Телефон": "8 (812) 555-01-" + number[-2:], "Что нужно": "столы"}
            s.add(contact)
    async with database.session() as s:
        shift = await shifts.open(
            s, operator_id=operator_id, campaign_id=campaign_id, switch_name="main",
            endpoint_kind=EndpointKind.SIP, endpoint=f"operator-{operator_id}",
        )  # fmt: skip
    assert shift.id is not None
    return Work(exchange, events, operator_id, campaign_id, shift.id, await signed_in(operator_id, "operator"))


@pytest.fixture
async def other_call(work: Work) -> UUID:
    """An open call of another operator in the same campaign."""
    account, shift = await work.exchange.operator(work.campaign_id)
    async with database.session() as s:
        found = await claiming.claim(
            s, call_id=uuid4(), operator_id=account, shift_id=shift, now=datetime.now(UTC), lease=timedelta(minutes=1)
        )
    assert isinstance(found, Claim)
    return found.call_id
