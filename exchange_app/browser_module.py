"""JavaScript that stands beside the Python that uses it, as a module of the pages."""

import os
import sys
from pathlib import Path
from uuid import uuid4

ASSETS = Path(__file__).resolve().parent.parent / "assets"


def browser_module(owner: str, name: str) -> str:
    """Path by which pages import the file `name`, which stands beside the module `owner`, its `__name__`.

    It is `rx.asset(name, shared=True).importable_path`, without the source of every frame on the stack, which that
    reads to learn who asks: half of the app's start. Raises FileNotFoundError.
    """
    where = sys.modules[owner].__file__
    assert where is not None
    source = Path(where).resolve().parent / name
    if not source.exists():
        raise FileNotFoundError(source)
    place = Path("external", *owner.split("."), name)
    _link(ASSETS / place, source)
    return f"$/public/{place.as_posix()}"


def _link(place: Path, source: Path) -> None:
    """In one step: several processes may start at once."""
    if place.is_symlink() and place.readlink() == source:
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    new = place.with_name(f".{uuid4().hex}")
    os.symlink(source, new)
    new.replace(place)
