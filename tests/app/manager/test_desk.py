"""The manager's desk: who may read what, what each change of the engine shows, what the operator writes meanwhile."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import reflex as rx

from demo import people
from exchange_app.broker import redis
from exchange_app.live import accounts as live_accounts
from exchange_app.manager import desk_rows, state
from exchange_app.manager.state import ManagerDesk, stage_of
from exchange_app.security import sessions
from exchange_domain import accounts, calls, claiming, database, drafts, shifts, transfers
from exchange_domain.claiming import Claim
from exchange_domain.messages import (
    COMMANDS,
    DeclineTransfer,
    ManagerView,
    TransferView,
    command_stream,
    manager_snapshot_key,
)
from exchange_domain.tables import Transfer
from exchange_domain.words import EndpointKind, TransferState
from tests.app.conftest import Events, Page


@dataclass
class House:
    """The sample workshop with one call that is being handed over."""

    who: dict[str, int]
    call: Claim
    transfer_id: UUID

    def view(self, version: int, **changes: Any) -> ManagerView:
        transfer = TransferView(
            transfer_id=self.transfer_id, state=changes.pop("state", TransferState.RINGING),
            manager_id=self.who["manager"], manager_name="Олег Рябов", started_ms=state.now_ms(),
        )  # fmt: skip
        given: dict[str, Any] = {
            "manager_id": self.who["manager"], "version": version, "call_id": self.call.call_id,
            "campaign_id": self.call.campaign_id, "transfer": transfer, "operator_name": "Мария Светлова",
            "contact_name": self.call.contact_name, "person_name": self.call.person_name, "number": self.call.e164,
        }  # fmt: skip
        return ManagerView(**(given | changes))


@pytest.fixture
def database_template(sampled_template: str) -> str:
    return sampled_template


@pytest.fixture
async def house(world: None) -> House:
    who: dict[str, int] = {}
    async with database.session() as s:
        for person in people.EVERYBODY:
            account = await accounts.find_by_email(s, person.email)
            assert account is not None and account.id is not None
            who[person.email.split("@")[0]] = account.id
        rows = await desk_rows.posts(s, who["manager"])
        shift = await shifts.open(
            s, operator_id=who["operator"], campaign_id=rows[0].campaign_id, switch_name="x",
            endpoint_kind=EndpointKind.SIP, endpoint="x",
        )  # fmt: skip
        assert shift.id is not None
        now = datetime.now(UTC)
        call = await claiming.claim(
            s, call_id=uuid4(), operator_id=who["operator"], shift_id=shift.id, now=now, lease=timedelta(hours=1)
        )
        assert isinstance(call, Claim)
        await calls.answered(s, call.call_id, call.fencing_token, now, None)
        await calls.transferring(s, call.call_id, call.fencing_token, on=True)
        transfer_id = uuid4()
        await transfers.start(s, transfer_id, call.call_id, who["manager"], now)
    return House(who, call, transfer_id)


async def sign_in(events: Events, account_id: int, *roles: str) -> Page:
    sid = await sessions.begin(account_id, frozenset(roles))
    page = events.page(f"page-{account_id}", sid)
    await page.hydrate("/manager")
    return page


async def desk(events: Events, house: House, name: str = "manager") -> Page:
    page = await sign_in(events, house.who[name], "manager")
    await page.send(ManagerDesk.enter())
    return page


async def given(events: Events, page: Page, view: ManagerView) -> None:
    """As the bridge does it with a view of the engine."""
    async with events.manager.modify_state(rx.BaseStateToken(ident=page.token, cls=rx.State)) as root:
        await state.apply(root, view)
        if delta := await root._get_resolved_delta():
            page.deltas.append(delta)
        root._clean()


async def test_the_desk_says_where_it_rings_and_in_which_turn(events: Events, house: House) -> None:
    first, second = await desk(events, house), await desk(events, house, "manager-2")
    mine, other = first.values(ManagerDesk)["posts"], second.values(ManagerDesk)["posts"]
    assert (mine[0].kind, mine[0].endpoint, mine[0].before, mine[0].running) == (
        "sip", f"manager-{house.who['manager']}", "", True,
    )  # fmt: skip
    assert (other[0].kind, other[0].endpoint, other[0].before) == ("number", "+7 499 555-01-12", "Олег Р.")
    assert first.values(ManagerDesk)["stage"] == "waiting"


async def test_transfers_of_before_are_listed_with_what_came_of_them(events: Events, house: House) -> None:
    rows = (await desk(events, house)).values(ManagerDesk)["recent"]
    assert rows[0].result == "live"
    past = [r for r in rows if r.result == "taken"]
    assert past and all(r.outcome == "success" and r.talk_s > 0 and r.about for r in past)
    strangers = (await desk(events, house, "manager-3")).values(ManagerDesk).get("recent", [])
    assert strangers == []


async def test_a_ringing_transfer_shows_who_it_is_and_what_is_written(events: Events, house: House) -> None:
    async with database.session() as s:
        await drafts.save_field(s, house.call.call_id, house.who["operator"], "furniture", ["Столы", "Стулья"])
        await drafts.save_field(s, house.call.call_id, house.who["operator"], "catalogue", True)
        await drafts.save_field(s, house.call.call_id, house.who["operator"], "visit", "2026-12-01")
        await drafts.save_note(s, house.call.call_id, house.who["operator"], "Ждёт звонка мастера")
    page = await desk(events, house)
    await given(events, page, house.view(1))
    shown = page.values(ManagerDesk)
    assert (shown["stage"], shown["operator"], shown["number"]) == ("ringing", "Мария С.", "+7 812 555-01-00")
    assert [(a.label, a.value, a.kind) for a in shown["answers"]] == [
        ("Что нужно", "Столы, Стулья", "text"), ("День замера", "2026-12-01", "date"),
        ("Прислать каталог", "yes", "yes_no"),
    ]  # fmt: skip
    assert shown["note"] == "Ждёт звонка мастера" and shown["saved_ms"] > 0
    assert {f.label for f in shown["facts"]} >= {"Город", "Что нужно"}
    assert shown["campaign"] and shown["time_zone"] == "Europe/Moscow"


@pytest.mark.parametrize(
    ("changes", "stage"),
    [
        ({}, "ringing"),
        ({"state": TransferState.CONSULTING}, "consulting"),
        ({"state": TransferState.COMPLETED, "with_contact": True}, "with_contact"),
        ({"state": TransferState.COMPLETED, "with_contact": True, "ended": True}, "ended"),
        ({"ended": True}, "missed"),
        ({"state": TransferState.FAILED, "ended": True}, "missed"),
        ({"state": TransferState.CONSULTING, "ended": True}, "returned"),
        ({"transfer": None, "call_id": None}, "waiting"),
    ],
)
async def test_each_view_has_its_stage(house: House, changes: dict[str, Any], stage: str) -> None:
    assert stage_of(house.view(1, **changes)) == stage


async def test_the_stages_of_a_transfer_follow_each_other_on_the_page(events: Events, house: House) -> None:
    page = await desk(events, house)
    await given(events, page, house.view(1))
    await given(events, page, house.view(2, state=TransferState.CONSULTING))
    assert page.values(ManagerDesk)["stage"] == "consulting"
    await given(events, page, house.view(3, state=TransferState.COMPLETED, with_contact=True))
    assert page.values(ManagerDesk)["joined_ms"] > 0
    await given(events, page, house.view(2, state=TransferState.CONSULTING))
    assert page.values(ManagerDesk)["stage"] == "with_contact", "an older view changes nothing"
    await given(events, page, house.view(4, state=TransferState.COMPLETED, with_contact=True, ended=True))
    assert page.values(ManagerDesk)["stage"] == "ended"
    await page.send(ManagerDesk.leave_ended())
    shown = page.values(ManagerDesk)
    assert (shown["stage"], shown["contact"], shown["answers"], shown["note"]) == ("waiting", "", [], "")


async def test_a_page_that_opens_takes_the_snapshot(events: Events, house: House) -> None:
    view = house.view(7, state=TransferState.CONSULTING)
    await redis().set(manager_snapshot_key(house.who["manager"]), view.model_dump_json())
    page = await desk(events, house)
    assert page.values(ManagerDesk)["stage"] == "consulting"
    over = house.view(8, ended=True)
    assert over.transfer is not None
    old = over.model_copy(
        update={"transfer": over.transfer.model_copy(update={"started_ms": state.now_ms() - 600_000})}
    )
    await redis().set(manager_snapshot_key(house.who["manager"]), old.model_dump_json())
    await page.send(ManagerDesk.enter())
    assert page.values(ManagerDesk)["stage"] == "waiting", "a transfer that was over long ago is in the list only"


@pytest.mark.parametrize("name", ["manager-2", "manager-3", "customer", "operator-2"])
async def test_whose_transfer_it_is_not_reads_nothing_of_it(house: House, name: str) -> None:
    async with database.session() as s:
        assert await desk_rows.briefing(s, house.who[name], house.call.call_id) is None
        assert await desk_rows.written_at(s, house.who[name], house.call.call_id) is None
        assert await desk_rows.briefing(s, house.who[name], uuid4()) is None
        assert (await desk_rows.briefing(s, house.who["manager"], house.call.call_id)) is not None


async def test_a_view_of_somebody_else_is_not_shown(events: Events, house: House) -> None:
    page = await desk(events, house, "manager-3")
    await given(events, page, house.view(1))
    assert page.values(ManagerDesk)["stage"] == "waiting"


async def test_a_view_that_names_a_foreign_call_shows_no_notes(events: Events, house: House) -> None:
    async with database.session() as s:
        await drafts.save_note(s, house.call.call_id, house.who["operator"], "Тайна")
    page = await desk(events, house, "manager-2")
    await given(events, page, house.view(1, manager_id=house.who["manager-2"]))
    shown = page.values(ManagerDesk)
    assert shown.get("note", "") == "" and shown.get("facts", []) == []


@pytest.mark.parametrize("handler", ["enter", "read_again", "fold", "leave_ended", "show_pane"])
async def test_nobody_but_a_manager_may_call_a_handler(events: Events, house: House, handler: str) -> None:
    page = await sign_in(events, house.who["operator"], "operator")
    before = len(page.deltas)
    arguments = {"fold": {"open": True}, "show_pane": {"name": "list"}}.get(handler, {})
    await page.send_named(f"{ManagerDesk.get_full_name()}.{handler}", arguments)
    assert not any(ManagerDesk.get_full_name() in d for d in page.deltas[before:])


async def test_arguments_of_any_kind_do_no_harm(events: Events, house: House) -> None:
    page = await desk(events, house)
    for wrong in ({"a": 1}, None, 7, "elsewhere", ["list"]):
        await page.send_named(f"{ManagerDesk.get_full_name()}.show_pane", {"name": wrong})
        await page.send_named(f"{ManagerDesk.get_full_name()}.fold", {"open": wrong})
    assert page.values(ManagerDesk).get("pane", "contact") == "contact"


async def test_after_the_call_is_saved_its_result_is_shown(events: Events, house: House) -> None:
    page = await desk(events, house)
    await given(events, page, house.view(1, state=TransferState.COMPLETED, with_contact=True))
    async with database.session() as s:
        await calls.wrap_up(s, house.call.call_id, house.call.fencing_token, datetime.now(UTC))
        await calls.close(
            s, house.call.call_id, outcome=None, result={"budget": "90000"}, note="Итог", at=datetime.now(UTC)
        )
    await page.send(ManagerDesk.read_again())
    shown = page.values(ManagerDesk)
    assert shown["closed"] and shown["note"] == "Итог" and shown["answers"][0].value == "90000"


async def test_counts_of_the_last_day(house: House) -> None:
    now = datetime.now(UTC)
    async with database.session() as s:
        before = await desk_rows.counts_since(s, house.who["manager"], now - timedelta(hours=1))
        s.add(
            Transfer(
                id=uuid4(), call_id=house.call.call_id, manager_id=house.who["manager"], state=TransferState.FAILED
            )
        )
        await s.flush()
        after = await desk_rows.counts_since(s, house.who["manager"], now - timedelta(hours=1))
    assert (after[0], after[1]) == (before[0], before[1] + 1)


def test_the_bridge_knows_the_desk() -> None:
    assert live_accounts._apply["manager"] is state.apply


async def test_busy_goes_to_the_engine_of_the_call_and_only_for_what_rings_here(events: Events, house: House):
    page = await desk(events, house)
    await given(events, page, house.view(1))
    await page.send(ManagerDesk.decline(str(uuid4())))
    stream = command_stream("x")
    assert await redis().xlen(stream) == 0
    await page.send(ManagerDesk.decline(str(house.transfer_id)))
    ((_, body),) = await redis().xrange(stream)
    command = COMMANDS.validate_json(body["command"])
    assert isinstance(command, DeclineTransfer)
    assert (command.transfer_id, command.manager_id) == (house.transfer_id, house.who["manager"])
    assert command.operator_id == house.who["operator"]
    await given(events, page, house.view(2, state=TransferState.CONSULTING))
    await page.send(ManagerDesk.decline(str(house.transfer_id)))
    assert await redis().xlen(stream) == 1
