"""Numbers that may not be dialled are never claimed; nothing waits for them for ever, and moderators hear of it."""

import asyncio
import json
from uuid import UUID, uuid4

from sqlalchemy import text

from exchange_domain import (
    carrier_book,
    costs,
    database,
    destinations,
    dial_proofs,
    flags,
    line_limits,
    own_legs,
    records,
    routing,
    transfers,
)
from exchange_domain.claiming import Claim, Refusal
from exchange_domain.tables import (
    Campaign,
    CampaignManager,
    Contact,
    CustomerMember,
    Flag,
)  # fmt: skip
from exchange_domain.words import ContactStatus, EndpointKind, FlagKind, MemberRole

from .conftest import Exchange

ABROAD = "+4917055501{:02d}"
HOME = "+7812555{:04d}"


async def refused_flags() -> list[Flag]:
    async with database.session() as s:
        return await flags.open_flags(s, FlagKind.DESTINATION_REFUSED)


async def allow(*prefixes: str, customer_id: int | None = None) -> None:
    async with database.session() as s:
        for prefix in prefixes:
            await destinations.allow(s, prefix, customer_id)


async def carrier(name: str, rates: dict[str, int], **changes: object) -> int:
    async with database.session() as s:
        made = await carrier_book.set_carrier(s, name, **changes)
        assert made.id is not None
        await carrier_book.set_rates(s, made.id, rates)
        return made.id


async def test_a_number_abroad_is_set_aside_and_its_contact_is_done(exchange: Exchange):
    campaign = await exchange.campaign()
    abroad = [await exchange.contact(campaign, ABROAD.format(n)) for n in range(30)]
    home = await exchange.contact(campaign, HOME.format(1))
    operator = await exchange.operator(campaign)
    claim = await exchange.claim(operator)
    assert isinstance(claim, Claim) and claim.contact_id == home
    for contact_id in abroad:
        contact = await exchange.read(Contact, contact_id)
        assert (contact.status, contact.refused_at) == (ContactStatus.DONE, exchange.now)
    (flag,) = await refused_flags()
    assert (flag.subject, flag.campaign_id, flag.count) == (f"campaign:{campaign}", campaign, 1)
    assert flag.details == {"numbers": {"not_allowed": 30}}
    assert "+49" not in json.dumps(flag.details) + flag.subject
    await exchange.talk(claim, 5)
    await exchange.close(claim, "refused")
    assert await exchange.claim(operator) == Refusal("list_done")


async def test_a_list_of_nothing_but_such_numbers_is_done_with_one_press(exchange: Exchange):
    campaign = await exchange.campaign()
    for n in range(40):
        await exchange.contact(campaign, ABROAD.format(n))
    assert await exchange.claim(await exchange.operator(campaign)) == Refusal("list_done")


async def test_the_other_number_of_the_contact_is_tried(exchange: Exchange):
    campaign = await exchange.campaign()
    contact = await exchange.contact(campaign, ABROAD.format(1), HOME.format(1))
    operator = await exchange.operator(campaign)
    claim = await exchange.claim(operator)
    assert isinstance(claim, Claim) and claim.e164 == HOME.format(1)
    assert (await exchange.read(Contact, contact)).refused_at is None
    await exchange.talk(claim, None, "UNALLOCATED_NUMBER")
    await exchange.close(claim, "wrong_number")
    # The one that may not be dialled is no new chance.
    assert (await exchange.read(Contact, contact)).status == ContactStatus.DONE


async def test_what_was_set_aside_is_called_when_the_rules_change(exchange: Exchange):
    campaign = await exchange.campaign()
    contact = await exchange.contact(campaign, ABROAD.format(1))
    operator = await exchange.operator(campaign)
    assert await exchange.claim(operator) == Refusal("list_done")
    await allow("+7", "+49")
    async with database.session() as s:
        assert await routing.reconsider(s) == 1
    claim = await exchange.claim(operator)
    assert isinstance(claim, Claim) and claim.contact_id == contact


