"""Commands as text: what the facts ask for is in them, and nothing a person typed can change their meaning."""

from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from call_engine.core import effects as fx
from call_engine.switch.address import SwitchAddress, parse_address
from call_engine.switch.carrier_dial import UnsafeValue, dial_name, digits_of
from call_engine.switch.command_text import CommandText, api_text, variables
from exchange_domain.dial_proofs import Leased, Permitted
from exchange_domain.settings import Settings
from exchange_domain.words import EndpointKind
from switch_simulator.dialstring import parse_originate

LEG = UUID("9ef93ef2-9a7c-4868-8c0a-5588c119feb4")
OTHER = UUID("15ff8afe-eaf6-408d-ae5e-d369ac64b133")
LEASED = Leased(LEG, "+78121234567", None)
TEXT = CommandText(Settings(recordings_dir=Path("/var/rec")))


def contact(**other: object) -> fx.OriginateContact:
    values = {
        "leg": LEG, "operator_id": 12, "token": 41, "e164": "+78121234567", "ring_s": 25, "longest_call_s": 600,
        "warning_s": 60, "recording": True, "claimed_ms": 1_795_389_277_483,
    }  # fmt: skip
    return fx.OriginateContact(**(values | other))  # type: ignore[arg-type]


def test_a_contact_is_dialled_with_everything_that_must_outlive_the_engine():
    made = parse_originate(TEXT.originate(contact(), LEASED).removeprefix("originate "))
    assert (made.application, made.dial.groups[0][0].url) == ("park", "sofia/gateway/carrier/78121234567")
    said = made.dial.variables
    assert said["origination_uuid"] == said["exchange_call"] == str(LEG)
    assert (said["exchange_seat"], said["exchange_fence"]) == ("12", "41")
    assert (said["originate_timeout"], said["park_after_bridge"], said["hangup_after_bridge"]) == (
        "25",
        "true",
        "false",
    )
    assert said["execute_on_media"] == "sched_hangup +30 NO_ANSWER"
    assert said["execute_on_answer_1"] == "sched_cancel"
    assert said["execute_on_answer_2"] == "sched_hangup +600 allotted_timeout"
    assert said["execute_on_answer_3"] == (
        "sched_broadcast +540 playback::tone_stream://%(200,100,1400)%(200,0,1400) both"
    )
    assert said["execute_on_answer_4"] == f"record_session /var/rec/2026/11/22/{LEG}.wav"
    assert said["RECORD_STEREO"] == "true"


def test_a_call_that_is_not_recorded_says_nothing_of_recording():
    assert "record" not in TEXT.originate(contact(recording=False), LEASED).lower()


def test_a_seat_keeps_its_leg():
    made = parse_originate(
        TEXT.originate(fx.OriginateSeat(LEG, 12, EndpointKind.BROWSER, "operator-12")).removeprefix("originate ")
    )
    assert made.dial.groups[0][0].url == "user/operator-12@pbx.example"
    wanted = {"park_after_bridge", "park_after_early_bridge", "continue_on_fail"}
    assert all(made.dial.variables[name] == "true" for name in wanted)
    assert made.dial.variables["hangup_after_bridge"] == "false"
    assert made.dial.variables["exchange_seat"] == "12"
    assert "media_timeout" in made.dial.variables


@pytest.mark.parametrize(
    ("kind", "name", "url"),
    [
        (EndpointKind.SIP, "manager-7", "user/manager-7@pbx.example"),
        (EndpointKind.NUMBER, "+15550111222", "sofia/gateway/carrier/15550111222"),
    ],
)
def test_a_manager_is_reached_as_her_endpoint_says(kind: EndpointKind, name: str, url: str):
    made = parse_originate(
        TEXT.originate(fx.OriginateManager(LEG, 12, kind, name, 20, 600), Permitted(LEG, name, None)).removeprefix(
            "originate "
        )
    )
    assert made.dial.groups[0][0].url == url
    assert "exchange_call" not in made.dial.variables, "the record of a manager's leg is not the call's"
    assert made.dial.variables["ignore_early_media"] == "true"


@pytest.mark.parametrize(
    "number",
    ["78121234567", "+7812123456a", "+7812", "+0812123456", "+78121234567\n", "+7812 1234567", "+78121234567/x", ""],
)
def test_what_is_no_number_is_never_dialled(number: str):
    with pytest.raises(UnsafeValue) as refused:
        TEXT.originate(contact(), Leased(LEG, number, None))
    assert not number.strip() or number not in str(refused.value)


@given(st.text())
def test_any_text_is_a_plain_number_or_refused(text: str):
    try:
        digits = digits_of(text)
    except UnsafeValue:
        return
    assert digits.isascii() and digits.isdigit() and text == f"+{digits}"


@given(st.text())
def test_any_text_is_a_plain_name_or_refused(text: str):
    try:
        assert not set(dial_name(text, "x")) & set(" \n\r\t{}[]()<>'\",\\/@:;|&")
    except UnsafeValue:
        return


@given(st.text(min_size=1))
def test_no_value_breaks_out_of_its_variable(text: str):
    try:
        block = variables({"own": text, "next": "1"})
    except UnsafeValue:
        return
    said = parse_originate(block + "user/x@y &park()").dial.variables
    assert set(said) == {"own", "next"} and said["next"] == "1"


@pytest.mark.parametrize("field", ["sip_domain", "carrier_gateway", "caller_id_number", "recordings_dir"])
def test_settings_that_would_break_commands_are_refused_at_the_start(field: str):
    with pytest.raises(UnsafeValue):
        CommandText(Settings(**{field: "a}b,c"}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("effect", "text"),
    [
        (fx.BridgeLegs(LEG, OTHER), f"uuid_bridge {LEG} {OTHER}"),
        (fx.Kill(LEG), f"uuid_kill {LEG} NORMAL_CLEARING"),
        (fx.ParkBoth(LEG), f"uuid_transfer {LEG} -both park: inline"),
        (fx.PlayMusic(LEG), f"uuid_broadcast {LEG} local_stream://moh aleg"),
        (fx.StopPlaying(LEG), f"uuid_break {LEG} all"),
        (fx.ParkAfterBridge(LEG, False), f"uuid_setvar {LEG} park_after_bridge"),
        (fx.ParkAfterBridge(LEG, True), f"uuid_setvar {LEG} park_after_bridge true"),
    ],
)
def test_commands_answered_at_once(effect: fx.SwitchCommand, text: str):
    assert api_text(effect) == text


def test_the_switchs_address():
    assert parse_address("esl://:Clue%43on@fs.example:8022") == SwitchAddress("fs.example", 8022, "ClueCon")
    for wrong in ("http://x", "esl://", "esl://:secret@h:port"):
        with pytest.raises(ValueError) as refused:
            parse_address(wrong)
        assert "secret" not in str(refused.value)
