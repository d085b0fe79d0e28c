"""The desk: views in order, commands with their keys, an engine that does not answer."""

from uuid import uuid4

import pytest
from redis.exceptions import ConnectionError as RedisGone

from exchange_app import live
from exchange_app.operator import desk_state
from exchange_app.operator.board_state import Board
from exchange_app.operator.desk_state import Desk
from exchange_app.operator.sheet_state import Sheet
from exchange_domain import database
from exchange_domain.messages import (
    CallNext,
    CompleteTransfer,
    EndShift,
    HangUp,
    NextManager,
    Notice,
    ReturnToContact,
    RingSeat,
    StartShift,
    StartTransfer,
    TransferView,
)  # fmt: skip
from exchange_domain.tables import Campaign
from exchange_domain.words import CampaignStatus, OperatorState, TransferState

from .conftest import Work


async def test_without_a_snapshot_one_is_off_shift(work: Work):
    await work.page.send(Desk.enter())
    assert work.page.values(Desk).get("state", "off_shift") == "off_shift"


async def test_older_views_are_ignored(work: Work):
    old = work.view(OperatorState.CONNECTING)
    await work.show(work.view(OperatorState.READY))
    await work.push(old)
    assert (await work.state(Desk)).state == "ready"


async def test_the_board_starts_a_shift_and_leads_to_the_workspace(work: Work):
    await work.page.send(Board.enter())
    await work.page.send(Board.start(work.campaign_id))
    (command,) = await work.commands()
    assert isinstance(command, StartShift)
    assert (command.operator_id, command.campaign_id) == (work.operator_id, work.campaign_id)
    assert work.page.redirects() == ["/operator/work"]


async def test_a_campaign_that_closed_meanwhile_is_not_started(work: Work):
    await work.page.send(Board.enter())
    async with database.session() as s:
        campaign = await s.get_one(Campaign, work.campaign_id)
        campaign.status = CampaignStatus.PAUSED
        s.add(campaign)
    await work.page.send(Board.start(work.campaign_id))
    assert await work.commands() == []
    assert work.page.values(Board)["gone"] is True
    assert work.page.values(Board)["cards"] == []


async def test_a_campaign_that_is_not_on_the_board_is_not_started(work: Work):
    await work.page.send(Board.enter())
    await work.page.send(Board.start(work.campaign_id + 1))
    assert await work.commands() == []


async def test_the_board_shows_why_a_campaign_is_closed(work: Work):
    async with database.session() as s:
        campaign = await s.get_one(Campaign, work.campaign_id)
        campaign.status = CampaignStatus.OUT_OF_FUNDS
        s.add(campaign)
    await work.page.send(Board.enter())
    (card,) = (await work.state(Board)).cards
    assert card.closed == "out_of_funds"
    await work.page.send(Board.start(work.campaign_id))
    assert await work.commands() == []


async def test_each_press_has_its_own_key_and_a_doubled_one_is_one_command(work: Work):
    await work.show(work.view(OperatorState.READY))
    await work.page.send(Desk.call_next())
    await work.page.send(Desk.call_next())
    (first,) = await work.commands()
    assert isinstance(first, CallNext)
    # Refused: the engine answered, the next press is a new one.
    await work.push(
        work.view(OperatorState.READY, last_command=first.key, notice=Notice(code="nothing_due", at_ms=1, until_ms=2))
    )
    desk = await work.state(Desk)
    assert (desk.pending, desk.notice, desk.notice_until_ms) == ("", "nothing_due", 2)
    await work.page.send(Desk.call_next())
    first, second = await work.commands()
    assert first.key != second.key


async def test_an_engine_that_is_silent_leaves_the_button_usable_and_gets_one_command(
    work: Work, monkeypatch: pytest.MonkeyPatch
):
    await work.show(work.view(OperatorState.READY))
    clock = [1_000_000]
    monkeypatch.setattr(desk_state, "now_ms", lambda: clock[0])
    await work.page.send(Desk.call_next())
    clock[0] += desk_state.ANSWER_MS
    await work.page.send(Desk.call_next())
    first, again = await work.commands()
    assert first.key == again.key, "the press that was never answered is the same press"
    # It is back: whatever it says, the page stops waiting.
    clock[0] += desk_state.ANSWER_MS
    await work.push(work.view(OperatorState.READY))
    assert (await work.state(Desk)).pending == ""


async def test_without_redis_the_press_is_said_to_have_failed(work: Work, monkeypatch: pytest.MonkeyPatch):
    await work.show(work.view(OperatorState.READY))

    async def gone(command: object) -> None:
        raise RedisGone

    monkeypatch.setattr(live, "send_command", gone)
    await work.page.send(Desk.call_next())
    desk = await work.state(Desk)
    assert desk.pending == "call_next" and desk.pending_until_ms <= desk_state.now_ms()


