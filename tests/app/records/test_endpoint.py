"""The switch's post of a record: what is kept, what is refused, and with which answer."""

import asyncio
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import select

from exchange_app.broker import redis
from exchange_app.records import intake
from exchange_domain import database
from exchange_domain.messages import RECORD_CHANNEL
from exchange_domain.tables import SwitchRecord

from .conftest import USER, record


async def post(switch: httpx.AsyncClient, body: Any, **more: Any) -> httpx.Response:
    """As mod_json_cdr does it: bare JSON under the content type of a form."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return await switch.post("/cdr?uuid=some-leg", content=raw, headers=headers, **more)


async def stored() -> list[SwitchRecord]:
    async with database.session() as s:
        return list(await s.exec(select(SwitchRecord)))


async def test_a_real_record_is_kept_whole(switch: httpx.AsyncClient, example: dict[str, Any]) -> None:
    answer = await post(switch, example)
    assert answer.status_code == 200
    (kept,) = await stored()
    assert str(kept.leg) == example["variables"]["uuid"]
    assert kept.body["callStats"] == example["callStats"]
    assert kept.body["variables"]["billsec"] == example["variables"]["billsec"]
    assert kept.call_id == (
        UUID(example["variables"]["exchange_call"]) if "exchange_call" in example["variables"] else None
    )


async def test_the_same_record_again_is_answered_and_changes_nothing(switch: httpx.AsyncClient) -> None:
    body = record()
    assert (await post(switch, body)).status_code == 200
    changed = json.loads(json.dumps(body))
    changed["variables"]["billsec"] = "99999"
    assert (await post(switch, changed)).status_code == 200
    (kept,) = await stored()
    assert kept.body["variables"]["billsec"] == body["variables"]["billsec"]


async def test_the_same_record_twice_at_once_is_kept_once(switch: httpx.AsyncClient) -> None:
    body = record()
    answers = await asyncio.gather(*(post(switch, body) for _ in range(8)))
    assert {a.status_code for a in answers} == {200}
    assert len(await stored()) == 1


async def test_the_leg_is_announced_after_it_is_stored(switch: httpx.AsyncClient) -> None:
    body = record()
    async with redis().pubsub() as listener:
        await listener.subscribe(RECORD_CHANNEL)
        await listener.get_message(timeout=5)
        await post(switch, body)
        async with asyncio.timeout(5):
            while (heard := await listener.get_message(ignore_subscribe_messages=True, timeout=1)) is None:
                pass
        assert heard["data"] == body["variables"]["uuid"]
    assert len(await stored()) == 1


async def test_without_redis_a_record_is_stored_all_the_same(
    switch: httpx.AsyncClient, settings_env: Callable[..., None]
) -> None:
    settings_env(redis_url="redis://127.0.0.1:1/0")
    assert (await post(switch, record())).status_code == 200
    assert len(await stored()) == 1


@pytest.mark.parametrize(
    "auth",
    [
        (USER, "wrong"),
        (USER, ""),
        ("other", "a password"),
        ("", ""),
        (USER, "a password "),
        ("переключатель", "пароль"),
    ],
)
async def test_who_is_not_the_switch_is_refused(switch: httpx.AsyncClient, auth: tuple[str, str]) -> None:
    answer = await post(switch, record(), auth=tuple(part.encode() for part in auth))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic")
    assert await stored() == []


@pytest.mark.parametrize("header", ["", "Basic", "Basic ???", "Basic c3dpdGNo", "Bearer c3dpdGNoOmEgcGFzc3dvcmQ="])
async def test_a_header_that_is_no_basic_auth_is_refused(switch: httpx.AsyncClient, header: str) -> None:
    switch.auth = None
    answer = await switch.post("/cdr", content=b"{}", headers={"authorization": header} if header else {})
    assert answer.status_code == 401


async def test_an_empty_password_in_the_settings_refuses_everybody(
    switch: httpx.AsyncClient, settings_env: Callable[..., None]
) -> None:
    settings_env(cdr_password="")
    assert (await post(switch, record(), auth=(USER, ""))).status_code == 401


NO_RECORDS = {
    "empty": b"",
    "no JSON": b"cdr=%7B%7D",
    "cut off": b'{"variables": {"uuid": "',
    "not an object": b"[]",
    "without variables": b"{}",
    "without a leg": b'{"variables": {"billsec": "3"}}',
    "a leg that is no uuid": b'{"variables": {"uuid": "contact-1"}}',
    "figures in words": b'{"variables": {"uuid": "6f0c7a52-0000-4000-8000-000000000001", "billsec": "long"}}',
    "figures in objects": b'{"variables": {"uuid": "6f0c7a52-0000-4000-8000-000000000001", "billsec": {"a": 1}}}',
    "a year that is none": b'{"variables": {"uuid": "6f0c7a52-0000-4000-8000-000000000001", "end_uepoch": "9e99"}}',
    "a moment too far": b'{"variables": {"uuid": "6f0c7a52-0000-4000-8000-000000000001", "end_uepoch": "%s"}}'
    % (b"9" * 30),
    "negative": b'{"variables": {"uuid": "6f0c7a52-0000-4000-8000-000000000001", "billsec": "-1"}}',
    "not a number": b'{"variables": {"uuid": "6f0c7a52-0000-4000-8000-000000000001"}, "mos": NaN}',
    "too deep": b'{"variables":' * 20_000,
}


@pytest.mark.parametrize("raw", NO_RECORDS.values(), ids=NO_RECORDS)
async def test_what_is_no_record_is_refused(switch: httpx.AsyncClient, raw: bytes) -> None:
    answer = await post(switch, raw)
    assert answer.status_code == 400
    assert await stored() == []


async def test_what_carriers_put_into_a_name_never_costs_the_record(switch: httpx.AsyncClient) -> None:
    body = record()
    body["variables"] |= {"sip_from_display": "a\0b", "effective_caller_id_name": "\ud83d"}
    raw = json.dumps(body).encode().replace(b"a\\u0000b", b"a\\u0000b\xff\xfe")
    assert (await post(switch, raw)).status_code == 200
    (kept,) = await stored()
    assert kept.body["variables"]["sip_from_display"].startswith("a\ufffdb")


async def test_a_body_that_is_too_long_is_refused(switch: httpx.AsyncClient) -> None:
    body = record()
    body["padding"] = "x" * intake.MOST_BYTES
    assert (await post(switch, body)).status_code == 413

    async def in_parts():
        for _ in range(300):
            yield b" " * 1024

    assert (await switch.post("/cdr", content=in_parts())).status_code == 413
    assert await stored() == []


async def test_a_body_as_long_as_allowed_is_taken(switch: httpx.AsyncClient) -> None:
    raw = json.dumps(record()).encode()
    assert (await post(switch, raw + b" " * (intake.MOST_BYTES - len(raw)))).status_code == 200


async def test_without_the_database_the_switch_is_told_to_try_again(
    switch: httpx.AsyncClient, settings_env: Callable[..., None]
) -> None:
    settings_env(database_url="postgresql://nobody@127.0.0.1:1/none")
    answer = await post(switch, record())
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


async def test_a_database_that_hangs_is_one_that_is_away(
    switch: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hanging(raw: bytes) -> UUID:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr("exchange_app.records.endpoint.PATIENCE_S", 0.01)
    monkeypatch.setattr(intake, "store", hanging)
    assert (await post(switch, record())).status_code == 503


async def test_the_log_has_nothing_of_a_refused_body(
    switch: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    body = record()
    body["variables"] |= {"uuid": "Ирина Петровна", "sip_to_user": "+78125550147"}
    assert (await post(switch, body)).status_code == 400
    said = capsys.readouterr()
    assert "record_refused" in said.out + said.err
    assert "555" not in said.out + said.err and "Ирина" not in said.out + said.err


async def test_only_posts_are_taken(switch: httpx.AsyncClient) -> None:
    assert (await switch.get("/cdr")).status_code == 405
