"""Which calls are put before moderators, and what their findings come to: the pure parts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_domain import risk
from exchange_domain.house_rules import HouseRules
from exchange_domain.judging import drawn
from exchange_domain.risk import Facts
from exchange_domain.talk_figures import TalkFigures, of_peaks, runs, speaking
from exchange_domain.verdicts import MOST_TURNS, agreement, ruling
from exchange_domain.words import HearingVerdict, Outcome, Verdict

A, R, U = HearingVerdict.ACCEPTED, HearingVerdict.REJECTED, HearingVerdict.UNSURE
RULES = HouseRules()
LOUD, SOFT = 120, 2
TALK = TalkFigures(90_000, 40_000, 30_000, 2_000, 3_000, (), 400)
PLAIN = Facts(90_000, Outcome.REFUSED, False, False, 500, 500, False, False, False, TALK)


def peaks(contact: str, operator: str) -> bytes:
    """Of `#` for speech and `.` for none, a tenth of a second each."""
    value = {"#": LOUD, ".": SOFT}
    return bytes(x for pair in zip(contact, operator, strict=True) for x in (value[pair[0]], value[pair[1]]))


def test_who_spoke_how_long_is_read_from_the_peaks() -> None:
    found = of_peaks(peaks("." * 20 + "#" * 20 + "." * 60, "." * 5 + "#" * 20 + "." * 55 + "#" * 20), 100)
    assert found.length_ms == 10_000
    assert (found.operator_ms, found.contact_ms, found.both_ms) == (4_000, 2_000, 500)
    assert (found.first_operator_ms, found.longest_silence_ms) == (500, 4_000)
    assert found.silences == ((0, 500), (4_000, 8_000))


def test_a_breath_does_not_end_speech_and_noise_does_not_begin_it() -> None:
    assert (
        speaking([SOFT, LOUD, SOFT, SOFT, LOUD, SOFT, SOFT, SOFT, SOFT, SOFT], 100)
        == [False] + [True] * 4 + [False] * 5
    )
    assert not any(speaking([30, 33, 28, 31, 30, 32, 29, 31] * 20, 100)), "an even noise is nobody"
    assert speaking([], 100) == []
    assert of_peaks(b"", 100).longest_silence_ms == 0


@given(st.binary(max_size=400), st.integers(1, 1000))
def test_no_share_is_more_than_the_whole(raw: bytes, peak_ms: int) -> None:
    found = of_peaks(raw[: len(raw) // 2 * 2], peak_ms)
    silent = sum(end - start for start, end in found.silences)
    assert found.both_ms <= min(found.operator_ms, found.contact_ms)
    assert found.operator_ms + found.contact_ms - found.both_ms + silent == found.length_ms


@given(st.lists(st.booleans(), max_size=60))
def test_runs_are_the_stretches_of_true(marks: list[bool]) -> None:
    again = [False] * len(marks)
    for start, end in runs(marks):
        assert start < end and (start == 0 or not marks[start - 1])
        again[start:end] = [True] * (end - start)
    assert again == marks


def test_an_ordinary_call_of_an_experienced_operator_is_left_to_chance() -> None:
    assert risk.judge(PLAIN, RULES) == ()


@pytest.mark.parametrize(
    ("changed", "code", "value"),
    [
        ({"operator_talks": 3}, "new_operator", 4),
        ({"campaign_talks": 0}, "new_campaign", 1),
        ({"contested": True}, "contested", 0),
        ({"reported": True}, "reported", 0),
        ({"abusive": True}, "abusive", 0),
        ({"overran": True}, "hit_limit", 90),
        ({"talk_ms": 6_000}, "very_short", 6),
        ({"sound": replace(TALK, longest_silence_ms=21_000)}, "long_silence", 21),
        ({"sound": replace(TALK, both_ms=30_000)}, "both_speaking", 33),
        ({"sound": replace(TALK, first_operator_ms=8_000)}, "no_greeting", 8),
        ({"sound": replace(TALK, first_operator_ms=None)}, "no_greeting", 90),
        ({"sound": replace(TALK, operator_ms=5_000)}, "operator_silent", 5),
        ({"outcome": Outcome.SUCCESS, "sound": replace(TALK, contact_ms=900)}, "contact_hardly_spoke", 0),
        ({"outcome": Outcome.NO_ANSWER}, "contact_spoke", 30),
        ({"sound": replace(TALK, contact_ms=400)}, "refused_unheard", 0),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_each_reason_is_found_alone(changed: dict, code: str, value: int) -> None:
    assert [(one.code, one.value) for one in risk.judge(replace(PLAIN, **changed), RULES)] == [(code, value)]


def test_what_is_no_reason() -> None:
    short = replace(PLAIN, talk_ms=4_000, sound=None)
    for outcome in (Outcome.NO_ANSWER, Outcome.WRONG_NUMBER, Outcome.DROPPED):
        assert risk.judge(replace(short, outcome=outcome), RULES) == ()
    handed_over = replace(PLAIN, outcome=Outcome.SUCCESS, transferred=True, sound=replace(TALK, contact_ms=900))
    assert risk.judge(handed_over, RULES) == (), "a contact who was handed over spoke with the manager"


def test_the_heaviest_reason_stands_first() -> None:
    found = risk.judge(replace(PLAIN, contested=True, operator_talks=0, overran=True), RULES)
    assert [one.code for one in found] == ["contested", "hit_limit", "new_operator"]
    assert risk.points(found) == 120


@pytest.mark.parametrize(
    ("found", "double", "verdict", "another"),
    [
        ([A], False, Verdict.ACCEPTED, False), ([R], False, Verdict.REJECTED, False), ([U], False, None, True),
        ([A], True, None, True), ([R, R], True, Verdict.REJECTED, False), ([R, A], True, None, True),
        ([R, A, R], True, Verdict.REJECTED, False), ([R, A, U], True, Verdict.ACCEPTED, False),
        ([U, R], False, Verdict.REJECTED, False), ([U, U], False, None, True),
        ([U, U, U], False, Verdict.ACCEPTED, False),
        ([U, U, R], True, Verdict.REJECTED, False), ([U, R], True, Verdict.REJECTED, False), ([], True, None, False),
    ],
)  # fmt: skip
def test_what_findings_come_to(found: list, double: bool, verdict: Verdict | None, another: bool) -> None:
    result = ruling(found, double)
    assert (result.verdict, result.another) == (verdict, another)


@given(st.lists(st.sampled_from([A, R, U]), min_size=1, max_size=MOST_TURNS), st.booleans())
def test_it_always_ends_and_nobody_is_rejected_by_fewer_than_accept(found: list, double: bool) -> None:
    result = ruling(found, double)
    assert (result.verdict is None) == result.another
    if len(found) == MOST_TURNS:
        assert result.verdict is not None
    if result.verdict is Verdict.REJECTED:
        assert found.count(R) > found.count(A)


def test_agreement_counts_sure_pairs_only() -> None:
    found = agreement([(A, A), (A, R), (R, R), (U, A)], [0, 1, 2, 1])
    assert (found.pairs, found.alike, found.score_apart) == (3, 2, 1.0)
    assert agreement([], []).score_apart == 0


def test_lots_are_drawn_alike_each_time_and_in_their_share() -> None:
    from uuid import UUID

    calls = [UUID(int=n) for n in range(5_000)]
    share = sum(drawn(call, "random", 5) for call in calls) / len(calls)
    assert 0.04 < share < 0.06
    assert not any(drawn(call, "random", 0) for call in calls) and all(drawn(call, "random", 100) for call in calls)
    both = sum(drawn(call, "random", 50) and drawn(call, "second", 50) for call in calls) / len(calls)
    assert 0.2 < both < 0.3, "one lot says nothing about another"
