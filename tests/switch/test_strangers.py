"""What strangers, and people with yesterday's password, get from a real switch with this configuration."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from exchange_domain import accounts, database, shifts, sip_credentials
from exchange_domain.tables import Account
from exchange_domain.words import EndpointKind, Role, SipUserKind
from tests.engine.desk import OperatorDesk

from .conftest import RealHouse
from .real_switch import DOMAIN
from .sip_message import Message, sdp

pytestmark = [pytest.mark.switch, pytest.mark.parametrize("house", ["freeswitch"], indirect=True)]
SOUND = [("Content-Type", "application/sdp")]


async def asks(house: RealHouse, method: str, target: tuple[str, int], user: str, **more) -> Message:
    """A request of a telephone that is not registered; the switch's last answer."""
    body = sdp("127.0.0.1", 40_000) if method == "INVITE" else ""
    extra = SOUND if body else more.pop("extra", None)
    work = house.switch.stranger.request(method, target, user, DOMAIN, body=body, extra=extra, **more)
    return await asyncio.wrap_future(house.switch.later(work))


async def registers(house: RealHouse, user: str, password: str) -> int:
    work = house.switch.stranger.register(user, DOMAIN, password, house.switch.operators)
    return (await asyncio.wrap_future(house.switch.later(work))).status


async def someone(house: RealHouse) -> tuple[OperatorDesk, str, str]:
    """An operator: her desk, her page's SIP user and its password."""
    await house.furnish(managers=0)
    desk = await house.operator()
    name = f"operator-{desk.operator_id}"
    return desk, name, house.switch.passwords[name]


@pytest.mark.parametrize("number", ["79161234567", "echo", "operator-1", "1000", "*98", "conference"])
async def test_an_invite_without_a_password_is_challenged(house: RealHouse, number: str):
    answer = await asks(house, "INVITE", house.switch.operators, "1000", to=number)
    assert answer.status == 407


async def test_the_carriers_side_refuses_foreign_addresses(house: RealHouse):
    assert (await asks(house, "INVITE", house.switch.carriers, "79161234567", to="79167654321")).status == 403


async def test_nobody_registers_at_the_carriers_side(house: RealHouse):
    assert (await asks(house, "REGISTER", house.switch.carriers, "1000")).status in (403, 405)


@pytest.mark.parametrize("user", ["1000", "1001", "1019", "default", "admin", "operator-999", "operator-1' or '1'='1"])
@pytest.mark.parametrize("password", ["1234", ""])
async def test_there_are_no_users_of_the_makers(house: RealHouse, user: str, password: str):
    assert await registers(house, user.replace(" ", "%20"), password) == 403


@pytest.mark.parametrize("method", ["REFER", "SUBSCRIBE", "PUBLISH"])
@pytest.mark.parametrize("side", ["operators", "carriers"])
async def test_neither_transfers_nor_presence(house: RealHouse, method: str, side: str):
    more = {"REFER": [("Refer-To", "<sip:79161234567@pbx.example>")], "SUBSCRIBE": [("Event", "presence")]}
    answer = await asks(
        house, method, getattr(house.switch, side), "1000", extra=more.get(method, [("Event", "presence")])
    )
    assert answer.status in (403, 405, 407, 489, 501), answer.start


async def test_a_right_password_registers_and_a_wrong_one_does_not(house: RealHouse):
    _, name, password = await someone(house)
    assert await registers(house, name, password) == 200
    assert await registers(house, name, password + "x") == 403
    # The digest that the exchange keeps is no password.
    kept = hashlib.md5(f"{name}:{DOMAIN}:{password}".encode(), usedforsecurity=False).hexdigest()
    assert await registers(house, name, kept) == 403


async def test_one_user_does_not_register_as_another(house: RealHouse):
    _, _, password = await someone(house)
    other = (await house.operator()).operator_id
    assert await registers(house, f"operator-{other}", password) == 403


async def revoked(desk: OperatorDesk) -> None:
    async with database.session() as s:
        await sip_credentials.revoke(s, desk.operator_id, SipUserKind.BROWSER, datetime.now(UTC))


async def late(desk: OperatorDesk) -> None:
    async with database.session() as s:
        kept = await sip_credentials.of_account(s, Role.OPERATOR, desk.operator_id, SipUserKind.BROWSER)
        assert kept is not None
        kept.valid_until = datetime.now(UTC) - timedelta(seconds=1)
        s.add(kept)


