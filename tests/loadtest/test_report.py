"""The figures of a load test: percentiles of what was measured, of histograms, and of what both sides saw."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_domain import database
from loadtest import report
from loadtest.__main__ import main, parse, plan_of
from loadtest.house import People
from loadtest.plan import PLAN, Somebody, read
from observability import serving
from tests.browser.conftest import built_pages
from tests.domain.conftest import Exchange, exchange
from tests.thorough import figure

__all__ = ["built_pages", "exchange"]
BODY = """
# HELP exchange_claim_seconds A claim.
exchange_claim_seconds_bucket{le="0.01"} 50.0
exchange_claim_seconds_bucket{le="0.02"} 90.0
exchange_claim_seconds_bucket{le="+Inf"} 100.0
exchange_claim_seconds_count 100.0
exchange_other_seconds_bucket{kind="a",le="0.5"} 7.0
"""


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=200))
def test_percentiles_are_values_that_were_measured(values: list[float]):
    found = report.line("x", values)
    assert found is not None and found.count == len(values)
    assert {found.p50, found.p95, found.p99, found.most} <= set(values)
    assert found.p50 <= found.p95 <= found.p99 <= found.most == max(values)


def test_nothing_measured_is_no_line():
    assert report.line("x", []) is None and report.line_of_histogram("x", []) is None


def test_a_histogram_is_read_and_its_percentiles_lie_within_their_buckets():
    buckets = report.histogram(BODY, "exchange_claim_seconds")
    assert buckets == [(0.01, 50.0), (0.02, 90.0), (float("inf"), 100.0)]
    assert report.of_histogram(buckets, 0.5) == pytest.approx(10)
    assert report.of_histogram(buckets, 0.7) == pytest.approx(15)
    assert report.of_histogram(buckets, 0.99) == pytest.approx(20), "no more is known of the last bucket"
    assert report.histogram(BODY, "exchange_other_seconds") == [(0.5, 7.0)]


def test_what_came_before_the_ramp_was_over_is_left_out():
    before, after = [(0.01, 50.0), (float("inf"), 60.0)], [(0.01, 80.0), (float("inf"), 90.0)]
    assert report.less(after, before) == [(0.01, 30.0), (float("inf"), 30.0)]
    assert "30" in report.table([found]) if (found := report.line_of_histogram("x", report.less(after, before))) else 0


async def test_both_sides_are_joined_by_the_call(exchange: Exchange):
    """The press and the screen are the page's, the ringing and the answer the switch's."""
    campaign = await exchange.campaign()
    await exchange.deposit(campaign, 10**9)
    await exchange.contact(campaign, "+79215550101")
    claim = await exchange.claim(await exchange.operator(campaign))
    await exchange.talk(claim, 5)
    at = exchange.now.timestamp()
    seen = {str(claim.call_id): {"pressed": at - 0.25, "wrap_up": at + 5.1}, "0" * 32: {"pressed": at - 99}}
    async with database.session():
        lines = {one.name: one for one in await report.of_calls(seen, at - 10)}
    assert lines["C → the contact's telephone rings"].p50 == pytest.approx(250, abs=1)
    assert lines["hangup at the switch → operator's screen"].p50 == pytest.approx(100, abs=1)


def test_the_plan_is_handed_over_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    chosen = parse(["--operators", "30", "--minutes", "2", "--stampede"])
    people = People(operators=[Somebody(1, "sid=a", 7)], sign_ins=[("a@b.example", "long enough")])
    plan = plan_of(chosen, "http://127.0.0.1:1", people, tmp_path)
    plan.write(tmp_path / "plan.json")
    monkeypatch.setenv(PLAN, str(tmp_path / "plan.json"))
    again = read()
    assert again.operators == plan.operators and [tuple(one) for one in again.sign_ins] == plan.sign_ins
    assert plan.stampede_at_s == plan.ramp_s + 60 and plan_of(
        parse(["--thundering"]), "", people, tmp_path
    ).ramp_s == 2  # fmt: skip


async def test_the_loops_lateness_is_measured():
    def count() -> float:
        return next(s.value for m in serving.LOOP_LAG.collect() for s in m.samples if s.name.endswith("_count"))

    before = count()
    watching = asyncio.create_task(serving.watch_loop())
    await asyncio.sleep(serving.LOOKED_AT_S * 3)
    watching.cancel()
    assert count() > before


@pytest.mark.skipif(figure(True, False), reason="with --thorough: it needs a minute and a half of both cores")
@pytest.mark.browser
@pytest.mark.timeout(400)
def test_people_work_and_everything_holds(built_pages: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    arguments = ["--operators", "4", "--customers", "2", "--minutes", "0.5", "--ramp", "3", "--talk", "5",
                 "--transfers", "0.5", "--recorded", "1", "--report", str(tmp_path / "report.html")]  # fmt: skip
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "what must hold, holds" in said and "errors: 0" in said and (tmp_path / "report.html").exists()
