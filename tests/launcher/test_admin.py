"""`./run admin`: where it connects to and what it makes."""

import os
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text

from exchange_app.security import passwords
from exchange_domain import accounts, audit, campaigns, customers, invitations, second_factors, switches
from exchange_domain.database import session
from launcher.commands import admin
from launcher.commands.admin import DEFAULT_DATA
from launcher.data_directory import DataDirectory, Run


@pytest.fixture
def on_database(database_url, settings_env):
    settings_env(database_url=database_url, public_url="https://exchange.example/")


@pytest.fixture
def unset(monkeypatch, settings_env):
    for name in ("DATABASE_URL", "PUBLIC_URL", "REDIS_URL"):
        monkeypatch.setenv(name, "")


async def invited(*arguments):
    link = await admin.carry_out(admin.parse(["invite", *arguments]))
    assert link.startswith("https://exchange.example/join/")
    async with session() as opened:
        return await invitations.find(opened, link.rsplit("/", 1)[1])


async def test_the_link_opens_an_invitation(on_database):
    found = await invited("--role", "operator", "--role", "moderator", "--email", "anna@example.org", "--days", "2")
    assert (found.roles, found.email, found.customer_id) == (["moderator", "operator"], "anna@example.org", None)


async def test_a_new_customer_is_named_and_a_known_one_is_found(on_database, database_url):
    assert (await invited("--role", "customer", "--customer", "Ромашка")).customer_name == "Ромашка"
    connection = await asyncpg.connect(database_url)
    known = await connection.fetchval("INSERT INTO customer (name) VALUES ('Ромашка') RETURNING id")
    await connection.close()
    found = await invited("--role", "manager", "--customer", " ромашка")
    assert (found.customer_id, found.customer_name) == (known, None)


async def test_a_manager_without_a_customer_is_refused(on_database):
    with pytest.raises(admin.AdminRefused, match="--customer"):
        await invited("--role", "manager")


async def switch(*arguments):
    return await admin.carry_out(admin.parse(["switch", *arguments]))


async def test_switches_are_listed_and_changed(on_database):
    assert await switch() == "no engine has driven a switch yet"
    async with session() as opened:
        token = await switches.take(opened, "main", uuid4())
        assert token is not None
        await switches.renew(opened, "main", token, switches.Health(up=True, silent_ms=0, sessions=7))
    assert await switch() == "main: 0 of 200 seats, 7 channels, driven, up"
    said = await switch("--name", "main", "--draining", "yes", "--seats", "30")
    assert said == "main: 0 of 30 seats, 7 channels, driven, up, draining"
    assert await switch("--name", "main", "--draining", "no") == "main: 0 of 30 seats, 7 channels, driven, up"


async def test_a_switch_that_is_not_there_or_not_named_is_not_changed(on_database):
    with pytest.raises(admin.AdminRefused, match="no switch is called 'x'"):
        await switch("--name", "x", "--enabled", "no")
    with pytest.raises(admin.AdminRefused, match="--name"):
        await switch("--seats", "5")


def test_without_a_run_and_a_database_it_says_so(unset, tmp_path):
    with pytest.raises(admin.AdminRefused, match="no demo runs on"):
        admin.connect_to(tmp_path)


def test_it_finds_the_running_demo(unset, tmp_path, monkeypatch):
    data = DataDirectory(tmp_path / "data")
    data.open()
    data.write_run(Run(1, "http://127.0.0.1:3999", "postgresql://here", "redis://", "esl://"))
    admin.connect_to(data.path)
    assert (os.environ["DATABASE_URL"], os.environ["PUBLIC_URL"]) == ("postgresql://here", "http://127.0.0.1:3999")
    data.unlock()


