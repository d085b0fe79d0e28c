"""Pure rules: hours, outcomes, forms, scripts, masks, messages."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from exchange_domain import scripts
from exchange_domain.forms import FormError, FormField, check_answers, parse_form
from exchange_domain.hours import Hours, Stretch, every_day
from exchange_domain.messages import COMMANDS, CallNext, masked
from exchange_domain.outcomes import after, proposed_outcome, unattended_outcome
from exchange_domain.words import FieldKind, Outcome

ZONES = st.sampled_from(["Europe/Moscow", "Asia/Vladivostok", "America/New_York", "Europe/London", "Asia/Kolkata"])
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)).map(lambda d: d.replace(tzinfo=UTC))
TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))
STRETCHES = st.builds(Stretch, st.integers(0, 6), TIMES, TIMES).filter(lambda x: x.closes > x.opens)


@given(st.lists(STRETCHES, max_size=8), ZONES, MOMENTS)
def test_the_next_opening_is_open_and_nothing_before_it_is(stretches, zone, now):
    hours = Hours(stretches)
    opening = hours.next_opening(zone, now)
    if opening is None:
        assert not stretches
        return
    assert now <= opening <= now + timedelta(days=8)
    assert hours.is_open(zone, opening)
    if opening > now:
        assert not hours.is_open(zone, now + (opening - now) * 0.999)
        assert not hours.is_open(zone, now)


@given(st.lists(STRETCHES, max_size=8), ZONES, MOMENTS)
def test_open_is_what_the_wall_clock_of_the_contact_says(stretches, zone, now):
    from zoneinfo import ZoneInfo

    here = now.astimezone(ZoneInfo(zone))
    if (
        here.utcoffset() != (here + timedelta(days=1)).utcoffset()
        or here.utcoffset() != (here - timedelta(days=1)).utcoffset()
    ):
        return  # about a clock change the wall clock is ambiguous
    expected = any(x.weekday == here.weekday() and x.opens <= here.time() < x.closes for x in stretches)
    assert Hours(stretches).is_open(zone, now) == expected


def test_around_the_clock_is_always_open():
    hours = Hours(every_day(time(0), time(0)))
    assert all(
        hours.is_open("Europe/Moscow", datetime(2026, 3, 28, tzinfo=UTC) + timedelta(hours=h)) for h in range(72)
    )


def test_closing_is_followed_over_midnight_and_never_comes_around_the_clock():
    monday_noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    late = Hours([Stretch(0, time(9), time(0)), Stretch(1, time(0), time(2))])
    assert late.closes_at("UTC", monday_noon) == datetime(2026, 3, 3, 2, tzinfo=UTC)
    always = Hours(every_day(time(0), time(0)))
    assert always.closes_at("UTC", monday_noon) is None and always.is_open("UTC", monday_noon)


def test_an_unknown_zone_is_never_open():
    assert Hours(every_day(time(0), time(0))).next_opening("Mars/Olympus", datetime.now(UTC)) is None


@pytest.mark.parametrize(
    ("cause", "answered", "by", "outcome"),
    [
        ("USER_BUSY", False, "contact", Outcome.BUSY),
        ("CALL_REJECTED", False, "contact", Outcome.BUSY),
        ("NO_ANSWER", False, None, Outcome.NO_ANSWER),
        ("NORMAL_CLEARING", False, "operator", Outcome.NO_ANSWER),
        ("UNALLOCATED_NUMBER", False, None, Outcome.WRONG_NUMBER),
        ("GATEWAY_DOWN", False, None, Outcome.UNREACHABLE),
        ("NORMAL_TEMPORARY_FAILURE", False, None, Outcome.UNREACHABLE),
        ("NORMAL_CLEARING", True, "contact", None),
        ("ALLOTTED_TIMEOUT", True, "limit", None),
        ("MEDIA_TIMEOUT", True, "network", Outcome.DROPPED),
    ],
)
def test_what_a_cause_says(cause, answered, by, outcome):
    assert proposed_outcome(cause, answered=answered, ended_by=by) == outcome
    assert unattended_outcome(cause, answered=answered, ended_by=by) == (outcome or Outcome.DROPPED)


@given(st.sampled_from(Outcome), st.integers(1, 30), st.integers(1, 20), st.booleans())
def test_a_contact_is_never_lost_after_a_call(outcome, attempts, most, other):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    following = after(
        outcome, now=now, attempts=attempts, max_attempts=most, delay=timedelta(minutes=5), other_numbers=other,
        call_back_at=None,
    )  # fmt: skip
    assert following.done == (following.due_at is None)
    assert following.due_at is None or following.due_at >= now
    if outcome in (Outcome.SUCCESS, Outcome.REFUSED, Outcome.DO_NOT_CALL):
        assert following.done


FIELDS = [
    FormField("n", "Число", FieldKind.NUMBER, required=True),
    FormField("d", "День", FieldKind.DATE),
    FormField("c", "Цвет", FieldKind.CHOICE, options=("дуб", "бук")),
    FormField("m", "Что", FieldKind.CHOICES, options=("стол", "стул")),
    FormField("y", "Согласие", FieldKind.YES_NO),
    FormField("t", "Текст"),
]


def test_answers_get_their_types():
    raw = {"n": "1 200,5", "d": "2026-02-28", "c": "бук", "m": ["стул", "стол"], "y": "yes", "t": "=1+1", "zzz": "?"}
    clean, problems = check_answers(FIELDS, raw, Outcome.SUCCESS)
    assert problems == []
    assert clean == {"n": "1200.5", "d": "2026-02-28", "c": "бук", "m": ["стол", "стул"], "y": True, "t": "=1+1"}


def test_required_is_asked_for_a_success_only():
    assert check_answers(FIELDS, {}, Outcome.SUCCESS)[1] == [("n", "required")]
    assert check_answers(FIELDS, {}, Outcome.BUSY) == ({}, [])


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_field_is_asked_for_by_the_outcomes_that_it_names(outcome):
    (field,) = parse_form([{"key": "why", "label": "Почему", "required_on": ["refused", "call_back"]}])
    problems = check_answers([field], {}, outcome)[1]
    assert problems == ([("why", "required")] if outcome in (Outcome.REFUSED, Outcome.CALL_BACK) else [])
    assert parse_form([field.as_dict()]) == [field]


def test_a_form_cannot_name_outcomes_that_are_none():
    for named in (["won"], 5, [[]], [None]):
        with pytest.raises(FormError) as wrong:
            parse_form([{"key": "a", "label": "A"}, {"key": "b", "label": "B", "required_on": named}])
        assert (wrong.value.code, wrong.value.field) == ("bad_outcome", 2)


@given(
    st.dictionaries(
        st.sampled_from("ndcmyt"), st.none() | st.booleans() | st.text() | st.integers() | st.lists(st.text())
    )
)
def test_any_answer_is_used_or_named_never_lost_or_raised(raw):
    clean, problems = check_answers(FIELDS, raw, Outcome.REFUSED)
    bad = {key for key, _ in problems}
    for key, value in raw.items():
        assert (key in clean) or (key in bad) or value in (None, "", [])
    assert not set(clean) & bad


@given(st.recursive(st.none() | st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_any_form_definition_is_read_or_refused_with_a_place(raw):
    try:
        fields = parse_form(raw)
    except FormError as wrong:
        assert wrong.code
    else:
        assert parse_form([f.as_dict() for f in fields]) == fields


def test_a_script_shows_values_as_text():
    html = scripts.render("## Привет, {{ Имя }}\n\n{{город}} {{нет}}", {"имя": "<b>*Иван*</b>", "Город": "Казань"})
    assert '<mark class="fill">&lt;b&gt;*Иван*&lt;/b&gt;</mark>' in html
    assert '<mark class="fill">Казань</mark>' in html
    assert '<mark class="missing">нет</mark>' in html


@given(st.text(), st.text())
def test_a_script_never_runs_anything(markdown, value):
    html = scripts.render(markdown + " {{x}} <script>alert(1)</script> [a](javascript:alert(1))", {"x": value})
    assert "<script" not in html and 'href="javascript' not in html


@given(st.from_regex(r"\A\+[1-9][0-9]{6,14}\Z"))
def test_a_mask_hides_most_of_a_number(e164):
    shown = sum(ch.isdigit() for ch in masked(e164))
    assert shown <= max(6, len(e164) - 1 - 3)
    assert e164 not in masked(e164)


def test_commands_are_strict():
    command = CallNext(operator_id=1)
    assert COMMANDS.validate_json(command.model_dump_json()) == command
    for bad in (
        {"kind": "call_next"},
        {"kind": "dial", "operator_id": 1},
        {"kind": "call_next", "operator_id": 1, "x": 2},
    ):
        with pytest.raises(ValidationError):
            COMMANDS.validate_python(bad)


def test_dates_are_read_as_iso_only():
    assert check_answers([FIELDS[1]], {"d": "28.02.2026"}, Outcome.SUCCESS)[1] == [("d", "not_a_date")]
    assert date.fromisoformat("2026-02-28")
