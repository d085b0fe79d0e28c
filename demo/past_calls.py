"""Calls of the days before, made through the domain as an engine makes them: figures on the board have a source."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import calls, campaigns, claiming, drafts, settling, shifts, transfers
from exchange_domain.claiming import Claim
from exchange_domain.settings import settings
from exchange_domain.words import EndpointKind, Outcome

DAYS = 3
"""How far back they go: inside the week that the board counts pay per hour from."""
CALLS_A_SHIFT = 16
SEED = 1908
NAMESPACE = UUID("6d3f5b0e-54a7-4d5c-9d5a-0d8a6c1f2b11")
BEGIN_HOURS_AGO = 4
"""A past shift begins this long before the present time of its day."""

ENDS: tuple[tuple[Outcome, int], ...] = (
    (Outcome.SUCCESS, 22), (Outcome.REFUSED, 24), (Outcome.CALL_BACK, 6), (Outcome.NO_ANSWER, 24), (Outcome.BUSY, 12),
    (Outcome.WRONG_NUMBER, 6), (Outcome.DROPPED, 6),
)  # fmt: skip
CAUSES = {Outcome.NO_ANSWER: "NO_ANSWER", Outcome.BUSY: "USER_BUSY", Outcome.WRONG_NUMBER: "UNALLOCATED_NUMBER"}
"""Outcomes of calls that nobody answered."""
NOTES = {
    Outcome.SUCCESS: ("Просила позвонить накануне.", "Хочет увидеть образцы ясеня.", "Вход со двора."),
    Outcome.REFUSED: ("Заказали у другого мастера.", "Отложили ремонт до весны.", ""),
    Outcome.CALL_BACK: ("На совещании, просил позже.", "Решает с мужем вечером."),
}
FURNITURE = ("Столы", "Стулья", "Стойка или бар", "Шкафы", "Кухня", "Другое")


@dataclass
class PastShift:
    """One operator's past shift, call after call, at times of its own."""

    s: AsyncSession
    shift_id: int
    operator_id: int
    managers: list[int]
    dispositions: dict[Outcome, int]
    chance: random.Random
    at: datetime

    def pass_(self, least_s: float, most_s: float) -> datetime:
        self.at += timedelta(seconds=round(self.chance.uniform(least_s, most_s), 1))
        return self.at

    async def call(self, call_id: UUID) -> bool:
        """One call from claim to its record. False when nothing could be claimed."""
        self.pass_(3, 12)
        claim = await claiming.claim(
            self.s, call_id=call_id, operator_id=self.operator_id, shift_id=self.shift_id, now=self.at,
            lease=timedelta(minutes=30),
        )  # fmt: skip
        if not isinstance(claim, Claim):
            return False
        outcome = self.chance.choices([o for o, _ in ENDS], [weight for _, weight in ENDS])[0]
        await calls.ringing(self.s, call_id, claim.fencing_token, self.pass_(1, 2))
        answered_at = None
        if outcome not in CAUSES:
            answered_at = self.pass_(4, 14)
            await self._talk(claim, outcome, answered_at)
        else:
            self.pass_(2, 20)
        ended_at = self.at
        cause = CAUSES.get(outcome, "NORMAL_CLEARING")
        by = "contact" if answered_at else "network"
        await calls.ended(self.s, call_id, claim.fencing_token, ended_at, cause=cause, ended_by=by)
        self.pass_(3, 25)
        later = self.at + timedelta(days=30) if outcome == Outcome.CALL_BACK else None
        await calls.close(
            self.s, call_id, disposition_id=self.dispositions[outcome], call_back_at=later, at=self.at,
            note=self.chance.choice(NOTES.get(outcome, ("",))),
        )  # fmt: skip
        await settling.store_record(self.s, record(call_id, answered_at, ended_at, cause))
        return True

    async def _talk(self, claim: Claim, outcome: Outcome, answered_at: datetime) -> None:
        """The talk up to the end of the contact's leg; sometimes the manager takes it over."""
        call_id, token = claim.call_id, claim.fencing_token
        await calls.answered(self.s, call_id, token, answered_at, None)
        if outcome == Outcome.SUCCESS:
            self.pass_(70, 200)
            for key, value in answers(self.chance, answered_at.date()).items():
                await drafts.save_field(self.s, call_id, self.operator_id, key, value)
            if self.chance.random() < 0.6:
                await self._transfer(claim)
        else:
            self.pass_(*((8, 25) if outcome == Outcome.DROPPED else (15, 80)))

    async def _transfer(self, claim: Claim) -> None:
        call_id, token = claim.call_id, claim.fencing_token
        transfer_id = uuid5(call_id, "transfer")
        await calls.transferring(self.s, call_id, token, on=True)
        await transfers.start(self.s, transfer_id, call_id, self.chance.choice(self.managers), self.at)
        await transfers.answered(self.s, transfer_id, self.pass_(3, 9))
        await transfers.completed(self.s, transfer_id, self.pass_(12, 30))
        await calls.wrap_up(self.s, call_id, token, self.at + timedelta(minutes=2))
        await transfers.ended(self.s, transfer_id, self.pass_(40, 180))


