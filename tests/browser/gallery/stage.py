"""The stage: an exchange without an engine, and what the engine would say, word by word."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

import redis.asyncio
from pydantic import BaseModel
from sqlalchemy import text

from exchange_domain import (
    calls,
    campaigns,
    claiming,
    database,
    drafts,
    house_rules,
    judging,
    settling,
    shifts,
    transfers,
)
from exchange_domain.claiming import Claim
from exchange_domain.clock import now_ms
from exchange_domain.hours import Stretch, every_day
from exchange_domain.messages import (
    COMMANDS,
    CallView,
    Listen,
    ListenerView,
    ManagerView,
    Notice,
    OperatorView,
    OverheardView,
    TransferView,
    command_stream,
    listener_snapshot_key,
    manager_channel,
    manager_snapshot_key,
    masked,
    moderator_channel,
    operator_channel,
    operator_snapshot_key,
    overheard_snapshot_key,
)
from exchange_domain.tables import Contact, ContactNumber
from exchange_domain.words import CallState, EndpointKind, ListeningMode, OperatorState, Outcome, TransferState
from tests.browser.house import House

SCRIPT = """# Кухни осенью

Здравствуйте, {{Обращение}}! Меня зовут {{оператор}}, я звоню по поручению мастерской «Дубрава».

*Подождите ответа. Если спросят про запись: да, разговор записывается, можно отказаться.*

Вам удобно поговорить две минуты?