async def test_commands_of_a_talk(work: Work):
    call_id = await work.talk()
    await work.page.send(Desk.start_transfer(call_id))
    await work.push(work.view(OperatorState.TALKING, last_command=(await work.commands())[-1].key))
    await work.page.send(Desk.hang_up(call_id))
    kinds = [type(c) for c in await work.commands()]
    assert kinds == [StartTransfer, HangUp]


async def test_hanging_up_never_waits_for_another_command(work: Work):
    call_id = await work.talk()
    await work.page.send(Desk.start_transfer(call_id))
    await work.page.send(Desk.hang_up(call_id))
    await work.page.send(Desk.hang_up(call_id))
    assert [type(c) for c in await work.commands()] == [StartTransfer, HangUp]


async def test_connecting_waits_for_the_manager(work: Work):
    call_id = await work.talk()
    rings = TransferView(
        transfer_id=uuid4(), state=TransferState.RINGING, manager_id=1, manager_name="Олег Ершов", started_ms=1
    )
    await work.push(work.view(OperatorState.TRANSFERRING, transfer=rings))
    await work.page.send(Desk.complete_transfer(call_id))
    assert await work.commands() == []
    talks = rings.model_copy(update={"state": TransferState.CONSULTING, "answered_ms": 2})
    await work.push(work.view(OperatorState.TRANSFERRING, transfer=talks))
    assert (await work.state(Desk)).manager_name == "Олег Ершов"
    await work.page.send(Desk.complete_transfer(call_id))
    (command,) = await work.commands()
    assert isinstance(command, CompleteTransfer)
    await work.push(work.view(OperatorState.TRANSFERRING, transfer=talks, last_command=command.key))
    await work.page.send(Desk.return_to_contact(call_id))
    assert isinstance((await work.commands())[-1], ReturnToContact)


async def test_next_manager_and_giving_up_while_it_rings(work: Work):
    call_id = await work.talk()
    rings = TransferView(
        transfer_id=uuid4(), state=TransferState.RINGING, manager_id=1, manager_name="Олег Ершов", started_ms=1,
        waiting=1,
    )  # fmt: skip
    await work.push(work.view(OperatorState.TRANSFERRING, transfer=rings))
    assert (await work.state(Desk)).managers_waiting == 1
    await work.page.send(Desk.next_manager(call_id))
    (command,) = await work.commands()
    assert isinstance(command, NextManager) and str(command.call_id) == call_id
    await work.push(work.view(OperatorState.TRANSFERRING, transfer=rings, last_command=command.key))
    await work.page.send(Desk.give_up_ringing(call_id))
    assert isinstance((await work.commands())[-1], ReturnToContact)


async def test_esc_gives_up_nothing_once_the_manager_has_answered(work: Work):
    call_id = await work.talk()
    talks = TransferView(
        transfer_id=uuid4(), state=TransferState.CONSULTING, manager_id=1, manager_name="Олег", started_ms=1,
        answered_ms=2,
    )  # fmt: skip
    await work.push(work.view(OperatorState.TRANSFERRING, transfer=talks))
    await work.page.send(Desk.give_up_ringing(call_id))
    assert await work.commands() == []


async def test_nobody_free_is_said_with_the_reason_of_the_last(work: Work):
    await work.talk()
    notice = Notice(code="managers_unavailable", at_ms=1, reason="manager_busy")
    await work.push(work.view(OperatorState.TALKING, notice=notice))
    desk = await work.state(Desk)
    assert (desk.notice, desk.notice_reason) == ("managers_unavailable", "manager_busy")


async def test_a_press_for_the_call_before_does_nothing(work: Work):
    """The key was pressed while the call before was shown, and arrives when the next one rings."""
    await work.talk()
    await work.page.send(Desk.hang_up(str(uuid4())))
    assert await work.commands() == []


async def test_nothing_is_sent_in_states_without_that_action(work: Work):
    await work.show(work.view(OperatorState.CONNECTING))
    await work.page.send(Desk.call_next())
    call_id = await work.talk()
    for spec in (Desk.call_next(), Desk.complete_transfer(call_id), Desk.return_to_contact(call_id), Desk.end_shift()):
        await work.page.send(spec)
    await work.page.send(Sheet.close(call_id, "next"))
    assert await work.commands() == []


@pytest.mark.parametrize("by_number", [True, False])
async def test_a_lost_line_is_rung_at_her_wish(work: Work, by_number: bool):
    await work.show(work.view(OperatorState.READY))
    await work.page.send(Desk.ring_seat(by_number))
    assert await work.commands() == [], "a line that is up is not rung"
    await work.show(work.view(OperatorState.CONNECTION_LOST))
    await work.page.send(Desk.ring_seat(by_number))
    (command,) = await work.commands()
    assert isinstance(command, RingSeat) and command.by_number is by_number


async def test_the_shift_ends_between_calls(work: Work):
    await work.show(work.view(OperatorState.READY))
    await work.page.send(Desk.end_shift())
    (command,) = await work.commands()
    assert isinstance(command, EndShift)
