"""What operators and managers say: abuse, problems, sound before a shift, place in the script, results, presence."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from exchange_domain import (
    abuse,
    accounts,
    call_backs,
    campaigns,
    customers,
    database,
    drafts,
    flags,
    manager_words,
    presence,
    problem_reports,
    shifts,
    sound_checks,
    tours,
    transfers,
)
from exchange_domain.claiming import Claim
from exchange_domain.drafts import NotYours
from exchange_domain.hours import Stretch
from exchange_domain.presence import BadPresence, Presence
from exchange_domain.sound_checks import Measured, of_network, of_room, of_voice, verdict
from exchange_domain.tables import Campaign, DoNotCall, LineQuality, ProblemReport, Shift, Transfer
from exchange_domain.words import EndpointKind, FlagKind, ManagerResult, MemberRole, ProblemKind, Role, SoundVerdict

from .conftest import Exchange

FIRST = "+78125550001"
CLEAR = Measured("Headset", -20, -60, True, 2, 5, 40)


async def talked(exchange: Exchange) -> tuple[Claim, tuple[int, int]]:
    campaign = await exchange.campaign()
    await exchange.contact(campaign, FIRST)
    operator = await exchange.operator(campaign)
    claim = await exchange.claim(operator)
    assert isinstance(claim, Claim)
    await exchange.talk(claim, 30)
    return claim, operator


async def test_abuse_blocks_the_number_and_asks_a_moderator_once(exchange: Exchange):
    claim, (operator, _) = await talked(exchange)
    for _ in range(2):
        async with database.session() as s:
            await abuse.report(s, claim.call_id, operator, exchange.now)
    async with database.session() as s:
        (listed,) = await s.exec(select(DoNotCall))
        assert (listed.e164, listed.customer_id, listed.call_id) == (FIRST, claim.customer_id, claim.call_id)
        (flag,) = await flags.open_flags(s, FlagKind.ABUSIVE_CONTACT)
        assert (flag.call_id, flag.operator_id, flag.count) == (claim.call_id, operator, 1)
    await exchange.close(claim, "do_not_call")
    await exchange.record(claim, 30)
    (settled,) = await exchange.settle()
    assert settled.operator_pay > 0, "who had to listen to that is paid"


async def test_abuse_is_nothing_that_can_be_said_of_another_operators_call(exchange: Exchange):
    claim, (operator, _) = await talked(exchange)
    with pytest.raises(NotYours):
        async with database.session() as s:
            await abuse.report(s, claim.call_id, operator + 1, exchange.now)
    async with database.session() as s:
        assert not (await s.exec(select(DoNotCall))).all()


async def test_abuse_needs_somebody_who_has_answered(exchange: Exchange):
    campaign = await exchange.campaign()
    await exchange.contact(campaign, FIRST)
    operator = await exchange.operator(campaign)
    claim = await exchange.claim(operator)
    assert isinstance(claim, Claim)
    with pytest.raises(NotYours):
        async with database.session() as s:
            await abuse.report(s, claim.call_id, operator[0], exchange.now)


async def test_a_problem_is_kept_once_and_its_words_are_not_in_the_flag(exchange: Exchange):
    claim, (operator, _) = await talked(exchange)
    for _ in range(2):
        async with database.session() as s:
            await problem_reports.report(
                s, claim.call_id, operator, ProblemKind.SOUND, "  Ivan  crackles ", exchange.now
            )
    async with database.session() as s:
        (kept,) = await s.exec(select(ProblemReport))
        assert (kept.words, kept.kind) == ("Ivan crackles", ProblemKind.SOUND)
        (flag,) = await flags.open_flags(s, FlagKind.PROBLEM_REPORTED)
        assert flag.details == {"about": "sound", "report": kept.id}
    with pytest.raises(NotYours):
        async with database.session() as s:
            await problem_reports.report(s, claim.call_id, operator + 1, ProblemKind.SOUND, "", exchange.now)


async def test_the_place_in_the_script_is_kept_and_judged(exchange: Exchange):
    claim, (operator, _) = await talked(exchange)
    async with database.session() as s:
        await drafts.save_note(s, claim.call_id, operator, "a note")
        await drafts.save_place(s, claim.call_id, operator, "1.3.12")
        kept = await drafts.of(s, claim.call_id)
        assert (kept.place, kept.note) == ("1.3.12", "a note")
        for wrong in ("1.", "a", "1..2", ".1", "1234"):
            with pytest.raises(ValueError):
                await drafts.save_place(s, claim.call_id, operator, wrong)
        with pytest.raises(NotYours):
            await drafts.save_place(s, claim.call_id, operator + 1, "1")
        await drafts.save_place(s, claim.call_id, operator, "")
        assert (await drafts.of(s, claim.call_id)).place == ""


async def test_an_operators_call_backs_are_hers_the_next_one_first(exchange: Exchange):
    claim, operator = await talked(exchange)
    back = exchange.now + timedelta(hours=3)
    await exchange.close(claim, "call_back", call_back_at=back, call_back_bound=True)
    async with database.session() as s:
        (mine,) = await call_backs.promised_by(s, operator[0])
        assert (mine.contact_id, mine.contact, mine.campaign_id) == (claim.contact_id, "Ирина", claim.campaign_id)
        assert mine.due_at >= back
        assert await call_backs.promised_by(s, operator[0] + 1) == []


# --- sound ---


@given(st.integers(0, 1000), st.integers(0, 2000), st.integers(0, 5000))
def test_a_worse_network_is_never_judged_better(loss: int, jitter: int, trip: int):
    order = sound_checks.ORDER.index
    here = order(of_network(loss, jitter, trip))
    assert order(of_network(min(loss + 5, 1000), jitter + 5, trip + 5)) >= here


def test_verdicts_in_words():
    assert verdict(CLEAR) is SoundVerdict.GOOD
    assert verdict(Measured("", -20, -60, False, 0, 0, 0)) is SoundVerdict.BAD, "who heard nothing cannot work"
    assert verdict(Measured("", -20, -30, True, 0, 0, 0)) is SoundVerdict.WEAK, "a loud room alone stops nobody"
    assert verdict(Measured("", -60, -70, True, 0, 0, 0)) is SoundVerdict.BAD
    assert (of_voice(-40), of_voice(-1), of_voice(-20)) == (SoundVerdict.WEAK, SoundVerdict.WEAK, SoundVerdict.GOOD)
    assert (of_room(-60), of_room(-40), of_room(-20)) == (SoundVerdict.GOOD, SoundVerdict.WEAK, SoundVerdict.BAD)


async def test_a_check_goes_with_the_shift_that_begins_and_with_one_that_is_open(exchange: Exchange):
    campaign = await exchange.campaign()
    operator, shift = await exchange.operator(campaign)
    assert (await exchange.read(Shift, shift)).sound_check_id is None
    async with database.session() as s:
        made = await sound_checks.keep(s, operator, CLEAR)
        assert made.verdict is SoundVerdict.GOOD
    assert (await exchange.read(Shift, shift)).sound_check_id == made.id
    async with database.session() as s:
        await shifts.end(s, shift, exchange.now)
        again = await shifts.open(
            s, operator_id=operator, campaign_id=campaign, switch_name="main", endpoint_kind=EndpointKind.BROWSER,
            endpoint="operator-1",
        )  # fmt: skip
        assert again.sound_check_id == made.id
        assert await sound_checks.latest(s, operator, datetime.now(UTC) + timedelta(hours=13)) is None


async def test_the_line_is_noted_when_its_verdict_changes(exchange: Exchange):
    campaign = await exchange.campaign()
    operator, shift = await exchange.operator(campaign)
    async with database.session() as s:
        for loss in (0, 1, 50, 60, 0):
            await sound_checks.line_was(s, operator, loss, 5, 40)
        kept = [(row.shift_id, row.verdict) for row in await s.exec(select(LineQuality).order_by(col(LineQuality.id)))]
        assert kept == [(shift, SoundVerdict.GOOD), (shift, SoundVerdict.WEAK), (shift, SoundVerdict.GOOD)]
        assert await sound_checks.line_was(s, operator + 1, 900, 5, 40) is SoundVerdict.BAD, "nothing to keep it with"


async def test_a_tour_is_seen_once_for_a_role(exchange: Exchange):
    campaign = await exchange.campaign()
    operator, _ = await exchange.operator(campaign)
    async with database.session() as s:
        assert await tours.seen(s, operator) == set()
        await tours.saw(s, operator, Role.OPERATOR)
        await tours.saw(s, operator, Role.OPERATOR)
        await tours.saw(s, operator, Role.MANAGER)
        assert await tours.seen(s, operator) == {"operator", "manager"}


# --- managers ---

MONDAY = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
OFFICE = (Stretch(0, time(9), time(18)), Stretch(1, time(9), time(18)))


def test_presence_is_ones_own_word_and_the_hours():
    assert Presence().is_there(MONDAY), "no hours: round the clock"
    assert not Presence(away=True).is_there(MONDAY)
    office = Presence(time_zone="UTC", stretches=OFFICE)
    assert office.is_there(MONDAY) and office.back_at(MONDAY) is None
    evening = MONDAY.replace(hour=20)
    assert not office.is_there(evening)
    assert office.back_at(evening) == datetime(2026, 5, 5, 9, tzinfo=UTC)
    assert Presence(True, "UTC", OFFICE).back_at(evening) is None, "who is away by their own word says when"


async def with_managers(exchange: Exchange, *names: str) -> tuple[int, list[int]]:
    campaign = await exchange.campaign()
    customer = (await exchange.read(Campaign, campaign)).customer_id
    made = []
    async with database.session() as s:
        for name in names:
            account = await accounts.create(s, email=f"{name}@example.org", display_name=name, password_hash="-")
            assert account.id is not None
            await customers.add_member(s, customer, account.id, MemberRole.MANAGER)
            made.append(account.id)
        await campaigns.set_managers(s, campaign, made)
    return campaign, made


async def test_a_transfer_goes_only_to_who_is_there(exchange: Exchange):
    campaign, (anna, boris) = await with_managers(exchange, "anna", "boris")
    async with database.session() as s:
        assert [m.account_id for m in await transfers.managers(s, campaign)] == [anna, boris]
        await presence.set_away(s, anna, True, exchange.now)
        assert [m.account_id for m in await transfers.managers(s, campaign)] == [boris]
        assert await transfers.availability(s, campaign, MONDAY) == transfers.Availability(1, 2)
        await presence.set_hours(s, boris, "UTC", OFFICE, exchange.now)
        evening = MONDAY.replace(hour=20)
        assert await transfers.managers(s, campaign, evening) == []
        gone = await transfers.availability(s, campaign, evening)
        assert gone == transfers.Availability(0, 2, datetime(2026, 5, 5, 9, tzinfo=UTC))
        await presence.set_away(s, anna, False, exchange.now)
        assert [m.account_id for m in await transfers.managers(s, campaign, evening)] == [anna]


async def test_hours_that_make_no_sense_are_refused_and_the_old_ones_stay(exchange: Exchange):
    _, (anna,) = await with_managers(exchange, "anna")
    async with database.session() as s:
        await presence.set_hours(s, anna, "Europe/Moscow", OFFICE, exchange.now)
    for zone, hours in (("Nowhere/Land", OFFICE), ("UTC", [Stretch(0, time(9), time(9))]),
                        ("UTC", [Stretch(7, time(9), time(10))])):  # fmt: skip
        with pytest.raises(BadPresence):
            async with database.session() as s:
                await presence.set_hours(s, anna, zone, hours, exchange.now)
    async with database.session() as s:
        kept = (await presence.of(s, [anna]))[anna]
        assert kept == Presence(False, "Europe/Moscow", OFFICE)
        await presence.set_hours(s, anna, "Europe/Moscow", [], exchange.now)
        assert (await presence.of(s, [anna]))[anna].stretches == ()


async def test_a_managers_result_and_note_are_theirs_alone(exchange: Exchange):
    claim, _ = await talked(exchange)
    _, (anna, boris) = await with_managers(exchange, "anna", "boris")
    async with database.session() as s:
        await transfers.start(s, claim.call_id, claim.call_id, anna, exchange.now)
        with pytest.raises(manager_words.NotTheirs):
            await manager_words.save_note(s, claim.call_id, anna, "it only rang", exchange.now)
        await transfers.answered(s, claim.call_id, exchange.now)
        await manager_words.save_result(s, claim.call_id, anna, ManagerResult.AGREED, exchange.now)
        await manager_words.save_note(s, claim.call_id, anna, "comes on Friday", exchange.now)
        for wrong in (boris, 0):
            with pytest.raises(manager_words.NotTheirs):
                await manager_words.save_result(s, claim.call_id, wrong, ManagerResult.OTHER, exchange.now)
    kept = await exchange.read(Transfer, claim.call_id)
    assert (kept.manager_result, kept.manager_note) == (ManagerResult.AGREED, "comes on Friday")
