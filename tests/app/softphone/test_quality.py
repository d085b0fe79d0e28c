"""What pages measure: kept with the account and its shift, bounded, refused to strangers."""

import re
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from exchange_app import softphone
from exchange_app.softphone import relays
from exchange_domain import database, sound_checks
from exchange_domain.tables import LineQuality, SoundCheck

from ..conftest import make_account
from .conftest import make_manager, signed_in

CHECK, QUALITY = "/softphone/check", "/softphone/quality"
NETWORK = {"loss_pm": 2, "jitter_ms": 5, "trip_ms": 40}
MEASURED = NETWORK | {"device": "Headset", "voice_db": -20, "noise_db": -60, "heard": True, "relay": None}


async def test_a_check_is_kept_and_answered_with_its_verdicts(site: httpx.AsyncClient, operator: int):
    await signed_in(site, operator)
    answer = await site.post(CHECK, json=MEASURED)
    assert answer.json() == {"verdict": "good", "voice": "good", "room": "good", "network": "good"}
    async with database.session() as s:
        (kept,) = await s.exec(select(SoundCheck))
    assert (kept.account_id, kept.device, kept.heard, kept.relay) == (operator, "Headset", True, None)


@pytest.mark.parametrize(
    "change",
    [{"voice_db": 5}, {"noise_db": -101}, {"loss_pm": 1001}, {"trip_ms": -1}, {"heard": "perhaps"}, {"more": 1},
     {"device": "x" * 201}, {"device": "x" * 5000}],
)  # fmt: skip
async def test_what_no_page_would_send_is_refused(site: httpx.AsyncClient, operator: int, change: dict):
    await signed_in(site, operator)
    assert (await site.post(CHECK, json=MEASURED | change)).status_code == 400
    assert (await site.post(CHECK, content=b"no json")).status_code == 400
    async with database.session() as s:
        assert not (await s.exec(select(SoundCheck))).all()


async def test_strangers_and_other_roles_keep_nothing(site: httpx.AsyncClient, operator: int):
    for path, body in ((CHECK, MEASURED), (QUALITY, NETWORK)):
        assert (await site.post(path, json=body)).status_code == 401
    manager = await make_manager()
    await signed_in(site, manager)
    assert (await site.post(CHECK, json=MEASURED)).status_code == 403
    assert (await site.post(QUALITY, json=NETWORK)).json() == {"kept": False}
    await signed_in(site, await make_account("mod@mail.example", "Модератор", "moderator"))
    assert (await site.post(CHECK, json=MEASURED)).status_code == 403
    assert (await site.post(QUALITY, json=NETWORK)).json() == {"kept": False}
    await signed_in(site, await make_account("adm@mail.example", "Админ", "admin"))
    assert (await site.post(QUALITY, json=NETWORK)).status_code == 403
    await signed_in(site, operator)
    assert (await site.post(CHECK, json=MEASURED, headers={"origin": "http://elsewhere.test"})).status_code == 403


async def test_a_line_without_a_shift_is_judged_and_not_kept(site: httpx.AsyncClient, operator: int):
    await signed_in(site, operator)
    answer = await site.post(QUALITY, json=NETWORK | {"loss_pm": 90})
    assert answer.json() == {"kept": True, "verdict": "bad"}
    async with database.session() as s:
        assert not (await s.exec(select(LineQuality))).all()


def test_the_page_and_the_server_judge_the_network_by_one_table():
    """The page says it at once, the server keeps it: two languages, one table."""
    line = (Path(softphone.__file__).parent / "line.js").read_text("utf-8")
    found = re.findall(r'\["(bad|weak)", (\d+), (\d+), (\d+)\]', line)
    in_page = [(name, 10 * int(loss), int(jitter), int(trip)) for name, loss, jitter, trip in found]
    assert in_page == [(verdict.value, *limits) for verdict, *limits in sound_checks.NETWORK]


def test_a_relays_password_is_the_name_signed_with_the_secret(settings_env):
    assert relays.ice_servers("operator-5", 1_000) == []
    settings_env(turn_urls="turn:a.example:3478 turns:a.example:5349", turn_secret="north")
    (server,) = relays.ice_servers("operator-5", 1_000)
    assert server["urls"] == ["turn:a.example:3478", "turns:a.example:5349"]
    assert server["username"] == "87400:operator-5"
    # openssl: printf %s 87400:operator-5 | openssl dgst -sha1 -hmac north -binary | base64
    assert server["credential"] == "bT/q7c6cobjFIOFVAjKbbR8mr0E="
