"""Who answers, and how it is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch_simulator.behaviour import Behaviour, BehaviourError, Span, parse_behaviour
from switch_simulator.dialplan import DialPlanError, load_dial_plan


@pytest.mark.parametrize(
    ("phrase", "behaviour"),
    [
        ("rings 1 s, answers", Behaviour(rings=True, answer=Span(1, 1))),
        ("rings, answers at once", Behaviour(rings=True, answer=Span(0.001, 0.001))),
        ("rings 1 s, answers, hangs up 3 s later", Behaviour(rings=True, answer=Span(1, 1), hang_up=Span(3, 3))),
        ("rings 0.3 s, 486", Behaviour(rings=True, refuse=486, refuse_after=Span(0.3, 0.3))),
        ("rings, never answers", Behaviour(rings=True)),
        ("183 with sound, answers after 2 s", Behaviour(early_media=True, answer=Span(2, 2))),
        ("183 with sound after a moment, never answers", Behaviour(early_media=True)),
        ("183 with sound for 1.5 s, then 486", Behaviour(early_media=True, refuse=486, refuse_after=Span(1.5, 1.5))),
        ("404 at once", Behaviour(refuse=404, refuse_after=Span(0, 0))),
        ("busy", Behaviour(rings=True, refuse=486, refuse_after=Span(0, 0))),
        ("no reply at all", Behaviour()),
        ("302 to 15550112", Behaviour(redirect="15550112")),
        ("not registered", Behaviour(registered=False)),
        ("rings 1.5 to 4 s, answers", Behaviour(rings=True, answer=Span(1.5, 4))),
    ],
)
def test_phrases(phrase: str, behaviour: Behaviour) -> None:
    assert parse_behaviour(phrase) == behaviour


def test_a_phrase_without_sense_says_which_clause() -> None:
    with pytest.raises(BehaviourError, match="sings"):
        parse_behaviour("rings 1 s, sings")


@pytest.mark.parametrize("number", ["15550101", "+15550101", "74955550101", "5550101"])
def test_numbers_match_by_their_end(number: str) -> None:
    assert load_dial_plan().number(number).hang_up == Span(3, 3)


def test_users() -> None:
    plan = load_dial_plan()
    assert plan.user("operator-12").answer == Span(0.001, 0.001)
    assert plan.user("manager-7").answer == Span(1, 1)
    assert not plan.user("op9").exists and not plan.user("whoever").exists
    assert plan.user("mgr2").exists and not plan.user("mgr2").registered


@given(st.from_regex(r"[1-9][0-9]{6,13}", fullmatch=True))
def test_other_numbers_always_meet_the_same_luck(number: str) -> None:
    plan = load_dial_plan()
    assert plan.number(number) == plan.number("+" + number)


def test_the_mix_is_mostly_answered_and_has_everything() -> None:
    plan = load_dial_plan()
    found = [plan.number(f"7495{n:07d}") for n in range(2000)]
    assert sum(b.answer is not None for b in found) > 1200
    assert {b.refuse for b in found} >= {0, 404, 486, 603}
    assert any(b.voicemail for b in found)
    voicemail = next(n for n in range(2000) if plan.number(f"7495{n:07d}").voicemail)
    assert plan.number(f"7495{voicemail:07d}", voicemail=False) == Behaviour(rings=True)


@pytest.mark.parametrize("text", ["[[numbers]]\nends = '1'\n", "[[numbers]]\nends='('\ndoes='busy'\n", "x ="])
def test_a_bad_file_says_which(tmp_path: Path, text: str) -> None:
    file = tmp_path / "plan.toml"
    file.write_text(text)
    with pytest.raises(DialPlanError, match=r"plan\.toml"):
        load_dial_plan(file)
