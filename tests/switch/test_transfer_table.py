"""The rows of the transfer's table through the whole engine and a switch: people press, telephones ring, legs live."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import pytest

from call_engine.core.transfer_table import ROWS
from exchange_domain import database, drafts
from exchange_domain.messages import OperatorView
from exchange_domain.tables import CampaignManager, Transfer
from exchange_domain.words import EndpointKind, OperatorState, Outcome, TransferState
from tests.engine.conftest import EngineProcess, House, running_engine
from tests.engine.desk import OperatorDesk

pytestmark = pytest.mark.switch
MUSIC = "local_stream://moh"
RINGS = "rings, never answers"


@dataclass
class Talk:
    """An operator and a contact who talk, and whoever comes in."""

    house: House
    desk: OperatorDesk
    call_id: UUID
    seat: str

    async def transfer(self) -> UUID:
        """Presses T; the leg of the manager who rings then."""
        await self.desk.start_transfer(self.call_id)
        return await self.ringing()

    async def ringing(self, but: UUID | None = None) -> UUID:
        """The manager's leg once it rings in the switch, with music for the contact."""

        def rings(view: OperatorView) -> bool:
            transfer = None if view.call is None else view.call.transfer
            return transfer is not None and transfer.transfer_id != but

        view = await self.desk.wait(rings)
        assert view.call is not None and view.call.transfer is not None
        leg = view.call.transfer.transfer_id
        await self.house.until_switch(lambda channels: str(leg) in channels)
        await self.house.until_plays(self.call_id, MUSIC)
        return leg

    async def consult(self, but: UUID | None = None) -> UUID:
        """The manager's leg once operator and manager talk; the contact hears music."""

        def consulting(view: OperatorView) -> bool:
            transfer = None if view.call is None else view.call.transfer
            return transfer is not None and transfer.state == TransferState.CONSULTING and transfer.transfer_id != but

        view = await self.desk.wait(consulting)
        assert view.call is not None and view.call.transfer is not None
        leg = view.call.transfer.transfer_id
        await self.house.until_bridged(self.seat, str(leg))
        await self.house.until_plays(self.call_id, MUSIC)
        return leg

    async def back(self, *gone: UUID) -> OperatorView:
        """Operator and contact talk again, and nobody else is on a line."""
        await self.house.until_bridged(self.call_id, self.seat)
        await self.house.until_switch(lambda channels: set(channels) == {self.seat, str(self.call_id)})
        assert not {str(leg) for leg in gone} & set(self.house.switch.channels())
        return await self.desk.state(OperatorState.TALKING)

    async def refused(self) -> None:
        await self.desk.notice("not_possible_now")

    def far_end_hangs_up(self, leg: object) -> None:
        self.house.switch.peer_hangs_up(str(leg))

    async def kept(self, leg: UUID) -> Transfer:
        async with database.session() as s:
            return await s.get_one(Transfer, leg)

    async def only_the_seat(self) -> None:
        await self.house.until_switch(lambda channels: set(channels) == {self.seat})


async def talking(house: House) -> Talk:
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    return Talk(house, desk, call_id, await house.until_bridged(call_id))


async def consulting(house: House) -> tuple[Talk, UUID]:
    talk = await talking(house)
    await talk.desk.start_transfer(talk.call_id)
    return talk, await talk.consult()


async def manager_rings(house: House) -> tuple[Talk, UUID]:
    house.manager_does(0, RINGS)
    talk = await talking(house)
    return talk, await talk.transfer()


# --- scenarios, by the rows they are for ---


async def asked_rung_answered_consulted(house: House) -> None:
    talk, leg = await manager_rings(house)
    await talk.desk.state(OperatorState.TRANSFERRING)
    shown = await house.manager().wait(lambda v: v.transfer is not None)
    assert shown.number is not None and shown.operator_name == "Мария С."
    house.switch.peer_answers(str(leg))
    assert await talk.consult() == leg
    assert (await talk.kept(leg)).answered_at is not None


async def refused_without_a_talk(house: House) -> None:
    await house.contact(RINGS)
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.call_next()
    await desk.state(OperatorState.RINGING)
    await desk.start_transfer(call_id)
    await desk.notice("not_possible_now")