async def test_contacts_that_have_their_result_stay_done(exchange: Exchange):
    campaign = await exchange.campaign()
    contact = await exchange.contact(campaign, HOME.format(1))
    operator = await exchange.operator(campaign)
    claim = await exchange.claim(operator)
    assert isinstance(claim, Claim)
    await exchange.talk(claim, 5)
    await exchange.close(claim, "refused")
    async with database.session() as s:
        assert await routing.reconsider(s) == 0
    assert (await exchange.read(Contact, contact)).status == ContactStatus.DONE


async def test_a_customers_prefixes_hold_for_this_customer_only(exchange: Exchange):
    first, second = await exchange.campaign(), await exchange.campaign()
    await allow("+7812", customer_id=(await exchange.read(Campaign, first)).customer_id)
    moscow = "+74955550101"
    await exchange.contact(first, moscow)
    there = await exchange.contact(second, moscow)
    assert await exchange.claim(await exchange.operator(first)) == Refusal("list_done")
    claim = await exchange.claim(await exchange.operator(second))
    assert isinstance(claim, Claim) and claim.contact_id == there


async def test_a_number_above_the_ceiling_or_without_a_rate_is_not_dialled(exchange: Exchange):
    campaign = await exchange.campaign()
    north = await carrier("north", {"+7812": 300, "+7495": 90})
    async with database.session() as s:
        await carrier_book.set_ceiling(s, "RUB", 100)
    for e164 in ("+78125550101", "+79265550101", "+74955550101"):
        await exchange.contact(campaign, e164)
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim) and claim.e164 == "+74955550101"
    call = await exchange.call(claim.call_id)
    assert (call.carrier_id, call.carrier_per_minute) == (north, 90)
    (flag,) = await refused_flags()
    assert flag.details == {"numbers": {"above_ceiling": 1, "no_route": 1}}


async def test_a_dear_carrier_is_passed_over_for_one_under_the_ceiling(exchange: Exchange):
    campaign = await exchange.campaign()
    await carrier("exact", {"+7812": 300})
    wide = await carrier("wide", {"+7": 90}, position=9)
    await exchange.contact(campaign, HOME.format(1))
    await exchange.contact(campaign, HOME.format(2))
    operator, other = await exchange.operator(campaign), await exchange.operator(campaign)
    first = await exchange.claim(operator)
    assert isinstance(first, Claim)
    assert (await exchange.call(first.call_id)).carrier_per_minute == 300, "the longest prefix, where no ceiling is"
    async with database.session() as s:
        await carrier_book.set_ceiling(s, "RUB", 100, (await exchange.read(Campaign, campaign)).customer_id)
    second = await exchange.claim(other)
    assert isinstance(second, Claim) and (await exchange.call(second.call_id)).carrier_id == wide


async def test_without_a_carrier_of_its_currency_nothing_is_set_aside(exchange: Exchange):
    campaign = await exchange.campaign()
    await carrier("dollars", {"+7": 3}, currency="USD")
    contact = await exchange.contact(campaign, HOME.format(1))
    assert await exchange.claim(await exchange.operator(campaign)) == Refusal("lines_busy")
    assert (await exchange.read(Contact, contact)).status == ContactStatus.WAITING


async def test_a_disabled_carrier_gets_no_call_and_costs_no_contact(exchange: Exchange):
    campaign = await exchange.campaign()
    await carrier("north", {"+7": 90}, enabled=False)
    contact = await exchange.contact(campaign, HOME.format(1))
    operator = await exchange.operator(campaign)
    assert await exchange.claim(operator) == Refusal("lines_busy")
    assert (await exchange.read(Contact, contact)).status == ContactStatus.WAITING
    await carrier("north", {}, enabled=True)
    assert isinstance(await exchange.claim(operator), Claim)


async def _managers(exchange: Exchange, campaign: int, *numbers: str) -> list[int]:
    made = []
    customer = (await exchange.read(Campaign, campaign)).customer_id
    for position, e164 in enumerate(numbers):
        account, _ = await exchange.operator(campaign)
        async with database.session() as s:
            s.add(
                CustomerMember(
                    customer_id=customer, account_id=account, role=MemberRole.MANAGER,
                    endpoint_kind=EndpointKind.NUMBER if e164 else EndpointKind.BROWSER, endpoint=e164 or None,
                )
            )  # fmt: skip
            s.add(CampaignManager(campaign_id=campaign, account_id=account, position=position))
        made.append(account)
    return made


