"""The switch asks who somebody is: only the switch, only about our people, always as of now."""

import asyncio
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from exchange_app import broker
from exchange_app.web import routes
from exchange_domain import accounts, database, sip_credentials
from exchange_domain.sip_credentials import Issued
from exchange_domain.tables import SipCredential
from exchange_domain.words import Role, SipUserKind

USER, PASSWORD, DOMAIN = "switch", "a password", "pbx.example"
PATH = "/switch/directory"


@pytest.fixture
async def switch(
    database_url: str, redis_url: str, settings_env: Callable[..., None]
) -> AsyncIterator[httpx.AsyncClient]:
    settings_env(
        database_url=database_url, redis_url=redis_url, sip_domain=DOMAIN,
        switch_directory_user=USER, switch_directory_password=PASSWORD,
    )  # fmt: skip
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(routes()), base_url="http://exchange", auth=(USER, PASSWORD)
    ) as client:
        yield client
    await broker.close()
    await database.dispose()


@pytest.fixture
async def operator(switch: httpx.AsyncClient) -> Issued:
    async with database.session() as s:
        account = await accounts.create(
            s, email="o@example.org", display_name="О", password_hash="-", roles=("operator",)
        )
        assert account.id is not None
        return await sip_credentials.issue(
            s, Role.OPERATOR, account.id, SipUserKind.BROWSER, realm=DOMAIN, at=datetime.now(UTC),
            longest=timedelta(hours=1),
        )  # fmt: skip


def question(user: str, action: str = "sip_auth", **other: str) -> dict[str, str]:
    """As mod_xml_curl sends it, without the event headers that it adds."""
    return {
        "hostname": "fs1", "section": "directory", "tag_name": "domain", "key_name": "name", "key_value": DOMAIN,
        "action": action, "key": "id", "user": user, "domain": DOMAIN, "sip_profile": "operators",
        "ip": "192.0.2.4", "sip_auth_username": user, "sip_auth_realm": DOMAIN, "sip_auth_method": "REGISTER",
    } | other  # fmt: skip


def found(answer: httpx.Response) -> ET.Element | None:
    """The user in an answer, which is always a document that the switch takes."""
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/xml")
    assert answer.headers["cache-control"] == "no-store"
    tree = ET.fromstring(answer.text)
    assert tree.tag == "document" and tree.get("type") == "freeswitch/xml"
    user = tree.find("./section[@name='directory']/domain/user")
    if user is None:
        assert tree.find("./section[@name='result']/result").get("status") == "not found"  # type: ignore[union-attr]
    return user


async def test_a_user_is_told_with_the_digest_and_where_to_be_rung(switch: httpx.AsyncClient, operator: Issued):
    user = found(await switch.post(PATH, data=question(operator.username)))
    assert user is not None and user.get("id") == operator.username
    params = {each.get("name"): each.get("value") for each in user.findall("./params/param")}
    assert params["a1-hash"] == sip_credentials.a1_hash(operator.username, DOMAIN, operator.password)
    assert set(params) == {"a1-hash", "dial-string"}
    assert "${sofia_contact(operators/${dialed_user}@${dialed_domain})}" in str(params["dial-string"])


async def test_a_check_of_the_password_is_noted_and_a_call_is_not(switch: httpx.AsyncClient, operator: Issued):
    async def last_used() -> datetime | None:
        async with database.session() as s:
            return (await s.get_one(SipCredential, operator.username)).last_used_at

    assert found(await switch.post(PATH, data=question(operator.username, "user_call"))) is not None
    assert await last_used() is None
    await switch.post(PATH, data=question(operator.username))
    assert await last_used() is not None


@pytest.mark.parametrize(
    "change",
    [
        {"user": "1000"}, {"user": ""}, {"user": "operator-999"}, {"user": "' or 1=1 --"}, {"user": "ж"},
        {"user": "a\0b"}, {"user": "operator-1\r\nX: y"}, {"domain": "other.example"}, {"section": "dialplan"},
        {"section": "configuration"}, {"key": "name"}, {"purpose": "network-list", "key": ""},
    ],
)  # fmt: skip
async def test_whatever_else_is_asked_is_not_found(switch: httpx.AsyncClient, operator: Issued, change: dict[str, str]):
    assert found(await switch.post(PATH, data=question(operator.username) | change)) is None


async def test_a_user_is_gone_at_the_next_question(switch: httpx.AsyncClient, operator: Issued):
    assert found(await switch.post(PATH, data=question(operator.username))) is not None
    async with database.session() as s:
        kept = await s.get_one(SipCredential, operator.username)
        await sip_credentials.revoke(s, kept.account_id, SipUserKind.BROWSER, datetime.now(UTC))
    assert found(await switch.post(PATH, data=question(operator.username))) is None


@pytest.mark.parametrize(
    "auth",
    [None, (USER, "wrong"), ("other", PASSWORD), (USER, ""), ("", ""), (USER, PASSWORD + "x"), ("свич", "пароль")],
)
async def test_nobody_but_the_switch_is_told_anything(
    switch: httpx.AsyncClient, operator: Issued, auth: tuple[str, str] | None
):
    switch.auth = None  # type: ignore[assignment]
    answer = await switch.post(PATH, data=question(operator.username), auth=auth)
    assert answer.status_code == 401 and operator.username not in answer.text


@pytest.mark.parametrize("header", ["", "Basic", "Basic !!!", "Bearer abc", "Basic c3dpdGNo"])
async def test_odd_headers_are_refused(switch: httpx.AsyncClient, header: str):
    switch.auth = None  # type: ignore[assignment]
    assert (await switch.post(PATH, headers={"authorization": header})).status_code == 401


async def test_without_a_password_in_the_settings_nobody_gets_in(switch: httpx.AsyncClient, settings_env):
    settings_env(switch_directory_password="")
    for password in ("", PASSWORD):
        assert (await switch.post(PATH, data=question("x"), auth=(USER, password))).status_code == 401


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a=b&" * 500])
async def test_what_is_no_question_is_refused(switch: httpx.AsyncClient, body: bytes):
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert (await switch.post(PATH, content=body, headers=headers)).status_code == 400


async def test_the_switchs_question_at_its_start_is_not_found(switch: httpx.AsyncClient):
    assert found(await switch.post(PATH, data={"section": "directory", "purpose": "network-list"})) is None


async def test_a_body_is_read_no_further_than_a_question_is_long(switch: httpx.AsyncClient):
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"user=" + b"x" * 8_000
            await asyncio.sleep(0)

    async with asyncio.timeout(5):
        assert (await switch.post(PATH, content=endless())).status_code == 413


async def test_only_a_post_is_a_question(switch: httpx.AsyncClient):
    assert (await switch.get(PATH)).status_code == 405


async def test_with_the_database_away_the_switch_is_told_to_try_again(
    switch: httpx.AsyncClient, operator: Issued, settings_env
):
    settings_env(database_url="postgresql://nobody@127.0.0.1:9/none")
    answer = await switch.post(PATH, data=question(operator.username))
    assert answer.status_code == 503 and not answer.text


async def test_logs_hold_ids_only(switch: httpx.AsyncClient, operator: Issued, capsys: pytest.CaptureFixture[str]):
    await switch.post(PATH, data=question(operator.username))
    await switch.post(PATH, data=question("79165550123", action="sip_auth"))
    said = capsys.readouterr().out
    assert "sip_user_checked" in said and "sip_user_not_served" in said
    for secret in ("79165550123", operator.password, "a1-hash", "192.0.2.4"):
        assert secret not in said