def refused_without_a_transfer(press: str) -> Callable[[House], Awaitable[None]]:
    async def scenario(house: House) -> None:
        talk = await talking(house)
        await getattr(talk.desk, press)(talk.call_id)
        await talk.refused()
        await talk.back()

    return scenario


async def no_manager(house: House) -> None:
    async with database.session() as s:
        for manager_id in house.manager_ids:
            await s.delete(await s.get_one(CampaignManager, (house.campaign_id, manager_id)))
    talk = await talking(house)
    await talk.desk.start_transfer(talk.call_id)
    await talk.desk.notice("no_manager")
    await talk.back()


async def the_first_is_busy(house: House) -> None:
    house.manager_does(0, "busy")
    talk, leg = await consulting(house)
    assert (await talk.kept(leg)).manager_id == house.manager_ids[1]
    await house.manager(0).wait(lambda v: v.ended)


async def nobody_can_be_had(house: House) -> None:
    house.manager_does(0, "busy")
    house.manager_does(1, "rings 0.1 s, 480")
    talk = await talking(house)
    await talk.desk.start_transfer(talk.call_id)
    view = await talk.desk.notice("managers_unavailable")
    assert view.notice is not None and view.notice.reason == "manager_no_answer"
    await talk.back()
    await talk.desk.wait(lambda v: v.call is not None and v.call.noted_ms is not None)
    async with database.session() as s:
        assert "никто из менеджеров" in (await drafts.of(s, talk.call_id)).note
    talk.far_end_hangs_up(talk.call_id)
    view = await talk.desk.state(OperatorState.WRAP_UP)
    assert view.call is not None and view.call.proposed_outcome == Outcome.CALL_BACK


async def declined_at_the_desk(house: House) -> None:
    talk, first = await manager_rings(house)
    desk = house.manager(0)
    view = await desk.wait(lambda v: v.transfer is not None and not v.ended)
    await desk.decline(talk.desk.operator_id, view)
    await talk.consult(but=first)
    assert (await talk.kept(first)).cause == "USER_BUSY"


async def skipped_while_it_rings(house: House) -> None:
    talk, first = await manager_rings(house)
    await talk.desk.next_manager(talk.call_id)
    second = await talk.consult(but=first)
    assert str(first) not in house.switch.channels()
    assert (await talk.kept(first)).cause == "SKIPPED"
    assert (await talk.kept(second)).manager_id == house.manager_ids[1]


async def the_last_is_skipped_while_it_rings(house: House) -> None:
    house.manager_does(0, "busy")
    house.manager_does(1, RINGS)
    talk = await talking(house)
    await talk.desk.start_transfer(talk.call_id)
    await talk.desk.wait(lambda v: v.call is not None and v.call.transfer is not None and not v.call.transfer.waiting)
    last = await talk.ringing()
    await talk.desk.next_manager(talk.call_id)
    view = await talk.desk.notice("managers_unavailable")
    assert view.notice is not None and view.notice.reason == "skipped"
    await talk.back(last)


async def given_up_while_it_rings(house: House) -> None:
    talk, leg = await manager_rings(house)
    await talk.desk.return_to_contact(talk.call_id)
    await talk.back(leg)
    await house.manager().wait(lambda v: v.ended)
    assert (await talk.kept(leg)).state == TransferState.RETURNED


async def not_connected_while_it_rings(house: House) -> None:
    talk, leg = await manager_rings(house)
    await talk.desk.complete_transfer(talk.call_id)
    await talk.refused()
    assert str(leg) in house.switch.channels()
    assert MUSIC in (house.plays(talk.call_id) or "")


async def hung_up_while_it_rings(house: House) -> None:
    talk, _ = await manager_rings(house)
    await talk.desk.hang_up(talk.call_id)
    await talk.desk.state(OperatorState.WRAP_UP)
    await talk.only_the_seat()


async def the_contact_leaves_while_it_rings(house: House) -> None:
    talk, _ = await manager_rings(house)
    talk.far_end_hangs_up(talk.call_id)
    view = await talk.desk.notice("contact_left")
    assert view.state == OperatorState.WRAP_UP
    await talk.only_the_seat()