async def test_a_managers_number_that_is_not_allowed_is_left_out_and_flagged(exchange: Exchange):
    campaign = await exchange.campaign()
    abroad, page, home = await _managers(exchange, campaign, "+491705550101", "", "+78125550199")
    async with database.session() as s:
        listed = await transfers.managers(s, campaign)
    assert [m.account_id for m in listed] == [page, home]
    (flag,) = await refused_flags()
    assert (flag.subject, flag.details) == (f"manager:{abroad}", {"reason": "not_allowed"})


async def test_a_number_of_ones_own_people_is_proven_by_the_same_rules(exchange: Exchange):
    campaign, leg = await exchange.campaign(), uuid4()
    await carrier("north", {"+7": 90})
    async with database.session() as s:
        proof = await dial_proofs.permitted(s, leg, "+78125550199", campaign, "transfer:1", exchange.now)
        assert proof == dial_proofs.Permitted(leg, "+78125550199", "north")
        assert await dial_proofs.permitted(s, leg, "+491705550101", campaign, "transfer:1", exchange.now) is None
        assert await dial_proofs.permitted(s, leg, "+78125550199", 999_999, "transfer:1", exchange.now) is None
    (flag,) = await refused_flags()
    assert flag.subject == "transfer:1"


async def test_a_managers_leg_takes_a_line_of_its_carrier_until_it_is_over_and_costs_its_rate(exchange: Exchange):
    campaign = await exchange.campaign()
    (manager,) = await _managers(exchange, campaign, "+78125550199")
    north = await carrier("north", {"+7": 90}, max_concurrent=2)
    await carrier("south", {"+7": 95})
    await exchange.contact(campaign, "+78125550001")
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim)

    async def dialled(leg: UUID) -> str | None:
        async with database.session() as s:
            await transfers.start(s, leg, claim.call_id, manager, exchange.now)
            proof = await dial_proofs.permitted(s, leg, "+78125550199", campaign, "transfer:1", exchange.now)
            return proof and proof.gateway

    first, second, third = uuid4(), uuid4(), uuid4()
    assert await dialled(first) == "north"
    async with database.session() as s:
        assert await line_limits.full_carriers(s, [north]) == {north}, "the contact's leg and the manager's"
        await transfers.failed(s, first, exchange.now, "USER_BUSY")
        assert await line_limits.full_carriers(s, [north]) == set()
    assert await dialled(second) == "north"
    async with database.session() as s:
        start = int(exchange.now.timestamp() * 1_000_000)
        variables = {"uuid": str(second), "billsec": "30", "answer_uepoch": str(start), "end_uepoch": str(start)}
        await records.store_record(s, {"variables": variables})
        await transfers.returned(s, second, exchange.now)
        for booked in (1, 0):
            assert await own_legs.book_costs(s) == booked
        assert await costs.owed(s, "RUB") == 45
        await s.execute(text("update carrier set max_concurrent = 1 where id = :id"), {"id": north})
    assert await dialled(third) == "south", "the contact has the only line of the other"


async def test_two_presses_at_once_set_the_same_numbers_aside_once(exchange: Exchange):
    campaign = await exchange.campaign()
    for n in range(30):
        await exchange.contact(campaign, ABROAD.format(n))
    for n in range(2):
        await exchange.contact(campaign, HOME.format(n))
    operators = [await exchange.operator(campaign) for _ in range(2)]
    got = await asyncio.gather(*(exchange.claim(o) for o in operators))
    assert any(isinstance(g, Claim) for g in got)
    again = [await exchange.claim(o) for o, g in zip(operators, got, strict=True) if not isinstance(g, Claim)]
    assert all(isinstance(a, Claim) for a in again)
    async with database.session() as s:
        counts = "select count(*) filter (where refused_at is not null), count(*) from contact_number"
        assert tuple((await s.execute(text(counts))).one()) == (30, 32)
