"""The tour: every stop has words, it comes once for an account and role, and only for one's own roles."""

import pytest

from exchange_app.security import sessions
from exchange_app.tour.state import Tour
from exchange_app.tour.stops import STOPS
from exchange_domain import database, tours
from exchange_domain.words import Role

from .conftest import Events, Page


@pytest.mark.parametrize("role", STOPS)
def test_every_stop_says_where_what_and_why(role: str):
    stops = STOPS[role]()
    assert len(stops) >= 4
    assert all(stop.at and str(stop.title) and str(stop.words) for stop in stops)
    assert len({stop.at for stop in stops}) == len(stops)


async def page_of(events: Events, account_id: int) -> Page:
    sid = await sessions.begin(account_id, frozenset({"operator"}))
    page = events.page(f"tour-{account_id}", sid)
    await page.hydrate()
    await page.send(Tour.enter())
    return page


async def test_it_waits_until_it_was_seen_and_then_never_again(events: Events, operator: int):
    page = await page_of(events, operator)
    assert page.values(Tour)["waiting"] == ["operator"]
    for _ in range(2):
        await page.send(Tour.saw("operator"))
    assert page.values(Tour)["waiting"] == []
    again = await page_of(events, operator)
    assert again.values(Tour).get("waiting", []) == []


@pytest.mark.parametrize("role", ["manager", "admin", "nobody", "", None, 5])
async def test_a_role_that_one_has_not_is_no_tour_of_ones_own(events: Events, operator: int, role):
    page = await page_of(events, operator)
    await page.send(Tour.saw(role))
    async with database.session() as s:
        assert await tours.seen(s, operator) == set()
        await tours.saw(s, operator, Role.OPERATOR)
