"""The second step of signing in, and roles that do nothing without it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pyotp
import pytest
from sqlalchemy import text

from exchange_app.account.security_state import AccountSecurity
from exchange_app.admin.rules_state import Rules
from exchange_app.security import principals, second_step, sessions
from exchange_app.shell import Me
from exchange_domain import audit, database, house_rules, keys, second_factors
from exchange_domain.second_factors import CODES, FactorError

from .conftest import Events, make_account
from .customer.conftest import signed_in
from .test_sign_in import error_of, sign_in

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
async def nina(world: None) -> int:
    return await make_account("nina@mail.example", "Нина Ковач", "admin")


async def with_app(account_id: int) -> tuple[str, list[str]]:
    """An app set up an hour ago: its secret, and the recovery codes."""
    async with database.session() as s:
        secret, address = await second_factors.begin(s, account_id, "nina@mail.example")
        assert address.startswith("otpauth://totp/")
        before = datetime.now(UTC) - timedelta(hours=1)
        codes = await second_factors.confirm(s, account_id, pyotp.TOTP(secret).at(before), before)
    principals.forget(account_id)
    return secret, codes


async def first_step(http: httpx.AsyncClient) -> httpx.Response:
    return await sign_in(http, "nina@mail.example")


async def second(http: httpx.AsyncClient, code: str) -> httpx.Response:
    return await http.post("/auth/second", data={"code": code})


async def test_who_has_an_app_is_asked_for_its_code(http: httpx.AsyncClient, nina: int) -> None:
    secret, _ = await with_app(nina)
    assert (await first_step(http)).headers["location"] == "/sign-in/second"
    assert sessions.COOKIE not in http.cookies and second_step.COOKIE in http.cookies
    assert error_of(await second(http, "000000")) == "wrong_code"
    code = pyotp.TOTP(secret).now()
    answer = await second(http, f" {code[:3]} {code[3:]} ")
    assert answer.headers["location"] == "/"
    found = await sessions.find(http.cookies[sessions.COOKIE])
    assert found is not None and found.account_id == nina
    await first_step(http)
    assert error_of(await second(http, code)) == "wrong_code", "a code is taken once"


async def test_a_recovery_code_works_once(http: httpx.AsyncClient, nina: int) -> None:
    _, codes = await with_app(nina)
    assert len(set(codes)) == CODES
    await first_step(http)
    assert (await second(http, codes[3].lower().replace("-", " "))).headers["location"] == "/"
    await first_step(http)
    assert error_of(await second(http, codes[3])) == "wrong_code"
    async with database.session() as s:
        assert (await second_factors.of_account(s, nina)).codes_left == CODES - 1


async def test_five_tries_and_the_first_step_is_forgotten(http: httpx.AsyncClient, nina: int) -> None:
    secret, _ = await with_app(nina)
    await first_step(http)
    for _ in range(second_step.TRIES):
        assert error_of(await second(http, "111111")) == "wrong_code"
    assert error_of(await second(http, pyotp.TOTP(secret).now())) == "step_over"
    assert sessions.COOKIE not in http.cookies


async def test_without_a_first_step_there_is_no_second(http: httpx.AsyncClient, nina: int) -> None:
    secret, _ = await with_app(nina)
    assert error_of(await second(http, pyotp.TOTP(secret).now())) == "step_over"
    http.cookies.set(second_step.COOKIE, "guessed")
    assert error_of(await second(http, pyotp.TOTP(secret).now())) == "step_over"
    assert (await http.post("/auth/passkey/options")).status_code == 404
    assert (await http.post("/auth/passkey", json={"id": "x"})).status_code == 403
    for path in ("/auth/second", "/auth/passkey/options", "/auth/passkey"):
        foreign = await http.post(path, headers={"origin": "https://evil.example"})
        assert foreign.status_code == 403 or error_of(foreign) == "other_origin"


async def test_a_passkey_that_signs_something_else_opens_nothing(http: httpx.AsyncClient, nina: int) -> None:
    async with database.session() as s:
        await second_factors.add_passkey(s, nina, credential_id="a2V5", public_key="a2V5", sign_count=0, name="Телефон")
    principals.forget(nina)
    await first_step(http)
    asked = await http.post("/auth/passkey/options")
    assert asked.json()["allowCredentials"][0]["id"] == "a2V5" and asked.json()["rpId"] == "exchange.test"
    forged = {"id": "a2V5", "rawId": "a2V5", "type": "public-key",
              "response": {"clientDataJSON": "e30", "authenticatorData": "e30", "signature": "e30"}}  # fmt: skip
    assert (await http.post("/auth/passkey", json=forged)).status_code == 403
    assert (await http.post("/auth/passkey", json=forged)).status_code == 403, "the challenge was used up"
    assert sessions.COOKIE not in http.cookies


async def test_roles_that_need_two_do_nothing_with_one(
    events: Events, nina: int, settings_env: Callable[..., None]
) -> None:
    settings_env(two_factor_required="true")
    page = await signed_in(events, nina)
    await page.send(Rules.change("appeal_hours", "5"))
    await page.send(Me.lead_home())
    assert page.redirects()[-1] == "/account/security"
    await page.send(AccountSecurity.enter())
    assert page.values(AccountSecurity)["held_back"] == ["admin"]
    await page.send(AccountSecurity.begin_app())
    secret = page.values(AccountSecurity)["secret"]
    assert page.values(AccountSecurity)["picture"].startswith("<svg")
    await page.send(AccountSecurity.confirm_app({"code": "123456"}))
    assert page.values(AccountSecurity)["fault"] == "wrong_code"
    await page.send(AccountSecurity.confirm_app({"code": pyotp.TOTP(secret).now()}))
    shown = page.values(AccountSecurity)
    assert len(shown["codes"]) == CODES and shown["app"] and shown["secret"] == "" and shown["held_back"] == []
    await page.send(Rules.change("appeal_hours", "5"))
    async with database.session() as s:
        assert (await house_rules.rules(s)).appeal_hours == 5
        assert [e.act for e in await audit.entries(s)] == ["rule_changed", "second_factor_set"]


async def test_turning_it_off_needs_a_code(events: Events, nina: int) -> None:
    secret, codes = await with_app(nina)
    page = await signed_in(events, nina)
    await page.send(AccountSecurity.enter())
    await page.send(AccountSecurity.begin_app())
    assert page.values(AccountSecurity)["picture"] == "", "an app that is set up stays"
    await page.send(AccountSecurity.turn_off({"code": "000000"}))
    assert page.values(AccountSecurity)["app"]
    await page.send(AccountSecurity.fresh_codes({"code": codes[0]}))
    assert len(set(page.values(AccountSecurity)["codes"]) & set(codes)) == 0
    await page.send(AccountSecurity.turn_off({"code": pyotp.TOTP(secret).now()}))
    assert not page.values(AccountSecurity)["app"]
    async with database.session() as s:
        assert not (await second_factors.of_account(s, nina)).any


async def test_one_cannot_touch_anothers_key(events: Events, nina: int, operator: int) -> None:
    async with database.session() as s:
        await second_factors.add_passkey(s, nina, credential_id="x", public_key="y", sign_count=0, name="")
        key_id = (await second_factors.passkeys(s, nina))[0].id
        with pytest.raises(FactorError, match="known"):
            await second_factors.add_passkey(s, operator, credential_id="x", public_key="y", sign_count=0, name="")
    other = await signed_in(events, operator)
    await other.send(AccountSecurity.remove_key(key_id or 0))
    async with database.session() as s:
        assert len(await second_factors.passkeys(s, nina)) == 1


async def test_the_secret_is_kept_sealed(nina: int, settings_env: Callable[..., None]) -> None:
    secret, _ = await with_app(nina)
    async with database.session() as s:
        kept = (await s.execute(text("select secret from second_factor"))).scalar_one()
        assert secret not in kept
        assert await second_factors.check(s, nina, pyotp.TOTP(secret).now(), datetime.now(UTC))
    settings_env(secret_key="another secret of the house, long enough")
    async with database.session() as s:
        later = datetime.now(UTC) + timedelta(seconds=30)
        assert not await second_factors.check(s, nina, pyotp.TOTP(secret).at(later), later)


def test_keys_are_one_for_each_purpose_and_last(tmp_path, settings_env: Callable[..., None]) -> None:
    settings_env(secret_key="", data_dir=tmp_path)
    keys._file_secret.cache_clear()
    first = keys.key("one")
    assert first != keys.key("two") and len(first) == 32
    keys._file_secret.cache_clear()
    assert keys.key("one") == first, "a new process reads the same file"
    assert (tmp_path / keys.FILE).stat().st_mode & 0o077 == 0
    settings_env(secret_key="short")
    with pytest.raises(keys.WeakSecret, match="at least 32"):
        keys.key("one")


@pytest.mark.parametrize("drift", [-1, 0, 1])
async def test_clocks_may_differ_by_half_a_minute(nina: int, drift: int) -> None:
    async with database.session() as s:
        secret, _ = await second_factors.begin(s, nina, "n")
        code = pyotp.TOTP(secret).at(NOW + timedelta(seconds=30 * drift))
        await second_factors.confirm(s, nina, code, NOW)
    async with database.session() as s:
        late = pyotp.TOTP(secret).at(NOW + timedelta(seconds=90))
        assert not await second_factors.check(s, nina, late, NOW)
