"""Points are of a hundred, fall with what is worse, and say nothing that was not heard."""

from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_domain.practice import scoring
from exchange_domain.practice.lessons import BY_KEY, KEYWORDS, LESSONS, TEST, Aim
from exchange_domain.practice.reports import PracticeReport
from exchange_domain.practice.scoring import Heard, Practised
from robots.persona import personas

MARKS = {"clear": 60, "prompt": 60, "listens": 60, "steady": 50, "pace": 50, "result": 60, "script": 60}
GOOD = Heard(
    seconds=40, operator=0.5, robot=0.3, silence=0.2, first_word_s=1.2, answer_delay_s=0.8, slowest_answer=(20, 1.4),
    interruptions=(), longest_silence=(12, 2.5), pace=4.5, paces=((0, 4.2), (10, 4.8)), loudness_lufs=-21,
    noise_db=-58, clipped=0,
)  # fmt: skip
SILENT = replace(GOOD, operator=0, first_word_s=None, answer_delay_s=None, slowest_answer=None, pace=None, paces=(),
                 loudness_lufs=-70)  # fmt: skip


def call(heard: Heard | None = GOOD, *, place: int = 1, fits: bool = True, persona: str = "interested") -> Practised:
    return Practised(place, persona, uuid4(), "success", fits, 40, heard)


def scores(*calls: Practised) -> dict[str, int]:
    return scoring.points(calls, "ru")


def test_a_good_call_has_all_points_and_passes():
    assert scores(call()) == {"clear": 100, "prompt": 100, "listens": 100, "steady": 100, "pace": 100, "result": 100}
    assert scoring.passed(scoring.report([call()], "ru", MARKS, None), None)


def test_who_says_nothing_has_none_but_for_what_was_written():
    found = scores(call(SILENT))
    assert found.pop("result") == 100 and set(found.values()) == {0}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"loudness_lufs": -45}, "clear"), ({"loudness_lufs": -5}, "clear"), ({"noise_db": -25}, "clear"),
        ({"clipped": 0.03}, "clear"), ({"first_word_s": 11.0, "answer_delay_s": 9.0}, "prompt"),
        ({"interruptions": (3.0, 9.0)}, "listens"), ({"longest_silence": (5, 18)}, "steady"),
        ({"pace": 8.0}, "pace"), ({"pace": 1.0}, "pace"),
    ],
)  # fmt: skip
def test_one_weakness_costs_its_own_points_only(change: dict, code: str):
    found = scores(call(replace(GOOD, **change)))
    assert found.pop(code) < MARKS[code] and set(found.values()) == {100}
    assert not scoring.passed(scoring.report([call(replace(GOOD, **change))], "ru", MARKS, None), None)


def test_results_count_by_their_share():
    assert scores(call(), call(fits=False), call())["result"] == 67
    assert scores(call(fits=False))["result"] == 0


def test_a_call_without_sound_counts_for_what_was_written_only():
    assert scores(call(), call(None, fits=False)) == {**scores(call()), "result": 50}


def test_words_are_looked_for_where_they_are_recognised():
    said = "Здравствуйте, меня зовут Лена, мастерская Сосна. Звонок записывается. Спасибо!"
    assert "script" not in scores(call())
    assert scores(call(replace(GOOD, words=said)))["script"] == 100
    assert scores(call(replace(GOOD, words="алло")))["script"] == 0
    assert scoring.coverage("hello, thank you", "en") == 40


