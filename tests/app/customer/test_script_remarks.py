"""Remarks on scripts: what is missing, what must not be said, what leads nowhere; and that the examples have none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_app.customer import examples
from exchange_app.customer.script_preview import html_of
from exchange_domain.script_lint import LONGEST_STEP_S, Code, lint, seconds_aloud
from exchange_domain.script_parts import parts

GOOD = examples.script("furniture", "en")


def codes(markdown: str, **options: bool) -> list[str]:
    return [remark.code.value for remark in lint(markdown, **options)]


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("trade", examples.TRADES)
def test_an_example_has_nothing_to_remark_on(trade: str, language: str):
    text = examples.script(trade, language)
    assert lint(text, recorded=True) == []
    shown = parts(text, {})
    assert len(shown.steps) >= 4 and len(shown.objections) >= 2
    assert any(step.answers for step in shown.steps)


def test_an_unknown_trade_is_no_file():
    for wrong in ("../__init__", "nothing", ""):
        with pytest.raises(KeyError):
            examples.script(wrong, "en")
    assert examples.script("clinic", "xx") == examples.script("clinic", "en")


@pytest.mark.parametrize(
    ("without", "code"),
    [
        ("Good afternoon, {{name}}! ", Code.NO_GREETING),
        ("Where did you get my number?", Code.NO_SOURCE),
        (" The call is recorded.", Code.NO_RECORDING),
    ],
)
def test_what_is_taken_out_is_missed(without: str, code: Code):
    assert without in GOOD
    assert codes(GOOD.replace(without, ""), recorded=True) == [code.value]


def test_recording_is_only_missed_where_talks_are_recorded():
    assert codes(GOOD.replace(" The call is recorded.", "")) == []


def test_who_calls_must_be_said_at_the_beginning():
    text = GOOD.replace("My name is {{operator}}, I am calling from the furniture workshop …. ", "")
    assert codes(text) == ["no_caller"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Please tell me your card number.", "What is the code from the SMS?", "Your CVV, please.",
        "Назовите номер вашей карты.", "Продиктуйте код из смс.", "Срок действия карты?", "Какой пароль от кабинета?",
    ],
)  # fmt: skip
def test_card_data_is_never_asked_for(sentence: str):
    (remark,) = lint(GOOD + "\n\n" + sentence)
    assert remark.code is Code.ASKS_CARD and remark.about.rstrip(".?") in sentence


@pytest.mark.parametrize(
    "sentence", ["We never ask for a card number.", "Мы не спрашиваем номер карты.", "Do not give anybody a PIN code."]
)
def test_to_say_that_it_is_not_asked_for_is_right(sentence: str):
    assert codes(GOOD + "\n\n" + sentence) == []


def test_an_answer_that_leads_nowhere_and_a_step_that_is_not_reached():
    text = GOOD.replace("](#Goodbye)", "](#Good-by)")
    assert [(r.code.value, r.step, r.about) for r in lint(text)] == [
        ("dead_answer", 2, "No, thank you"), ("unreached", 6, "Goodbye"),
    ]  # fmt: skip


def test_a_script_without_answers_has_no_steps_to_be_reached():
    assert "unreached" not in codes("# One\n\nHello\n\n# Two\n\nBye")


def test_long_steps_are_remarked_on_with_their_seconds():
    text = GOOD.replace("# Another time\n", "# Another time\n\n" + "word " * 200)
    (remark,) = lint(text)
    assert (remark.code, remark.about) == (Code.LONG_STEP, "Another time") and remark.seconds > LONGEST_STEP_S


def test_nothing_written_has_no_remarks():
    assert lint("") == lint(" \n ") == []


@given(st.text(max_size=400))
def test_no_text_breaks_it_and_the_order_is_by_gravity(text: str):
    found = lint(text, recorded=True)
    order = list(Code)
    assert [order.index(r.code) for r in found] == sorted(order.index(r.code) for r in found)
    assert seconds_aloud(text) >= 0
    assert "<script" not in html_of(parts(text, {})).casefold()


def test_the_preview_escapes_titles_and_answers():
    html = html_of(parts("# <b>Hi</b>\n\nHello\n\n- [<i>yes</i>](#Two)\n\n# Two\n\nBye", {}))
    assert "<b>" not in html and "&lt;b&gt;" in html and "<i>" not in html