async def the_operator_is_lost_while_it_rings(house: House) -> None:
    talk, leg = await manager_rings(house)
    before = talk.seat
    talk.far_end_hangs_up(before)
    talk.seat = await house.until_bridged(talk.call_id, but=before)
    await talk.back(leg)
    assert (await talk.kept(leg)).cause == "SEAT_LOST"


async def joined(house: House) -> None:
    talk, leg = await consulting(house)
    await talk.desk.complete_transfer(talk.call_id)
    view = await talk.desk.state(OperatorState.WRAP_UP)
    assert view.call is not None and view.call.proposed_outcome == Outcome.SUCCESS
    await house.until_bridged(talk.call_id, str(leg))
    await house.manager().wait(lambda v: v.with_contact and not v.ended)
    talk.far_end_hangs_up(leg)
    call = await house.until_call(talk.call_id, lambda c: c.ended_at is not None)
    assert call.ended_by == "manager" and call.transferred
    await talk.only_the_seat()


async def returned_from_the_consultation(house: House) -> None:
    talk, leg = await consulting(house)
    await talk.desk.return_to_contact(talk.call_id)
    await talk.back(leg)
    assert (await talk.kept(leg)).state == TransferState.RETURNED


async def a_machine_answers(house: House) -> None:
    """Voicemail: the operator hears it, and decides for the next manager."""
    talk, machine = await consulting(house)
    await talk.desk.next_manager(talk.call_id)
    second = await talk.consult(but=machine)
    assert str(machine) not in house.switch.channels()
    assert (await talk.kept(second)).manager_id == house.manager_ids[1]


async def the_last_one_is_a_machine(house: House) -> None:
    house.manager_does(0, "busy")
    talk, machine = await consulting(house)
    await talk.desk.next_manager(talk.call_id)
    await talk.desk.notice("managers_unavailable")
    await talk.back(machine)


async def hung_up_in_the_consultation(house: House) -> None:
    talk, _ = await consulting(house)
    await talk.desk.hang_up(talk.call_id)
    await talk.desk.state(OperatorState.WRAP_UP)
    await talk.only_the_seat()


async def the_manager_leaves_the_consultation(house: House) -> None:
    talk, leg = await consulting(house)
    talk.far_end_hangs_up(leg)
    await talk.desk.notice("manager_left")
    await talk.back(leg)


async def the_contact_leaves_in_the_consultation(house: House) -> None:
    talk, _ = await consulting(house)
    talk.far_end_hangs_up(talk.call_id)
    await talk.desk.notice("contact_left")
    await house.manager().wait(lambda v: v.ended)
    await talk.only_the_seat()


async def the_operator_is_lost_in_the_consultation(house: House) -> None:
    talk, leg = await consulting(house)
    talk.far_end_hangs_up(talk.seat)
    await house.until_bridged(talk.call_id, str(leg))
    await talk.desk.state(OperatorState.WRAP_UP)
    await house.manager().wait(lambda v: v.with_contact)
    await talk.desk.close(talk.call_id)
    await talk.desk.state(OperatorState.READY)


SCENARIOS: dict[str, Callable[[House], Awaitable[None]]] = {
    "T: the managers are asked for": asked_rung_answered_consulted,
    "T without a talk: refused": refused_without_a_talk,
    "N without a transfer: refused": refused_without_a_transfer("next_manager"),
    "R without a transfer: refused": refused_without_a_transfer("return_to_contact"),
    "Y without a transfer: refused": refused_without_a_transfer("complete_transfer"),
    "no manager in the campaign": no_manager,
    "the first manager rings": asked_rung_answered_consulted,
    "the manager answers": asked_rung_answered_consulted,
    "the manager cannot be had: the next": the_first_is_busy,
    "no manager can be had: call back": nobody_can_be_had,
    "the manager declines at the desk": declined_at_the_desk,
    "N while it rings: the next manager": skipped_while_it_rings,
    "N while the last one rings: call back": the_last_is_skipped_while_it_rings,
    "R while it rings: given up": given_up_while_it_rings,
    "Y while it rings: refused": not_connected_while_it_rings,
    "H while it rings: all are hung up": hung_up_while_it_rings,
    "the contact leaves while it rings": the_contact_leaves_while_it_rings,
    "the operator is lost while it rings": the_operator_is_lost_while_it_rings,
    "the consultation begins": asked_rung_answered_consulted,
    "Y: contact and manager are to be joined": joined,
    "R in the consultation": returned_from_the_consultation,
    "N in the consultation: a machine answered, the next manager": a_machine_answers,
    "N in the consultation with the last one: call back": the_last_one_is_a_machine,
    "H in the consultation: all are hung up": hung_up_in_the_consultation,
    "the manager leaves the consultation": the_manager_leaves_the_consultation,
    "the contact leaves in the consultation": the_contact_leaves_in_the_consultation,
    "the operator is lost in the consultation": the_operator_is_lost_in_the_consultation,
    "the manager is free: joined with the contact": the_operator_is_lost_in_the_consultation,
    "joined: handed over": joined,
}

