"""A page asks for its SIP password: its own, from our own pages, once."""

from datetime import UTC, datetime

import httpx
import pytest

from exchange_app.security import sessions
from exchange_app.security.principals import forget
from exchange_domain import accounts, customers, database, sip_credentials
from exchange_domain.words import EndpointKind, MemberRole

from ..conftest import make_account
from .conftest import make_manager, signed_in

PATH = "/softphone/credentials"
TELEPHONE = "/softphone/telephone"
EVERY = [(PATH, "GET"), (PATH, "POST"), (TELEPHONE, "GET"), (TELEPHONE, "POST"), (TELEPHONE, "DELETE")]


async def test_an_operator_gets_a_password_that_the_switch_will_take(site: httpx.AsyncClient, operator: int):
    await signed_in(site, operator)
    answer = await site.post(PATH)
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert told["username"] == f"operator-{operator}" and told["url"].endswith("/sip")
    async with database.session() as db:
        served = await sip_credentials.served(db, told["username"], told["realm"], datetime.now(UTC))
    assert served is not None
    assert served.a1_hash == sip_credentials.a1_hash(told["username"], told["realm"], told["password"])


async def test_it_is_told_once_and_looking_makes_none(site: httpx.AsyncClient, operator: int):
    await signed_in(site, operator)
    before = (await site.get(PATH)).json()
    assert before["valid_until_ms"] is None
    made = (await site.post(PATH)).json()
    after = await site.get(PATH)
    assert "password" not in after.json() and made["password"] not in after.text
    assert after.json()["valid_until_ms"] == made["valid_until_ms"]
    assert (await site.post(PATH)).json()["password"] != made["password"]


async def test_a_manager_gets_the_managers_line(site: httpx.AsyncClient):
    manager = await make_manager()
    await signed_in(site, manager)
    assert (await site.post(PATH)).json()["username"] == f"manager-{manager}"
    assert (await site.post(PATH, params={"role": "operator"})).status_code == 403


@pytest.mark.parametrize(("path", "method"), EVERY)
async def test_a_stranger_gets_nothing(site: httpx.AsyncClient, operator: int, path: str, method: str):
    answer = await site.request(method, path)
    assert (answer.status_code, answer.json()) == (401, {"error": "signed_out"})
    site.cookies.set(sessions.COOKIE, "made-up")
    assert (await site.request(method, path)).status_code == 401


@pytest.mark.parametrize("roles", [("admin",), ()])
@pytest.mark.parametrize(("path", "method"), EVERY)
async def test_a_role_without_a_line_gets_nothing(
    site: httpx.AsyncClient, roles: tuple[str, ...], path: str, method: str
):
    await signed_in(site, await make_account("w@mail.example", "Вера", *roles))
    answer = await site.request(method, path)
    assert (answer.status_code, answer.json()) == (403, {"error": "role_missing"})


async def test_an_owner_who_is_no_manager_gets_nothing(site: httpx.AsyncClient):
    account_id = await make_account("o@mail.example", "Олег", *())
    async with database.session() as db:
        customer = await customers.create(db, name="Окна")
        assert customer.id is not None
        await customers.add_member(db, customer.id, account_id, MemberRole.OWNER, EndpointKind.BROWSER, None)
    forget(account_id)
    await signed_in(site, account_id)
    assert (await site.post(PATH)).status_code == 403


@pytest.mark.parametrize("origin", ["http://elsewhere.test", ""])
@pytest.mark.parametrize(("path", "method"), [each for each in EVERY if each[1] != "GET"])
async def test_another_site_gets_nothing_with_the_persons_cookie(
    site: httpx.AsyncClient, operator: int, path: str, method: str, origin: str
):
    await signed_in(site, operator)
    answer = await site.request(method, path, headers={"origin": origin})
    assert (answer.status_code, answer.json()) == (403, {"error": "other_origin"})


@pytest.mark.parametrize(
    ("role", "status"), [("manager", 403), ("moderator", 403), ("admin", 400), ("operator-2", 400), ("", 400)]
)
async def test_nobody_chooses_another_line(site: httpx.AsyncClient, operator: int, role: str, status: int):
    await signed_in(site, operator)
    assert (await site.post(PATH, params={"role": role})).status_code == status
    # Neither a query nor a body names an account.
    other = await make_account("x@mail.example", "Ольга", "operator")
    for more in ({"params": {"account_id": other, "username": f"operator-{other}"}}, {"json": {"account_id": other}}):
        assert (await site.post(PATH, **more)).json()["username"] == f"operator-{operator}"


async def test_a_suspended_account_gets_nothing(site: httpx.AsyncClient, operator: int):
    await signed_in(site, operator)
    async with database.session() as db:
        account = await db.get_one(accounts.Account, operator)
        account.suspended_at = datetime.now(UTC)
        db.add(account)
    forget(operator)
    assert (await site.post(PATH)).status_code == 401


async def test_no_password_gets_into_the_log(
    site: httpx.AsyncClient, operator: int, capsys: pytest.CaptureFixture[str]
):
    await signed_in(site, operator)
    password = (await site.post(PATH)).json()["password"]
    assert "sip_password_made" in (said := capsys.readouterr().out) and password not in said


# --- the telephone's -----------------------------------------------------------------------------------------------


async def is_served(name: str) -> bool:
    async with database.session() as db:
        return await sip_credentials.served(db, name, "pbx.example", datetime.now(UTC)) is not None


async def test_a_telephones_password_is_made_shown_once_and_taken_back(site: httpx.AsyncClient, operator: int):
    await signed_in(site, operator)
    before = (await site.get(TELEPHONE)).json()
    assert (before["username"], before["made_ms"]) == (f"operator-{operator}-phone", None)
    made = (await site.post(TELEPHONE)).json()
    assert len(made["password"]) >= 32 and made["server"] == "exchange.test"
    assert "password" not in (after := (await site.get(TELEPHONE)).json()) and after["made_ms"] == made["made_ms"]
    assert await is_served(before["username"])
    gone = (await site.delete(TELEPHONE)).json()
    assert gone["made_ms"] is None and not await is_served(before["username"])
    assert (await site.delete(TELEPHONE)).json() == gone, "again, it changes nothing"


async def test_a_telephone_and_a_page_do_not_end_each_other(site: httpx.AsyncClient, operator: int):
    await signed_in(site, operator)
    page, phone = (await site.post(PATH)).json(), (await site.post(TELEPHONE)).json()
    await site.delete(TELEPHONE)
    assert await is_served(page["username"]) and not await is_served(phone["username"])


async def test_signing_out_ends_a_managers_page_and_leaves_the_telephone(site: httpx.AsyncClient):
    await signed_in(site, await make_manager())
    page, phone = (await site.post(PATH)).json(), (await site.post(TELEPHONE)).json()
    await site.post("/auth/sign-out")
    assert not await is_served(page["username"]) and await is_served(phone["username"])


async def test_signing_out_everywhere_ends_both(site: httpx.AsyncClient, operator: int):
    await signed_in(site, operator)
    page, phone = (await site.post(PATH)).json(), (await site.post(TELEPHONE)).json()
    await site.post("/account/sign-out-everywhere")
    assert not await is_served(page["username"]) and not await is_served(phone["username"])
