"""The table of contacts, one contact's history with its recordings, the pilot's calls, and the figures."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from hypothesis import given
from hypothesis import strategies as st

from exchange_app.customer.contacts_state import ContactTable
from exchange_app.customer.figures_state import Figures
from exchange_app.customer.here import Here
from exchange_app.customer.pilot_state import Pilot
from exchange_app.customer.run_state import Run
from exchange_app.live import rooms
from exchange_domain import call_rows, campaigns, contact_rows, database
from exchange_domain.campaign_figures import Sum, fold
from exchange_domain.contact_rows import Order
from exchange_domain.tables import Campaign, Contact, Recording
from exchange_domain.words import CampaignStatus, ContactStatus, Outcome, PilotState, RecordingState
from tests.app.conftest import Page

from .conftest import Shop, Sockets, as_account

NAMES = ("Борис", "анна", "Вера", "Глеб")


async def listed(shop: Shop) -> list[int]:
    await shop.ready()
    async with database.session() as s:
        await campaigns.start(s, shop.campaign)
    return [await shop.contact(name, f"+7812555030{n}") for n, name in enumerate(NAMES)]


def names_of(page: Page) -> list[str]:
    rows = page.values(ContactTable)["snapshot"]["rows"]
    return [row["name"] for row in sorted(rows, key=lambda row: -row["place"])]


async def test_found_filtered_sorted(shop: Shop, owner: Page, sockets: Sockets) -> None:
    await listed(shop)
    at = shop.address("contacts")
    await shop.call(Outcome.REFUSED)
    await owner.send(ContactTable.enter(), path=at)
    assert names_of(owner) == ["Ирина", *NAMES]
    await owner.send(ContactTable.choose_order("name"), path=at)
    assert names_of(owner) == ["анна", "Борис", "Вера", "Глеб", "Ирина"]
    await owner.send(ContactTable.choose_order("newest"), path=at)
    assert names_of(owner) == [*reversed(NAMES), "Ирина"]
    await owner.send(ContactTable.choose_order("latest"), path=at)
    assert names_of(owner) == ["Ирина"]
    await owner.send(ContactTable.choose_order("list"), path=at)
    await owner.send(ContactTable.choose_status("done"), path=at)
    assert names_of(owner) == ["Ирина"]
    await owner.send(ContactTable.choose_status(""), path=at)
    await owner.send(ContactTable.choose_outcome("success"), path=at)
    assert names_of(owner) == []
    await owner.send(ContactTable.forget_filters(), path=at)
    await owner.send(ContactTable.find({"search": "АНН"}), path=at)
    assert names_of(owner) == ["анна"]
    await owner.send(ContactTable.find({"search": "555-03-02"}), path=at)
    assert names_of(owner) == ["Вера"]


async def test_a_call_moves_its_row_and_adds_none(shop: Shop, owner: Page, sockets: Sockets) -> None:
    await listed(shop)
    await owner.send(ContactTable.enter(), path=shop.address("contacts"))
    call_id = await shop.call(Outcome.SUCCESS, result={"den": "2026-12-01"})
    async with database.session() as s:
        message = await call_rows.one(s, call_id)
    app: Any = sockets
    rooms.deliver(app, f"campaign:{shop.campaign}", message)
    await rooms.flush(app, f"campaign-contacts:{shop.campaign}")
    (shown,) = [values["patch"] for room, values in sockets.shown if room == f"campaign-contacts:{shop.campaign}"]
    (row,) = shown["upserts"]
    assert (row["id"], row["state"], row["attempts"]) == (message.contact_id, "success", 1)


async def test_one_contact_with_all_that_came_of_it(shop: Shop, owner: Page, sockets: Sockets) -> None:
    await listed(shop)
    call_id = await shop.call(Outcome.SUCCESS, result={"den": "2026-12-01"}, note="перезвонить в офис")
    async with database.session() as s:
        contact = (await call_rows.one(s, call_id)).contact_id
    await owner.send(ContactTable.enter(), path=shop.address("contacts"))
    await owner.send(ContactTable.open_contact(str(contact)), path=shop.address("contacts"))
    seen = owner.values(ContactTable)
    assert seen["open"] and seen["contact"].name == "Ирина" and seen["contact"].state == "success"
    assert [(f.name, f.value) for f in seen["fields"]] == [("Город", "Казань")]
    (call,) = seen["calls"]
    assert (call.id, call.talk_s, call.settled, call.heard) == (str(call_id), 60, True, False)
    assert "перезвонить" in call.answer


async def test_another_campaigns_contact_is_not_there(shop: Shop, owner: Page, sockets: Sockets) -> None:
    await listed(shop)
    theirs = await shop.contact("Чужой", "+78125550999", campaign=shop.other_campaign)
    await owner.send(ContactTable.enter(), path=shop.address("contacts"))
    await owner.send(ContactTable.open_contact(str(theirs)), path=shop.address("contacts"))
    assert not owner.values(ContactTable).get("open")
    assert "Чужой" not in repr(owner.deltas)


async def test_last_call_and_order_hold_for_every_status(shop: Shop) -> None:
    ids = await listed(shop)
    call_id = await shop.call(Outcome.NO_ANSWER, answered=False)
    async with database.session() as s:
        called = (await call_rows.one(s, call_id)).contact_id
        contact = await s.get_one(Contact, called)
        assert contact.status is ContactStatus.WAITING and contact.last_call_at is not None
        rows = await contact_rows.page(s, shop.campaign, order=Order.LATEST)
        assert [r.id for r in rows] == [called]
        after = await contact_rows.page(s, shop.campaign, after=ids[0], limit=2)
        assert [r.id for r in after] == ids[1:3]


async def store(tmp_path: Path, call_id: UUID) -> bytes:
    sound = b"OggS" + bytes(range(200))
    (tmp_path / "one.ogg").write_bytes(sound)
    async with database.session() as s:
        s.add(
            Recording(
                call_id=call_id, switch_name="main", switch_path="/x.wav", state=RecordingState.STORED,
                storage_key="one.ogg", format="audio/ogg", duration_ms=60_000, size_bytes=len(sound),
                sha256=hashlib.sha256(sound).hexdigest(), channels=2, stored_at=datetime.now(UTC),
                keep_until=datetime.now(UTC) + timedelta(days=1),
            )
        )  # fmt: skip
    return sound


async def test_its_customer_hears_a_recording_and_nobody_else(
    shop: Shop, web: httpx.AsyncClient, settings_env: Callable[..., None], tmp_path: Path
) -> None:
    settings_env(recording_storage=tmp_path.as_uri())
    await listed(shop)
    call_id = await shop.call()
    sound = await store(tmp_path, call_id)
    path = f"/customer/calls/{call_id}/recording"
    assert (await web.get(path)).status_code == 401
    for account, status in ((shop.operator, 403), (shop.manager, 403), (shop.other_owner, 404)):
        assert (await (await as_account(web, account)).get(path)).status_code == status
    mine = await as_account(web, shop.owner)
    link = (await mine.get(path)).headers["location"]
    whole = await mine.get(link)
    assert (whole.status_code, whole.content) == (200, sound)
    part = await mine.get(link, headers={"range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, sound[4:8])
    assert (await mine.get(f"/customer/calls/{UUID(int=7)}/recording")).status_code == 404


async def test_the_pilots_calls_are_shown_and_it_goes_on(shop: Shop, owner: Page, sockets: Sockets) -> None:
    await listed(shop)
    await shop.call(Outcome.REFUSED, note="дорого")
    async with database.session() as s:
        campaign = await s.get_one(Campaign, shop.campaign)
        campaign.pilot, campaign.status = PilotState.REVIEW, CampaignStatus.PAUSED
        s.add(campaign)
    for entered in (Here.enter(), Run.enter(), Pilot.enter()):
        await owner.send(entered, path=shop.address())
    (call,) = owner.values(Pilot)["calls"]
    assert (call.contact, call.state, call.talk_s, call.heard) == ("Ирина", "refused", 60, False)
    assert "дорого" in call.answer and owner.values(Here)["pilot"] == "review"
    await owner.send(Run.start(), path=shop.address("start"))
    assert owner.values(Run)["refused"] == "pilot"
    await owner.send(Run.go_on(), path=shop.address())
    assert owner.values(Here)["status"] == "active" and owner.values(Here)["pilot"] == "over"


async def test_without_money_it_does_not_go_on_and_the_pilot_stays(shop: Shop, owner: Page, sockets: Sockets) -> None:
    await listed(shop)
    async with database.session() as s:
        campaign = await s.get_one(Campaign, shop.campaign)
        campaign.pilot, campaign.status, campaign.longest_call_s = PilotState.REVIEW, CampaignStatus.PAUSED, 7200
        s.add(campaign)
        from sqlalchemy import text

        await s.execute(text("update tariff set per_minute = 1000000"))
    for entered in (Here.enter(), Run.enter()):
        await owner.send(entered, path=shop.address())
    await owner.send(Run.go_on(), path=shop.address())
    assert owner.values(Run)["refused"] == "no_funds"
    async with database.session() as s:
        assert (await s.get_one(Campaign, shop.campaign)).pilot is PilotState.REVIEW


async def test_figures_of_a_call(shop: Shop, owner: Page, sockets: Sockets) -> None:
    await listed(shop)
    await shop.call(Outcome.SUCCESS, result={"den": "2026-12-01"})
    await owner.send(Here.enter(), path=shop.address("figures"))
    await owner.send(Figures.enter(), path=shop.address("figures"))
    seen = owner.values(Figures)
    assert (seen["calls"], seen["reach"], len(seen["hours"])) == (1, 100, 24)
    assert sum(bar.calls for bar in seen["hours"]) == 1
    assert [(z.label, z.reach) for z in seen["zones"]] == [("Europe/Moscow", 100)]
    (day,) = seen["days"]
    assert day.cost == day.charge == seen["cost"] > 0
    await owner.send(Figures.choose_window("30"), path=shop.address("figures"))
    assert owner.values(Figures)["window"] == 30


sums = st.builds(
    lambda a, b, c, t, m: Sum(a + b + c, b + c, c, t, m), *(st.integers(0, 50) for _ in range(4)), st.integers(0, 10**6)
)
hours = st.datetimes(datetime(2026, 11, 1), datetime(2026, 11, 27, 10)).map(
    lambda at: at.replace(minute=0, second=0, microsecond=0, tzinfo=UTC)
)
zones = st.sampled_from(["Europe/Moscow", "Asia/Omsk", "Asia/Kolkata", "No/Where"])


@given(st.lists(st.tuples(hours, zones, sums), max_size=40))
def test_every_call_is_in_each_figure_once(rows: list[tuple[datetime, str, Sum]]) -> None:
    now = datetime(2026, 11, 27, 10, 30, tzinfo=UTC)
    found = fold(rows, "Europe/Moscow", now, 30)
    calls = sum(part.calls for _, _, part in rows)
    assert found.total.calls == calls
    for figure in (found.by_clock, found.by_zone, found.by_day):
        assert sum(part.calls for _, part in figure) == calls
    assert len(found.last_day) == 24 and found.last_day[-1][0] == now.replace(minute=0)
    recent = sum(part.calls for hour, _, part in rows if hour >= found.last_day[0][0])
    assert sum(part.calls for _, part in found.last_day) == recent
    assert all(isinstance(day, date) for day, _ in found.by_day)


def test_figures_without_calls_are_none() -> None:
    assert (Sum().reach, Sum().per_success) == (0, None)
    assert Sum(3, 2, 1, 60, 100).per_success == 100 and Sum(3, 2, 2, 60, 101).per_success == 51
