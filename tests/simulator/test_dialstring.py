"""The dial string: what was put together comes apart again, and nonsense is told apart from calls."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch_simulator.dialstring import (
    DialStringError,
    parse_dial_string,
    parse_originate,
    parse_variables,
    split_words,
)

_names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,12}", fullmatch=True)
_values = st.text(st.characters(codec="ascii", exclude_characters="\n\r\x00"), max_size=20).map(str.strip)


def _quoted(value: str) -> str:
    """Written as a client writes a value it does not trust."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace(",", "\\,") + "'"


@given(st.dictionaries(_names, _values, max_size=5))
def test_variables_come_apart_as_they_were_put_together(variables: dict[str, str]) -> None:
    block = ",".join(f"{name}={_quoted(value)}" for name, value in variables.items())
    assert parse_variables(block) == variables


@given(st.dictionaries(_names, _values, max_size=3), st.dictionaries(_names, _values, max_size=3))
def test_common_and_leg_variables_keep_apart(common: dict[str, str], own: dict[str, str]) -> None:
    def block(variables: dict[str, str]) -> str:
        return ",".join(f"{name}={_quoted(value)}" for name, value in variables.items())

    text = f"{{{block(common)}}}[{block(own)}]user/op1@pbx.example,user/op2|sofia/gateway/carrier/1"
    dial = parse_dial_string(text)
    assert dial.variables == common
    assert [[leg.url for leg in group] for group in dial.groups] == [
        ["user/op1@pbx.example", "user/op2"],
        ["sofia/gateway/carrier/1"],
    ]
    assert dial.groups[0][0].variables == own
    assert dial.groups[0][1].variables == {}


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        wanted = parse_originate(text)
    except DialStringError:
        return
    assert wanted.dial.groups


def test_originate_with_all_its_arguments() -> None:
    wanted = parse_originate(
        "{a=1,b='x y, z',c=p\\,q}[leg_timeout=3]sofia/gateway/carrier/1 &park() XML default 'My Name' 15550199 7"
    )
    assert wanted.dial.variables == {"a": "1", "b": "x y, z", "c": "p,q"}
    assert wanted.dial.groups[0][0].variables == {"leg_timeout": "3"}
    assert (wanted.application, wanted.argument, wanted.timeout) == ("park", "", 7)
    assert (wanted.caller_id_name, wanted.caller_id_number) == ("My Name", "15550199")


def test_applications() -> None:
    assert parse_originate("user/a &eavesdrop(some-uuid)").argument == "some-uuid"
    assert parse_originate("user/a &playback(tone_stream://%(1,2,3))").argument == "tone_stream://%(1,2,3)"
    assert parse_originate("user/a park: inline").application == "park"


def test_hooks_keep_their_commas() -> None:
    variables = parse_variables(
        r"execute_on_answer_1='sched_hangup +60 allotted_timeout',"
        r"execute_on_answer_2='sched_broadcast +5 playback::tone_stream://%(200\,100\,1400)%(200\,0\,1400) both',z=1"
    )
    assert variables["execute_on_answer_2"].endswith("%(200,100,1400)%(200,0,1400) both")
    assert variables["z"] == "1"


@pytest.mark.parametrize("text", ["", "user/a", "{a=1 user/a &park()", "user/a &park(", "user/a 'x"])
def test_what_is_no_originate(text: str) -> None:
    with pytest.raises(DialStringError):
        parse_originate(text)


def test_words() -> None:
    assert split_words("a  'b c' {d e}f") == ["a", "b c", "{d e}f"]
