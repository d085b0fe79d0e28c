"""What the operator's pages reckon without a database: hidden numbers, script parts, answers, call-back times."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_app.operator import answers, call_back_time, hidden_numbers, work_figures
from exchange_app.operator.board_state import ShownCard, in_order
from exchange_domain import script_parts
from exchange_domain.forms import parse_form
from exchange_domain.messages import masked

E164 = st.integers(10**9, 10**10 - 1).map(lambda n: f"+7{n}")
SEPARATOR = st.sampled_from(["", " ", "-", ") ", " (", ".", "\u00a0", " - ", "/"])


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str]:
    """A number, and one of the ways in which a list may have it."""
    number = draw(E164)
    digits = number[1:]
    start = draw(st.sampled_from([0, 1, 4]))  # in full, without the country, the local part alone
    prefix = {0: draw(st.sampled_from(["+", ""])), 1: draw(st.sampled_from(["8", "+7", "8 (", ""])), 4: ""}[start]
    body = "".join(d + draw(SEPARATOR) for d in digits[start:-1]) + digits[-1]
    return number, prefix + body


@given(written(), st.text(alphabet="абв ,;:", max_size=10), st.text(alphabet="абв ,;:", max_size=10))
def test_no_writing_of_a_number_is_left(number_and_text: tuple[str, str], before: str, after: str):
    number, text = number_and_text
    shown = hidden_numbers.hide(f"{before}x {text} x{after}", [number])
    assert number[-6:] not in hidden_numbers.digits_of(shown)
    assert masked(number) in shown


@given(st.text(), E164)
def test_text_without_the_number_stays_as_it_is(text: str, number: str):
    if number[-6:] not in hidden_numbers.digits_of(text):
        assert hidden_numbers.hide(text, [number]) == text


@pytest.mark.parametrize("text", ["8 812 555-01-42", "+7(812)5550142", "тел. 555-01-42 доб. 3", "812/555 01 42"])
def test_usual_writings(text: str):
    assert "0142" not in hidden_numbers.digits_of(hidden_numbers.hide(text, ["+78125550142"]))


def test_other_figures_stay():
    text = "Заказ 1204 от 12.03.2026, бюджет 150 000, второй тел. +7 921 300-20-10"
    assert hidden_numbers.hide(text, ["+78125550142"]) == text


SCRIPT = """Здравствуйте, {{name}}!

## О нас
Мы делаем.

## Возражения
### Дорого
Нет, {{name}}.
### Некогда
Позже.

