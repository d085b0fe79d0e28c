"""How an operator is rung: chosen by her, kept for her, checked."""

import pytest

from exchange_app.account.line import YourLine, number_of
from exchange_app.security import sessions
from exchange_domain import database, seats
from exchange_domain.words import EndpointKind
from tests.app.conftest import Events, Page, make_account


async def kept(account_id: int) -> tuple[EndpointKind, str | None]:
    async with database.session() as db:
        chosen = await seats.chosen(db, account_id)
    return chosen.kind, chosen.number


async def page_of(events: Events, account_id: int, *roles: str, token: str = "t1") -> Page:
    page = events.page(token, await sessions.begin(account_id, frozenset(roles)))
    await page.hydrate("/account")
    await page.send(YourLine.enter())
    return page


async def test_a_telephone_is_kept_as_e164_and_shown_again(events: Events, operator: int):
    page = await page_of(events, operator, "operator")
    await page.send(YourLine.choose("number"))
    await page.send(YourLine.save({"seat_number": "8 (495) 123-45-67"}))
    assert await kept(operator) == (EndpointKind.NUMBER, "+74951234567")
    assert page.values(YourLine)["saved_at"]
    again = await page_of(events, operator, "operator", token="t2")
    assert (again.values(YourLine)["kind"], again.values(YourLine)["number"]) == ("number", "+74951234567")


async def test_the_names_to_sign_in_with_are_the_operators_own(events: Events, operator: int):
    page = await page_of(events, operator, "operator")
    shown = page.values(YourLine)
    assert (shown["page_user"], shown["sip_user"]) == (f"operator-{operator}", f"operator-{operator}-phone")


async def test_another_way_may_be_left_empty(events: Events, operator: int):
    page = await page_of(events, operator, "operator")
    await page.send(YourLine.choose("sip"))
    await page.send(YourLine.save({"seat_number": ""}))
    assert await kept(operator) == (EndpointKind.SIP, None)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [("", "no_number"), ("hello", "bad_number"), ("112", "bad_number"), ("+1 900 555", "bad_number")],
)
async def test_a_number_that_cannot_be_called_is_refused_and_nothing_is_changed(
    events: Events, operator: int, typed: str, fault: str
):
    page = await page_of(events, operator, "operator")
    await page.send(YourLine.choose("number"))
    await page.send(YourLine.save({"seat_number": typed}))
    assert page.values(YourLine)["error"] == fault
    assert await kept(operator) == (EndpointKind.BROWSER, None)


@pytest.mark.parametrize("form", [None, 5, [], {"seat_number": 5}, {"seat_number": "1" * 100}, {}])
async def test_a_form_that_is_none_is_an_error_at_the_field(events: Events, operator: int, form: object):
    page = await page_of(events, operator, "operator")
    await page.send(YourLine.choose("number"))
    await page.send(YourLine.save(form))
    assert page.values(YourLine)["error"] in ("no_number", "bad_number")
    assert await kept(operator) == (EndpointKind.BROWSER, None)


async def test_kinds_that_are_none_are_ignored(events: Events, operator: int):
    page = await page_of(events, operator, "operator")
    for kind in ("pigeon", "", None, 3):
        await page.send(YourLine.choose(kind))
    assert page.values(YourLine)["kind"] == "browser"


@pytest.mark.parametrize("role", ["customer", "manager", "moderator", "admin", None])
async def test_only_operators_have_a_line(events: Events, world: None, role: str | None):
    account = await make_account("other@mail.example", "Другой", *([role] if role in ("moderator", "admin") else []))
    page = events.page("t1", await sessions.begin(account, frozenset({role})) if role else "")
    await page.hydrate("/account")
    for spec in (YourLine.enter(), YourLine.choose("number"), YourLine.save({"seat_number": "+74951234567"})):
        await page.send(spec)
    assert await kept(account) == (EndpointKind.BROWSER, None)
    assert page.values(YourLine).get("page_user", "") == ""


def test_one_number_and_no_more():
    assert number_of("+44 20 7946 0018") == "+442079460018"
    assert number_of("+44 20 7946 0018, +44 20 7946 0019") is None
