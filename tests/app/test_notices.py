"""Every part of the exchange has its licence on the page, by the lock files themselves."""

import json
import tomllib

from exchange_app.notices.parts import OWN, ROOT, needed, of_pages, of_python


def test_every_package_has_its_licence() -> None:
    without = [part for part in (*OWN, *of_python(), *of_pages()) if not part.licence or "Copyright" in part.licence]
    assert not without, f"say in exchange_app/notices/parts.py by what licence: {without}"


def test_what_the_project_asks_for_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {word.split(";")[0].split("[")[0].split(">")[0].split("=")[0].strip() for word in project["dependencies"]}
    assert asked <= {part.name.lower().replace("_", "-") for part in of_python()}
    built = json.loads((ROOT / "reflex.lock/package.json").read_text())
    assert set(built["dependencies"]) <= {part.name for part in of_pages()}


def test_what_only_development_needs_is_not_there() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    assert "pytest" not in needed(lock) and "starlette" in needed(lock)
    assert needed({"package": [{"name": "operator-exchange", "dependencies": [{"name": "a", "extra": ["x"]}]},
                               {"name": "a", "optional-dependencies": {"x": [{"name": "b"}], "y": [{"name": "c"}]}},
                               {"name": "b"}, {"name": "c"}]}) == {"a", "b"}  # fmt: skip
