"""Ids as pages send them."""

from typing import Any
from uuid import UUID


def read_id(value: Any) -> UUID | None:
    """The id of a call or a transfer; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        return UUID(value)
    except ValueError:
        return None
