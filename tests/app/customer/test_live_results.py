"""The campaign as it runs: rows in, rows out, patches for those who may see them, sums, the call's details."""

import asyncio
from uuid import uuid4

import pytest
import reflex as rx

from exchange_app.customer import live_totals
from exchange_app.customer.here import Here
from exchange_app.customer.results_state import LIVE_TOTALS, Results, changed
from exchange_app.live import rooms
from exchange_domain import campaigns, database
from exchange_domain.messages import CallRow, CampaignChanged
from exchange_domain.words import CallState, CampaignStatus, Outcome
from tests.app.conftest import Events, Page

from .conftest import Shop, Sockets


@pytest.fixture
async def running(shop: Shop) -> Shop:
    await shop.ready()
    await shop.contact("Ольга", "+73435550102", Город="Омск")
    async with database.session() as s:
        await campaigns.start(s, shop.campaign)
    return shop


async def test_rows_and_sums(running: Shop, owner: Page, sockets: Sockets):
    await running.call(Outcome.SUCCESS, result={"den": "2026-12-01", "katalog": True}, note="Просила утром")
    await running.call(Outcome.NO_ANSWER, answered=False)
    await owner.send(Here.enter(), path=running.address())
    await owner.send(Results.enter(), path=running.address())
    shown = owner.values(Results)
    assert sockets.rooms == {(f"sid-{owner.token}", f"campaign:{running.campaign}")}
    latest, first = shown["snapshot"]["rows"]
    assert (latest["state"], latest["talk_from"], latest["talk_to"], latest["charge"]) == ("no_answer", None, None, 0)
    assert (first["contact"], first["number"], first["state"]) == (
        "Ирина",
        "+7\u00a0812\u00a0555\u00a001\u00a001",
        "success",
    )
    assert first["operator"] == "Мария С." and "2026-12-01" in first["answer"] and "Просила утром" in first["answer"]
    assert first["talk_to"] - first["talk_from"] == 60_000
    sums = shown["totals"]
    assert (sums["calls"], sums["answered"], sums["successes"], sums["talk_s"]) == (2, 1, 1, 60)
    assert sums["charge"] == sums["per_success"] == 1500 + 600 + 6000
    assert (sums["contacts"], sums["done"], sums["waiting"]) == (2, 1, 1)


async def test_filter_search_and_older_rows(
    running: Shop, owner: Page, sockets: Sockets, monkeypatch: pytest.MonkeyPatch
):
    where = running.address()
    await running.call(Outcome.REFUSED)
    await running.call(Outcome.SUCCESS)
    await owner.send(Results.enter(), path=where)

    def names() -> list[str]:
        return [row["contact"] for row in owner.values(Results)["snapshot"]["rows"]]

    assert names() == ["Ольга", "Ирина"]
    await owner.send(Results.choose_outcome("refused"), path=where)
    assert names() == ["Ирина"]
    await owner.send(Results.choose_outcome(""), path=where)
    for search, found in (("ольг", ["Ольга"]), ("812 555", ["Ирина"]), ("%", [])):
        await owner.send(Results.find({"search": search}), path=where)
        assert names() == found
    await owner.send(Results.forget_search(), path=where)
    assert names() == ["Ольга", "Ирина"] and not owner.values(Results)["more"]
    monkeypatch.setattr("exchange_app.customer.results_state.PAGE", 1)
    await owner.send(Results.choose_outcome(""), path=where)
    assert names() == ["Ольга"] and owner.values(Results)["more"]
    await owner.send(Results.show_more(), path=where)
    assert names() == ["Ольга", "Ирина"] and not owner.values(Results)["more"]


