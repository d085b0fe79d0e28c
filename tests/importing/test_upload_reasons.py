"""Every reason has its words, in both languages, and every text has its reason."""

import re
from pathlib import Path
from string import Formatter

import pytest

import exchange_domain.importing
from exchange_domain.importing.texts import TEXTS, text_of

SOURCES = "\n".join(file.read_text() for file in Path(exchange_domain.importing.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("code", TEXTS)
def test_a_text_in_both_languages(code: str):
    params = {name: f"<{name}>" for _, name, _, _ in Formatter().parse(TEXTS[code]) if name}
    english, russian = text_of(code, params, "en"), text_of(code, params, "ru")
    assert re.search("[а-яё]", russian) and not re.search("[а-яё]", english)
    for value in params.values():
        assert value in russian and value in english


def test_codes_in_use_and_texts_are_the_same():
    used = set(re.findall(r'(?:Reason|UnreadableList|text_of)\(\s*"(\w+)"', SOURCES))
    assert used <= TEXTS.keys()
    assert all(SOURCES.count(f'"{code}"') > 1 for code in TEXTS)


def test_rows_are_not_grouped_like_amounts():
    assert text_of("unclosed_quote", {"row": 12345}, "ru") == "Кавычка, открытая в строке 12345, нигде не закрыта."
    assert "1\u00a0000\u00a0000" in text_of("too_many_rows", {"count": 1_000_000, "limit": 1}, "ru")
