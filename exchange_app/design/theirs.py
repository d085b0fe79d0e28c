"""Marks what people typed, so that no browser translates a name."""

from collections.abc import Iterator, Mapping
from typing import Any


class _Theirs(Mapping[str, Any]):
    """A fresh dict at each use: the framework writes an element's aria attributes into the one it was given."""

    def __getitem__(self, name: str) -> Any:
        return {"custom_attrs": {"translate": "no"}}[name]

    def __iter__(self) -> Iterator[str]:
        return iter(("custom_attrs",))

    def __len__(self) -> int:
        return 1


THEIRS: Mapping[str, Any] = _Theirs()
"""To be given to an element as `**THEIRS`; as a plain prop the framework would take `translate` for a style."""
