"""The manager's own words, presence and history: theirs alone, saved at once, shown to who pays."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import reflex as rx

from exchange_app.manager import state
from exchange_app.manager.history_state import History
from exchange_app.manager.own_words_state import OwnWords
from exchange_app.manager.presence_state import Presence
from exchange_app.manager.state import ManagerDesk
from exchange_domain import call_rows, calls, database, drafts, presence, transfers
from exchange_domain.messages import DraftSaved
from exchange_domain.tables import Transfer
from exchange_domain.words import ManagerResult, TransferState
from tests.app.conftest import Events, Page

from .test_desk import House, database_template, desk, given, house, sign_in

__all__ = ["database_template", "house"]


async def kept(transfer_id) -> Transfer:
    async with database.session() as s:
        return await s.get_one(Transfer, transfer_id)


async def answered(events: Events, house: House):
    async with database.session() as s:
        await transfers.answered(s, house.transfer_id, datetime.now(UTC))
    page = await desk(events, house)
    await given(events, page, house.view(1, state=TransferState.CONSULTING))
    return page


async def told(events: Events, page: Page, saved: DraftSaved) -> None:
    async with events.manager.modify_state(rx.BaseStateToken(ident=page.token, cls=rx.State)) as root:
        await state.written(root, saved)
        if delta := await root._get_resolved_delta():
            page.deltas.append(delta)
        root._clean()


async def test_result_and_note_are_saved_and_shown_to_the_customer(events: Events, house: House):
    page = await answered(events, house)
    shown = str(house.transfer_id)
    assert page.values(OwnWords)["transfer_id"] == shown
    await page.send(OwnWords.choose(shown, "agreed"))
    await page.send(OwnWords.save(shown, "Comes on Friday"))
    assert (page.values(OwnWords)["result"], page.values(OwnWords)["note"]) == ("agreed", "Comes on Friday")
    transfer = await kept(house.transfer_id)
    assert (transfer.manager_result, transfer.manager_note) == (ManagerResult.AGREED, "Comes on Friday")
    async with database.session() as s:
        row = await call_rows.one(s, house.call.call_id)
    assert (row.manager_result, row.manager_note) == (ManagerResult.AGREED, "Comes on Friday")
    await page.send(OwnWords.choose(shown, "agreed"))
    assert (await kept(house.transfer_id)).manager_result is None, "chosen again it is taken back"


async def test_what_was_said_is_there_again_after_a_reload(events: Events, house: House):
    page = await answered(events, house)
    await page.send(OwnWords.save(str(house.transfer_id), "kept"))
    again = await sign_in(events, house.who["manager"], "manager")
    await again.send(ManagerDesk.enter())
    await given(events, again, house.view(2, state=TransferState.CONSULTING))
    assert again.values(OwnWords)["note"] == "kept"


@pytest.mark.parametrize("value", ["agreed", "success", "", None, 5])
async def test_another_managers_transfer_takes_no_word(events: Events, house: House, value):
    await answered(events, house)
    stranger = await desk(events, house, "manager-2")
    await stranger.send(OwnWords.choose(str(house.transfer_id), value))
    await stranger.send(OwnWords.save(str(house.transfer_id), "mine"))
    await stranger.send(OwnWords.save(value, "mine"))
    await stranger.send(OwnWords.save(str(uuid4()), "mine"))
    transfer = await kept(house.transfer_id)
    assert (transfer.manager_result, transfer.manager_note) == (None, "")


async def test_a_transfer_that_only_rang_has_no_result(events: Events, house: House):
    page = await desk(events, house)
    await given(events, page, house.view(1))
    await page.send(OwnWords.choose(str(house.transfer_id), "agreed"))
    assert (await kept(house.transfer_id)).manager_result is None


async def test_what_the_operator_writes_comes_by_itself(events: Events, house: House):
    page = await answered(events, house)
    async with database.session() as s:
        await drafts.save_note(s, house.call.call_id, house.who["operator"], "wants oak")
        assert await transfers.desks_of(s, house.call.call_id) == [house.who["manager"]]
    await told(events, page, DraftSaved(call_id=house.call.call_id, version=1))
    assert page.values(ManagerDesk)["note"] == "wants oak"
    async with database.session() as s:
        await drafts.save_note(s, house.call.call_id, house.who["operator"], "wants pine")
    await told(events, page, DraftSaved(call_id=uuid4(), version=2))
    assert page.values(ManagerDesk)["note"] == "wants oak", "of another call it says nothing"


# --- presence ---


async def test_away_is_kept_and_transfers_go_to_the_others(events: Events, house: House):
    page = await desk(events, house)
    await page.send(Presence.enter())
    assert page.values(Presence).get("away", False) is False
    await page.send(Presence.set_away(True))
    assert (page.values(Presence)["away"], page.values(Presence)["there"]) == (True, False)
    async with database.session() as s:
        listed = [m.account_id for m in await transfers.managers(s, house.call.campaign_id)]
    assert house.who["manager"] not in listed
    await page.send(Presence.set_away(True))
    await page.send(Presence.set_away(False))
    assert page.values(Presence)["there"] is True


async def test_hours_are_changed_day_by_day_and_what_makes_no_sense_is_not_saved(events: Events, house: House):
    page = await desk(events, house)
    await page.send(Presence.here("Asia/Omsk"))
    await page.send(Presence.show(True))
    await page.send(Presence.switch_day(0, True))
    await page.send(Presence.change_time("0:closes", "17:30"))
    await page.send(Presence.change_time("0:opens", "19:00"))
    assert page.values(Presence)["faults"] == {"0": "closes_first"}
    for wrong in ("7:opens", "0:shuts", "", "x"):
        await page.send(Presence.change_time(wrong, "10:00"))
    await page.send(Presence.switch_day(9, True))
    async with database.session() as s:
        found = (await presence.of(s, [house.who["manager"]]))[house.who["manager"]]
    assert found.time_zone == "Asia/Omsk"
    assert [(x.weekday, f"{x.opens:%H:%M}", f"{x.closes:%H:%M}") for x in found.stretches] == [(0, "09:00", "17:30")]
    await page.send(Presence.always())
    async with database.session() as s:
        assert (await presence.of(s, [house.who["manager"]]))[house.who["manager"]].stretches == ()


# --- history ---


async def test_history_finds_by_name_number_and_note_and_only_ones_own(events: Events, house: House):
    async with database.session() as s:
        await transfers.answered(s, house.transfer_id, datetime.now(UTC) - timedelta(minutes=1))
        await transfers.completed(s, house.transfer_id, datetime.now(UTC))
        await calls.ended(
            s,
            house.call.call_id,
            house.call.fencing_token,
            datetime.now(UTC),
            cause="NORMAL_CLEARING",
            ended_by="contact",
        )
    page = await desk(events, house)
    await page.send(OwnWords.save(str(house.transfer_id), "a very particular word"))
    await page.send(History.enter())
    everything = page.values(History)["rows"]
    assert everything and everything[0].transfer_id == str(house.transfer_id)
    for query in ("particular", house.call.contact_name[:6], house.call.e164[-4:], "  PARTICULAR "):
        await page.send(History.search(query))
        assert str(house.transfer_id) in [r.transfer_id for r in page.values(History)["rows"]], query
    for query in ("nobody's name", "%", "_____________"):
        await page.send(History.search(query))
        assert page.values(History)["rows"] == [], query
    stranger = await desk(events, house, "manager-3")
    await stranger.send(History.enter())
    await stranger.send(History.open(str(house.transfer_id)))
    assert stranger.values(History).get("rows", []) == [] and not stranger.values(History).get("opened", False)


async def test_the_handlers_are_refused_to_who_is_no_manager(events: Events, house: House):
    page = await sign_in(events, house.who["operator"], "operator")
    for event in (
        OwnWords.choose(str(house.transfer_id), "agreed"), Presence.set_away(True), History.search("x"),
        Presence.switch_day(0, True),
    ):  # fmt: skip
        await page.send(event)
    assert (await kept(house.transfer_id)).manager_result is None
    async with database.session() as s:
        assert (await presence.of(s, [house.who["operator"]]))[house.who["operator"]] == presence.Presence()
