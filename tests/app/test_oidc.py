"""Signing in by a real OpenID provider: Authlib's own server, on loopback, with each thing that can go wrong."""

from collections.abc import AsyncIterator, Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import text

from exchange_app.security import sessions
from exchange_domain import database, identities, invitations
from exchange_domain.words import Role

from .conftest import ORIGIN, make_account
from .oidc_provider import CLIENT, SECRET, Person, Provider, Running
from .test_sign_in import error_of


@pytest.fixture
def provider() -> Iterator[Provider]:
    running = Running(Provider(f"{ORIGIN}/auth/oidc/back"))
    yield running.provider
    running.stop()


@pytest.fixture
async def web(http: httpx.AsyncClient, provider: Provider, settings_env: Callable[..., None]) -> httpx.AsyncClient:
    settings_env(oidc_issuer=provider.issuer, oidc_client_id=CLIENT, oidc_client_secret=SECRET, oidc_name="Our company")
    return http


@pytest.fixture
async def other(world: None, web: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Another browser."""
    async with httpx.AsyncClient(transport=web._transport, base_url=ORIGIN, headers={"origin": ORIGIN}) as client:
        yield client


async def sent_away(web: httpx.AsyncClient, **form: str) -> str:
    """Where the browser is sent."""
    answer = await web.post("/auth/oidc/start", data=form)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def asked_there(address: str) -> str:
    """The provider says yes: the way back, as a path of ours."""
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(address)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


async def around(web: httpx.AsyncClient, **form: str) -> httpx.Response:
    return await web.get(await asked_there(await sent_away(web, **form)))


async def linked(provider: Provider, account_id: int) -> None:
    async with database.session() as s:
        await identities.link(s, provider.issuer, provider.person.subject, account_id)


async def test_who_is_linked_is_signed_in(web: httpx.AsyncClient, provider: Provider, operator: int) -> None:
    await linked(provider, operator)
    answer = await around(web)
    assert answer.headers["location"] == "/"
    found = await sessions.find(web.cookies[sessions.COOKIE])
    assert found is not None and found.account_id == operator
    asked = parse_qs(provider.seen[0])
    assert asked["code_challenge_method"] == ["S256"] and asked["response_type"] == ["code"] and asked["nonce"][0]
    assert "code_verifier" not in asked


async def test_nobody_is_made_without_an_invitation(web: httpx.AsyncClient, operator: int) -> None:
    """Not even where the e-mail is that of an account: an address is no proof of who somebody is."""
    assert error_of(await around(web)) == "no_account"
    async with database.session() as s:
        assert (await s.execute(text("select count(*) from account"))).scalar_one() == 1
    assert sessions.COOKIE not in web.cookies


async def test_an_invitation_becomes_an_account(web: httpx.AsyncClient, provider: Provider) -> None:
    async with database.session() as s:
        token = await invitations.issue(s, roles=[Role.OPERATOR], email="LENA@mail.example")
    assert (await around(web, invitation=token)).headers["location"] == "/"
    async with database.session() as s:
        row = (await s.execute(text("select display_name, email, password_hash from account"))).one()
    assert (row.display_name, row.email, row.password_hash) == ("Лена Орлова", "lena@mail.example", "-")
    web.cookies.clear()
    assert (await around(web)).headers["location"] == "/", "and the next time without it"
    answer = await web.post("/auth/sign-in", data={"email": "lena@mail.example", "password": "-"})
    assert error_of(answer) == "wrong", "there is no password to guess"


@pytest.mark.parametrize(
    ("person", "code"),
    [(Person(verified=False), "email_unverified"), (Person(email="else@mail.example"), "other_email")],
)
async def test_an_invitation_is_for_its_own_address(
    web: httpx.AsyncClient, provider: Provider, person: Person, code: str
) -> None:
    provider.person = person
    async with database.session() as s:
        token = await invitations.issue(s, roles=[Role.OPERATOR], email="lena@mail.example")
    assert error_of(await around(web, invitation=token)) == code
    async with database.session() as s:
        assert (await s.execute(text("select count(*) from account"))).scalar_one() == 0


async def test_wrong_state_and_another_browser(
    web: httpx.AsyncClient, other: httpx.AsyncClient, provider: Provider, operator: int
) -> None:
    await linked(provider, operator)
    back = await asked_there(await sent_away(web))
    code = parse_qs(urlsplit(back).query)["code"][0]
    for forged in (f"/auth/oidc/back?code={code}&state=guessed", f"/auth/oidc/back?code={code}", "/auth/oidc/back"):
        assert error_of(await web.get(forged)) == "oidc_failed"
    assert error_of(await other.get(back)) == "oidc_failed", "somebody else's way back signs nobody in"
    assert error_of(await web.get(back)) == "oidc_failed", "and it is used up"
    assert sessions.COOKIE not in web.cookies and sessions.COOKIE not in other.cookies


async def test_a_wrong_nonce(web: httpx.AsyncClient, provider: Provider, operator: int) -> None:
    await linked(provider, operator)
    provider.nonce = "of another browser"
    assert error_of(await around(web)) == "oidc_failed"
    assert sessions.COOKIE not in web.cookies


async def test_a_replayed_code(web: httpx.AsyncClient, provider: Provider, operator: int) -> None:
    await linked(provider, operator)
    first = await asked_there(await sent_away(web))
    assert (await web.get(first)).headers["location"] == "/"
    web.cookies.clear()
    assert error_of(await web.get(first)) == "oidc_failed", "the same way back"
    code = parse_qs(urlsplit(first).query)["code"][0]
    second = await asked_there(await sent_away(web))
    state = parse_qs(urlsplit(second).query)["state"][0]
    assert error_of(await web.get(f"/auth/oidc/back?code={code}&state={state}")) == "oidc_failed", "the same code"
    assert sessions.COOKIE not in web.cookies


async def test_a_code_of_another_browser_fails_by_pkce(
    web: httpx.AsyncClient, other: httpx.AsyncClient, provider: Provider, operator: int
) -> None:
    await linked(provider, operator)
    stolen = parse_qs(urlsplit(await asked_there(await sent_away(web))).query)["code"][0]
    own = parse_qs(urlsplit(await asked_there(await sent_away(other))).query)["state"][0]
    assert error_of(await other.get(f"/auth/oidc/back?code={stolen}&state={own}")) == "oidc_failed"


async def test_an_expired_token(web: httpx.AsyncClient, provider: Provider, operator: int) -> None:
    await linked(provider, operator)
    provider.age_s = 300 + 61
    assert error_of(await around(web)) == "oidc_failed"
    provider.age_s = 300 + 30
    assert (await around(web)).headers["location"] == "/", "clocks may differ by a minute"


async def test_a_token_for_another_client_or_of_another_key(
    web: httpx.AsyncClient, provider: Provider, operator: int
) -> None:
    await linked(provider, operator)
    provider.audience = "somebody else"
    assert error_of(await around(web)) == "oidc_failed"
    provider.audience, provider.other_key = "", True
    assert error_of(await around(web)) == "oidc_failed"
    provider.other_key = False
    assert (await around(web)).headers["location"] == "/"


async def test_the_person_says_no_there(web: httpx.AsyncClient) -> None:
    state = parse_qs(urlsplit(await sent_away(web)).query)["state"][0]
    assert error_of(await web.get(f"/auth/oidc/back?error=access_denied&state={state}")) == "oidc_failed"


async def test_the_provider_is_down(
    web: httpx.AsyncClient, provider: Provider, operator: int, settings_env: Callable[..., None]
) -> None:
    await linked(provider, operator)
    back = await asked_there(await sent_away(web))
    settings_env(oidc_issuer="http://127.0.0.1:9")
    assert error_of(await web.get(back)) == "provider_down", "between there and back"
    assert error_of(await web.post("/auth/oidc/start")) == "provider_down"
    settings_env(oidc_issuer=provider.issuer + "/no-such-realm")
    assert error_of(await web.post("/auth/oidc/start")) == "provider_down"


async def test_an_account_is_linked_by_who_is_signed_in(
    web: httpx.AsyncClient, other: httpx.AsyncClient, provider: Provider, operator: int
) -> None:
    web.cookies.set(sessions.COOKIE, await sessions.begin(operator, frozenset()))
    assert (await around(web, link="yes")).headers["location"] == "/account/security?linked=yes"
    assert (await around(web, link="yes")).headers["location"] == "/account/security?linked=yes", "again: the same"
    assert (await around(other)).headers["location"] == "/"
    second = await make_account("ivan@mail.example", "Иван Тур", "operator")
    async with database.session() as s:
        assert await identities.link(s, provider.issuer, provider.person.subject, second) is False
        assert await identities.unlink(s, provider.issuer, operator) is True
        assert await identities.issuers(s, operator) == []


async def test_without_a_provider_there_is_nothing(http: httpx.AsyncClient) -> None:
    assert (await http.post("/auth/oidc/start")).status_code == 404
    assert (await http.get("/auth/oidc/back?code=1&state=2")).status_code == 404


async def test_another_site_cannot_send_people_away(web: httpx.AsyncClient) -> None:
    answer = await web.post("/auth/oidc/start", headers={"origin": "https://evil.example"})
    assert error_of(answer) == "other_origin"


async def test_a_suspended_person_stays_out(web: httpx.AsyncClient, provider: Provider, operator: int) -> None:
    await linked(provider, operator)
    async with database.session() as s:
        await s.execute(text("update account set suspended_at = now()"))
    assert error_of(await around(web)) == "suspended"
