"""`./run admin carrier | prefix | ceiling | lines | cap`: what is entered is what claims go by."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from exchange_domain import campaigns, customers, destinations, line_limits, routing, spend_caps
from exchange_domain.carrier_book import called, rates_of
from exchange_domain.database import session
from exchange_domain.tables import Contact, ContactNumber, Customer, Tariff
from launcher.commands import admin

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
async def customer(database_url, settings_env) -> int:
    settings_env(database_url=database_url)
    async with session() as s:
        s.add(Tariff(valid_from=NOW - timedelta(days=9), per_minute=600, operator_share_bp=6000))
        return (await customers.create(s, name="Ромашка")).id or 0


async def said(*arguments: str) -> str:
    return await admin.carry_out(admin.parse(list(arguments)))


async def test_without_carriers_it_says_who_carries(customer: int):
    assert "CARRIER_GATEWAY" in await said("carrier")


async def test_a_carrier_is_entered_changed_and_listed(customer: int):
    first = await said("carrier", "north", "--rate", "+7=0.90", "--rate", "+7812=0.50", "--per-second", "5")
    assert first == (
        "north (position 1): 5 new calls a second, any number at once; a minute in RUB: +7 0.90, +7812 0.50"
    )
    await said("carrier", "north", "--at-once", "30", "--rate", "+7=1", "--no-rate", "+7812", "--disable")
    assert await said("carrier") == (
        "north (position 1, disabled): 5 new calls a second, 30 at once; 1 rates; on the line: 0"
    )
    await said("carrier", "north", "--per-second", "none", "--enable")
    async with session() as s:
        north = await called(s, "north")
        assert north is not None and north.id is not None
        assert (north.enabled, north.calls_per_second, north.max_concurrent) == (True, None, 30)
        assert await rates_of(s, north.id) == {"+7": 100}


async def test_a_new_carrier_without_a_rate_is_refused_and_nothing_is_left(customer: int):
    with pytest.raises(admin.AdminRefused, match="--rate"):
        await said("carrier", "north", "--at-once", "3")
    assert "no carriers" in await said("carrier")


async def test_prefixes_narrow_and_say_what_holds(customer: int):
    assert await said("prefix", "--customer", "Ромашка") == (
        "everybody: nothing said; Ромашка: nothing said (the calling code of each campaign's country may be dialled)"
    )
    await said("prefix", "--allow", "+7", "--allow", "+375")
    assert await said("prefix", "--customer", "ромашка", "--allow", "+7812") == "everybody: +375, +7; Ромашка: +7812"
    async with session() as s:
        found = await destinations.of_customer(s, customer, "RU")
    assert found.allows("+78125550101") and not found.allows("+74955550101") and not found.allows("+375291234567")
    with pytest.raises(admin.AdminRefused, match=r"\+49"):
        await said("prefix", "--disallow", "+49")
    assert await said("prefix", "--disallow", "+375") == "everybody: +7"


async def test_a_wider_rule_lets_contacts_wait_again(customer: int):
    async with session() as s:
        campaign = await campaigns.create(s, customer, name="Опрос")
        assert campaign.id is not None
        contact = Contact(
            campaign_id=campaign.id, time_zone="Europe/Moscow", due_at=NOW, status="done", refused_at=NOW
        )  # fmt: skip
        s.add(contact)
        await s.flush()
        assert contact.id is not None
        s.add(ContactNumber(contact_id=contact.id, campaign_id=campaign.id, e164="+375291234567", refused_at=NOW))
    assert await said("prefix", "--allow", "+375") == "everybody: +375; contacts that wait again: 1"
    async with session() as s:
        left = (await s.execute(text("select count(*) from contact_number where refused_at is not null"))).scalar_one()
        assert (left, (await s.get_one(Contact, contact.id)).status) == (0, "waiting")


async def test_ceilings_of_everybody_and_of_a_customer(customer: int):
    await said("carrier", "north", "--rate", "+7=0.90")
    assert await said("ceiling") == "everybody: no ceiling"
    assert await said("ceiling", "--per-minute", "5") == "everybody: at most 5.00 RUB a minute"
    assert await said("ceiling", "--customer", "Ромашка", "--per-minute", "2,50") == (
        "Ромашка: at most 2.50 RUB a minute"
    )
    async with session() as s:
        owner = await s.get_one(Customer, customer)
        campaign = await campaigns.create(s, customer, name="Опрос")
        assert (await routing.rules_of(s, campaign, owner)).ceiling == 250
    await said("ceiling", "--customer", "Ромашка", "--per-minute", "none")
    async with session() as s:
        assert (await routing.rules_of(s, campaign, owner)).ceiling == 500


async def test_lines_of_a_customer(customer: int):
    assert await said("lines", "--customer", "Ромашка") == (
        "Ромашка: any number of new calls a second, any number at once"
    )
    await said("lines", "--customer", "Ромашка", "--per-second", "0.5")
    assert await said("lines", "--customer", "Ромашка", "--at-once", "10") == (
        "Ромашка: 0.5 new calls a second, 10 at once"
    )
    async with session() as s:
        kept = await line_limits.of_customer(s, customer)
    assert kept is not None and (kept.calls_per_second, kept.max_concurrent) == (0.5, 10)


async def test_caps_of_a_customer_and_of_its_campaign(customer: int):
    async with session() as s:
        campaign = await campaigns.create(s, customer, name="Опрос")
        other = await campaigns.create(s, (await customers.create(s, name="Другой")).id or 0, name="Их")
        assert campaign.id is not None
    assert await said("cap", "--customer", "Ромашка", "--per-day", "500") == "Ромашка: at most 500.00 RUB a day"
    number = str(campaign.id)
    assert await said("cap", "--customer", "Ромашка", "--campaign", number, "--per-day", "90.5") == (
        f"Ромашка, campaign {number}: at most 90.50 RUB a day"
    )
    async with session() as s:
        assert await spend_caps.caps_of(s, customer, campaign.id) == spend_caps.Caps(50_000, 9_050)
    with pytest.raises(admin.AdminRefused, match="no campaign"):
        await said("cap", "--customer", "Ромашка", "--campaign", str(other.id), "--per-day", "1")
    assert await said("cap", "--customer", "Ромашка", "--per-day", "none") == "Ромашка: no cap"


@pytest.mark.parametrize(
    "arguments",
    [
        ["carrier", "a b"], ["carrier", "north", "--rate", "7=1"], ["carrier", "north", "--rate", "+7"],
        ["carrier", "north", "--per-second", "0"], ["carrier", "north", "--at-once", "-1"],
        ["prefix", "--allow", "7812"], ["prefix", "--allow", "+0"], ["ceiling", "--per-minute", "-1"],
        ["cap", "--customer", "x", "--per-day", "0"], ["cap", "--per-day", "5"], ["lines", "--customer"],
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit, match="2"):
        admin.parse(arguments)
    assert "usage: ./run admin" in capsys.readouterr().err