MOMENTS = {row.name for row in ROWS if row.name not in SCENARIOS}
"""Rows of states that last some milliseconds, or that only lost events lead to: taken in tests/engine."""


def test_the_rows_without_a_scenario_are_those_that_no_telephone_can_bring_about():
    assert set(SCENARIOS) <= {row.name for row in ROWS}
    lasting = {None, "ringing", "consulting"}
    left_over = {row.name for row in ROWS if row.name in MOMENTS and row.phase in lasting}
    assert left_over == {
        "the manager answers a lost operator",
        "the manager is there already",
        "the manager is there, the operator is lost",
        "the lease is lost while it rings",
        "a late bridge with the contact is parted",
        "the manager's leg is silent: asked about",
        "Y for a contact who is being hung up: refused",
        "the operator is lost, the contact is being hung up",
        "the lease is lost in the consultation",
        "the consultation was parted: bridged again",
        "found joined after a silence",
    }


@pytest.mark.parametrize("name", SCENARIOS)
async def test_row(house: House, name: str):
    await house.furnish()
    async with running_engine():
        await SCENARIOS[name](house)


@pytest.mark.parametrize("kind", list(EndpointKind))
async def test_the_manager_is_reached_in_the_browser_on_sip_and_on_a_number(house: House, kind: EndpointKind):
    await house.furnish(endpoint=kind)
    async with running_engine():
        talk, leg = await consulting(house)
        await talk.desk.complete_transfer(talk.call_id)
        await house.until_bridged(talk.call_id, str(leg))
        await talk.desk.state(OperatorState.WRAP_UP)


@pytest.mark.parametrize("behaviour", ["busy", "rejects", "rings 0.1 s, 480", "not registered", "unknown"])
async def test_a_manager_who_cannot_be_had_is_followed_by_the_next(house: House, behaviour: str):
    await house.furnish()
    house.manager_does(0, behaviour)
    async with running_engine():
        talk, leg = await consulting(house)
        assert (await talk.kept(leg)).manager_id == house.manager_ids[1]


async def test_t_twice_is_one_transfer(house: House):
    await house.furnish()
    house.manager_does(0, RINGS)
    async with running_engine():
        talk = await talking(house)
        await talk.desk.start_transfer(talk.call_id)
        await talk.desk.start_transfer(talk.call_id)
        await talk.ringing()
        await house.until_switch(lambda channels: len(channels) == 3)
        view = await talk.desk.view()
        assert view is not None and view.notice is None


@pytest.mark.long
async def test_killed_while_a_manager_rings_the_next_ones_are_still_asked(house: House, engine_process: EngineProcess):
    talk, first = await manager_rings(house)
    await engine_process.kill()
    before = await talk.desk.view()
    assert before is not None
    await engine_process.start()
    await talk.desk.wait(lambda v: v.version > before.version and v.state == OperatorState.TRANSFERRING)
    talk.far_end_hangs_up(first)
    second = await talk.consult(but=first)
    assert (await talk.kept(second)).manager_id == house.manager_ids[1]
    await talk.desk.complete_transfer(talk.call_id)
    await house.until_bridged(talk.call_id, str(second))