- [Да, удобно](#Повод)
- [Сейчас нет](#Когда перезвонить)

## Повод

Осенью мы делаем замер бесплатно. Вы ещё думаете о новой кухне?

- [Да](#Запись)
- [Нет](#Прощание)

## Запись

Мастер может приехать на этой неделе. Какой день вам удобнее?

## Когда перезвонить

Когда вам будет удобно? Запишите день и час.

## Прощание

Спасибо за разговор, хорошего дня!

## Возражения

### Дорого

Замер бесплатный, а цена считается после него.

### Откуда у вас мой номер?

Вы оставляли его на сайте мастерской. Могу удалить.
"""
FORM = [
    {"key": "visit", "label": "День замера", "kind": "date", "required": True},
    {"key": "budget", "label": "Бюджет", "kind": "number"},
    {"key": "wants", "label": "Что нужно", "kind": "choices", "options": ["Столы", "Стулья", "Шкафы"]},
    {"key": "when", "label": "Когда удобно", "kind": "choice", "options": ["Утро", "Вечер"]},
    {"key": "catalogue", "label": "Прислать каталог", "kind": "yes_no"},
]
NUMBERS = tuple(f"+7812555{n:04d}" for n in range(1, 13))


@dataclass
class Stage:
    """One operator with a call, one manager; `house` has a web process and no engine."""

    house: House
    broker: redis.asyncio.Redis
    campaign_id: int = 0
    shift_id: int = 0
    claim: Claim | None = None
    transfer_id: UUID = field(default_factory=uuid4)
    version: int = field(default_factory=now_ms)

    @property
    def operator_id(self) -> int:
        return self.house.people["operator"]

    @property
    def manager_id(self) -> int:
        return self.house.people["manager"]

    # --- what is in the database ---

    async def put_before_moderators(self) -> int:
        """What is recorded joins their queue; returns how many. By chance a call is heard by two: here never, for its
        verdict would wait for the other."""
        async with database.session() as s:
            await house_rules.change(s, None, {"review_second_percent": 0})
            return await judging.judge_new(s, datetime.now(UTC))

    async def furnish(self) -> None:
        """A campaign that runs, and a second one that is closed at this hour."""
        async with database.session() as s:
            made = await campaigns.create(
                s, self.house.customer_id, name="Кухни осенью", min_gap_s=0, holidays_off=False, masking_allowed=True
            )
            self.campaign_id = made.id or 0
            await campaigns.set_hours(s, self.campaign_id, every_day(time(0), time(0)))
            await campaigns.set_managers(s, self.campaign_id, [self.manager_id])
            await campaigns.save_script(s, self.campaign_id, SCRIPT, FORM)
            for place, number in enumerate(NUMBERS):
                contact = Contact(
                    campaign_id=self.campaign_id, name=f"Кафе «Ладога» {place + 1}", time_zone="Asia/Yekaterinburg",
                    fields={"Обращение": "Ирина Петровна", "Город": "Пермь", "Что нужно": "кухня"},
                )  # fmt: skip
                s.add(contact)
                await s.flush()
                s.add(
                    ContactNumber(
                        contact_id=contact.id or 0, campaign_id=self.campaign_id, e164=number, person_name="Ирина К."
                    )
                )
            await campaigns.start(s, self.campaign_id)
            closed = await campaigns.create(s, self.house.customer_id, name="Опрос после доставки", holidays_off=False)
            await campaigns.save_script(s, closed.id or 0, "Добрый день!", [])
            # Open for five minutes a week, which are long past or far away.
            weekday = (datetime.now(UTC).weekday() + 3) % 7
            await campaigns.set_hours(s, closed.id or 0, [Stretch(weekday, time(3), time(3, 5))])
            far = Contact(campaign_id=closed.id or 0, name="Пекарня", time_zone="Europe/Moscow")
            s.add(far)
            await s.flush()
            s.add(ContactNumber(contact_id=far.id or 0, campaign_id=closed.id or 0, e164="+78125559999"))
            await campaigns.start(s, closed.id or 0)

    async def begin_shift(self) -> None:
        async with database.session() as s:
            shift = await shifts.open(
                s, operator_id=self.operator_id, campaign_id=self.campaign_id, switch_name="main",
                endpoint_kind=EndpointKind.BROWSER, endpoint=f"operator-{self.operator_id}",
            )  # fmt: skip
            self.shift_id = shift.id or 0

    async def take_contact(self) -> Claim:
        async with database.session() as s:
            made = await claiming.claim(
                s, call_id=uuid4(), operator_id=self.operator_id, shift_id=self.shift_id, now=datetime.now(UTC),
                lease=timedelta(hours=1),
            )  # fmt: skip
        assert isinstance(made, Claim), made
        self.claim = made
        return made

    async def was_answered(self) -> None:
        assert self.claim is not None
        async with database.session() as s:
            at = datetime.now(UTC) - timedelta(minutes=2)
            await calls.answered(s, self.claim.call_id, self.claim.fencing_token, at, None)

    async def has_ended(self) -> None:
        assert self.claim is not None
        async with database.session() as s:
            await calls.ended(
                s, self.claim.call_id, self.claim.fencing_token, datetime.now(UTC), cause="NORMAL_CLEARING",
                ended_by="contact",
            )  # fmt: skip

    async def was_closed(self, outcome: str, **more: Any) -> None:
        """The call is closed and settled, as after a talk."""
        assert self.claim is not None
        now = datetime.now(UTC)
        async with database.session() as s:
            chosen = next(d for d in await campaigns.dispositions(s, self.campaign_id) if d.outcome == outcome)
            filled = {"visit": "2027-01-15"} if outcome == "success" else {}
            await calls.close(s, self.claim.call_id, disposition_id=chosen.id, result=filled, at=now, **more)
            variables = {
                "uuid": str(self.claim.call_id), "exchange_call": str(self.claim.call_id), "billsec": "96",
                "answer_uepoch": str(int(now.timestamp() - 96) * 1_000_000),
                "end_uepoch": str(int(now.timestamp()) * 1_000_000), "hangup_cause": "NORMAL_CLEARING",
            }  # fmt: skip
            await settling.store_record(s, {"variables": variables})
            await settling.settle_due(s, now, timedelta(seconds=60))
        self.claim = None

    async def worked(self, *outcomes: str) -> None:
        """Calls of before, one for each outcome."""
        for outcome in outcomes:
            await self.take_contact()
            await self.was_answered()
            await self.has_ended()
            back = {"call_back_at": datetime.now(UTC) + timedelta(hours=20), "call_back_bound": True}
            await self.was_closed(outcome, **(back if outcome == "call_back" else {}))

    async def rings_at_manager(self) -> None:
        assert self.claim is not None
        async with database.session() as s:
            await drafts.save_note(s, self.claim.call_id, self.operator_id, "Хочет кухню, замер в пятницу")
            await drafts.save_field(s, self.claim.call_id, self.operator_id, "wants", ["Столы", "Стулья"])
            await transfers.start(s, self.transfer_id, self.claim.call_id, self.manager_id, datetime.now(UTC))

    async def answered(self) -> None:
        """The manager has answered: operator and manager talk."""
        async with database.session() as s:
            await transfers.answered(s, self.transfer_id, datetime.now(UTC))

    async def another_transfer(self) -> None:
        """The one before is over; a new call is handed over."""
        if self.claim is not None:
            async with database.session() as s:
                await transfers.returned(s, self.transfer_id, datetime.now(UTC))
            await self.has_ended()
            await self.was_closed("refused")
        self.transfer_id = uuid4()
        await self.take_contact()
        await self.was_answered()
        await self.rings_at_manager()

    async def joined(self) -> None:
        async with database.session() as s:
            await transfers.completed(s, self.transfer_id, datetime.now(UTC))

    async def shift_began(self, ago: timedelta) -> None:
        async with database.session() as s:
            await s.execute(
                text("update shift set started_at = :at where id = :id"),
                {"at": datetime.now(UTC) - ago, "id": self.shift_id},
            )

    # --- what the engine says ---

    def _call(self, state: OperatorState, **changes: Any) -> CallView:
        assert self.claim is not None
        now, claim = now_ms(), self.claim
        wrap_up = state is OperatorState.WRAP_UP
        rings = state in (OperatorState.RINGING, OperatorState.READY)
        given: dict[str, Any] = {
            "call_id": claim.call_id, "contact_id": claim.contact_id, "contact_name": claim.contact_name,
            "person_name": claim.person_name, "masked_number": masked(claim.e164), "time_zone": claim.time_zone,
            "attempt": 1, "state": CallState.WRAP_UP if wrap_up else CallState.TALKING, "recorded": True,
            "claimed_ms": now - (2_000 if rings else 150_000), "answered_ms": None if rings else now - 120_000,
            "limit_ms": None if rings else now + 480_000, "warning_ms": None if rings else now + 420_000,
            "ended_ms": now if wrap_up else None, "wrap_up_until_ms": now + 118_000 if wrap_up else None,
        }  # fmt: skip
        return CallView(**(given | changes))

    def transfer_view(self, state: TransferState) -> TransferView:
        now = now_ms()
        answered = None if state is TransferState.RINGING else now - 12_000
        return TransferView(
            transfer_id=self.transfer_id, state=state, manager_id=self.manager_id, manager_name="Олег Ершов",
            started_ms=now - 20_000, answered_ms=answered, waiting=1,
        )  # fmt: skip

    async def operator_is(
        self, state: OperatorState, *, notice: str = "", reason: str | None = None, call: bool = True,
        began: timedelta = timedelta(minutes=22), proposed: Outcome | None = None, **changes: Any,
    ) -> None:  # fmt: skip
        """The engine's view of the operator; with the claimed call, if there is one."""
        self.version += 1
        on = state is not OperatorState.OFF_SHIFT
        shown = self._call(state, proposed_outcome=proposed, **changes) if call and self.claim is not None else None
        view = OperatorView(
            operator_id=self.operator_id, version=self.version, state=state, shift_id=self.shift_id if on else None,
            campaign_id=self.campaign_id if on else None,
            shift_started_ms=now_ms() - int(began.total_seconds() * 1000) if on else None, call=shown,
            notice=Notice(code=notice, at_ms=now_ms(), until_ms=now_ms() + 3_600_000, reason=reason)
            if notice
            else None,
        )  # fmt: skip
        await self._say(operator_snapshot_key(self.operator_id), operator_channel(self.operator_id), view)

    async def moderator_hears(
        self, state: Literal["on", "over"], mode: ListeningMode = ListeningMode.LISTEN, reason: str = ""
    ) -> None:
        """The engine's answer to the last line that was asked for."""
        self.version += 1
        for _, fields in await self.broker.xrevrange(command_stream("main"), count=20):
            command = COMMANDS.validate_json((fields or {})[b"command"])
            if isinstance(command, Listen):
                break
        else:
            raise AssertionError("nobody asked to listen")
        moderator = command.moderator_id
        view = ListenerView(
            moderator_id=moderator, version=self.version, leg=command.key, operator_id=command.operator_id,
            state=state, mode=mode, reason=reason,
        )  # fmt: skip
        await self._say(listener_snapshot_key(moderator), moderator_channel(moderator), view)
        await self.operator_is_heard(mode if state == "on" else None)

    async def operator_is_heard(self, mode: ListeningMode | None) -> None:
        """A moderator is on her line, so."""
        self.version += 1
        heard = OverheardView(operator_id=self.operator_id, version=self.version, mode=mode)
        await self._say(overheard_snapshot_key(self.operator_id), operator_channel(self.operator_id), heard)

    async def manager_is(self, state: TransferState | None, **changes: Any) -> None:
        self.version += 1
        given: dict[str, Any] = {"manager_id": self.manager_id, "version": self.version}
        if state is not None:
            assert self.claim is not None
            given |= {
                "call_id": self.claim.call_id, "campaign_id": self.campaign_id, "transfer": self.transfer_view(state),
                "operator_name": "Мария Светлова", "contact_name": self.claim.contact_name,
                "person_name": self.claim.person_name, "number": self.claim.e164,
            }  # fmt: skip
        view = ManagerView(**(given | changes))
        await self._say(manager_snapshot_key(self.manager_id), manager_channel(self.manager_id), view)

    async def _say(self, key: str, channel: str, view: BaseModel) -> None:
        body = view.model_dump_json()
        async with self.broker.pipeline(transaction=True) as pipe:
            await pipe.set(key, body).publish(channel, body).execute()
        await asyncio.sleep(0.35)
