"""Keys act by their place, and only where they should."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def calls(page: Page) -> list[str]:
    return [call[0] for call in page.evaluate("() => window.calls")]


def settle(page: Page) -> None:
    """Lets the 600 ms after a state change pass."""
    page.evaluate("() => new Promise((done) => { const from = performance.now(); const look = () =>"
                  " performance.now() - from > 650 ? done() : requestAnimationFrame(look); look(); })")  # fmt: skip


def press_russian(page: Page, code: str, character: str) -> None:
    page.evaluate(
        "([code, key]) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {code, key, bubbles: true,"
        " cancelable: true}))",
        [code, character],
    )


def test_a_bound_key_acts_and_others_do_not(show: Callable[..., Page]):
    page = show("Keys")
    page.keyboard.press("c")
    page.keyboard.press("q")
    assert calls(page) == ["KeyC"]


def test_the_place_counts_not_the_letter(show: Callable[..., Page]):
    page = show("Keys")
    press_russian(page, "KeyC", "с")
    assert calls(page) == ["KeyC"]


def test_in_a_field_letters_are_letters(show: Callable[..., Page]):
    page = show("Keys")
    for field in ("field", "area"):
        page.focus(f"#{field}")
        page.keyboard.type("c1")
        assert page.input_value(f"#{field}") == "c1"
    assert calls(page) == []


def test_ctrl_and_alt_act_in_a_field_and_escape_leaves_it(show: Callable[..., Page]):
    page = show("Keys")
    page.focus("#area")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Alt+c")
    assert calls(page) == ["ctrl+Enter", "KeyC"]
    page.keyboard.press("Escape")
    assert page.evaluate("() => document.activeElement === document.body")
    assert "Escape" not in calls(page)
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    assert calls(page)[2:] == ["Escape", "KeyC"]


def test_a_key_held_down_acts_once(show: Callable[..., Page]):
    page = show("Keys")
    for _ in range(5):
        page.keyboard.down("c")
    page.keyboard.up("c")
    assert calls(page) == ["KeyC"]


def test_modifiers_belong_to_the_binding(show: Callable[..., Page]):
    page = show("Keys")
    settle(page)
    page.keyboard.press("Control+c")
    page.keyboard.press("Shift+c")
    page.keyboard.press("Shift+Digit1")
    page.keyboard.press("Digit1")
    assert calls(page) == ["!", "Digit1"]


def test_digits_are_ignored_just_after_the_state_changed(show: Callable[..., Page]):
    page = show("Keys", {"state": "ringing"})
    settle(page)
    page.keyboard.press("1")
    page.evaluate("() => window.change({state: 'talking'})")
    page.keyboard.press("1")
    page.keyboard.press("c")
    assert calls(page) == ["Digit1", "KeyC"]
    settle(page)
    page.keyboard.press("Numpad1")
    assert calls(page) == ["Digit1", "KeyC", "Digit1"]


def test_a_key_is_bound_only_while_it_is_on_the_page(show: Callable[..., Page]):
    page = show("Keys", {"state": "ringing"})
    page.keyboard.press("h")
    page.evaluate("() => window.change({state: 'talking'})")
    page.keyboard.press("h")
    page.evaluate("() => window.change({state: 'wrap_up'})")
    page.keyboard.press("h")
    assert calls(page) == ["KeyH"]


def test_enter_on_a_button_presses_the_button_only(show: Callable[..., Page]):
    page = show("Keys")
    page.focus("#button")
    page.keyboard.press("Enter")
    assert calls(page) == ["clicked"]


def test_two_keys_one_after_the_other(show: Callable[..., Page]):
    page = show("Keys")
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.keyboard.press("w")
    assert calls(page) == ["g w", "KeyW"]


def test_focus_press_and_question_mark(show: Callable[..., Page]):
    page = show("Keys")
    page.keyboard.press("?")
    page.keyboard.press("t")
    page.keyboard.press("Slash")
    assert page.evaluate("() => document.activeElement.id") == "field"
    assert calls(page) == ["?", "clicked"]


def test_behind_an_open_dialog_nothing_acts(show: Callable[..., Page]):
    page = show("Keys", {"dialog": True})
    page.keyboard.press("c")
    page.keyboard.press("a")
    assert calls(page) == ["in dialog"]


def test_single_keys_can_be_switched_off(show: Callable[..., Page]):
    page = show("Keys")
    page.click("text=single")
    page.keyboard.press("c")
    page.keyboard.press("Alt+c")
    page.keyboard.press("Control+Enter")
    assert calls(page) == ["KeyC", "ctrl+Enter"]


def test_nothing_listens_after_the_page_is_left(show: Callable[..., Page]):
    page = show("Keys")
    page.evaluate("() => window.change({gone: true})")
    page.keyboard.press("c")
    assert calls(page) == []