def answers(chance: random.Random, day: date) -> dict[str, Any]:
    """A filled form, as one operator would fill it."""
    given: dict[str, Any] = {
        "furniture": chance.sample(FURNITURE, chance.choice((1, 1, 2))),
        "budget": str(chance.randrange(40, 400, 10) * 1000),
        "visit": (day + timedelta(days=chance.randint(4, 14))).isoformat(),
        "time_of_day": chance.choice(("Утро", "День", "Вечер")),
        "catalogue": chance.random() < 0.5,
    }
    if chance.random() < 0.5:
        given["decides"] = chance.choice(("Сама", "Сам", "Вместе с партнёром", "Директор"))
    return given


def record(call_id: UUID, answered_at: datetime | None, ended_at: datetime, cause: str) -> dict[str, Any]:
    """What the switch posts of a leg, as far as settlement reads it."""

    def moment(at: datetime | None) -> str:
        return str(round(at.timestamp() * 1_000_000)) if at else "0"

    talked = int((ended_at - answered_at).total_seconds()) if answered_at else 0
    return {
        "switchname": settings().switch_name,
        "variables": {
            "uuid": str(call_id), "exchange_call": str(call_id), "answer_uepoch": moment(answered_at),
            "end_uepoch": moment(ended_at), "billsec": str(talked), "hangup_cause": cause,
        },
    }  # fmt: skip


# Who was not reached yet is due again later on: the demo begins with the new list.
LATER = text("""
update contact c set due_at = now() + interval '20 minutes' + n.place * interval '3 minutes'
from (select id, row_number() over (order by due_at, id) as place from contact
      where campaign_id = :campaign and status = 'waiting') n
where c.id = n.id
""")


async def make(s: AsyncSession, campaign_id: int, operators: list[int], managers: list[int]) -> int:
    """Past shifts of these operators in an active campaign with contacts that are due; returns how many calls."""
    chance = random.Random(SEED)
    by_outcome = {d.outcome: d.id for d in await campaigns.dispositions(s, campaign_id) if d.id is not None}
    made = 0
    for number, operator_id in enumerate(operators):
        begin = datetime.now(UTC) - timedelta(days=DAYS - 1 - number % DAYS, hours=BEGIN_HOURS_AGO, minutes=7 * number)
        shift = await shifts.open(
            s, operator_id=operator_id, campaign_id=campaign_id, switch_name=settings().switch_name,
            endpoint_kind=EndpointKind.BROWSER, endpoint=f"operator-{operator_id}",
        )  # fmt: skip
        assert shift.id is not None
        shift.started_at = begin
        s.add(shift)
        past = PastShift(s, shift.id, operator_id, managers, by_outcome, chance, begin)
        for place in range(CALLS_A_SHIFT):
            made += await past.call(uuid5(NAMESPACE, f"{number}:{place}"))
        await shifts.end(s, shift.id, past.at)
    while await settling.settle_due(s, datetime.now(UTC), timedelta(0)):
        pass
    await s.execute(LATER, {"campaign": campaign_id})
    return made
