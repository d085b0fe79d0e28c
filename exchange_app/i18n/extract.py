"""Extracts the texts of each folder into its own .po and lists what is missing.

    python -m exchange_app.i18n.extract            updates every file, lists missing translations, code 1 when there
    are any python -m exchange_app.i18n.extract operator   only that folder's file
    python -m exchange_app.i18n.extract --check    writes nothing

Each folder has one file, so that people working on different folders never meet in one.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from exchange_domain.texts import FOLDER, KEYWORDS, LANGUAGES, SOURCE, extract, key_of, read_catalogue

# Babel takes a function here as well as the name of one; its annotations know of names only.
EXTRACT: Any = extract
ROOT = Path(__file__).parents[2]
FOLDERS = ("operator", "customer", "manager", "demo", "moderator", "admin", "account")
"""Folders of exchange_app with a file of their own; the rest of it is `foundation`.
exchange_domain has `importing` for the import of lists, and `domain`."""


def parts() -> dict[str, list[Path]]:
    """Catalogue name → source files."""
    app = ROOT / "exchange_app"
    found: dict[str, list[Path]] = {
        name: sorted((app / name).rglob("*.py")) for name in FOLDERS if (app / name).is_dir()
    }
    found["foundation"] = sorted(p for p in app.rglob("*.py") if p.relative_to(app).parts[0] not in FOLDERS)
    domain = ROOT / "exchange_domain"
    found["importing"] = sorted((domain / "importing").rglob("*.py"))
    found["domain"] = sorted(p for p in domain.rglob("*.py") if p.relative_to(domain).parts[0] != "importing")
    return found


def texts_of(files: Iterable[Path]) -> Catalog:
    """Every text of these files. Raises ValueError naming file and line where a text is not literal."""
    catalog = Catalog()
    for file in files:
        for _, line, message, comments, context in extract_from_dir(
            file.parent, [(file.name, EXTRACT)], keywords=KEYWORDS, directory_filter=lambda _: False
        ):
            catalog.add(message, None, [(str(file.relative_to(ROOT)), line)], auto_comments=comments, context=context)
    return catalog


def missing(po: Catalog) -> list[Message]:
    return [m for m in po if m.id and (m.fuzzy or not m.string or not all(m.string))]


def update(name: str, files: list[Path], lang: str, write: bool = True) -> list[Message]:
    """Brings one .po up to date: new texts are added empty, unused ones removed. Returns the missing ones."""
    path = FOLDER / lang / f"{name}.po"
    template = texts_of(files)
    if not path.exists() and not len(template):
        return []
    if path.exists():
        po = read_catalogue(path)
    else:
        po = Catalog(locale=lang)
        po._plural_expr, po._num_plurals = _rule(lang)
    old = {key_of(m.id, m.context): m for m in po if m.id}
    for key in [k for k, m in old.items() if template.get(m.id, m.context) is None]:
        po.delete(old[key].id, old[key].context)
    for message in template:
        if message.id:
            known = old.get(key_of(message.id, message.context))
            kept = known.string if known and isinstance(known.id, str) == isinstance(message.id, str) else None
            po.delete(message.id, message.context)
            po.add(message.id, kept, auto_comments=message.auto_comments, context=message.context,
                   flags=known.flags - {"python-brace-format", "python-format"} if known else ())  # fmt: skip
    if write:
        with path.open("wb") as file:
            write_po(file, po, no_location=True, width=120, sort_output=True, ignore_obsolete=True, omit_header=False)
    return missing(po)


def _rule(lang: str) -> tuple[str, int]:
    other = read_catalogue(FOLDER / lang / "foundation.po")
    return other.plural_expr, other.num_plurals


def main() -> int:
    wanted = {a for a in sys.argv[1:] if not a.startswith("-")}
    count = 0
    for lang in (lang for lang in LANGUAGES if lang != SOURCE):
        for name, files in parts().items():
            if wanted and name not in wanted:
                continue
            for message in update(name, files, lang, write="--check" not in sys.argv):
                one = message.id if isinstance(message.id, str) else message.id[0]
                print(f"{lang}/{name}.po: not translated: {one!r}")
                count += 1
    print(f"{count} missing")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