async def shift_over(desk: OperatorDesk) -> None:
    async with database.session() as s:
        shift = await shifts.open(
            s, operator_id=desk.operator_id, campaign_id=desk.campaign_id, switch_name="main",
            endpoint_kind=EndpointKind.BROWSER, endpoint=f"operator-{desk.operator_id}",
        )  # fmt: skip
        assert shift.id is not None
        await shifts.end(s, shift.id, datetime.now(UTC))


async def suspended(desk: OperatorDesk) -> None:
    async with database.session() as s:
        account = await s.get_one(Account, desk.operator_id)
        account.suspended_at = datetime.now(UTC)
        s.add(account)


@pytest.mark.parametrize("ended", [revoked, late, shift_over, suspended])
async def test_a_password_that_is_over_opens_nothing(
    house: RealHouse, ended: Callable[[OperatorDesk], Awaitable[None]]
):
    desk, name, password = await someone(house)
    assert await registers(house, name, password) == 200
    await ended(desk)
    assert await registers(house, name, password) == 403
    answer = await asks(house, "INVITE", house.switch.operators, name, to="echo", password=password)
    assert answer.status in (403, 407), "a call is checked too"
    said = await asyncio.to_thread(house.switch.api, f"originate user/{name}@{DOMAIN} &park()")
    assert said == "-ERR SUBSCRIBER_ABSENT", "nor is she rung any more"


@pytest.mark.parametrize("number", ["79161234567", "+79161234567", "manager-1", "operator-1", "gateway/carrier/7916"])
async def test_an_operator_can_ring_nobody(house: RealHouse, number: str):
    _, name, password = await someone(house)
    answer = await asks(house, "INVITE", house.switch.operators, name, to=number, password=password)
    assert answer.status == 603
    assert not house.switch.carrier.calls, "nothing went out"


async def test_an_operator_hears_her_own_echo(house: RealHouse):
    _, name, password = await someone(house)
    assert (await asks(house, "INVITE", house.switch.operators, name, to="echo", password=password)).status == 200
    async with asyncio.timeout(5):
        while not house.switch.channels():  # noqa: ASYNC110 - the watch follows a moment later
            await asyncio.sleep(0.02)


async def test_a_refer_in_an_operators_call_transfers_nothing(house: RealHouse):
    _, name, password = await someone(house)
    extra = [("Refer-To", "<sip:79161234567@127.0.0.1>"), ("Referred-By", f"<sip:{name}@{DOMAIN}>")]
    work = house.switch.stranger.request(
        "REFER", house.switch.operators, name, DOMAIN, to="echo", password=password, extra=extra
    )
    assert (await asyncio.wrap_future(house.switch.later(work))).status in (403, 405, 407, 501)
    assert not house.switch.carrier.calls


async def test_the_event_socket_has_no_shell_and_no_stranger(house: RealHouse):
    for command in (
        "system id",
        "bg_system id",
        "lua x",
        "spawn id",
        "http_get x",
        "curl x",
        "load mod_lua",
        "unload x",
    ):
        assert "Command not found" in house.switch.api(command), command
    lines = house.switch.api("show application").splitlines()
    applications = {line.split(",")[0] for line in lines if "," in line} - {"name"}
    assert not applications & {"system", "bgsystem", "redirect", "transfer", "deflect", "lua", "socket", "voicemail"}
    assert "park" in applications


async def test_a_name_that_somebody_sent_is_in_no_log_of_ours(house: RealHouse, capsys: pytest.CaptureFixture[str]):
    canary = "canary-79165550123"
    assert await registers(house, canary, "x") == 403
    assert canary not in capsys.readouterr().out


async def test_an_account_without_the_role_has_no_line(house: RealHouse):
    async with database.session() as s:
        account = await accounts.create(s, email="m@example.org", display_name="М", password_hash="-", roles=())
        assert account.id is not None
        made = await sip_credentials.issue(
            s, Role.OPERATOR, account.id, SipUserKind.PHONE, realm=DOMAIN, at=datetime.now(UTC), longest=timedelta(1)
        )
    assert await registers(house, made.username, made.password) == 403
