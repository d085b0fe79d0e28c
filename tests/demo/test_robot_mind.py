"""The robot's mind by itself: whatever an engine does, it sends one command at a time, and stops when it is told to."""

import random
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from demo.robot_mind import AGAIN_MS, Idle, Mind, Send, Sheet, Wait, Write
from exchange_domain.forms import check_answers, parse_form
from exchange_domain.messages import CallView, Notice, OperatorView, TransferView
from exchange_domain.words import CallState, OperatorState, Outcome, TransferState

FIELDS = parse_form(
    [
        {"key": "wish", "label": "Wish", "kind": "choices", "required": True, "options": ["a", "b", "c"]},
        {"key": "day", "label": "Day", "kind": "date", "required": True},
        {"key": "sum", "label": "Sum", "kind": "number", "required": True},
        {"key": "kind", "label": "Kind", "kind": "choice", "required": True, "options": ["x", "y"]},
        {"key": "mail", "label": "Mail", "kind": "yes_no", "required": True},
        {"key": "words", "label": "Words", "kind": "text", "required": True},
    ]
)
SHEET = Sheet(FIELDS, {outcome: number for number, outcome in enumerate(Outcome, 1)})
NOW = 1_800_000_000_000


def call(call_id: UUID, **changes) -> CallView:
    given = {
        "call_id": call_id, "contact_id": 1, "contact_name": "Ирина", "person_name": "", "masked_number": "•",
        "attempt": 1, "time_zone": "Europe/Moscow", "state": CallState.TALKING, "claimed_ms": NOW, "answered_ms": NOW,
    }  # fmt: skip
    return CallView(**(given | changes))


def view(state: OperatorState, **changes) -> OperatorView:
    return OperatorView(operator_id=1, version=1, state=state, **changes)


@given(st.uuids(version=4))
def test_what_it_writes_is_what_the_form_takes(call_id: UUID) -> None:
    mind, now, written = Mind(1, 2, random.Random(1)), NOW, {}
    seen = view(OperatorState.TALKING, call=call(call_id))
    for _ in range(60):
        step = mind.decide(seen, SHEET, wanted=True, now_ms=now)
        if isinstance(step, Write):
            written[step.key] = step.value
        elif isinstance(step, Send):
            break
        elif step.until_ms is not None:
            now = max(now + 1, step.until_ms)
    assert isinstance(step, Send) and step.command.kind in ("hang_up", "start_transfer")
    clean, problems = check_answers(FIELDS, written, Outcome.SUCCESS)
    assert not written or (problems == [] and set(clean) == {f.key for f in FIELDS})


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(OperatorState)), st.booleans(), st.booleans(), st.integers(0, 20_000),
            st.sampled_from([None, *TransferState]), st.sampled_from([None, "nothing_due", "no_manager"]),
        ),
        max_size=60,
    ),
    st.integers(),
)  # fmt: skip
def test_one_command_at_a_time_whatever_the_engine_shows(story, seed: int) -> None:
    """A second command comes only when the first was answered, the state changed, or under the same key."""
    mind, now, call_id = Mind(1, 2, random.Random(seed)), NOW, uuid4()
    last, before = None, None
    for state, answers, wanted, later, transfer, notice in story:
        now += later
        if (state, transfer, wanted) != before:
            # Another situation: what was sent in the one of before has had its effect.
            last, before = None, (state, transfer, wanted)
        shown = None if transfer is None else TransferView(
            transfer_id=call_id, state=transfer, manager_id=3, manager_name="Олег", started_ms=NOW
        )  # fmt: skip
        seen = view(
            state,
            call=None if state in (OperatorState.OFF_SHIFT, OperatorState.READY) else call(call_id, transfer=shown),
            last_command=last[0].key if last and answers else None,
            notice=Notice(code=notice, at_ms=now) if notice else None,
        )
        step = mind.decide(seen, SHEET, wanted=wanted, now_ms=now)
        assert isinstance(step, Send | Write | Wait)
        if not isinstance(step, Send):
            continue
        if last is not None and not answers and last[0].kind == step.command.kind:
            assert step.command.key == last[0].key and now - last[1] >= AGAIN_MS
        last = (step.command, now)


def test_with_the_same_call_it_acts_the_same() -> None:
    call_id = uuid4()

    def kinds() -> list:
        mind, now, out = Mind(1, 2, random.Random(5)), NOW, []
        while not out or not isinstance(out[-1], Send):
            out.append(mind.decide(view(OperatorState.TALKING, call=call(call_id)), SHEET, wanted=True, now_ms=now))
            now += 500
        return [(type(s).__name__, getattr(s, "key", ""), getattr(s, "value", "")) for s in out]

    assert kinds() == kinds()


def test_told_to_stop_it_leaves_by_the_shortest_way() -> None:
    call_id, mind = uuid4(), Mind(1, 2)

    def next_kind(seen: OperatorView | None) -> str:
        for later in (0, 60_000):
            step = mind.decide(seen, SHEET, wanted=False, now_ms=NOW + later)
            if isinstance(step, Send):
                return step.command.kind
        return type(step).__name__

    assert next_kind(view(OperatorState.TALKING, call=call(call_id))) == "hang_up"
    assert next_kind(view(OperatorState.WRAP_UP, call=call(call_id))) == "close_call"
    assert next_kind(view(OperatorState.READY)) == "end_shift"
    assert next_kind(view(OperatorState.OFF_SHIFT)) == "Idle"
    assert isinstance(mind.decide(None, SHEET, wanted=False, now_ms=NOW), Idle)


def test_an_unanswered_call_is_closed_with_what_the_switch_said() -> None:
    mind, call_id = Mind(1, 2), uuid4()
    seen = view(OperatorState.WRAP_UP, call=call(call_id, answered_ms=None, proposed_outcome=Outcome.BUSY))
    step = mind.decide(seen, SHEET, wanted=True, now_ms=NOW)
    assert isinstance(step, Wait) and step.until_ms
    step = mind.decide(seen, SHEET, wanted=True, now_ms=step.until_ms)
    assert isinstance(step, Send) and step.command.kind == "close_call"
    assert step.command.disposition_id == SHEET.dispositions[Outcome.BUSY]
    assert mind.calls == 1
