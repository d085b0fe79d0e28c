"""Accounts, invitations, campaigns' lives, the board."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from exchange_domain import accounts, board, call_rows, campaigns, customers, database, invitations
from exchange_domain.campaigns import CampaignError
from exchange_domain.claiming import Claim
from exchange_domain.invitations import InvitationError
from exchange_domain.words import CampaignStatus, MemberRole, Outcome

from .conftest import Exchange

PERSON = {"display_name": "Ольга Белова", "password_hash": "-", "language": "ru"}


async def invite(**values) -> str:
    async with database.session() as s:
        return await invitations.issue(s, **values)


async def accept(token: str, email: str):
    async with database.session() as s:
        account = await invitations.accept(s, token, email=email, **PERSON)
        return await accounts.principal(s, account.id or 0)


async def test_an_invitation_makes_one_account_with_its_roles(exchange: Exchange):
    token = await invite(roles=["operator", "moderator"])
    principal = await accept(token, "olga@example.org")
    assert principal is not None and principal.roles == {"operator", "moderator"}
    with pytest.raises(InvitationError) as refused:
        await accept(token, "second@example.org")
    assert refused.value.code == "used"


async def test_an_invitation_used_twice_at_once_makes_one_account(exchange: Exchange):
    token = await invite(roles=["operator"])
    got = await asyncio.gather(*(accept(token, f"p{n}@example.org") for n in range(5)), return_exceptions=True)
    assert sum(not isinstance(g, BaseException) for g in got) == 1


async def test_a_customers_invitation_makes_the_customer_with_its_bonus(exchange: Exchange):
    token = await invite(roles=["customer", "manager"], customer_name="Дубрава")
    principal = await accept(token, "owner@example.org")
    assert principal is not None and principal.roles == {"customer", "manager"}
    assert principal.customers == principal.manages
    assert (await exchange.balance(principal.customers[0])).available == 500_000


@pytest.mark.parametrize(
    ("values", "email", "code"),
    [
        ({"valid_for": timedelta(seconds=-1)}, "a@example.org", "expired"),
        ({"email": "other@example.org"}, "a@example.org", "other_email"),
        ({}, "TAKEN@example.org", "email_taken"),
    ],
)
async def test_an_invitation_that_cannot_be_used_says_why(exchange: Exchange, values, email, code):
    await accept(await invite(roles=["operator"]), "taken@example.org")
    with pytest.raises(InvitationError) as refused:
        await accept(await invite(roles=["operator"], **values), email)
    assert refused.value.code == code
    with pytest.raises(InvitationError) as unknown:
        await accept("no-such-token", email)
    assert unknown.value.code == "invalid"


async def test_a_campaign_starts_when_all_it_needs_is_there(exchange: Exchange):
    async with database.session() as s:
        customer = await customers.create(s, name="Дубрава")
        made = await campaigns.create(s, customer.id or 0, name="Опрос")
        campaign = made.id or 0
        steps = []
        for prepare in (
            None,
            campaigns.save_script(s, campaign, "Здравствуйте", []),
            s.execute(text("insert into contact (campaign_id, time_zone) values (:c, 'UTC')"), {"c": campaign}),
        ):
            if prepare is not None:
                await prepare
            try:
                steps.append(await campaigns.start(s, campaign))
            except CampaignError as refused:
                steps.append(refused.code)
        assert steps == ["no_script", "no_contacts", CampaignStatus.ACTIVE]
        assert await campaigns.pause(s, campaign) == CampaignStatus.PAUSED
        await s.execute(text("update tariff set per_success = 600000"))
        s.expire_all()
        with pytest.raises(CampaignError) as refused:
            await campaigns.start(s, campaign)
        assert refused.value.code == "no_funds"


async def test_a_script_that_changed_is_a_new_version_and_calls_keep_theirs(exchange: Exchange):
    campaign = await exchange.campaign()
    await exchange.contact(campaign, "+78125550001")
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim)
    before = (await exchange.call(claim.call_id)).script_id
    async with database.session() as s:
        form = [{"key": "size", "label": "Размер", "kind": "number"}, {"key": "comment", "label": "Комментарий"}]
        same = await campaigns.save_script(s, campaign, "Здравствуйте, {{name}}!", form)
        changed = await campaigns.save_script(s, campaign, "Добрый день!", [])
    assert (same.id, same.version, changed.version) == (before, 1, 2)
    assert (await exchange.call(claim.call_id)).script_id == before


async def test_only_the_customers_own_managers_take_transfers(exchange: Exchange):
    campaign = await exchange.campaign()
    async with database.session() as s:
        stranger = await accounts.create(s, email="m@example.org", display_name="М", password_hash="-")
        with pytest.raises(CampaignError):
            await campaigns.set_managers(s, campaign, [stranger.id or 0])
        row = await s.get_one(campaigns.Campaign, campaign)
        await customers.add_member(s, row.customer_id, stranger.id or 0, MemberRole.MANAGER)
        await campaigns.set_managers(s, campaign, [stranger.id or 0, stranger.id or 0])


async def test_the_board_says_what_is_paid_and_why_a_campaign_is_shut(exchange: Exchange):
    campaign = await exchange.campaign()
    await exchange.contact(campaign, "+78125550001")
    operator = await exchange.operator(campaign)
    async with database.session() as s:
        (card,) = await board.cards(s, operator[0], exchange.now)
    assert (card.per_call, card.per_answered, card.per_minute, card.per_success) == (100, 900, 360, 3600)
    assert (card.pay_per_hour, card.waiting, card.closed_code) == (None, 1, None)
    claim = await exchange.claim(operator)
    assert isinstance(claim, Claim)
    await exchange.talk(claim, 60)
    await exchange.close(claim, "success", at=exchange.now + timedelta(seconds=120))
    await exchange.record(claim, 60)
    await exchange.settle()
    async with database.session() as s:
        (card,) = await board.cards(s, operator[0], exchange.now + timedelta(minutes=3))
    pay = (1500 + 600 + 6000) * 6000 // 10_000 + 100
    assert (card.pay_per_hour, card.paid_calls, card.closed_code) == (pay * 30, 1, "list_done")
    assert (card.answered_bp, card.success_bp, card.mean_talk_s) == (10_000, 10_000, 60)


async def test_rows_of_calls_are_found_by_name_number_and_outcome(exchange: Exchange):
    campaign = await exchange.campaign()
    operator = await exchange.operator(campaign)
    for n, outcome in enumerate(("success", "refused", "no_answer")):
        await exchange.contact(campaign, f"+7812555000{n}", name=f"Фирма_{n}")
        claim = await exchange.claim(operator)
        assert isinstance(claim, Claim)
        await exchange.talk(claim, None if outcome == "no_answer" else 10)
        await exchange.close(claim, outcome)
        exchange.now += timedelta(minutes=1)
    async with database.session() as s:
        rows = await call_rows.page(s, campaign)
        assert [r.outcome for r in rows] == [Outcome.NO_ANSWER, Outcome.REFUSED, Outcome.SUCCESS]
        assert [r.contact_name for r in await call_rows.page(s, campaign, search="фирма_1")] == ["Фирма_1"]
        assert await call_rows.page(s, campaign, search="%") == []
        assert [r.number for r in await call_rows.page(s, campaign, search="55-500-02")] == ["+78125550002"]
        assert len(await call_rows.page(s, campaign, outcome=Outcome.SUCCESS)) == 1
        last = rows[1]
        at = datetime.fromtimestamp(last.claimed_ms / 1000, UTC)
        assert [r.outcome for r in await call_rows.page(s, campaign, before=(at, last.call_id))] == [Outcome.SUCCESS]
        assert (await call_rows.one(s, last.call_id)).operator_name == "Мария С."