durations = st.floats(0, 60)
heard = st.builds(
    Heard, seconds=st.floats(1, 300), operator=st.floats(0, 1), robot=st.floats(0, 1), silence=st.floats(0, 1),
    first_word_s=st.none() | durations, answer_delay_s=st.none() | durations,
    slowest_answer=st.none() | st.tuples(durations, durations),
    interruptions=st.lists(durations, max_size=6).map(tuple),
    longest_silence=st.none() | st.tuples(durations, durations),
    pace=st.none() | st.floats(0, 20), paces=st.lists(st.tuples(durations, st.floats(0, 20)), max_size=5).map(tuple),
    loudness_lufs=st.floats(-70, 0), noise_db=st.floats(-90, 0), clipped=st.floats(0, 1),
    words=st.none() | st.text(max_size=50),
)  # fmt: skip
calls = st.lists(
    st.builds(Practised, st.integers(1, 3), st.sampled_from(TEST), st.uuids(), st.sampled_from(["success", ""]),
              st.booleans(), durations, st.none() | heard), min_size=1, max_size=3)  # fmt: skip


@given(calls, st.sampled_from([None, *LESSONS]))
def test_whatever_was_heard_gives_a_report_that_is_kept_and_read_again(found, lesson):
    report = scoring.report(found, "en", MARKS, lesson)
    assert all(0 <= score.points <= 100 for score in report.scores)
    assert PracticeReport.model_validate(report.model_dump(mode="json")) == report
    assert len(report.moments) <= scoring.MOST_MOMENTS and all(one.at_ms >= 0 for one in report.moments)
    assert [one.good for one in report.moments] == sorted(one.good for one in report.moments)


@given(heard, st.floats(0.1, 20))
def test_more_of_what_is_worse_never_gives_more_points(one: Heard, more: float):
    before = scores(call(one))
    if one.first_word_s is not None:
        assert scores(call(replace(one, first_word_s=one.first_word_s + more)))["prompt"] <= before["prompt"]
    assert scores(call(replace(one, interruptions=(*one.interruptions, more))))["listens"] <= before["listens"]
    assert scores(call(replace(one, noise_db=one.noise_db + more)))["clear"] <= before["clear"]


def test_moments_say_where_to_listen():
    late = replace(GOOD, first_word_s=6.5, interruptions=(14.2,), longest_silence=(20.0, 9.0), slowest_answer=(30, 7.0))
    report = scoring.report([call(late, place=1), call(place=2)], "ru", MARKS, None)
    assert [(one.place, one.code, one.at_ms, one.value) for one in report.moments] == [
        (1, "late_start", 6_500, 65), (1, "interrupted", 14_200, 0), (1, "long_silence", 20_000, 90),
        (1, "slow_answer", 30_000, 70), (2, "good_start", 1_200, 12),
    ]  # fmt: skip


def test_the_pace_goes_on_from_call_to_call():
    report = scoring.report([call(place=1), call(place=2)], "ru", MARKS, None)
    assert [(one.at_s, one.pace) for one in report.paces] == [(0, 42), (10, 48), (40, 42), (50, 48)]


def test_shares_are_of_all_the_time():
    short = replace(GOOD, seconds=10, operator=0.1, robot=0.9, silence=0)
    report = scoring.report([call(), call(short, place=2)], "ru", MARKS, None)
    assert (report.operator, report.robot, report.silence) == (42, 42, 16)


def test_a_lesson_is_reached_by_its_aims():
    lesson = BY_KEY["listening"]
    good = scoring.report([call(persona="busy")], "ru", MARKS, lesson)
    assert scoring.passed(good, lesson) and [aim.met for aim in good.aims] == [True, True]
    for bad in (call(replace(GOOD, interruptions=(3.0,))), call(fits=False), call(SILENT), call(None)):
        assert not scoring.passed(scoring.report([bad], "ru", MARKS, lesson), lesson)


def test_an_aim_without_a_measure_is_met_only_where_nothing_was_to_be_done():
    assert Aim("answer_delay", 30).met(None) and not Aim("first_word", 30).met(None)
    assert not Aim("interruptions", 2).met(None) and not Aim("result", 1).met(None)


def test_lessons_and_the_test_call_robots_that_there_are():
    assert {lesson.persona for lesson in LESSONS} | set(TEST) <= set(personas())
    assert set(KEYWORDS) == {"ru", "en"} and all(lesson.aims for lesson in LESSONS)
