"""The plain outcomes against another maker's SIP: sipp as the carrier of a real switch."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange_domain.words import CallState, OperatorState, Outcome
from launcher.processes import before_exec
from tests.engine.conftest import running_engine
from tests.engine.desk import OperatorDesk

from .conftest import RealHouse

pytestmark = [
    pytest.mark.switch,
    pytest.mark.parametrize("house", ["freeswitch"], indirect=True),
    pytest.mark.usefixtures("sipp"),
]
SCENARIO = Path(__file__).parent / "sipp_carrier.xml"


@pytest.fixture(scope="module")
def sipp(sipp_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The carrier behind the gateway `sipp`. Skips where the program is missing."""
    program = shutil.which("sipp")
    if program is None:
        pytest.skip("no sipp program on PATH (Debian: apt install sip-tester)")
    folder = tmp_path_factory.mktemp("sipp")
    with (folder / "screen.log").open("wb") as screen:
        process = subprocess.Popen(
            [program, "-sf", str(SCENARIO), "-i", "127.0.0.1", "-p", str(sipp_port), "-nostdin", "-rtp_echo",
             "-mi", "127.0.0.1", "-trace_err", "-error_file", str(folder / "errors.log")],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=screen, stderr=screen, preexec_fn=before_exec(),
        )  # fmt: skip
    yield
    assert process.poll() is None, "sipp ended by itself"
    process.kill()
    process.wait()


async def calling(house: RealHouse, settings_env, ending: str, **limits: int) -> OperatorDesk:
    """An operator about to call the number with this end, by way of sipp."""
    settings_env(carrier_gateway="sipp")
    await house.furnish(managers=0, **limits)
    house.numbers = int(ending) - 1
    assert (await house.contact()).endswith(ending)
    return await house.operator()


@pytest.mark.parametrize(
    ("ending", "outcome", "cause"),
    [
        ("02", Outcome.BUSY, "USER_BUSY"),
        ("03", Outcome.NO_ANSWER, "NO_ANSWER"),
        ("04", Outcome.BUSY, "CALL_REJECTED"),
        ("06", Outcome.WRONG_NUMBER, "UNALLOCATED_NUMBER"),
        ("07", Outcome.NO_ANSWER, "NO_USER_RESPONSE"),
    ],
)
async def test_nobody_is_reached(house: RealHouse, settings_env, ending: str, outcome: Outcome, cause: str):
    desk = await calling(house, settings_env, ending, ring_s=5)
    async with running_engine():
        await desk.start_shift()
        call_id = await desk.call_next()
        view = await desk.state(OperatorState.WRAP_UP)
        assert view.call is not None and (view.call.hangup_cause, view.call.proposed_outcome) == (cause, outcome)
        await desk.close(call_id)
        await desk.state(OperatorState.READY)


async def test_it_answers_and_hangs_up(house: RealHouse, settings_env):
    desk = await calling(house, settings_env, "01")
    async with running_engine():
        await desk.start_shift()
        call_id = await desk.talk()
        await house.until_bridged(call_id)
        view = await desk.state(OperatorState.WRAP_UP)
        assert view.call is not None and view.call.ended_by == "contact"


async def test_it_announces_and_then_answers(house: RealHouse, settings_env):
    desk = await calling(house, settings_env, "05")
    async with running_engine():
        await desk.start_shift()
        call_id = await desk.call_next()
        await house.until_bridged(call_id)
        assert (await house.call(call_id)).answered_at is None
        await desk.state(OperatorState.TALKING)


async def test_it_answers_and_the_operator_hangs_up(house: RealHouse, settings_env):
    desk = await calling(house, settings_env, "10")
    async with running_engine():
        await desk.start_shift()
        call_id = await desk.talk()
        await desk.hang_up(call_id)
        await desk.state(OperatorState.WRAP_UP)
        call = await house.until_call(call_id, lambda c: c.ended_at is not None)
        assert (call.ended_by, call.state) == ("operator", CallState.WRAP_UP)


async def test_the_operator_gives_up_while_it_rings(house: RealHouse, settings_env):
    desk = await calling(house, settings_env, "03")
    async with running_engine():
        await desk.start_shift()
        call_id = await desk.call_next()
        await house.until_call(call_id, lambda c: c.state == CallState.RINGING)
        await desk.hang_up(call_id)
        view = await desk.state(OperatorState.WRAP_UP)
        assert view.call is not None and view.call.ended_by == "operator"
        await house.until_switch(lambda channels: str(call_id) not in channels)
