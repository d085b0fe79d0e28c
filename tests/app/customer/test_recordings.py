"""What the customer sees of recordings: in a call's dialog, and how long they are kept."""

from datetime import UTC, datetime, timedelta

import pytest

from exchange_app.customer.hours_state import Hours
from exchange_app.customer.recording_line import RecordingLine, line_of_recording
from exchange_app.customer.results_state import Results
from exchange_domain import campaigns, database, house_rules
from exchange_domain.recordings import Shown
from exchange_domain.tables import Campaign, Recording
from exchange_domain.words import Outcome, RecordingState
from tests.app.conftest import Page

from .conftest import Shop, Sockets

KEPT = datetime(2027, 5, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (Shown(days=180), RecordingLine()),
        (Shown(RecordingState.EXPECTED, days=180), RecordingLine("on_its_way", days=180)),
        (Shown(RecordingState.WAITING, days=180), RecordingLine("on_its_way", days=180)),
        (Shown(RecordingState.LOST, days=180), RecordingLine("lost", days=180)),
        (Shown(RecordingState.EXPIRED, 204_900, days=30), RecordingLine("expired", "3:24", days=30)),
        (Shown(RecordingState.ERASED, days=30), RecordingLine("erased", days=30)),
        (
            Shown(RecordingState.STORED, 65_000, KEPT, 180),
            RecordingLine("stored", "1:05", int(KEPT.timestamp() * 1000), 180),
        ),
        (
            Shown(RecordingState.STORED, 500, KEPT, 180, cut_short=True),
            RecordingLine("cut_short", "0:00", int(KEPT.timestamp() * 1000), 180),
        ),
    ],
)
def test_each_state_has_its_line(found: Shown, line: RecordingLine):
    assert line_of_recording(found) == line


@pytest.fixture
async def running(shop: Shop) -> Shop:
    await shop.ready()
    async with database.session() as s:
        await campaigns.start(s, shop.campaign)
    return shop


async def test_the_dialog_of_a_call_says_what_became_of_its_recording(running: Shop, owner: Page, sockets: Sockets):
    where = running.address()
    call_id = await running.call(Outcome.SUCCESS)
    await owner.send(Results.enter(), path=where)
    await owner.send(Results.open_call(str(call_id)), path=where)
    assert owner.values(Results).get("recording", RecordingLine()) == RecordingLine()
    async with database.session() as s:
        s.add(
            Recording(
                call_id=call_id, switch_name="main", switch_path="/x.wav", state=RecordingState.STORED,
                storage_key="2026/x.ogg", sha256="00", size_bytes=1, duration_ms=59_000, keep_until=KEPT,
            )
        )  # fmt: skip
    await owner.send(Results.open_call(str(call_id)), path=where)
    assert owner.values(Results)["recording"] == RecordingLine("stored", "0:59", int(KEPT.timestamp() * 1000), 180)
    assert "2026/x.ogg" not in repr(owner.deltas), "where it lies is nobody's business"


@pytest.mark.parametrize(("typed", "kept", "fault"), [("30", 30, ""), ("0", 180, "range"), ("1096", 180, "range")])
async def test_the_customer_chooses_how_long(
    running: Shop, owner: Page, sockets: Sockets, typed: str, kept: int, fault
):
    where = running.address()
    await owner.send(Hours.enter(), path=where)
    assert owner.values(Hours)["shown"]["keep_recordings_days"] == "180"
    await owner.send(Hours.change_limit(f"{running.campaign}:keep_recordings_days", typed), path=where)
    assert owner.values(Hours).get("wrong", {}).get("keep_recordings_days", "") == fault
    async with database.session() as s:
        assert (await s.get_one(Campaign, running.campaign)).keep_recordings_days == kept


async def test_the_house_keeps_nothing_for_longer(running: Shop, owner: Page, sockets: Sockets):
    async with database.session() as s:
        await house_rules.change(s, None, {"keep_recordings_most_days": 90})
    where = running.address()
    await owner.send(Hours.enter(), path=where)
    await owner.send(Hours.change_limit(f"{running.campaign}:keep_recordings_days", "91"), path=where)
    assert owner.values(Hours)["wrong"] == {"keep_recordings_days": "kept"} and owner.values(Hours)["kept_most"] == 90
    async with database.session() as s:
        assert (await s.get_one(Campaign, running.campaign)).keep_recordings_days == 90
    await owner.send(Hours.change_limit(f"{running.campaign}:keep_recordings_days", "60"), path=where)
    assert owner.values(Hours)["wrong"] == {}


async def test_the_customer_says_whether_operators_may_pause(running: Shop, owner: Page, sockets: Sockets):
    await owner.send(Hours.enter(), path=running.address())
    await owner.send(Hours.switch_masking(False), path=running.address())
    async with database.session() as s:
        assert (await s.get_one(Campaign, running.campaign)).masking_allowed is False
    assert owner.values(Hours)["masking_allowed"] is False


def test_an_hour_is_shown_in_minutes():
    kept = datetime.now(UTC) + timedelta(days=1)
    assert line_of_recording(Shown(RecordingState.STORED, 3_601_000, kept, 1)).duration == "60:01"
