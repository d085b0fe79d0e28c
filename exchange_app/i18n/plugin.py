"""Writes client.js with the catalogues into the front end at each compile: nothing generated lies in the tree."""

import json
from pathlib import Path
from typing import Any

import reflex as rx

from exchange_domain.texts import LANGUAGES, SOURCE, catalogue


class TextsPlugin(rx.plugins.Plugin):
    def get_static_assets(self, **context: Any) -> list[tuple[Path, str | bytes]]:
        others = {lang: catalogue(lang) for lang in LANGUAGES if lang != SOURCE}
        texts = json.dumps({lang: c.by_key for lang, c in others.items()}, ensure_ascii=False)
        plural = ",".join(f"{lang}:n=>+({c.plural_expr})" for lang, c in others.items())
        head = f"const DEFAULT={LANGUAGES[0]!r},SOURCE={SOURCE!r},TEXTS={texts},PLURAL={{{plural}}};"
        code = (Path(__file__).parent / "client.js").read_text("utf-8")
        return [(Path("utils/i18n.js"), code.replace("/*CATALOGUES*/", head))]
