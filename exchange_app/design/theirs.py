"""Marks what people typed, so that no browser translates a name."""

from typing import Any

THEIRS: dict[str, Any] = {"custom_attrs": {"translate": "no"}}
"""To be given to an element as `**THEIRS`; as a plain prop the framework would take `translate` for a style."""
