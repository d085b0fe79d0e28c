"""Sign-in, sign-out and joining, as the forms post them."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from exchange_app.security import passwords, rate_limit, sessions
from exchange_domain import accounts, database, invitations
from tests import weak_passwords

from .conftest import ORIGIN, PASSWORD, make_account


def error_of(answer: httpx.Response) -> str:
    assert answer.status_code == 303
    return parse_qs(urlsplit(answer.headers["location"]).query).get("error", [""])[0]


async def sign_in(http: httpx.AsyncClient, email: str = "maria@mail.example", password: str = PASSWORD):
    return await http.post("/auth/sign-in", data={"email": email, "password": password})


async def test_right_password_opens_a_session(http: httpx.AsyncClient, operator: int):
    answer = await sign_in(http)
    assert answer.headers["location"] == "/"
    found = await sessions.find(http.cookies[sessions.COOKIE])
    assert found is not None and found.account_id == operator
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("sid="))
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie


async def test_capitals_of_the_address_do_not_matter(http: httpx.AsyncClient, operator: int):
    assert (await sign_in(http, email=" Maria@Mail.example ")).headers["location"] == "/"


async def test_cookie_is_secure_where_the_exchange_is(http: httpx.AsyncClient, operator: int, settings_env):
    settings_env(public_url="https://exchange.test")
    http.headers["origin"] = "https://exchange.test"
    answer = await sign_in(http)
    assert all("Secure" in c for c in answer.headers.get_list("set-cookie") if c.startswith("sid="))


@pytest.mark.parametrize("email", ["maria@mail.example", "nobody@mail.example"])
async def test_wrong_password_and_unknown_account_look_alike(http: httpx.AsyncClient, operator: int, email: str):
    answer = await sign_in(http, email, "not the password")
    assert answer.headers["location"] == "/sign-in?error=wrong&left=7"
    assert sessions.COOKIE not in http.cookies


async def test_unknown_account_costs_the_same_work(operator: int, monkeypatch: pytest.MonkeyPatch):
    done: list[str] = []
    original = passwords._matches
    monkeypatch.setattr(passwords, "_matches", lambda stored, given: done.append(stored) or original(stored, given))
    assert await passwords.verified(None, "x") == (False, False)
    assert len(done) == 1 and done[0].startswith("$argon2id$")


async def test_too_many_tries_at_one_account_stop_it_with_retry_after(http: httpx.AsyncClient, operator: int):
    for _ in range(rate_limit.PER_ACCOUNT.tries):
        assert error_of(await sign_in(http, password="wrong wrong")) == "wrong"
    stopped = await sign_in(http)
    assert error_of(stopped) == "too_many"
    assert 0 < int(stopped.headers["retry-after"]) <= rate_limit.PER_ACCOUNT.window_s
    await make_account("other@mail.example", "Другая", "operator")
    assert (await sign_in(http, "other@mail.example")).headers["location"] == "/"


async def test_too_many_tries_from_one_address_stop_it(http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rate_limit, "PER_ADDRESS", rate_limit.Limit("address", 3, 60))
    for number in range(3):
        assert error_of(await sign_in(http, f"x{number}@mail.example")) == "wrong"
    assert error_of(await sign_in(http, "x9@mail.example")) == "too_many"


async def test_success_forgets_the_tries(http: httpx.AsyncClient, operator: int):
    for _ in range(rate_limit.PER_ACCOUNT.tries - 1):
        await sign_in(http, password="wrong wrong")
    assert (await sign_in(http)).headers["location"] == "/"
    assert (await sign_in(http, password="wrong wrong")).headers["location"].endswith("left=7")


async def test_session_id_changes_with_each_sign_in_and_the_old_one_ends(http: httpx.AsyncClient, operator: int):
    await sign_in(http)
    first = http.cookies[sessions.COOKIE]
    await sign_in(http)
    assert http.cookies[sessions.COOKIE] != first
    assert await sessions.find(first) is None


async def test_a_planted_session_id_is_not_taken_over(http: httpx.AsyncClient, operator: int):
    http.cookies.set(sessions.COOKIE, "planted", domain="exchange.test")
    answer = await sign_in(http)
    assert "sid=planted" not in str(answer.headers)
    assert await sessions.find("planted") is None


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://exchange.test", "http://exchange.test:81"])
async def test_form_from_elsewhere_is_refused(http: httpx.AsyncClient, operator: int, origin: str):
    http.headers["origin"] = origin
    assert error_of(await sign_in(http)) == "other_origin"


async def test_without_origin_the_referer_decides(http: httpx.AsyncClient, operator: int):
    del http.headers["origin"]
    assert error_of(await sign_in(http)) == "other_origin"
    http.headers["referer"] = f"{ORIGIN}/sign-in"
    assert error_of(await sign_in(http)) == ""


async def test_sign_out_ends_the_session_on_the_server(http: httpx.AsyncClient, operator: int):
    await sign_in(http)
    sid = http.cookies[sessions.COOKIE]
    answer = await http.post("/auth/sign-out")
    assert answer.headers["location"] == "/sign-in"
    assert await sessions.find(sid) is None
    assert sessions.COOKIE not in http.cookies


async def test_sign_out_from_elsewhere_is_refused(http: httpx.AsyncClient, operator: int):
    await sign_in(http)
    sid = http.cookies[sessions.COOKIE]
    await http.post("/auth/sign-out", headers={"origin": "http://evil.example"})
    assert await sessions.find(sid) is not None


async def test_old_hash_is_made_anew(http: httpx.AsyncClient, operator: int):
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
    async with database.session() as db:
        await accounts.set_password_hash(db, operator, weak)
    await sign_in(http)
    async with database.session() as db:
        account = await accounts.find_by_email(db, "maria@mail.example")
    assert account is not None and account.password_hash != weak
    assert await passwords.verified(account.password_hash, PASSWORD) == (True, False)


def test_passwords_of_the_exchange_cost_an_attacker_what_they_should():
    """RFC 9106, section 4, where memory is scarce: argon2id, 64 MiB, three passes."""
    own = weak_passwords.OWN
    assert own.type.name == "ID"
    assert own.memory_cost >= 64 * 1024 and own.time_cost >= 3


async def test_demo_sign_in_is_not_there_outside_the_demo(http: httpx.AsyncClient, operator: int):
    assert (await http.post("/auth/demo/operator")).status_code == 404


async def test_demo_sign_in_in_the_demo(http: httpx.AsyncClient, settings_env):
    settings_env(exchange_demo="true")
    assert error_of(await http.post("/auth/demo/operator")) == "unavailable"
    await make_account("operator@demo.example", "Мария", "operator")
    assert (await http.post("/auth/demo/operator")).headers["location"] == "/"
    assert (await http.post("/auth/demo/nobody")).status_code == 404


async def invitation(email: str | None = "lena@mail.example", valid_for: timedelta = timedelta(days=1)) -> str:
    async with database.session() as db:
        return await invitations.issue(db, roles=["operator"], email=email, valid_for=valid_for)


async def join(http: httpx.AsyncClient, token: str, **change: str) -> httpx.Response:
    form = {"email": "lena@mail.example", "display_name": "Лена Орлова", "password": PASSWORD, "rules": "yes"}
    return await http.post(f"/join/{token}", data=form | change)


async def test_joining_makes_the_account_and_signs_it_in(http: httpx.AsyncClient):
    answer = await join(http, await invitation())
    assert answer.headers["location"] == "/"
    found = await sessions.find(http.cookies[sessions.COOKIE])
    assert found is not None and found.roles == {"operator"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"password": "short"}, "too_short"),
        ({"password": "x" * 201}, "too_long"),
        ({"password": "qwerty12345"}, "common"),
        ({"password": "aaaaaaaaaaaa"}, "common"),
        ({"password": "Lena@Mail.example"}, "like_email"),
        ({"display_name": "   "}, "bad_name"),
        ({"display_name": "x" * 201}, "bad_name"),
        ({"email": "no address"}, "bad_email"),
        ({"email": "other@mail.example"}, "other_email"),
        ({"rules": ""}, "rules"),
    ],
)
async def test_joining_says_what_is_wrong(http: httpx.AsyncClient, change: dict[str, str], code: str):
    token = await invitation()
    assert error_of(await join(http, token, **change)) == code
    assert (await join(http, token)).headers["location"] == "/", "the invitation must not be used up by a mistake"


async def test_an_invitation_works_once(http: httpx.AsyncClient):
    token = await invitation(None)
    await join(http, token)
    assert error_of(await join(http, token, email="b@mail.example")) == "invalid"


async def test_expired_and_unknown_invitations(http: httpx.AsyncClient):
    assert error_of(await join(http, await invitation(valid_for=timedelta(seconds=-1)))) == "invalid"
    assert error_of(await join(http, "guessed")) == "invalid"


async def test_joining_with_a_taken_address(http: httpx.AsyncClient, operator: int):
    assert error_of(await join(http, await invitation(None), email="MARIA@mail.example")) == "email_taken"
