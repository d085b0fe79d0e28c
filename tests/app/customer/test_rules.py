"""The pure parts: keys of fields, hours as edited, drafts, lines of the table, arguments."""

import string
from datetime import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_app.arguments import BadArgument, clock_time, flag, line, paragraphs, uuid, whole
from exchange_app.customer.call_lines import LONGEST_ANSWER, line_of, shown_number
from exchange_app.customer.field_keys import key_of
from exchange_app.customer.hours_state import days_of, with_day
from exchange_app.customer.rights import campaign_in, field_of
from exchange_app.customer.script_draft import FieldDraft, ScriptDraft
from exchange_domain.forms import KEY, parse_form
from exchange_domain.hours import Stretch
from exchange_domain.messages import CallRow
from exchange_domain.words import CallState, Outcome

labels = st.text(st.sampled_from("абвыъьщяёЁABCz09 _-№é中\u0301"), max_size=60)


@given(labels, st.sets(st.text(string.ascii_lowercase, min_size=1, max_size=40)))
def test_a_key_is_always_one_that_a_form_takes_and_new(label: str, taken: set[str]):
    key = key_of(label, taken)
    assert KEY.fullmatch(key) and key not in taken


@pytest.mark.parametrize(
    ("label", "key"),
    [("Дата визита", "data_vizita"), ("Ёмкость, л", "emkost_l"), ("1-й этаж", "field_1_y_etazh"), ("", "field")],
)
def test_keys_can_be_read(label: str, key: str):
    assert key_of(label) == key


@given(st.lists(st.tuples(labels, st.sampled_from(["", "key"])), min_size=1, max_size=30))
def test_a_form_of_any_labels_has_keys_of_its_own(fields: list[tuple[str, str]]):
    drafts = [FieldDraft(f"u{n}", key and f"{key}{n}", f"x{label}") for n, (label, key) in enumerate(fields)]
    form = ScriptDraft("text", tuple(drafts)).form()
    assert len({f["key"] for f in form}) == len(form) == len(parse_form(form))
    assert all(d.key in ("", f["key"]) for d, f in zip(drafts, form, strict=True))


@given(st.permutations(["a", "b", "c"]), st.sampled_from(["a", "b", "c", "gone"]), st.sampled_from([-1, 1]))
def test_moving_a_field_loses_none(order: list[str], uid: str, by: int):
    draft = ScriptDraft("", tuple(FieldDraft(u) for u in order))
    moved = [f.uid for f in draft.moved(uid, by).fields]
    assert sorted(moved) == sorted(order)
    if uid != "gone":
        assert moved.index(uid) == min(max(order.index(uid) + by, 0), 2)


stretches = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 22), st.integers(1, 23)).filter(lambda x: x[1] < x[2]), max_size=10
).map(lambda xs: [Stretch(d, time(o), time(c)) for d, o, c in xs])


@given(stretches, st.integers(0, 6), st.integers(0, 23), st.integers(0, 23))
def test_changing_a_day_touches_its_first_stretch_only(before: list[Stretch], day: int, opens: int, closes: int):
    try:
        after = with_day(before, day, time(opens), time(closes))
    except ValueError:
        return
    assert sorted(x for x in after if x.weekday != day) == sorted(x for x in before if x.weekday != day)
    of_day = sorted(x for x in after if x.weekday == day)
    assert of_day[0] == Stretch(day, time(opens), time(closes))
    assert of_day[1:] == sorted(x for x in before if x.weekday == day)[1:]
    assert days_of(after)[day].opens == f"{opens:02}:00"


def row(**values: Any) -> CallRow:
    basic: dict[str, Any] = {
        "campaign_id": 1, "call_id": "6a1b0c1e-0000-4000-8000-000000000001", "contact_id": 1, "contact_name": "Сад",
        "person_name": "Ирина", "number": "+78125550101", "operator_name": "Мария С.", "attempt": 1,
        "state": CallState.CLOSED, "claimed_ms": 5, "outcome": Outcome.REFUSED,
    }  # fmt: skip
    return CallRow(**(basic | values))


def test_a_line_says_who_and_how_it_ended():
    found = line_of(row(disposition="Не сейчас", result={"a": ["х", "у"], "b": True}, note="по \n делу"))
    assert (found["contact"], found["state"], found["answer"]) == (
        "Сад, Ирина",
        "refused",
        "Не сейчас · х, у · по делу",
    )
    assert line_of(row(person_name="Сад"))["contact"] == "Сад"
    assert line_of(row(state=CallState.TALKING, outcome=None, answered_ms=10))["talk_to"] is None
    assert line_of(row(answered_ms=1000, ended_ms=9000, talk_s=7))["talk_to"] == 8000
    assert len(line_of(row(note="я" * 5000))["answer"]) == LONGEST_ANSWER


def test_a_number_that_is_none_is_shown_as_it_is():
    assert shown_number("not a number") == "not a number"


@pytest.mark.parametrize("value", [True, None, "", "1.5", 1.5, float("nan"), "9" * 30, [], {}, "１"])
def test_what_is_no_whole_number_is_refused(value: Any):
    with pytest.raises(BadArgument):
        whole(value)


def test_arguments_are_checked():
    assert (whole(" 1 000 "), whole(3.0), whole("-4")) == (1000, 3, -4)
    assert line("  a\x00 \n b ", 3) == "a b" and clock_time("24:00") == time(0)
    for check, bad in ((flag, 1), (flag, "true"), (clock_time, "25:00"), (clock_time, 9), (uuid, "x"), (uuid, {})):
        with pytest.raises(BadArgument):
            check(bad)  # type: ignore[operator]
    with pytest.raises(BadArgument):
        paragraphs("x" * 11, 10)


@pytest.mark.parametrize("name", ["", "12", "12:", "x:y", ":y", None, 5])
def test_a_fields_name_says_its_campaign(name: Any):
    with pytest.raises(BadArgument):
        field_of(name)
    assert field_of("12:hours:3") == (12, "hours:3")


@pytest.mark.parametrize(
    ("path", "campaign"),
    [("/customer/campaign/7", 7), ("/customer/campaign/7/list", 7), ("/customer/campaign/7x", 0), ("/customer", 0),
     ("/x/customer/campaign/7", 0), ("/customer/campaign/" + "9" * 30, 0)],
)  # fmt: skip
def test_a_campaigns_number_in_an_address(path: str, campaign: int):
    assert campaign_in(path) == campaign
