"""Children that crash, refuse, linger and are left alone."""

import asyncio
import sys
import textwrap

import pytest
from waiting import lives

from launcher.children import ChildFailed, ChildSpec
from launcher.supervisor import Supervisor, restart_pause

SCRIPTS = {
    "patient": "print('up', flush=True); signal.pause()",
    "refusing": "print('cannot open the book', flush=True); sys.exit(3)",
    "silent": "signal.pause()",
    "stubborn": "signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True)\nwhile True: signal.pause()",
    "with_grandchild": """
        import subprocess
        own = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])
        detached = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'], start_new_session=True)
        path('grandchildren').write_text(f'{own.pid} {detached.pid}')
        print('up', flush=True)
        signal.pause()
    """,
    "noting": """
        def note(*_):
            with path('ended').open('a') as file: file.write(name + ' ')
            sys.exit(0)
        signal.signal(signal.SIGTERM, note)
        print('up', flush=True)
        signal.pause()
    """,
    "crashing_once": """
        first = not path('crashed').exists()
        path('crashed').touch()
        print('up', flush=True)
        if first: sys.exit(7)
        path('again').write_text(str(os.getpid()))
        signal.pause()
    """,
}


class Recorder:
    """Stands where the console stands, and keeps the lines."""

    def __init__(self):
        self.lines = []

    def line(self, text):
        self.lines.append(text)

    def child_line(self, name, text):
        self.lines.append(f"{name}| {text}")


@pytest.fixture
def console():
    return Recorder()


@pytest.fixture
def spec(tmp_path):
    def make(script, name=None, **more):
        prelude = f"name, path = {name or script!r}, pathlib.Path({str(tmp_path)!r}).joinpath\n"
        code = "import os, signal, sys, pathlib\n" + prelude + textwrap.dedent(SCRIPTS[script])
        settings = {"ready_line": "up", **more}
        return ChildSpec(name or script, [sys.executable, "-c", code], folder=tmp_path, **settings)

    return make


@pytest.fixture
def supervisor(tmp_path, console):
    return Supervisor(tmp_path / "logs", console)


async def until(condition, what):
    async with asyncio.timeout(30):
        while not (value := condition()):  # noqa: ASYNC110 - another process, no event to wait for
            await asyncio.sleep(0.02)
        return value


async def test_lines_of_a_child_are_shown_and_kept(supervisor, spec, console, tmp_path):
    async with supervisor:
        await supervisor.start(spec("patient"))
    assert "patient| up" in console.lines
    assert (tmp_path / "logs" / "patient.log").read_text() == "up\n"


async def test_the_log_of_the_run_before_is_kept(tmp_path, console, spec):
    for _ in range(2):
        async with Supervisor(tmp_path / "logs", console) as supervisor:
            await supervisor.start(spec("patient"))
    assert (tmp_path / "logs" / "patient.previous.log").read_text() == "up\n"


async def test_a_child_that_refuses_shows_its_last_lines_and_its_log(supervisor, spec, tmp_path):
    async with supervisor:
        with pytest.raises(ChildFailed) as failure:
            await supervisor.start(spec("refusing"))
    said = str(failure.value)
    assert "refusing ended with status 3" in said
    assert "cannot open the book" in said and str(tmp_path / "logs" / "refusing.log") in said


async def test_a_child_that_does_not_get_ready_says_which_log_to_read(supervisor, spec, tmp_path):
    async with supervisor:
        with pytest.raises(ChildFailed, match=r"silent was not ready after 0 s.*silent\.log"):
            await supervisor.start(spec("silent", ready_timeout=0.2))


async def test_a_program_that_is_not_there(supervisor):
    async with supervisor:
        with pytest.raises(ChildFailed, match="ghost could not be started"):
            await supervisor.start(ChildSpec("ghost", ["/no/such/program"]))


async def test_a_step_runs_to_its_end(supervisor, spec, tmp_path):
    async with supervisor:
        await supervisor.run_step(ChildSpec("step", [sys.executable, "-c", "print('done')"], echoes=False))
        with pytest.raises(ChildFailed, match="refusing ended with status 3"):
            await supervisor.run_step(spec("refusing"))
    assert (tmp_path / "logs" / "step.log").read_text() == "done\n"


async def test_a_crashed_child_is_started_again(supervisor, spec, console, tmp_path):
    async with supervisor:
        await supervisor.start(spec("crashing_once"))
        pid = int(await until(lambda: (tmp_path / "again").exists() and (tmp_path / "again").read_text(), "restart"))
        await until(lambda: "[watch] crashing_once runs again" in console.lines, "the restart to be told")
    assert any("crashing_once ended with status 7; starting it again" in line for line in console.lines)
    assert not lives(pid)


async def test_without_the_database_everything_ends(supervisor, spec, tmp_path):
    async with supervisor:
        await supervisor.start(spec("patient"))
        await supervisor.start(spec("crashing_once", name="postgres", restarts=False))
        with pytest.raises(ChildFailed, match="postgres ended with status 7; nothing can go on without it"):
            async with asyncio.timeout(30):
                await supervisor.wait_for_failure()


async def test_children_stop_in_reverse_order(supervisor, spec, tmp_path):
    async with supervisor:
        for name in ("database", "engine", "web"):
            await supervisor.start(spec("noting", name=name))
    assert (tmp_path / "ended").read_text().split() == ["web", "engine", "database"]


async def test_a_stubborn_child_is_killed_and_that_is_told(supervisor, spec, console):
    async with supervisor:
        await supervisor.start(spec("stubborn", stop_timeout=0.2))
        pid = supervisor._children[0].group
    assert not lives(pid)
    assert console.lines[-1] == "[stop] stubborn did not stop in time and was killed"


async def test_grandchildren_end_too(supervisor, spec, tmp_path):
    async with supervisor:
        await supervisor.start(spec("with_grandchild"))
        own, detached = map(int, (tmp_path / "grandchildren").read_text().split())
        assert lives(own) and lives(detached)
    await until(lambda: not lives(own) and not lives(detached), "both to end")


async def test_a_second_signal_does_not_wait_for_the_stubborn(supervisor, spec):
    entered = asyncio.Event()

    async def run():
        async with supervisor:
            await supervisor.start(spec("stubborn", stop_timeout=60))
            entered.set()
            await supervisor.wait_for_failure()

    task = asyncio.create_task(run())
    await asyncio.wait_for(entered.wait(), 30)
    pid = supervisor._children[0].group
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 30)
    await until(lambda: not lives(pid), "the stubborn child to be killed")


def test_pauses_grow_up_to_a_limit():
    pauses = [restart_pause(crashes) for crashes in range(1, 20)]
    assert pauses == sorted(pauses)
    assert pauses[0] < 1 and pauses[-1] == pauses[-2]
