"""The sample data: what a person finds who starts the demo, and that a second start changes nothing."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import func, select

from demo import people, sample_campaigns, sample_data
from exchange_domain import accounts, board, books, call_rows, calls, claiming, database, forms, ledger, scripts, shifts
from exchange_domain.claiming import Claim
from exchange_domain.tables import Account, Call, Campaign, Contact, Customer, Script, Settlement, Shift, Transfer
from exchange_domain.words import CampaignStatus, EndpointKind

from .conftest import counts


@pytest.fixture
def database_template(sampled_template: str) -> str:
    return sampled_template


async def campaign_of(name: str) -> Campaign:
    async with database.session() as s:
        return (await s.exec(select(Campaign).where(Campaign.name == name))).one()


async def test_made_again_it_changes_nothing(sampled: None) -> None:
    before = await counts()
    async with database.session() as s:
        assert await sample_data.make(s) is False
    assert await counts() == before


async def test_there_is_somebody_of_each_role_whom_no_password_lets_in(sampled: None) -> None:
    roles: set[str] = set()
    async with database.session() as s:
        for person in people.EVERYBODY:
            account = await accounts.find_by_email(s, person.email)
            assert account is not None and account.id is not None
            assert account.password_hash.startswith("$argon2")
            principal = await accounts.principal(s, account.id)
            assert principal is not None and principal.roles, person
            roles |= principal.roles
        hashes = (await s.exec(select(Account.password_hash))).all()
    assert roles == {"operator", "customer", "manager", "moderator", "admin"}
    assert len(set(hashes)) == len(people.EVERYBODY)


async def test_the_board_offers_the_furniture_campaign_with_pay_from_real_calls(sampled: None) -> None:
    async with database.session() as s:
        robot = await accounts.find_by_email(s, people.ROBOT.email)
        assert robot is not None and robot.id is not None
        cards = await board.cards(s, robot.id, datetime.now(UTC))
    card = next(c for c in cards if c.name == sample_campaigns.FURNITURE_NAME)
    assert card.closed_code is None
    assert card.waiting >= 60
    assert card.pay_per_hour and 50_00 < card.pay_per_hour < 5_000_00
    assert card.paid_calls >= 40 and 0 < card.success_bp < card.answered_bp < 10_000
    assert len(cards) >= 2, "and another customer's campaign beside it"


async def test_every_past_call_is_settled_and_the_books_are_coherent(sampled: None) -> None:
    async with database.session() as s:
        assert await books.check(s) == []
        made = (await s.exec(select(func.count()).select_from(Call))).one()
        settled = list(await s.exec(select(Settlement)))
        assert len(settled) == made >= 40
        assert {x.source for x in settled} == {"record"}
        assert (await s.exec(select(func.count()).select_from(Shift).where(Shift.ended_at == None))).one() == 0  # noqa: E711
        assert (await s.exec(select(func.count()).select_from(Transfer))).one() >= 3
        calls_made = list(await s.exec(select(Call)))
        customer = (await s.exec(select(Customer).where(Customer.name == sample_data.WORKSHOP))).one()
        assert customer.id is not None
        balance = await ledger.balance(s, customer.id)
    now = datetime.now(UTC)
    assert all(
        c.claimed_at and c.closed_at and now - timedelta(days=7) < c.claimed_at < c.closed_at < now for c in calls_made
    )
    assert balance.held == 0
    assert balance.available == 25_000_00 - sum(x.charge for x in settled)


async def test_the_first_calls_follow_the_list(sampled: None) -> None:
    campaign = await campaign_of(sample_campaigns.FURNITURE_NAME)
    now = datetime.now(UTC)
    async with database.session() as s:
        assert campaign.id is not None
        robot = await accounts.find_by_email(s, people.ROBOT.email)
        assert robot is not None and robot.id is not None
        shift = await shifts.open(
            s,
            operator_id=robot.id,
            campaign_id=campaign.id,
            switch_name="x",
            endpoint_kind=EndpointKind.SIP,
            endpoint="x",
        )
        endings = []
        for _ in range(6):
            assert shift.id is not None
            claim = await claiming.claim(
                s, call_id=uuid4(), operator_id=robot.id, shift_id=shift.id, now=now, lease=timedelta(seconds=60)
            )
            assert isinstance(claim, Claim)
            await calls.not_placed(s, claim.call_id, claim.fencing_token, now)
            endings.append(claim.e164[-2:])
    assert endings == ["00", "20", "11", "02", "05", "12"]


async def test_the_script_uses_only_fields_that_every_contact_has(sampled: None) -> None:
    async with database.session() as s:
        for campaign in await s.exec(select(Campaign)):
            assert campaign.script_id is not None
            script = await s.get_one(Script, campaign.script_id)
            forms.parse_form(script.form)
            used = set(scripts.fields_used(script.markdown))
            for contact in await s.exec(select(Contact).where(Contact.campaign_id == campaign.id)):
                given = scripts.script_values(
                    contact_name=contact.name, person_name="", operator_name="Мария", fields=contact.fields
                )
                assert {name.casefold() for name in used} <= set(given), contact.name


async def test_there_is_a_campaign_in_each_of_three_states(sampled: None) -> None:
    async with database.session() as s:
        states = (await s.exec(select(Campaign.status, func.count()).group_by(Campaign.status))).all()
    assert dict(states) == {CampaignStatus.ACTIVE: 2, CampaignStatus.DRAFT: 1, CampaignStatus.PAUSED: 1}


async def test_past_results_read_like_filled_forms(sampled: None) -> None:
    campaign = await campaign_of(sample_campaigns.FURNITURE_NAME)
    fields = forms.parse_form(json.loads((sample_campaigns.FURNITURE / "form.json").read_text("utf-8")))
    async with database.session() as s:
        assert campaign.id is not None
        rows = await call_rows.page(s, campaign.id, limit=100)
    successes = [r for r in rows if r.outcome == "success"]
    assert successes and any(r.transferred and r.manager_name for r in successes)
    for row in successes:
        clean, problems = forms.check_answers(fields, row.result, row.outcome)
        assert problems == [] and clean == row.result
