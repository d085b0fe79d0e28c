"""A robot says its line when it is its turn."""

import numpy as np
import pytest

from switch_simulator.behaviour import parse_behaviour
from switch_simulator.media.ports import FRAME, STEP_S, ZERO
from switch_simulator.media.robots import FIRST_S, PATIENCE_S, PAUSE_S, Talk, file_of, persona_of, personas, speech

VOICE = np.full(FRAME, 2000, np.int16)


def line(value: int, seconds: float = 0.2) -> np.ndarray:
    return np.full(int(seconds / STEP_S) * FRAME, value, np.int16)


def said(talk: Talk, heard: np.ndarray, seconds: float) -> set[int]:
    return {int(talk.step(heard)[0]) for _ in range(int(seconds / STEP_S))} - {0}


def test_it_answers_with_a_word_waits_for_the_end_of_a_voice_and_goes_on():
    talk = Talk([line(1), line(2)])
    assert said(talk, ZERO, FIRST_S + 0.4) == {1}
    assert said(talk, VOICE, 1) == set(), "it does not interrupt"
    assert said(talk, ZERO, PAUSE_S + 0.4) == {2}


def test_a_click_is_no_voice():
    talk = Talk([line(1), line(2)])
    said(talk, ZERO, FIRST_S + 0.4)
    said(talk, VOICE, 0.1)
    assert said(talk, ZERO, PAUSE_S + 0.4) == set()


def test_unanswered_it_repeats_itself_and_at_the_end_its_last_line():
    talk = Talk([line(1)])
    said(talk, ZERO, FIRST_S + 0.4)
    assert said(talk, ZERO, PATIENCE_S + 0.4) == {1}
    said(talk, VOICE, 1)
    assert said(talk, ZERO, PAUSE_S + 0.4) == {1}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_line_is_there_and_can_be_heard(language: str):
    for name, persona in personas(language).items():
        for number in range(1, len(persona.lines) + 1):
            samples = speech(file_of(language, name, number)).astype(float)
            assert len(samples) > 4000 and np.abs(samples).mean() > 200, (name, number)


def test_both_languages_have_the_same_people():
    assert {n: len(p.lines) for n, p in personas("ru").items()} == {n: len(p.lines) for n, p in personas("en").items()}


def test_a_number_has_one_person_by_its_country_or_by_name():
    assert persona_of("+78125550001", "")[0] == "ru" and persona_of("+442071838750", "")[0] == "en"
    assert persona_of("+78125550001", "") == persona_of("78125550001".rjust(12, "+"), "")
    assert persona_of("+78125550001", "busy")[1].name == "busy"
    assert parse_behaviour("rings 1 s, answers, says busy").says == "busy"
