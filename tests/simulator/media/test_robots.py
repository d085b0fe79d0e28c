"""A robot says its line when it is its turn, as its persona is."""

from typing import Any

import numpy as np
import pytest

from robots.persona import Act, Mood, Persona, Turn, personas
from switch_simulator.behaviour import parse_behaviour
from switch_simulator.media.ports import FRAME, STEP_S, ZERO
from switch_simulator.media.robots import FIRST_S, LEAVES_S, Talk, persona_of, speech

VOICE = np.full(FRAME, 2000, np.int16)


def talk(*turns: dict[str, Any], **more: Any) -> Talk:
    """Its first line is the sample 1, its second 2 …"""
    made = [Turn.model_validate({"act": "answers", "ru": "да", "en": "yes"} | turn) for turn in turns]
    persona = Persona.model_validate(
        {"name": "made_up", "number": 99, "fits": ["success"], "mood": "friendly", "turns": made} | more
    )
    return Talk(persona, [line(n) for n in range(1, len(made) + 1)])


def line(value: int, seconds: float = 0.2) -> np.ndarray:
    return np.full(int(seconds / STEP_S) * FRAME, value, np.int16)


def said(talk: Talk, heard: np.ndarray, seconds: float) -> set[int]:
    return {int(talk.step(heard)[0]) for _ in range(int(seconds / STEP_S))} - {0}


def test_it_answers_with_a_word_waits_for_the_end_of_a_voice_and_goes_on():
    one = talk({}, {})
    assert said(one, ZERO, FIRST_S + 0.4) == {1}
    assert said(one, VOICE, 20) == set(), "it does not interrupt"
    assert said(one, ZERO, 1.0) == {2}


def test_a_click_is_no_voice():
    one = talk({}, {})
    said(one, ZERO, FIRST_S + 0.4)
    said(one, VOICE, 0.1)
    assert said(one, ZERO, 1.0) == set()


def test_unanswered_it_repeats_itself_and_at_the_end_its_last_line():
    one = talk({}, patience_s=5)
    said(one, ZERO, FIRST_S + 0.4)
    assert said(one, ZERO, 5.4) == {1}
    said(one, VOICE, 1)
    assert said(one, ZERO, 1.0) == {1}


def test_who_interrupts_does_not_wait_for_the_pause():
    one = talk({}, {"interrupts_after_s": 3})
    said(one, ZERO, FIRST_S + 0.4)
    assert said(one, VOICE, 2.9) == set()
    assert said(one, VOICE, 0.4) == {2}


def test_who_interrupts_answers_in_a_pause_that_comes_before():
    one = talk({}, {"interrupts_after_s": 3})
    said(one, ZERO, FIRST_S + 0.4)
    said(one, VOICE, 1)
    assert said(one, ZERO, 1.0) == {2}


@pytest.mark.parametrize("heard", [ZERO, VOICE], ids=["silence", "a voice"])
def test_after_its_goodbye_it_hangs_up_whoever_speaks(heard: np.ndarray):
    one = talk({}, {"hangs_up": True}, {})
    said(one, ZERO, FIRST_S + 0.4)
    said(one, VOICE, 1)
    assert said(one, ZERO, 0.9) == {2} and not one.over
    assert said(one, heard, LEAVES_S + 0.1) == set() and one.over


def test_a_machine_listens_to_nobody():
    one = talk({}, {}, listens=False, patience_s=4)
    said(one, ZERO, FIRST_S + 0.4)
    assert said(one, VOICE, 3) == set()
    assert said(one, VOICE, 1.4) == {1}


def test_every_line_is_there_and_can_be_heard():
    for persona in personas().values():
        for language in ("ru", "en"):
            for number in range(1, len(persona.turns) + 1):
                samples = speech(persona.sound(language, number)).astype(float)
                assert len(samples) > 4000 and np.abs(samples).mean() > 200, (persona.name, language, number)


def test_together_they_do_what_people_do():
    """Who trains meets each mood, an objection, an interruption, a wish for a person, somebody who hangs up."""
    turns = [turn for persona in personas().values() for turn in persona.turns]
    assert {persona.mood for persona in personas().values()} == set(Mood)
    assert {turn.act for turn in turns} == set(Act)
    assert any(turn.interrupts_after_s for turn in turns) and any(turn.hangs_up for turn in turns)


def test_a_number_has_one_person_by_its_country_or_by_name():
    assert persona_of("+78125550001", "")[0] == "ru" and persona_of("+442071838750", "")[0] == "en"
    assert persona_of("+78125550001", "") == persona_of("78125550001".rjust(12, "+"), "")
    assert persona_of("+78125550001", "busy")[1].name == "busy"
    assert parse_behaviour("rings 1 s, answers, says busy").says == "busy"
    assert all(persona_of(f"+7812555{n:04}", "")[1].listens for n in range(200))
