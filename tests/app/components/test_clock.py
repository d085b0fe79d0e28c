"""Clocks count in the browser, on the server's time."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_counts_from_and_to_by_the_servers_clock(show: Callable[..., Page]):
    page = show("Clock", {"since": 1_000_000})
    page.evaluate("() => window.i18n.clock(1_000_000 + 65_000)")
    # It goes on while a busy machine looks.
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"1:(0[6-9]|[1-5]\d)"))
    page.evaluate("() => window.i18n.clock(1_000_000 + 3_600_000)")
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"1:00:\d\d"))


def test_counts_down_and_stops_at_nought(show: Callable[..., Page]):
    page = show("Clock", {"until": 1_000_000})
    page.evaluate("() => window.i18n.clock(1_000_000 - 2_500)")
    expect(page.get_by_role("timer")).to_have_text("0:00")


def test_stands_still_at_its_end(show: Callable[..., Page]):
    page = show("Clock", {"since": 1_000_000, "end": 1_012_000})
    expect(page.get_by_role("timer")).to_have_text("0:12")


def test_the_ring_turns_amber_after_the_warning(show: Callable[..., Page]):
    page = show("LimitRing", {"start": 1_000_000, "end": 1_100_000, "warning": 1_090_000, "children": "limit"})
    page.evaluate("() => window.i18n.clock(1_050_000)")
    ring = page.locator("circle").nth(1)
    expect(ring).to_have_attribute("stroke", "var(--accent)")
    page.evaluate("() => window.i18n.clock(1_091_000)")
    expect(ring).to_have_attribute("stroke", "var(--amber)")
