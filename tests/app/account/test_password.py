"""Changing the password and signing out everywhere, as the forms post them."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from exchange_app.account.routes import CODES
from exchange_app.security import passwords, rate_limit, sessions
from exchange_domain import accounts, database
from tests.app.conftest import PASSWORD, make_account

NEW = "another rather long phrase"
EMAIL = "maria@mail.example"


def error_of(answer: httpx.Response) -> str:
    assert answer.status_code == 303
    return parse_qs(urlsplit(answer.headers["location"]).query).get("error", [""])[0]


async def change(http: httpx.AsyncClient, old: str = PASSWORD, new: str = NEW, **more: str) -> httpx.Response:
    return await http.post("/account/password", data={"old_password": old, "new_password": new, **more})


async def opens(password: str, email: str = EMAIL) -> bool:
    async with database.session() as db:
        account = await accounts.find_by_email(db, email)
    assert account is not None
    return (await passwords.verified(account.password_hash, password))[0]


async def test_the_right_old_password_sets_the_new_one(http: httpx.AsyncClient, sid: str):
    assert (await change(http)).headers["location"] == "/account?changed=password"
    assert await opens(NEW) and not await opens(PASSWORD)


async def test_success_signs_every_other_session_out_and_keeps_this_one(
    http: httpx.AsyncClient, operator: int, sid: str
):
    others = [await sessions.begin(operator, frozenset({"operator"})) for _ in range(2)]
    stranger = await make_account("other@mail.example", "Другая", "operator")
    of_stranger = await sessions.begin(stranger, frozenset({"operator"}))
    await change(http)
    assert [await sessions.find(other) for other in others] == [None, None]
    assert await sessions.find(sid) is not None
    assert await sessions.find(of_stranger) is not None
    assert await sessions.end_all(operator) == 1, "the session that stayed must be known, to be ended later"


async def test_stranger_is_led_to_sign_in_and_changes_nothing(http: httpx.AsyncClient, operator: int):
    answer = await change(http)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert await opens(PASSWORD)


async def test_ended_session_changes_nothing(http: httpx.AsyncClient, sid: str):
    await sessions.end(sid)
    assert (await change(http)).headers["location"] == "/sign-in"
    assert await opens(PASSWORD)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", ""])
async def test_form_from_elsewhere_changes_nothing(http: httpx.AsyncClient, sid: str, origin: str):
    http.headers["origin"] = origin
    assert error_of(await change(http)) == "other_origin"
    assert await opens(PASSWORD)


async def test_wrong_old_password_changes_nothing_and_ends_nothing(http: httpx.AsyncClient, operator: int, sid: str):
    other = await sessions.begin(operator, frozenset({"operator"}))
    answer = await change(http, old="not the password")
    assert answer.headers["location"] == "/account?error=wrong&left=7"
    assert await opens(PASSWORD)
    assert await sessions.find(other) is not None


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("short", "too_short"),
        ("", "too_short"),
        ("x1y2" * 51, "too_long"),
        ("qwerty12345", "common"),
        ("aaaaaaaaaaaa", "common"),
        ("Maria@Mail.example", "like_email"),
    ],
)
async def test_weak_new_password_is_refused_and_costs_no_try(http: httpx.AsyncClient, sid: str, new: str, code: str):
    assert error_of(await change(http, new=new)) == code
    assert code in CODES
    assert await opens(PASSWORD)
    assert (await change(http, old="not the password")).headers["location"].endswith("left=7")


async def test_tries_are_counted_together_with_those_at_sign_in(http: httpx.AsyncClient, sid: str):
    for _ in range(rate_limit.PER_ACCOUNT.tries - 1):
        assert error_of(await change(http, old="not the password")) == "wrong"
    await http.post("/auth/sign-in", data={"email": EMAIL, "password": "not the password"})
    stopped = await change(http)
    assert error_of(stopped) == "too_many"
    assert 0 < int(stopped.headers["retry-after"]) <= rate_limit.PER_ACCOUNT.window_s
    assert await opens(PASSWORD)


async def test_tries_from_one_address_are_counted(
    http: httpx.AsyncClient, sid: str, monkeypatch: pytest.MonkeyPatch
):  # fmt: skip
    monkeypatch.setattr(rate_limit, "PER_ADDRESS", rate_limit.Limit("address", 1, 60))
    assert error_of(await change(http, old="not the password")) == "wrong"
    assert error_of(await change(http)) == "too_many"


async def test_success_forgets_the_tries(http: httpx.AsyncClient, sid: str):
    await change(http, old="not the password")
    await change(http)
    assert (await change(http, old="not the password")).headers["location"].endswith("left=7")


async def test_no_field_of_the_form_leads_to_another_account(http: httpx.AsyncClient, sid: str):
    other = await make_account("other@mail.example", "Другая", "operator")
    more = {"username": "other@mail.example", "email": "other@mail.example", "account_id": str(other)}
    await change(http, **more)
    assert await opens(PASSWORD, "other@mail.example")
    assert await opens(NEW)


async def test_sign_out_everywhere_ends_all_sessions_of_this_account_alone(
    http: httpx.AsyncClient, operator: int, sid: str
):
    other = await sessions.begin(operator, frozenset({"operator"}))
    stranger = await make_account("other@mail.example", "Другая", "operator")
    of_stranger = await sessions.begin(stranger, frozenset({"operator"}))
    answer = await http.post("/account/sign-out-everywhere")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert await sessions.find(sid) is None and await sessions.find(other) is None
    assert await sessions.find(of_stranger) is not None
    assert sessions.COOKIE not in http.cookies


async def test_sign_out_everywhere_from_elsewhere_is_refused(http: httpx.AsyncClient, sid: str):
    http.headers["origin"] = "http://evil.example"
    assert error_of(await http.post("/account/sign-out-everywhere")) == "other_origin"
    assert await sessions.find(sid) is not None


async def test_sign_out_everywhere_without_a_session_leads_to_sign_in(http: httpx.AsyncClient, operator: int):
    live = await sessions.begin(operator, frozenset({"operator"}))
    assert (await http.post("/account/sign-out-everywhere")).headers["location"] == "/sign-in"
    assert await sessions.find(live) is not None
