"""The simulated switch does what the facts about FreeSWITCH say, above all where one would guess otherwise."""

import pytest

from call_engine.core import effects as fx
from call_engine.core import events as ev
from exchange_domain.words import EndpointKind

from .bench import CONTACT, JOB, MANAGER, SEAT, Bench


def test_the_ring_time_is_the_originates_own_timeout():
    bench = Bench()
    bench.contact(ring_s=25)
    bench.switch.ring(bench.switch.channels[CONTACT])
    bench.go_on(22_000)
    assert bench.alive(CONTACT)
    bench.go_on(4_000)
    assert bench.cause(CONTACT) == "NO_ANSWER" and bench.jobs[CONTACT] == "NO_ANSWER"


def test_early_media_ends_the_originate_and_its_timeout_and_the_announcement_has_a_limit_of_its_own():
    bench = Bench()
    bench.contact(ring_s=5)
    bench.switch.early_media(bench.switch.channels[CONTACT])
    assert bench.jobs[CONTACT] == "+OK"
    bench.go_on(29_000)
    assert bench.alive(CONTACT), "the ring time of 5 s does not count any more"
    bench.go_on(2_000)
    assert bench.cause(CONTACT) == "NO_ANSWER"


def test_the_calls_limit_takes_the_place_of_the_announcements_at_the_answer():
    bench = Bench()
    bench.contact(longest_s=60)
    bench.switch.early_media(bench.switch.channels[CONTACT])
    bench.go_on(1_000)
    bench.answer(CONTACT)
    bench.go_on(59_000)
    assert bench.alive(CONTACT)
    bench.go_on(1_500)
    assert bench.cause(CONTACT) == "ALLOTTED_TIMEOUT"


def test_the_limit_holds_without_any_engine_and_the_seat_parks():
    bench = Bench()
    bench.talking()
    bench.go_on(61_000)
    assert bench.cause(CONTACT) == "ALLOTTED_TIMEOUT"
    assert bench.alive(SEAT) and bench.said_of[SEAT][-2:] == ["Unbridged", "Parked"]


def test_at_the_answer_the_event_comes_before_the_jobs_result_and_the_park_after_it():
    bench = Bench()
    bench.contact()
    bench.answer(CONTACT)
    assert [s for s in bench.said_of[CONTACT] if s in ("Answered", "job", "Parked")] == ["Answered", "job", "Parked"]


@pytest.mark.parametrize("first", [SEAT, CONTACT])
def test_both_legs_die_when_a_leg_that_still_rings_is_bridged(first):
    bench = Bench()
    bench.seat()
    bench.answer(SEAT)
    bench.contact()
    bench.switch.ring(bench.switch.channels[CONTACT])
    other = CONTACT if first == SEAT else SEAT
    assert bench.bridge(first, other) == "+OK"
    assert not bench.alive(SEAT) and not bench.alive(CONTACT)


def test_an_accepted_bridge_comes_to_nothing_when_a_leg_goes_before_it_and_takes_the_other_along():
    bench = Bench()
    bench.seat()
    bench.answer(SEAT)
    bench.contact()
    bench.answer(CONTACT)
    assert bench.switch.command(fx.BridgeLegs(SEAT, CONTACT)) == "+OK"
    bench.go_on(26)
    bench.switch.hang_up(bench.switch.channels[CONTACT], "NORMAL_CLEARING")
    bench.go_on(200)
    assert not bench.alive(SEAT)
    assert "Bridged" not in bench.said_of[SEAT]


def test_a_bridge_with_a_leg_that_is_gone_is_refused():
    bench = Bench()
    bench.seat()
    assert bench.switch.command(fx.BridgeLegs(SEAT, CONTACT)) == "-ERR Invalid uuid"
    assert bench.switch.command(fx.ParkBoth(CONTACT)).startswith("-ERR")
    assert bench.switch.command(fx.Kill(CONTACT)).startswith("-ERR")


def test_a_lost_seat_leaves_the_contact_parked():
    bench = Bench()
    bench.talking()
    bench.switch.hang_up(bench.switch.channels[SEAT], "MEDIA_TIMEOUT")
    bench.go_on(100)
    assert bench.alive(CONTACT) and bench.partner(CONTACT) is None
    assert bench.said_of[CONTACT][-1] == "Parked"


def test_a_contact_that_ends_unanswered_leaves_the_seat_but_not_the_other_way_round():
    for leaver, stays in ((CONTACT, True), (SEAT, False)):
        bench = Bench()
        bench.seat()
        bench.answer(SEAT)
        bench.contact()
        bench.switch.early_media(bench.switch.channels[CONTACT])
        bench.bridge(SEAT, CONTACT)
        bench.switch.hang_up(bench.switch.channels[leaver], "USER_BUSY")
        bench.go_on(100)
        other = SEAT if leaver == CONTACT else CONTACT
        # The seat has all of park_after_bridge, park_after_early_bridge and continue_on_fail, the contact the first.
        assert bench.alive(other) is stays


