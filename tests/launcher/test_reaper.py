"""What the reaper understands of the supervisor's lines."""

import signal
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from launcher import reaper


@given(st.lists(st.tuples(st.booleans(), st.integers(2, 50))))
def test_listed_are_the_groups_started_and_not_ended(events):
    expected = set()
    for starts, group in events:
        (expected.add if starts else expected.discard)(group)
    lines = [f"+{group} 15\n" if starts else f"-{group}\n" for starts, group in events]
    assert set(reaper.listed_groups(lines)) == expected


def test_a_line_cut_short_by_the_supervisors_death_is_no_group():
    assert reaper.listed_groups(["+12 15\n", "+1"]) == {12: 15}


def test_each_group_is_asked_with_its_own_signal():
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, lambda *_: sys.exit(5)); print('up', flush=True)\n"
        "while True: signal.pause()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True) as child:
        child.stdout.readline()
        reaper.end({child.pid: signal.SIGINT}, grace=0)
        child.wait(30)
    assert child.returncode in (5, -signal.SIGKILL)


def test_a_group_that_has_ended_is_no_error():
    with subprocess.Popen(["true"], start_new_session=True) as child:
        child.wait()
    reaper.end({child.pid: signal.SIGTERM}, grace=1)