async def test_a_call_passes_through_its_states_in_the_room(
    running: Shop, owner: Page, sockets: Sockets, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(live_totals, "EVERY_S", 0.01)
    await owner.send(Results.enter(), path=running.address())
    call_id = uuid4()
    for state in (CallState.RINGING, CallState.TALKING, CallState.CLOSED):
        message = CallRow(
            campaign_id=running.campaign, call_id=call_id, contact_id=1, contact_name="Ирина", person_name="",
            number="+78125550101", operator_name="Мария С.", attempt=1, state=state, claimed_ms=1000,
            outcome=Outcome.SUCCESS if state == CallState.CLOSED else None,
        )  # fmt: skip
        rooms.deliver(sockets, f"campaign:{running.campaign}", message)  # type: ignore[arg-type]
        await rooms.flush(sockets, f"campaign:{running.campaign}")  # type: ignore[arg-type]
    patches = [values["patch"] for _, values in sockets.shown if "patch" in values]
    assert [p["upserts"][0]["state"] for p in patches] == ["ringing", "talking", "success"]
    assert {p["upserts"][0]["id"] for p in patches} == {str(call_id)}
    await asyncio.wait_for(LIVE_TOTALS._under_way[running.campaign], 5)
    # Three changes within one wait are counted once, or once more for what came while it was read.
    assert 1 <= sum("totals" in values for _, values in sockets.shown) <= 2


async def test_a_changed_status_is_read_again(running: Shop, owner: Page, sockets: Sockets, events: Events):
    await owner.send(Here.enter(), path=running.address())
    await owner.send(Results.enter(), path=running.address())
    async with database.session() as s:
        await campaigns.pause(s, running.campaign)
    message = CampaignChanged(campaign_id=running.campaign, status=CampaignStatus.PAUSED)
    async with events.manager.modify_state(rx.BaseStateToken(ident=owner.token, cls=rx.State)) as root:
        await changed(root, message)
        here, results = await root.get_state(Here), await root.get_state(Results)
        assert (here.status, results.standing["code"]) == ("paused", "paused")
        here.number = running.other_campaign
        await changed(root, message.model_copy(update={"campaign_id": running.campaign}))
        assert here.number == running.other_campaign


async def test_leaving_the_page_leaves_the_room(running: Shop, owner: Page, sockets: Sockets):
    await owner.send(Results.enter(), path=running.address())
    await owner.send(Results.leave(), path="/customer")
    assert not sockets.rooms


async def test_everything_about_one_call(running: Shop, owner: Page, sockets: Sockets):
    where = running.address()
    call_id = await running.call(Outcome.SUCCESS, result={"den": "2026-12-01", "katalog": False}, note="Утром")
    await owner.send(Results.enter(), path=where)
    await owner.send(Results.open_call(str(call_id)), path=where)
    shown = owner.values(Results)
    assert shown["open"] and shown["details"].note == "Утром" and shown["details"].charge == 8100
    assert [(a.label, a.value, a.kind) for a in shown["answers"]] == [
        ("День", "2026-12-01", "date"),
        ("Каталог", "no", "yes_no"),
    ]
    await owner.send(Results.show_details(False), path=where)
    assert not owner.values(Results)["open"]


async def test_a_call_of_another_campaign_is_not_shown(running: Shop, owner: Page, other_owner: Page, sockets: Sockets):
    call_id = await running.call(Outcome.SUCCESS)
    await other_owner.send(Results.open_call(str(call_id)), path=running.address(campaign=running.other_campaign))
    assert not other_owner.values(Results).get("open") and "Ирина" not in repr(other_owner.deltas)


@pytest.mark.parametrize(
    ("change", "code"),
    [("none", "no_operators"), ("hours", "outside_hours"), ("due", "nothing_due"), ("done", "list_done"),
     ("paused", "paused"), ("funds", "out_of_funds"), ("shift", "running")],
)  # fmt: skip
async def test_why_it_stands(running: Shop, owner: Page, sockets: Sockets, change: str, code: str):
    from datetime import UTC, datetime, time, timedelta

    from sqlalchemy import text

    from exchange_domain import shifts
    from exchange_domain.hours import Stretch
    from exchange_domain.words import EndpointKind

    at = datetime.now(UTC)
    async with database.session() as s:
        campaign = await s.get_one(campaigns.Campaign, running.campaign)
        if change == "hours":
            # Open only on the day after tomorrow: closed now, whatever the hour of the test.
            await campaigns.set_hours(s, running.campaign, [Stretch((at.weekday() + 3) % 7, time(9), time(10))])
        elif change == "due":
            await s.execute(text("update contact set due_at = :at"), {"at": at + timedelta(hours=1)})
        elif change == "done":
            await s.execute(text("update contact set status = 'done'"))
        elif change in ("paused", "funds"):
            campaign.status = CampaignStatus.PAUSED if change == "paused" else CampaignStatus.OUT_OF_FUNDS
            s.add(campaign)
        elif change == "shift":
            await shifts.open(s, operator_id=running.operator, campaign_id=running.campaign, switch_name="main",
                              endpoint_kind=EndpointKind.BROWSER, endpoint="operator")  # fmt: skip
    await owner.send(Results.enter(), path=running.address())
    shown = owner.values(Results)["standing"]
    assert shown["code"] == code
    if code in ("outside_hours", "nothing_due"):
        assert shown["until_ms"] > at.timestamp() * 1000