def test_without_park_after_bridge_contact_and_manager_end_with_each_other():
    bench = Bench()
    bench.talking()
    bench.manager()
    bench.answer(MANAGER)
    for leg in (CONTACT, MANAGER):
        assert bench.switch.command(fx.ParkAfterBridge(leg, False)) == "+OK"
    bench.bridge(CONTACT, MANAGER)
    assert bench.partner(CONTACT) == MANAGER and bench.alive(SEAT)
    bench.switch.hang_up(bench.switch.channels[MANAGER], "NORMAL_CLEARING")
    bench.go_on(100)
    assert not bench.alive(CONTACT)


def test_one_command_completes_and_one_returns_without_unbridging_first():
    bench = Bench()
    bench.talking()
    assert bench.switch.command(fx.ParkBoth(SEAT)) == "+OK"
    bench.go_on(100)
    assert bench.partner(SEAT) is None and bench.partner(CONTACT) is None
    bench.manager()
    bench.answer(MANAGER)
    bench.bridge(SEAT, MANAGER)
    assert bench.partner(SEAT) == MANAGER
    bench.bridge(SEAT, CONTACT)
    assert bench.partner(SEAT) == CONTACT and bench.alive(MANAGER) and bench.partner(MANAGER) is None
    bench.bridge(CONTACT, MANAGER)
    assert bench.partner(CONTACT) == MANAGER and bench.alive(SEAT) and bench.partner(SEAT) is None


def test_a_bridge_is_no_bridge_before_it_has_come_about():
    bench = Bench()
    bench.seat()
    bench.answer(SEAT)
    bench.contact()
    bench.answer(CONTACT)
    bench.switch.command(fx.BridgeLegs(SEAT, CONTACT))
    bench.go_on(26)
    assert bench.switch.dump((SEAT,))[SEAT].other is None


def test_who_is_not_registered_has_no_channel_and_no_record():
    bench = Bench()
    bench.far_ends.registered["operator-1"] = False
    bench.seat()
    assert bench.jobs[SEAT] == "USER_NOT_REGISTERED"
    assert bench.said_of[SEAT] == ["job"] and bench.records == []


def test_a_uuid_in_use_and_a_gateway_that_is_down_are_refused():
    bench = Bench()
    bench.seat()
    bench.seat()
    assert bench.jobs[SEAT] == "DESTINATION_OUT_OF_ORDER"
    bench.far_ends.gateway_up = False
    bench.contact()
    assert bench.jobs[CONTACT] == "GATEWAY_DOWN"


def test_killed_while_it_rings_the_job_fails_with_the_cause_given():
    bench = Bench()
    bench.contact()
    bench.switch.ring(bench.switch.channels[CONTACT])
    bench.switch.command(fx.Kill(CONTACT, "ORIGINATOR_CANCEL"))
    assert bench.jobs[CONTACT] == "ORIGINATOR_CANCEL"


def test_a_closed_page_leaves_its_leg_until_the_media_timeout():
    bench = Bench()
    bench.seat()
    bench.answer(SEAT)
    bench.far_ends.fall_silent(bench.switch, bench.switch.channels[SEAT])
    bench.go_on(9_900)
    assert bench.alive(SEAT)
    bench.go_on(200)
    assert bench.cause(SEAT) == "MEDIA_TIMEOUT"


def test_every_leg_that_had_a_channel_leaves_one_record_and_ends_with_destroyed():
    bench = Bench()
    bench.talking()
    bench.switch.command(fx.Kill(CONTACT))
    bench.go_on(3_000)
    assert bench.records == [CONTACT]
    ends = [s for s in bench.said_of[CONTACT] if s in ("HungUp", "Destroyed")]
    assert ends == ["HungUp", "HungUp", "Destroyed"]
    assert bench.switch.dump((CONTACT,))[CONTACT].state is ev.LegState.GONE


def test_the_recording_runs_from_the_answer_to_the_end_of_the_leg():
    bench = Bench()
    bench.talking()
    assert bench.recordings == [(CONTACT, True)]
    bench.switch.command(fx.Kill(CONTACT))
    assert bench.recordings == [(CONTACT, True), (CONTACT, False)]


def test_a_pause_of_the_recording_is_refused_before_it_runs_and_for_a_leg_that_is_gone():
    bench = Bench()
    bench.contact()
    assert bench.switch.command(fx.MaskLeg(CONTACT, True, 0)).startswith("-ERR")
    bench.answer(CONTACT)
    assert bench.switch.command(fx.MaskLeg(CONTACT, True, 0)) == "+OK"
    assert bench.switch.channels[CONTACT].masked
    bench.switch.command(fx.Kill(CONTACT))
    assert bench.switch.command(fx.MaskLeg(CONTACT, False, 0)).startswith("-ERR")


def test_a_crash_ends_everything_without_a_word_and_without_a_record_and_leaves_the_file():
    bench = Bench()
    bench.talking()
    said = {leg: list(events) for leg, events in bench.said_of.items()}
    bench.switch.originate(fx.OriginateManager(MANAGER, 1, EndpointKind.BROWSER, "manager-1", 20, 60), JOB)
    bench.switch.crash()
    bench.go_on(70_000)
    assert bench.said_of == said and bench.records == [] and not bench.switch.live
    assert bench.recordings == [(CONTACT, True), (CONTACT, False)]
    assert {bench.switch.dump((leg,))[leg].state for leg in (SEAT, CONTACT, MANAGER)} == {ev.LegState.GONE}
