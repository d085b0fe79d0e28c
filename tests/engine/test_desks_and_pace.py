"""Whose transfer a manager's desk shows, and how fast legs are made."""

import asyncio
from dataclasses import replace

from call_engine.core.views import ended_view, manager_views
from call_engine.desks import shown_at
from call_engine.switch.pacing import Pace

from .world import completed, consulting, manager_rings


def test_a_manager_who_talks_is_not_told_that_another_transfer_ended():
    talking, other = consulting(), manager_rings()
    ended = ended_view(manager_views(other.state)[7])
    idle = replace(other.state, transfer=None)
    assert shown_at(ended, [talking.state, idle]) == manager_views(talking.state)[7]
    assert shown_at(ended, [idle]) == ended


def test_a_talk_with_the_contact_counts_more_than_a_call_that_rings():
    with_contact, rings = completed(), manager_rings()
    view = manager_views(rings.state)[7]
    assert shown_at(view, [with_contact.state, rings.state]).with_contact


async def test_legs_are_made_one_after_the_other_and_not_faster_than_allowed():
    pace, loop = Pace(per_second=50), asyncio.get_running_loop()
    started = loop.time()
    turns: list[float] = []

    async def take() -> None:
        await pace.turn()
        turns.append(loop.time())

    await asyncio.gather(*(take() for _ in range(6)))
    assert len(turns) == 6
    # Never faster; how much slower is the machine's business.
    assert turns[-1] - started >= 5 / 50 - 0.001
