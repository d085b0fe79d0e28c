"""Patches in order, gaps noticed, nothing moving under the hand."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, TimeoutError, expect

pytestmark = pytest.mark.browser


def row(number: int, **change: Any) -> dict[str, Any]:
    return {"id": f"c{number}", "at": 1_700_000_000_000 + number, "name": f"Name {number}", "state": "talking",
            "price": 210} | change  # fmt: skip


def snapshot(seq: int, *numbers: int, key: str = "k") -> dict[str, Any]:
    return {"key": key, "seq": seq, "rows": [row(n) for n in numbers]}


def patch(seq: int, *rows: dict[str, Any], key: str = "k", removes: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"key": key, "seq": seq, "upserts": list(rows), "removes": list(removes)}


def change(page: Page, **props: Any) -> None:
    page.evaluate("(props) => window.change(props)", props)


def lists(page: Page, *wanted: str) -> bool:
    """Whether just these rows come to be shown, in this order: the page draws after `change` has returned."""
    rows = page.locator("tbody tr")
    with contextlib.suppress(TimeoutError):
        page.wait_for_function(
            "ids => [...document.querySelectorAll('tbody tr')].map(r => r.dataset.id).join() === ids.join()",
            arg=list(wanted),
            timeout=5_000,
        )
    return rows.evaluate_all("rows => rows.map(r => r.dataset.id)") == list(wanted)


def gaps(page: Page) -> int:
    return page.evaluate("() => window.calls.filter(c => c[0] === 'gap').length")


def test_newest_on_top_with_words_money_and_badge(show: Callable[..., Page]):
    page = show("Table", {"snapshot": snapshot(1, 1, 2, 3)})
    assert lists(page, "c3", "c2", "c1")
    expect(page.locator("tbody tr").first).to_contain_text("Name 3")
    expect(page.locator("tbody tr").first).to_contain_text("£2.10")
    expect(page.locator("tbody tr").first).to_contain_text("Talking")


def test_patches_in_order_change_add_and_remove(show: Callable[..., Page]):
    page = show("Table", {"snapshot": snapshot(1, 1, 2)})
    change(page, patch=patch(2, row(1, name="Changed"), row(3)))
    assert lists(page, "c3", "c2", "c1")
    expect(page.locator("tr[data-id=c1]")).to_contain_text("Changed")
    change(page, patch=patch(3, removes=("c2",)))
    assert lists(page, "c3", "c1")
    assert gaps(page) == 0


def test_a_new_row_is_marked_with_a_word_until_the_next(show: Callable[..., Page]):
    page = show("Table", {"snapshot": snapshot(1, 1)})
    change(page, patch=patch(2, row(2)))
    expect(page.locator("tr[data-id=c2]")).to_contain_text("new")
    change(page, patch=patch(3, row(1, name="x")))
    expect(page.locator("tr[data-id=c2]")).to_contain_text("new")
    change(page, patch=patch(4, row(3)))
    expect(page.locator("tr[data-id=c2] .badge", has_text="new")).to_have_count(0)
    expect(page.get_by_role("status")).to_contain_text("1 new row")


def test_a_gap_asks_for_the_snapshot_once(show: Callable[..., Page]):
    page = show("Table", {"snapshot": snapshot(1, 1)})
    for seq in (5, 6, 7):
        change(page, patch=patch(seq, row(seq)))
    page.wait_for_function("() => window.calls.length > 0")
    assert gaps(page) == 1
    change(page, snapshot=snapshot(7, 1, 5, 6, 7))
    change(page, patch=patch(8, row(8)))
    assert lists(page, "c8", "c7", "c6", "c5", "c1")


def test_old_patches_and_those_of_another_room_are_left_out(show: Callable[..., Page]):
    page = show("Table", {"snapshot": snapshot(5, 1)})
    change(page, patch=patch(5, row(9)))
    change(page, patch=patch(6, row(9), key="other"))
    assert lists(page, "c1")


def test_a_patch_that_came_before_its_snapshot_is_not_lost(show: Callable[..., Page]):
    page = show("Table", {})
    change(page, patch=patch(3, row(3)))
    change(page, snapshot=snapshot(2, 1, 2))
    assert lists(page, "c3", "c2", "c1")


def test_another_room_replaces_everything_even_with_lower_numbers(show: Callable[..., Page]):
    page = show("Table", {"snapshot": snapshot(50, 1, 2)})
    change(page, snapshot=snapshot(1, 7, key="other"))
    assert lists(page, "c7")


def test_rows_under_the_pointer_stay_where_they_are(show: Callable[..., Page]):
    page = show("Table", {"snapshot": snapshot(1, 1, 2)})
    page.hover("tr[data-id=c1]")
    change(page, patch=patch(2, row(3), row(1, name="Changed in place")))
    assert lists(page, "c2", "c1")
    expect(page.locator("tr[data-id=c1]")).to_contain_text("Changed in place")
    expect(page.get_by_role("button", name="1 new row")).to_be_visible()
    page.mouse.move(990, 690)
    expect(page.locator("tbody tr")).to_have_count(3)


def test_rows_under_the_focus_stay_where_they_are(show: Callable[..., Page]):
    page = show("Table", {"snapshot": snapshot(1, 1, 2)})
    page.focus("tr[data-id=c1]")
    change(page, patch=patch(2, row(3)))
    assert lists(page, "c2", "c1")
    page.keyboard.press("Enter")
    assert page.evaluate("() => window.calls") == [["row", "c1"]]
    page.get_by_role("button", name="1 new row").click()
    expect(page.locator("tbody tr")).to_have_count(3)


def test_filter_and_empty_state(show: Callable[..., Page]):
    page = show("Table", {"snapshot": {"key": "k", "seq": 1, "rows": [row(1), row(2, state="done")]}})
    change(page, filterKey="state", filterValues=["done"])
    assert lists(page, "c2")
    change(page, filterValues=["nothing"])
    expect(page.locator("#empty")).to_be_visible()
    change(page, filterValues=[])
    assert lists(page, "c2", "c1")
