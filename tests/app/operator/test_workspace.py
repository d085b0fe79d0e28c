"""Preview, skipping, abuse, problems, the way through the script, offers, the shift's figures."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import select

from exchange_app.operator import offer_state
from exchange_app.operator.desk_state import Desk
from exchange_app.operator.guide_state import Guide
from exchange_app.operator.offer_state import Offer
from exchange_app.operator.preview_state import Preview
from exchange_app.operator.sheet_state import Sheet
from exchange_app.operator.today_state import Today
from exchange_app.operator.trouble_state import Trouble
from exchange_domain import campaigns, database, drafts, flags, presence
from exchange_domain.messages import CallNext, EndShift, HangUp, HoldPreview, OperatorView, SkipContact, StartShift
from exchange_domain.tables import DoNotCall, ProblemReport
from exchange_domain.words import FlagKind, OperatorState, Outcome

from .conftest import FORM, Work, ms

BRANCHED = """# Начало

Удобно говорить?

- [Да](#Повод)
- [Нет](#Прощание)

## Повод

Мы делаем кухни.

- [Хочу](#Запись)
- [Не туда](#Нигде)

## Запись

Когда?

## Прощание

До свидания.
"""


def preview_of(work: Work, *, held: bool = False) -> OperatorView:
    view = work.view(OperatorState.READY)
    assert view.call is not None
    until = None if held else ms(datetime.now(UTC) + timedelta(seconds=11))
    call = view.call.model_copy(
        update={"preview": True, "preview_until_ms": until, "answered_ms": None, "limit_ms": None, "warning_ms": None}
    )
    return view.model_copy(update={"call": call})


async def shown(work: Work, *, held: bool = False) -> str:
    claim = await work.call()
    await work.show(preview_of(work, held=held))
    return str(claim.call_id)


async def kinds(work: Work) -> list[type]:
    return [type(command) for command in await work.commands()]


async def test_a_contact_that_is_shown_stands_on_the_desk_with_its_countdown(work: Work):
    call = await shown(work)
    desk = work.page.values(Desk)
    assert (desk["call_id"], desk["preview"], desk["state"]) == (call, True, "ready")
    assert desk["preview_until_ms"] > 0
    assert work.page.values(Sheet)["contact_name"].startswith("Кафе")


async def test_the_countdown_is_held_and_goes_on(work: Work):
    call = await shown(work)
    await work.page.send(Preview.hold(call, True))
    await work.push(preview_of(work, held=True))
    await work.page.send(Preview.hold(call, False))
    sent = [c for c in await work.commands() if isinstance(c, HoldPreview)]
    assert [(str(c.call_id), c.on) for c in sent] == [(call, True), (call, False)]


async def test_asking_why_stops_the_countdown_and_a_reason_passes_the_contact_over(work: Work):
    call = await shown(work)
    await work.page.send(Preview.ask(call))
    assert work.page.values(Preview)["asking"] is True
    await work.push(preview_of(work, held=True))
    await work.page.send(Preview.skip(call, "no such reason"))
    await work.page.send(Preview.ask(call))
    await work.page.send(Preview.skip(call, "known_person"))
    hold, skip = await work.commands()
    assert isinstance(hold, HoldPreview) and hold.on
    assert isinstance(skip, SkipContact) and (str(skip.call_id), skip.reason) == (call, "known_person")
    assert work.page.values(Preview)["asking"] is False


@pytest.mark.parametrize("call", ["", "x", "1f49c28f-e1e2-4872-ac48-6988292452b5", None, 7])
async def test_what_is_not_on_the_desk_is_neither_held_nor_skipped(work: Work, call):
    await shown(work)
    for event in (Preview.hold(call, True), Preview.ask(call), Preview.skip(call, "other")):
        await work.page.send(event)
    assert await work.commands() == []


async def test_a_talk_is_neither_held_nor_skipped(work: Work):
    call = await work.talk()
    for event in (Preview.hold(call, True), Preview.ask(call), Preview.skip(call, "other")):
        await work.page.send(event)
    assert await work.commands() == []


async def test_call_and_break_act_on_a_contact_that_is_shown(work: Work):
    await shown(work)
    await work.page.send(Desk.call_next())
    await work.push(preview_of(work))
    await work.page.send(Desk.end_shift())
    assert await kinds(work) == [CallNext, EndShift]


# --- abuse and problems ---


async def test_abuse_ends_the_talk_blocks_the_number_and_chooses_how_it_ended(work: Work):
    call = await work.talk()
    await work.page.send(Trouble.ask_abuse(call))
    assert work.page.values(Trouble)["abusing"] is True
    await work.page.send(Trouble.end_abuse(call))
    assert await kinds(work) == [HangUp]
    assert work.page.values(Trouble)["abused"] == call
    assert work.page.values(Sheet)["chosen_id"] == await work.disposition(Outcome.DO_NOT_CALL)
    async with database.session() as s:
        (listed,) = await s.exec(select(DoNotCall))
        assert str(listed.call_id) == call
        (flag,) = await flags.open_flags(s, FlagKind.ABUSIVE_CONTACT)
        assert flag.operator_id == work.operator_id


async def test_abuse_cannot_be_said_of_another_operators_call(work: Work, other_call: UUID):
    await work.talk()
    for event in (
        Trouble.ask_abuse(str(other_call)), Trouble.end_abuse(str(other_call)), Trouble.block_again(str(other_call)),
    ):  # fmt: skip
        await work.page.send(event)
    assert await work.commands() == []
    async with database.session() as s:
        assert not (await s.exec(select(DoNotCall))).all()


async def test_a_problem_is_sent_with_its_kind_and_words(work: Work):
    call = await work.talk()
    await work.page.send(Trouble.open_report(call))
    await work.page.send(Trouble.choose_kind("script"))
    await work.page.send(Trouble.choose_kind("no such kind"))
    for _ in range(2):
        await work.page.send(Trouble.send_report({"call_id": call, "words": "The name is wrong"}))
    async with database.session() as s:
        (kept,) = await s.exec(select(ProblemReport))
    assert (str(kept.call_id), kept.kind, kept.words) == (call, "script", "The name is wrong")
    assert work.page.values(Trouble)["reporting"] is False


async def test_a_problem_of_another_operators_call_is_not_taken(work: Work, other_call: UUID):
    await work.talk()
    for form in ({"call_id": str(other_call), "words": "x"}, {"words": "x"}, {}, None, {"call_id": 5, "words": 6}):
        await work.page.send(Trouble.send_report(form))
    async with database.session() as s:
        assert not (await s.exec(select(ProblemReport))).all()


# --- the way through the script ---


async def branched(work: Work) -> str:
    async with database.session() as s:
        await campaigns.save_script(s, work.campaign_id, BRANCHED, FORM)
    return await work.talk()


async def test_digits_lead_through_the_script_and_the_place_outlives_a_reload(work: Work):
    call = await branched(work)
    assert work.page.values(Guide)["branched"] is True
    await work.page.send(Guide.answer(call, 1))
    await work.page.send(Guide.answer(call, 1))
    assert work.page.values(Guide)["way"] == [1, 2, 3]
    await work.page.send(Guide.answer(call, 1))
    assert work.page.values(Guide)["way"] == [1, 2, 3], "this step has no answers"
    async with database.session() as s:
        assert (await drafts.of(s, UUID(call))).place == "1.2.3"
    await work.show(work.view(OperatorState.TALKING))
    assert work.page.values(Guide)["way"] == [1, 2, 3]
    for _ in range(4):
        await work.page.send(Guide.back(call))
    assert work.page.values(Guide)["way"] == [1]


async def test_an_answer_that_leads_nowhere_stays_in_the_text(work: Work):
    await branched(work)
    steps = work.page.values(Sheet)["steps"]
    assert [len(step.answers) for step in steps] == [2, 1, 0, 0]
    assert "Не туда" in steps[1].html


async def test_a_script_without_branches_goes_to_the_step_of_the_digit(work: Work):
    call = await work.talk()
    assert work.page.values(Guide)["branched"] is False
    await work.page.send(Guide.answer(call, 2))
    await work.page.send(Guide.answer(call, 9))
    assert work.page.values(Guide)["way"] == [1, 2]


async def test_no_place_is_kept_for_a_call_of_somebody_else(work: Work, other_call: UUID):
    await branched(work)
    for event in (Guide.answer(str(other_call), 1), Guide.jump(str(other_call), 2), Guide.jump("x", 2)):
        await work.page.send(event)
    assert work.page.values(Guide)["way"] == [1]
    async with database.session() as s:
        assert (await drafts.of(s, other_call)).place == ""


# --- between calls ---


async def test_the_shifts_figures_and_ones_call_backs_are_there(work: Work):
    await work.page.send(Today.enter("Europe/Moscow"))
    call = await work.wrap_up()
    assert work.claim is not None
    back = datetime.now(UTC) + timedelta(hours=5)
    await work.exchange.close(work.claim, "call_back", call_back_at=back, call_back_bound=True)
    await work.exchange.record(work.claim, 30)
    await work.exchange.settle()
    work.claim = None
    await work.push(work.view(OperatorState.READY, with_call=False))
    today = await work.state(Today)
    assert today.shift_calls == 1 and today.shift_pay > 0, call
    (mine,) = today.call_backs
    assert mine.due_ms >= ms(back) and "+7" not in mine.contact.replace("+7 812", "")
    assert "5550142" not in mine.contact, "operators never see full numbers"


async def after_an_hour(work: Work) -> int:
    """Ready again on the same campaign since more than an hour; another one is open: its id."""
    other = await work.exchange.campaign()
    await work.exchange.contact(other, "+78125559900")
    await work.wrap_up()
    assert work.claim is not None
    await work.exchange.close(work.claim, "refused")
    work.claim = None
    async with database.session() as s:
        await s.execute(text("update call set claimed_at = claimed_at - interval '70 minutes'"))
    await work.push(work.view(OperatorState.READY, with_call=False))
    return other


async def test_after_an_hour_another_campaign_is_offered_once(work: Work, monkeypatch: pytest.MonkeyPatch):
    other = await after_an_hour(work)
    offer = await work.state(Offer)
    assert offer.campaign_id == other and offer.minutes >= 55
    await work.page.send(Offer.take(work.campaign_id))
    assert await work.commands() == [], "only what is on offer"
    await work.page.send(Offer.stay())
    assert work.page.values(Offer)["campaign_id"] == 0
    monkeypatch.setattr(offer_state, "LOOKS", timedelta(0))
    await work.call()
    await work.push(work.view(OperatorState.TALKING))
    assert (await work.state(Offer)).campaign_id == 0, "nobody is asked in a talk"


async def test_the_offer_is_taken_by_changing_the_campaign_of_the_shift(work: Work):
    other = await after_an_hour(work)
    await work.page.send(Offer.take(other))
    (command,) = await work.commands()
    assert isinstance(command, StartShift) and command.campaign_id == other


async def test_before_a_transfer_the_operator_knows_whether_anybody_is_there(work: Work):
    await work.talk()
    assert work.page.values(Sheet)["managers_there"] == 0, "this campaign has no manager"
    from exchange_domain import accounts, customers
    from exchange_domain.tables import Campaign
    from exchange_domain.words import MemberRole

    async with database.session() as s:
        made = await accounts.create(s, email="m@example.org", display_name="Олег", password_hash="-")
        assert made.id is not None
        customer = (await s.get_one(Campaign, work.campaign_id)).customer_id
        await customers.add_member(s, customer, made.id, MemberRole.MANAGER)
        await campaigns.set_managers(s, work.campaign_id, [made.id])
    await work.push(work.view(OperatorState.TALKING))
    assert (await work.state(Sheet)).managers_there == 1
    async with database.session() as s:
        await presence.set_away(s, made.id, True, datetime.now(UTC))
    await work.push(work.view(OperatorState.TALKING))
    assert (await work.state(Sheet)).managers_there == 0