@pytest.mark.parametrize("arguments", [[], ["invite"], ["invite", "--role", "king"], ["invite", "--days", "0"]])
def test_what_makes_no_sense_is_refused(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        admin.parse(arguments)
    assert "usage: ./run admin" in capsys.readouterr().err


async def said(*arguments):
    return await admin.carry_out(admin.parse(list(arguments)))


async def test_a_deposit_is_booked_once_by_its_key_and_wakes_campaigns(on_database, database_url):
    await said("tariff", "--share", "60", "--registration-bonus", "100", "--per-answered-call", "15.00")
    async with session() as opened:
        customer = await customers.create(opened, name="Ромашка")
        await campaigns.create(opened, customer.id or 0, name="Опрос")
        await opened.execute(text("insert into script (campaign_id, version, markdown) values (1, 1, '')"))
        await opened.execute(text("update campaign set script_id = 1, status = 'out_of_funds'"))
    pay = ("deposit", "--customer", "ромашка", "--amount", "5000.50", "--key", "7")
    assert await said(*pay) == "deposited; available 5100.50 RUB, held 0.00; campaigns that go on: 1"
    assert await said(*pay) == "this payment was booked before, nothing changed; available 5100.50 RUB, held 0.00"


async def test_a_deposit_for_nobody_is_refused(on_database):
    with pytest.raises(admin.AdminRefused, match="no customer is called"):
        await said("deposit", "--customer", "Ромашка", "--amount", "1")


@pytest.mark.parametrize("amount", ["-1", "1.005", "ten", "nan", "1e15"])
def test_a_sum_that_is_none_is_refused(amount, capsys):
    with pytest.raises(SystemExit):
        admin.parse(["deposit", "--customer", "x", "--amount", amount])
    assert "--amount" in capsys.readouterr().err


# --- do not call


async def test_numbers_are_put_on_the_platforms_list_and_taken_off_again(on_database, tmp_path):
    file = tmp_path / "numbers.csv"
    file.write_text("Номер;Примечание\n8 (812) 555-00-01;просил письмом\n+7 812 555-00-02\nдевять\n", "utf-8")
    told = await said("do-not-call", "add", "--file", str(file), "+78125550003", "--reason", "суд")
    assert told.splitlines() == [
        "added 3, already there 0; contacts that are not called any more: 0",
        "not taken: 1",
        "  line 4: “девять” is not a telephone number",
    ]
    listed = await said("do-not-call", "list")
    assert "+78125550001" in listed and "просил письмом" in listed and listed.count("суд") == 2
    assert listed.endswith("3 on the list")
    assert (await said("do-not-call", "list", "--search", "0002")).count("+7") == 1
    assert await said("do-not-call", "remove", "8 812 555 00 01", "+78125550009") == "removed 1, not on the list 1"
    assert (await said("do-not-call", "list")).endswith("2 on the list")


async def test_a_customers_list_is_its_own_and_its_numbers_are_read_by_its_country(on_database):
    async with session() as opened:
        await customers.create(opened, name="Ромашка", country="GB")
    await said("do-not-call", "add", "020 7946 0018", "--customer", "ромашка")
    assert "+442079460018" in await said("do-not-call", "list", "--customer", "Ромашка")
    assert await said("do-not-call", "list") == "0 on the list"


async def test_a_list_of_nothing_or_of_a_missing_file_is_refused(on_database, tmp_path):
    with pytest.raises(admin.AdminRefused, match="no number was given"):
        await said("do-not-call", "add")
    with pytest.raises(admin.AdminRefused, match="No such file"):
        await said("do-not-call", "add", "--file", str(tmp_path / "none.txt"))
    with pytest.raises(admin.AdminRefused, match="no customer is called"):
        await said("do-not-call", "list", "--customer", "Никто")


def test_the_data_folder_may_stand_behind_any_word():
    for words in ("--data d do-not-call list", "do-not-call --data d list", "do-not-call list --data d"):
        assert str(admin.parse(words.split()).data) == "d"
    assert admin.parse(["do-not-call", "list"]).data == DEFAULT_DATA


async def test_the_first_administrator_is_made_once(on_database):
    said = await admin.carry_out(admin.parse(["create", "--email", "nina@example.org", "--name", " Нина  Ковач "]))
    assert "made: nina@example.org" in said
    password = said.split("password: ")[1].split()[0]
    async with session() as opened:
        account = await accounts.find_by_email(opened, "Nina@Example.org")
        assert account is not None and account.display_name == "Нина Ковач"
        assert (await passwords.verified(account.password_hash, password))[0]
        assert (await accounts.principal(opened, account.id or 0)).roles == {"admin"}
        assert [entry.act for entry in await audit.entries(opened)] == ["account_made"]
    again = await admin.carry_out(admin.parse(["create", "--email", "nina@example.org", "--name", "Нина"]))
    assert again == "nina@example.org is an administrator already"
    with pytest.raises(admin.AdminRefused, match="address"):
        await admin.carry_out(admin.parse(["create", "--email", "nina", "--name", "Нина"]))


async def test_who_has_an_account_becomes_an_administrator(on_database):
    async with session() as opened:
        await accounts.create(opened, email="o@example.org", display_name="О", password_hash="-", roles=("operator",))
    said = await admin.carry_out(admin.parse(["create", "--email", "o@example.org", "--name", "О"]))
    assert "with the password it has" in said
    async with session() as opened:
        known = await accounts.find_by_email(opened, "o@example.org")
        assert (await accounts.principal(opened, known.id)).roles == {"admin", "operator"}
        await second_factors.add_passkey(opened, known.id, credential_id="x", public_key="y", sign_count=0, name="")
    await admin.carry_out(admin.parse(["reset-second-factor", "--email", "o@example.org"]))
    async with session() as opened:
        assert not (await second_factors.of_account(opened, known.id)).any
    with pytest.raises(admin.AdminRefused, match="nobody"):
        await admin.carry_out(admin.parse(["reset-second-factor", "--email", "x@example.org"]))
