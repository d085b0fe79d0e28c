"""The recording is paused with a key, if it is recorded, hers, talking, and allowed."""

import pytest

from exchange_app.operator.desk_state import Desk
from exchange_app.operator.sheet_state import Sheet
from exchange_domain import campaigns, database
from exchange_domain.messages import MaskRecording, OperatorView
from exchange_domain.words import OperatorState

from .conftest import Work


def view(work: Work, state: OperatorState = OperatorState.TALKING, **call: object) -> OperatorView:
    made = work.view(state)
    assert made.call is not None
    return made.model_copy(update={"call": made.call.model_copy(update={"recorded": True, **call})})


async def allow(work: Work, allowed: bool) -> None:
    async with database.session() as s:
        await campaigns.set_limits(s, work.campaign_id, masking_allowed=allowed)


async def test_a_press_pauses_and_the_next_one_resumes(work: Work):
    call_id = await work.talk()
    await work.show(view(work))
    assert (await work.state(Desk)).recorded and (await work.state(Sheet)).masking_allowed
    await work.page.send(Desk.mask_recording(call_id, True))
    await work.push(view(work, masked=True))
    assert (await work.state(Desk)).masked
    await work.page.send(Desk.mask_recording(call_id, False))
    commands = await work.commands()
    assert [(type(c), getattr(c, "on", None), str(getattr(c, "call_id", ""))) for c in commands] == [
        (MaskRecording, True, call_id), (MaskRecording, False, call_id),
    ]  # fmt: skip


async def test_where_the_customer_forbids_it_nothing_is_sent(work: Work):
    """The page has no button then; a page that was open before the change is refused here."""
    call_id = await work.talk()
    await work.show(view(work))
    await allow(work, False)
    await work.page.send(Desk.mask_recording(call_id, True))
    assert await work.commands() == []


async def test_a_pause_from_before_can_always_be_ended(work: Work):
    call_id = await work.talk()
    await allow(work, False)
    await work.show(view(work, masked=True))
    await work.page.send(Desk.mask_recording(call_id, False))
    (command,) = await work.commands()
    assert isinstance(command, MaskRecording) and command.on is False


@pytest.mark.parametrize("state", [OperatorState.RINGING, OperatorState.WRAP_UP, OperatorState.TRANSFERRING])
async def test_it_is_a_key_of_the_talk_only(work: Work, state: OperatorState):
    call_id = await work.talk()
    await work.show(view(work, state))
    await work.page.send(Desk.mask_recording(call_id, True))
    assert await work.commands() == []


async def test_a_call_that_is_not_recorded_has_nothing_to_pause(work: Work):
    call_id = await work.talk()
    await work.show(view(work, recorded=False))
    await work.page.send(Desk.mask_recording(call_id, True))
    assert await work.commands() == []
