"""Nothing typed is lost, and nothing that is being typed is taken away."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def saves(page: Page) -> list[list[str]]:
    return [call[1:] for call in page.evaluate("() => window.calls")]


def until_saved(page: Page, count: int) -> None:
    page.wait_for_function("(count) => window.calls.length >= count", arg=count)


def test_one_save_after_typing_stopped(show: Callable[..., Page]):
    page = show("Note", {"name": "c1:note", "value": ""})
    page.type("#note", "tooth", delay=20)
    until_saved(page, 1)
    assert saves(page) == [["c1:note", "tooth"]]


def test_leaving_the_field_saves_at_once_and_only_once(show: Callable[..., Page]):
    page = show("Note", {"name": "c1:note", "value": ""})
    page.fill("#note", "x")
    page.locator("#note").blur()
    assert saves(page) == [["c1:note", "x"]]
    page.focus("#note")
    page.locator("#note").blur()
    assert len(saves(page)) == 1


def test_the_servers_echo_confirms_with_a_time(show: Callable[..., Page]):
    page = show("Note", {"name": "c1:note", "value": ""})
    page.fill("#note", "x")
    expect(page.locator(".saved")).to_have_text("Saving…")
    page.locator("#note").blur()
    page.evaluate("() => window.change({value: 'x'})")
    expect(page.locator(".saved")).to_contain_text("saved ")
    assert page.evaluate("() => sessionStorage.length") == 0


def test_a_late_echo_does_not_replace_what_was_typed_since(show: Callable[..., Page]):
    page = show("Note", {"name": "c1:note", "value": ""})
    page.type("#note", "ab")
    until_saved(page, 1)
    page.type("#note", "c")
    page.evaluate("() => window.change({value: 'ab'})")
    assert page.input_value("#note") == "abc"
    until_saved(page, 2)
    assert saves(page)[-1] == ["c1:note", "abc"]


def test_a_foreign_change_waits_while_someone_types_here(show: Callable[..., Page]):
    page = show("Note", {"name": "c1:note", "value": "old"})
    page.focus("#note")
    page.evaluate("() => window.change({value: 'from elsewhere'})")
    assert page.input_value("#note") == "old"
    page.locator("#note").blur()
    page.evaluate("() => window.change({value: 'from elsewhere 2'})")
    expect(page.locator("#note")).to_have_value("from elsewhere 2")


def test_the_next_record_gets_nothing_of_the_one_before(show: Callable[..., Page]):
    page = show("Note", {"name": "c1:note", "value": ""})
    page.fill("#note", "of the first")
    page.evaluate("() => window.change({name: 'c2:note', value: 'of the second'})")
    expect(page.locator("#note")).to_have_value("of the second")
    assert saves(page) == [["c1:note", "of the first"]]


def test_what_was_not_confirmed_comes_back_after_a_reload(show: Callable[..., Page]):
    page = show(
        "Note", {"name": "c1:note", "value": "server"}, before="sessionStorage.setItem('draft:c1:note', 'typed')"
    )
    expect(page.locator("#note")).to_have_value("typed")
    until_saved(page, 1)
    assert saves(page) == [["c1:note", "typed"]]


def test_leaving_the_page_saves(show: Callable[..., Page]):
    page = show("Note", {"name": "c1:note", "value": ""})
    page.fill("#note", "last words")
    page.evaluate("() => window.change({gone: true})")
    assert saves(page) == [["c1:note", "last words"]]


def test_a_choice_is_a_select(show: Callable[..., Page]):
    options = [{"value": "a", "label": "Alpha"}, {"value": "b", "label": "Beta"}]
    page = show("Note", {"name": "c1:kind", "value": "a", "options": options})
    page.select_option("#note", "b")
    until_saved(page, 1)
    assert saves(page) == [["c1:kind", "b"]]
