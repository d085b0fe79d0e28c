"""Sample data of the demo, made once: run again, it changes nothing.

python -m demo.sample_data
"""

import asyncio
import sys
from datetime import UTC, datetime

from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import accounts, books, campaigns, customers, database, ledger
from exchange_domain.tables import Tariff
from exchange_domain.words import EndpointKind, MemberRole

from . import past_calls, people, sample_campaigns

CURRENCY = "RUB"
DEPOSIT = 20_000_00
WORKSHOP = "Мебельная мастерская «Дубрава»"
SCHOOL = "Школа английского Harbour"
SECOND_MANAGER_NUMBER = "+74995550112"
"""Where the second manager's transfers ring; the simulated switch answers there."""


def tariff() -> Tariff:
    """Everybody's prices, in kopecks."""
    return Tariff(
        currency=CURRENCY, valid_from=datetime(2026, 1, 1, tzinfo=UTC), per_answered_call=15_00, per_minute=6_00,
        per_success=60_00, operator_share_bp=6_000, operator_per_call=1_00, registration_bonus=5_000_00,
    )  # fmt: skip


async def make(s: AsyncSession) -> bool:
    """Everything, in the session's one transaction. False when it is there already."""
    # Two starts at once: the second waits, and then finds it made.
    await s.execute(text("select pg_advisory_xact_lock(hashtextextended('demo.sample_data', 0))"))
    if await accounts.find_by_email(s, people.CUSTOMER.email) is not None:
        return False
    if (await s.exec(select(Tariff.id).where(Tariff.currency == CURRENCY).limit(1))).first() is None:
        s.add(tariff())
        await s.flush()
    who = await people.create(s)
    await _workshop(s, who)
    await _school(s, who)
    if problems := await books.check(s):
        raise RuntimeError(f"the sample's books do not add up: {'; '.join(problems)}")
    return True


async def _workshop(s: AsyncSession, who: dict[people.Person, int]) -> None:
    """The customer that the demo is about: an active campaign with a past, a draft, and a paused one."""
    owner, managers = who[people.CUSTOMER], [who[people.MANAGER], who[people.SECOND_MANAGER]]
    customer = await customers.create(s, name=WORKSHOP)
    assert customer.id is not None
    await customers.add_member(s, customer.id, owner, MemberRole.OWNER)
    await customers.add_member(s, customer.id, managers[0], MemberRole.MANAGER, EndpointKind.SIP)
    await customers.add_member(
        s, customer.id, managers[1], MemberRole.MANAGER, EndpointKind.NUMBER, SECOND_MANAGER_NUMBER
    )
    await ledger.deposit(s, customer.id, DEPOSIT, CURRENCY, f"demo:{customer.id}")
    active = await sample_campaigns.furniture(s, customer.id, owner, managers)
    await sample_campaigns.load_earlier(s, active, owner, days=past_calls.DAYS + 1)
    await campaigns.start(s, active)
    operators = [who[people.OPERATOR], who[people.SECOND_OPERATOR], who[people.OPERATOR]]
    await past_calls.make(s, active, operators, managers)
    await sample_campaigns.load_contacts(s, active, owner)
    await sample_campaigns.survey_draft(s, customer.id, owner)
    await sample_campaigns.repair_paused(s, customer.id, owner, managers[:1])


async def _school(s: AsyncSession, who: dict[people.Person, int]) -> None:
    """Another customer, whose rows the first one must never see."""
    customer = await customers.create(s, name=SCHOOL)
    assert customer.id is not None
    owner, manager = who[people.OTHER_CUSTOMER], who[people.OTHER_MANAGER]
    await customers.add_member(s, customer.id, owner, MemberRole.OWNER)
    await customers.add_member(s, customer.id, manager, MemberRole.MANAGER)
    await sample_campaigns.school(s, customer.id, owner, [manager])


async def _run() -> bool:
    try:
        async with database.session() as s:
            return await make(s)
    finally:
        await database.dispose()


def main() -> int:
    made = asyncio.run(_run())
    print("sample data: made" if made else "sample data: there already")
    return 0


if __name__ == "__main__":
    sys.exit(main())
