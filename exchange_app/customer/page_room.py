"""The one room a page is in: entered once the rights were checked, left with the page or for another."""

from typing import Any

from exchange_app import live
from exchange_app.live.rooms import Load


async def enter(state: Any, room: str, load: Load) -> dict[str, Any]:
    """Leaves the room the page was in, and joins this one; returns the first snapshot."""
    await leave(state)
    state._room = room
    return await live.enter(state, room, load)


async def leave(state: Any) -> None:
    """No more patches. A page that is in no room stays in none."""
    if state._room:
        await live.leave(state, state._room)
        state._room = ""


async def no_rows() -> list[dict[str, Any]]:
    """For a room that only tells that something has changed."""
    return []
