"""Everything people read is in the catalogue, whole, and says the same in Python and in the browser."""

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange_app.build import node_bin
from exchange_app.i18n.extract import ROOT, parts, texts_of
from exchange_app.i18n.plugin import TextsPlugin
from exchange_domain.texts import FOLDER, LANGUAGES, SOURCE, catalogue, choose, key_of, language, read_catalogue, say_n

TRANSLATED = [lang for lang in LANGUAGES if lang != SOURCE]


def variables(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("lang", TRANSLATED)
@pytest.mark.parametrize("part", sorted(parts()))
def test_catalogue_is_complete(part: str, lang: str):
    """None missing, none left over, none doubtful; the same variables in each form."""
    wanted = {key_of(m.id, m.context): m for m in texts_of(parts()[part]) if m.id}
    path = FOLDER / lang / f"{part}.po"
    have = {key_of(m.id, m.context): m for m in read_catalogue(path) if m.id} if path.exists() else {}
    how = f"run python -m exchange_app.i18n.extract {part} and translate"
    assert not sorted(wanted.keys() - have.keys()), f"missing in {path.name}; {how}"
    assert not sorted(have.keys() - wanted.keys()), f"not used any more in {path.name}; {how}"
    for key, message in have.items():
        forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        assert forms and all(forms) and not message.fuzzy, f"{path.name}: not translated: {key!r}"
        assert len(forms) == (1 if isinstance(message.id, str) else 3), f"{path.name}: forms of {key!r}"
        for form in forms:
            assert variables(form) == variables(ids[-1]), f"{path.name}: variables of {key!r}"


@pytest.mark.parametrize("lang", TRANSLATED)
def test_all_files_of_a_language_go_together(lang: str):
    assert catalogue(lang).by_key


def test_the_same_text_translated_in_two_ways_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    head = (FOLDER / "ru/foundation.po").read_text("utf-8").split("\n\n")[0]
    (tmp_path / "ru").mkdir()
    for name, text in (("a", "Да"), ("b", "Ага")):
        (tmp_path / "ru" / f"{name}.po").write_text(f'{head}\n\nmsgid "Yes"\nmsgstr "{text}"\n', "utf-8")
    monkeypatch.setattr("exchange_domain.texts.FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"a\.po and b\.po"):
        catalogue.__wrapped__("ru")


# --- no bare text ---------------------------------------------------------------------------------------------------

WORDS = re.compile(r"[^\W\d_]{2}")
SPOKEN = {
    "placeholder",
    "title",
    "alt",
    "aria_label",
    "label",
    "description",
    "caption",
    "hint",
    "error",
    "sub",
    "who_sub",
}
SILENT = {"el.script", "el.style", "icon", "call_script", "redirect", "asset", "Var", "match", "el.link", "theme"}
OUR_COMPONENTS = {
    "button", "link_button", "icon_button", "segment", "segmented", "field", "checkbox", "switch", "disposition",
    "card", "dispositions", "head", "section", "badge", "callout", "data_list", "dialog", "progress", "stat",
    "empty_state", "fill", "loading", "call_strip", "jack", "cord", "cord_board",
}  # fmt: skip


def bare_texts(source: str) -> Iterator[tuple[int, str]]:
    """Literal texts that go to a component without the catalogue. It does not see text passed on through variables."""
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        name = ast.unparse(call.func)
        ours = name in OUR_COMPONENTS
        if not (ours or name.startswith("rx.")) or name.removeprefix("rx.") in SILENT - {"match"}:
            continue
        shown: list[ast.expr] = []
        if name == "rx.match":
            shown += [arg.elts[-1] if isinstance(arg, ast.Tuple) else arg for arg in call.args[1:]]
        elif name == "rx.cond":
            shown += call.args[1:]
        elif ours:
            # icons, hrefs and the kinds of cords are names, not text
            start, end = {"link_button": (0, 1), "icon_button": (1, 2), "cord": (1, 2)}.get(name, (0, len(call.args)))
            shown += call.args[start:end]
        elif name.startswith(("rx.el.", "rx.text", "rx.heading", "rx.dialog", "rx.alert_dialog", "rx.toast")):
            shown += call.args
        shown += [k.value for k in call.keywords if k.arg in SPOKEN]
        for node in shown:
            pieces = node.values if isinstance(node, ast.JoinedStr) else [node]
            if isinstance(node, ast.Tuple):
                pieces = node.elts
            for piece in pieces:
                if isinstance(piece, ast.Constant) and isinstance(piece.value, str) and WORDS.search(piece.value):
                    yield call.lineno, piece.value


CODES = re.compile(r"^[a-z0-9_ -]+$")
"""Names of classes, tones and icons as results of `rx.match` and `rx.cond`; a sentence has a capital or a stop."""


@pytest.mark.parametrize(
    "planted",
    [
        'rx.el.p("Hello there")', 'rx.el.input(placeholder="Type here")', 'rx.cond(S.x, "Yes, please", "")',
        'rx.match(S.x, ("a", "One thing"), "Other")', 'rx.el.b(f"Total {S.n}")', 'button("Save")',
        'icon_button("x", "Close it")',
    ],
)  # fmt: skip
def test_planted_bare_text_is_found(planted: str):
    assert [text for _, text in bare_texts(planted) if not CODES.match(text)]


@pytest.mark.parametrize("fine", ['rx.el.p(t("Hello"))', 'rx.icon("phone")', 'rx.el.div(class_name="card")'])
def test_what_is_no_text_is_not_found(fine: str):
    assert not list(bare_texts(fine))


@pytest.mark.parametrize("part", sorted(parts()))
def test_no_bare_text_in_pages(part: str):
    found = [
        f"{file.relative_to(ROOT)}:{line}: {text!r}"
        for file in parts()[part]
        if "exchange_app" in file.parts
        for line, text in bare_texts(file.read_text("utf-8"))
        if not CODES.match(text) and not text.startswith("/") and text not in {"Esc", "EN", "RU", "Enter"}
    ]
    assert not found


# --- both sides agree ----------------------------------------------------------------------------------------------


def test_numbers_and_plurals_agree_between_python_and_the_browser(tmp_path: Path):
    (_, code), *_ = TextsPlugin().get_static_assets()
    stub = "const createElement=()=>null,Fragment=0,useSyncExternalStore=(s,get)=>get();"
    code = str(code).replace('import { createElement, Fragment, useSyncExternalStore } from "react";', stub)
    code += "\nexport const test_of = of;"
    (tmp_path / "i18n.mjs").write_text(code, "utf-8")
    numbers = list(range(1200))
    script = (
        f'import("{tmp_path / "i18n.mjs"}").then(m=>{{const t=m.test_of("ru");'
        f'console.log(JSON.stringify({numbers}.map(n=>t.n("{{n}} new row","{{n}} new row","{{n}} new rows",n))))}})'
    )
    answer = subprocess.run([node_bin() / "node", "-e", script], capture_output=True, text=True, check=True, timeout=60)
    token = language.set("ru")
    try:
        assert json.loads(answer.stdout) == [say_n("{n} new row", "{n} new rows", n=n) for n in numbers]
    finally:
        language.reset(token)


def test_choice_of_language():
    assert choose("en", "ru", None) == "en"
    assert choose(None, "xx", "de-DE,en;q=0.8") == "en"
    assert choose(None, None, None) == LANGUAGES[0]
    assert choose("", "", "ru-RU,ru;q=0.9,en;q=0.8") == "ru"