## Конец
Спасибо."""


def test_objections_are_taken_out_and_the_rest_stays_in_order():
    parts = script_parts.parts(SCRIPT, {"name": "Ирина"})
    assert [p.title for p in parts.steps] == ["", "О нас", "Конец"]
    assert [p.title for p in parts.objections] == ["Дорого", "Некогда"]
    assert "Ирина" in parts.objections[0].html and "Ирина" in parts.steps[0].html


def test_values_are_text_not_markup():
    parts = script_parts.parts("## {{name}}\n\n{{name}}", {"name": "<b>*Ы*</b>"})
    assert parts.steps[0].title == "<b>Ы</b>"  # plain text: the page escapes it
    assert "<b>" not in parts.steps[0].html and "&lt;b&gt;*Ы*" in parts.steps[0].html


def test_a_paragraph_in_italics_is_a_cue_and_an_italic_word_is_not():
    html = script_parts.parts("*Подождите ответа.*\n\nОсмотр *бесплатный*.", {}).steps[0].html
    assert '<p class="cue">Подождите ответа.</p>' in html and "<em>бесплатный</em>" in html


@given(st.text(alphabet="#абв \n`~{}>-", max_size=200))
def test_no_line_of_a_script_is_lost(markdown: str):
    found = script_parts.sections(markdown)
    kept = "\n".join(s.title + "\n" + s.body for s in found)
    for line in markdown.splitlines():
        for word in line.replace("#", " ").split():
            assert word in kept


FIELDS = {
    f.key: f
    for f in parse_form([
        {"key": "several", "label": "S", "kind": "choices", "options": ["a", "b", "c"]},
        {"key": "yes", "label": "Y", "kind": "yes_no"},
        {"key": "one", "label": "O", "kind": "choice", "options": ["a", "b"]},
        {"key": "sum", "label": "N", "kind": "number"},
    ])
}  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@given(st.sampled_from(list(FIELDS)), ANYTHING)
def test_whatever_a_page_sends_is_kept_in_the_fields_type_or_not_at_all(key: str, value: object):
    field = FIELDS[key]
    kept = answers.from_page(field, value)
    if kept is not None:
        # What is kept shows as the page shows it, and comes back as the same.
        again = answers.chosen(field, kept) if key == "several" else answers.for_page(field, kept)
        assert answers.from_page(field, again) == kept


@given(st.lists(st.sampled_from("abc"), max_size=8))
def test_pressing_a_choice_twice_is_pressing_it_not(presses: list[str]):
    value: list[str] = []
    for option in presses:
        value = answers.toggled(FIELDS["several"], value, option)
    assert value == [o for o in "abc" if presses.count(o) % 2]


NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_the_call_back_is_by_the_contacts_clock():
    assert call_back_time.read("2026-11-23T20:00", "Asia/Vladivostok", NOW) == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "no_time"), ("soon", "not_a_time"), ("2026-11-23T11:59", "in_the_past"), ("2028-01-01T10:00", "too_far"),
        ("2026-12-01T10:00+03:00", "not_a_time"), ("0001-01-01T00:00", "not_a_time"),
    ],
)  # fmt: skip
def test_a_bad_time_says_why(typed: str, code: str):
    with pytest.raises(call_back_time.BadTime) as refused:
        call_back_time.read(typed, "Europe/Moscow", NOW)
    assert refused.value.code == code


@given(st.text(max_size=20), st.sampled_from(["Europe/Moscow", "Asia/Tokyo", "no such zone"]))
def test_no_text_breaks_the_time_field(typed: str, zone: str):
    try:
        moment = call_back_time.read(typed, zone, NOW)
    except call_back_time.BadTime:
        return
    assert NOW < moment <= NOW + call_back_time.FARTHEST


def test_a_day_begins_at_the_operators_midnight():
    assert work_figures.midnight("Asia/Vladivostok", NOW) == datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
    assert work_figures.midnight("UTC", NOW) == NOW - timedelta(hours=9)


@pytest.mark.parametrize("name", ["", "../etc/passwd", "Mars/Olympus", None, 7, "x" * 1000])
def test_a_zone_that_is_none_is_utc(name: object):
    assert work_figures.known_zone(name) == "UTC"


def card(number: int, **values: object) -> ShownCard:
    plain = dict.fromkeys(ShownCard.__dataclass_fields__, 0) | {
        "name": "",
        "customer_name": "",
        "closed": "",
        "currency": "RUB",
    }
    return ShownCard(**(plain | {"campaign_id": number, "pay_per_hour": -1} | values))  # type: ignore[arg-type]


def test_open_campaigns_come_first_then_the_better_paid():
    cards = [
        card(1, pay_per_hour=900, closed="outside_hours"),
        card(2),
        card(3, pay_per_hour=500),
        card(4, pay_per_hour=700),
    ]
    assert [c.campaign_id for c in in_order(cards, "pay")] == [4, 3, 2, 1]
    assert [c.campaign_id for c in in_order(cards, "no such order")] == [4, 3, 2, 1]


def test_a_talk_of_no_length_is_not_the_shortest():
    cards = [card(1, mean_talk_s=0), card(2, mean_talk_s=90), card(3, mean_talk_s=60)]
    assert [c.campaign_id for c in in_order(cards, "talk")] == [3, 2, 1]
