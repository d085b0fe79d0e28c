"""Passwords of SIP users: told once, good for a shift, over when they should be."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import accounts, customers, database, shifts, sip_credentials, transfers
from exchange_domain.sip_credentials import BEFORE_THE_SHIFT, a1_hash
from exchange_domain.sip_users import sip_user, username
from exchange_domain.tables import Account, AccountRole, CampaignManager, CustomerMember, SipCredential
from exchange_domain.words import EndpointKind, MemberRole, Role, SipUserKind

from .conftest import Exchange

REALM = "pbx.example"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LONGEST = timedelta(hours=12)
SOON = NOW + timedelta(minutes=1)
PAGE, PHONE = SipUserKind.BROWSER, SipUserKind.PHONE


async def person(s: AsyncSession, *roles: str) -> int:
    account = await accounts.create(
        s, email=f"{len(roles)}{NOW.timestamp()}@example.org", display_name="Мария", password_hash="-", roles=roles
    )
    assert account.id is not None
    return account.id


async def issued(s: AsyncSession, account_id: int, kind: SipUserKind = PAGE, role: Role = Role.OPERATOR):
    return await sip_credentials.issue(s, role, account_id, kind, realm=REALM, at=NOW, longest=LONGEST)


async def is_served(s: AsyncSession, name: str, at: datetime = SOON, realm: str = REALM) -> bool:
    return await sip_credentials.served(s, name, realm, at) is not None


LINES = [(role, kind) for role in (Role.OPERATOR, Role.MANAGER) for kind in SipUserKind] + [(Role.MODERATOR, PAGE)]


@given(st.integers(1, 10**12), st.sampled_from(LINES))
def test_no_two_people_lines_or_kinds_share_a_user_name(account: int, line: tuple[Role, SipUserKind]):
    role, kind = line
    name = username(role, account, kind)
    parts = name.split("-")
    assert (parts[0], int(parts[1]), parts[2:]) == (role.value, account, ["phone"] if kind is PHONE else [])


@pytest.mark.parametrize(("role", "kind"), [(Role.CUSTOMER, PAGE), (Role.ADMIN, PAGE), (Role.MODERATOR, PHONE)])
def test_a_role_without_a_line_has_no_user(role: Role, kind: SipUserKind):
    with pytest.raises(ValueError, match="no line"):
        username(role, 1, kind)


def test_a_browser_and_a_telephone_are_rung_under_their_own_names():
    assert sip_user(Role.OPERATOR, 7, EndpointKind.BROWSER) == "operator-7"
    assert sip_user(Role.OPERATOR, 7, EndpointKind.SIP) == "operator-7-phone"
    assert sip_user(Role.MANAGER, 7, EndpointKind.SIP) == "manager-7-phone"


async def test_a_managers_telephone_is_rung_when_that_was_chosen(exchange: Exchange):
    campaign_id = await exchange.campaign()
    async with database.session() as s:
        customer = await customers.create(s, name="Окна")
        assert customer.id is not None
        campaign = await s.get_one(transfers.Campaign, campaign_id)
        account_id = await person(s)
        await customers.add_member(s, campaign.customer_id, account_id, MemberRole.MANAGER, EndpointKind.SIP, None)
        s.add(CampaignManager(campaign_id=campaign_id, account_id=account_id, position=0))
        await s.flush()
        (manager,) = await transfers.managers(s, campaign_id)
    assert manager.dial_name == f"manager-{account_id}-phone"


async def test_only_the_digest_is_kept_and_it_is_the_right_one(exchange: Exchange):
    async with database.session() as s:
        made = await issued(s, await person(s, "operator"))
        kept = await s.get_one(SipCredential, made.username)
    assert made.password not in repr(kept.model_dump())
    text = f"{made.username}:{REALM}:{made.password}"
    assert kept.a1_hash == hashlib.md5(text.encode()).hexdigest() == a1_hash(made.username, REALM, made.password)
    assert len(made.password) >= 32, "192 bits"
    assert made.valid_until == NOW + LONGEST


async def test_a_new_password_takes_the_place_of_the_old_one(exchange: Exchange):
    async with database.session() as s:
        account_id = await person(s, "operator")
        first, second = await issued(s, account_id), await issued(s, account_id)
        found = await sip_credentials.served(s, first.username, REALM, SOON)
    assert first.password != second.password and found is not None
    assert found.a1_hash == a1_hash(second.username, REALM, second.password)


async def test_a_page_without_a_shift_is_served_for_its_first_minutes_only(exchange: Exchange):
    async with database.session() as s:
        made = await issued(s, await person(s, "operator"))
        assert await is_served(s, made.username, NOW + BEFORE_THE_SHIFT - timedelta(seconds=1))
        assert not await is_served(s, made.username, NOW + BEFORE_THE_SHIFT)


async def test_a_page_is_served_through_the_shift_and_not_after_it(exchange: Exchange):
    campaign_id = await exchange.campaign()
    async with database.session() as s:
        account_id = await person(s, "operator")
        made, phone = await issued(s, account_id), await issued(s, account_id, PHONE)
        shift = await shifts.open(
            s, operator_id=account_id, campaign_id=campaign_id, switch_name="main",
            endpoint_kind=EndpointKind.BROWSER, endpoint=made.username,
        )  # fmt: skip
        assert shift.id is not None
        late = NOW + timedelta(hours=6)
        assert await is_served(s, made.username, late)
        await shifts.end(s, shift.id, late)
        assert not await is_served(s, made.username, SOON), "not even in its first minutes"
        assert await is_served(s, phone.username, late), "the telephone stays registered for the next shift"
        kept = await s.get_one(SipCredential, made.username)
        await s.refresh(kept)
        assert kept.revoked_at == late
        again = await issued(s, account_id)
        assert await is_served(s, again.username), "the next shift gets a password of its own"


async def test_no_page_is_served_past_its_hours_in_the_longest_shift(exchange: Exchange):
    campaign_id = await exchange.campaign()
    async with database.session() as s:
        account_id = await person(s, "operator")
        made = await issued(s, account_id)
        await shifts.open(
            s, operator_id=account_id, campaign_id=campaign_id, switch_name="main",
            endpoint_kind=EndpointKind.BROWSER, endpoint=made.username,
        )  # fmt: skip
        assert await is_served(s, made.username, NOW + LONGEST - timedelta(seconds=1))
        assert not await is_served(s, made.username, NOW + LONGEST)


async def test_a_telephone_is_served_until_it_is_revoked(exchange: Exchange):
    async with database.session() as s:
        account_id = await person(s, "operator")
        made = await issued(s, account_id, PHONE)
        assert made.valid_until is None
        assert await is_served(s, made.username, NOW + timedelta(days=900))
        await sip_credentials.revoke(s, account_id, PHONE, NOW)
        await sip_credentials.revoke(s, account_id, PHONE, NOW + timedelta(hours=1))
        assert not await is_served(s, made.username)
        kept = await s.get_one(SipCredential, made.username)
        await s.refresh(kept)
        assert kept.revoked_at == NOW, "revoked once"


@pytest.mark.parametrize("kind", list(SipUserKind))
async def test_a_suspended_account_and_a_lost_role_have_no_line(exchange: Exchange, kind: SipUserKind):
    async with database.session() as s:
        account_id = await person(s, "operator")
        made = await issued(s, account_id, kind)
        account = await s.get_one(Account, account_id)
        account.suspended_at = NOW
        await s.flush()
        assert not await is_served(s, made.username)
        account.suspended_at = None
        await s.flush()
        assert await is_served(s, made.username)
        role = await s.get_one(AccountRole, (account_id, Role.OPERATOR))
        await s.delete(role)
        await s.flush()
        assert not await is_served(s, made.username)


async def test_a_manager_has_a_line_while_a_member_somewhere(exchange: Exchange):
    async with database.session() as s:
        customer = await customers.create(s, name="Мебель")
        account_id = await person(s)
        assert customer.id is not None
        made = await issued(s, account_id, role=Role.MANAGER)
        assert not await is_served(s, made.username)
        await customers.add_member(s, customer.id, account_id, MemberRole.MANAGER, EndpointKind.BROWSER, None)
        assert await is_served(s, made.username, NOW + timedelta(hours=11)), "without any shift"
        await s.delete(await s.get_one(CustomerMember, (customer.id, account_id, MemberRole.MANAGER)))
        await s.flush()
        assert not await is_served(s, made.username)


async def test_another_realm_is_another_password(exchange: Exchange):
    async with database.session() as s:
        made = await issued(s, await person(s, "operator"))
        assert not await is_served(s, made.username, realm="other.example")


async def test_the_last_use_is_noted_once_a_minute(exchange: Exchange):
    async with database.session() as s:
        made = await issued(s, await person(s, "operator"))
        for seconds in (0, 30, 61):
            await sip_credentials.note_use(s, made.username, NOW + timedelta(seconds=seconds))
            kept = await s.get_one(SipCredential, made.username)
            await s.refresh(kept)
            assert kept.last_used_at == NOW + timedelta(seconds=0 if seconds == 30 else seconds)
