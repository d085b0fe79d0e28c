"""The words people read, in Russian and English: one folder of .po files a language, read once per process.

English texts are the ids and need no catalogue. No page framework here: reports, e-mails and pages all use it.
"""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from babel import dates, negotiate_locale, numbers
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LANGUAGES = ("ru", "en")
"""The first is the one pages are prerendered in."""
SOURCE = "en"
FOLDER = Path(__file__).parents[1] / "locale"
KEYWORDS: dict[str, tuple[Any, ...]] = {
    "t": (1,), "say": (1,), "rich": (1,), "later": (1,), "N_": (1,), "tc": ((1, "c"), 2), "tn": (1, 2), "say_n": (1, 2),
}  # fmt: skip
"""Functions whose literal arguments are extracted; Babel's notation."""
language: ContextVar[str] = ContextVar("language", default=LANGUAGES[0])
"""Language of the person for whom the present work is done."""


class Texts(NamedTuple):
    by_key: dict[str, list[str]]
    """Forms by message id, or by context + U+0004 + id."""
    plural: Any
    """Number → index of the form."""
    plural_expr: str
    """The same rule as in the header: C, and so JavaScript too."""


def key_of(message_id: str | tuple[str, ...] | list[str], context: str | None = None) -> str:
    one = message_id if isinstance(message_id, str) else message_id[0]
    return f"{context}\4{one}" if context else one


def read_catalogue(file: Path) -> Catalog:
    """One .po; raises ValueError, with file and line, where it is not well formed."""
    with file.open("rb") as opened:
        return read_po(opened, locale=file.parent.name, abort_invalid=True)


@cache
def catalogue(lang: str) -> Texts:
    """All .po files of a language as one. The same id in two files must have the same translation."""
    texts: dict[str, list[str]] = {}
    origin: dict[str, str] = {}
    expression = ""
    for file in sorted((FOLDER / lang).glob("*.po")):
        po = read_catalogue(file)
        if expression and po.plural_expr != expression:
            raise ValueError(f"{file}: plural rule {po.plural_expr!r} differs from {expression!r}")
        expression = po.plural_expr
        for message in po:
            forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
            if not message.id or not forms or not all(forms) or message.fuzzy:
                continue
            key = key_of(message.id, message.context)
            if texts.setdefault(key, forms) != forms:
                raise ValueError(f"{key!r} is translated differently in {origin[key]} and {file.name}")
            origin.setdefault(key, file.name)
    if not expression:
        raise FileNotFoundError(f"no .po file in {FOLDER / lang}")
    return Texts(texts, c2py(expression), expression)


def choose(*wishes: str | None) -> str:
    """First usable of: the account's language, the cookie, the Accept-Language header."""
    for wish in filter(None, wishes):
        tags = [part.split(";")[0].strip().replace("-", "_") for part in wish.split(",")]
        if found := negotiate_locale(tags, LANGUAGES):
            return found
    return LANGUAGES[0]


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """What is said inside is said in this language; after it in the one of before."""
    before = language.set(lang)
    try:
        yield
    finally:
        language.reset(before)


def N_(msgid: str, /) -> str:
    """Marks a text for the catalogue where it is only named; translated where it is shown."""
    return msgid


def say(msgid: str, /, **values: Any) -> str:
    """A text in `language`, with `{name}` filled in."""
    return _text(msgid, msgid, 1, values)


def say_n(one: str, many: str, /, n: int, **values: Any) -> str:
    """A text with a number in it: `say_n("{n} call", "{n} calls", n=3)`."""
    return _text(one, many, n, {"n": n, **values})


def _text(one: str, many: str, n: int, values: dict[str, Any]) -> str:
    lang = language.get()
    known = None if lang == SOURCE else catalogue(lang)
    forms = known.by_key.get(one) if known else None
    otherwise = one if n == 1 else many
    text = forms[known.plural(n) if len(forms) > 1 else 0] if known and forms else otherwise
    if not values:
        return text
    return text.format_map(
        {k: numbers.format_decimal(v, locale=lang) if isinstance(v, int | Decimal) else v for k, v in values.items()}
    )


def say_money(minor: int, currency: str) -> str:
    """An amount in minor units with its sign: 123400, "RUB" → "1 234,00 ₽"."""
    value = Decimal(minor).scaleb(-numbers.get_currency_precision(currency))
    return numbers.format_currency(value, currency, locale=language.get())


def say_date(value: datetime | date, style: str = "medium", tz: tzinfo | None = None) -> str:
    """A moment in words; `style` as in Babel (short, medium, long or a pattern)."""
    if isinstance(value, datetime):
        return dates.format_datetime(value, style, tzinfo=tz, locale=language.get())
    return dates.format_date(value, style, locale=language.get())


def extract(
    file: BinaryIO, keywords: Any, comment_tags: Any, options: Any
) -> Iterator[tuple[int, str, tuple[str | None, ...], list[str]]]:
    """Babel extraction method. Babel's own misses a call nested in another one: `rich(.., x=link(t("..")))`."""
    for call in (node for node in ast.walk(ast.parse(file.read())) if isinstance(node, ast.Call)):
        if (name := ast.unparse(call.func)) in KEYWORDS:
            texts = [a.value if isinstance(a, ast.Constant) and isinstance(a.value, str) else None for a in call.args]
            if name == "say" and texts and texts[0] is None:
                continue  # a text marked by N_ where it is named
            if not texts or texts[0] is None:
                where = getattr(file, "name", "")
                raise ValueError(f"{where}:{call.lineno}: {name}() needs a literal text")
            yield call.lineno, name, tuple(texts), []
