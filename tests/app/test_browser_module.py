"""JavaScript beside the Python that uses it is found by the pages' build, as the framework's own way would find it."""

import importlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import reflex as rx

from exchange_app import browser_module as assets
from exchange_app.browser_module import browser_module

# By its name: the package exports a function that is called the same.
clock = importlib.import_module("exchange_app.design.clock")
SOURCE = Path(str(clock.__file__))


def test_the_path_is_the_frameworks(monkeypatch: pytest.MonkeyPatch) -> None:
    """`rx.asset` names it by who calls: the call is made as if it stood in the module."""
    monkeypatch.chdir(assets.ASSETS.parent)
    space = {"__name__": clock.__name__, "__file__": str(SOURCE), "rx": rx}
    code = compile('found = rx.asset("clock.jsx", shared=True).importable_path', SOURCE, "exec")
    exec(code, space)
    assert browser_module(clock.__name__, "clock.jsx") == space["found"]


def test_it_leads_to_the_file() -> None:
    path = browser_module(clock.__name__, "clock.jsx")
    place = assets.ASSETS / path.removeprefix("$/public/")
    assert place.resolve() == SOURCE.with_name("clock.jsx")


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(FileNotFoundError, match=r"no_such\.jsx"):
        browser_module(clock.__name__, "no_such.jsx")


def test_many_begin_at_once_and_a_wrong_link_is_put_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "ASSETS", tmp_path)
    place = tmp_path / "external/exchange_app/design/clock/clock.jsx"
    place.parent.mkdir(parents=True)
    place.symlink_to(tmp_path / "elsewhere")
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: browser_module(clock.__name__, "clock.jsx"), range(64)))
    assert len(set(found)) == 1
    assert place.resolve() == SOURCE.with_name("clock.jsx")
    assert [one.name for one in place.parent.iterdir()] == ["clock.jsx"]
