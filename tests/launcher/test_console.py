"""Progress and log lines as they leave the process."""

import os

import pytest

from launcher.console import Console


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)


def everything(reading, writing, console):
    console.close()
    os.close(writing)
    with os.fdopen(os.dup(reading), encoding="utf-8") as file:
        return file.read()


def test_a_slow_step_tells_its_begin_and_its_seconds(pipe):
    console = Console(pipe[1])
    with console.step("database"):
        pass
    begin, end = everything(*pipe, console).splitlines()
    assert begin == "[start] database …"
    assert end.startswith("[start] database: done (") and end.endswith(" s)")


def test_a_failed_step_is_not_told_as_done(pipe):
    console = Console(pipe[1])
    with pytest.raises(ValueError), console.step("pages"):
        raise ValueError
    assert everything(*pipe, console).splitlines() == ["[start] pages …"]


def test_childrens_lines_stand_behind_their_names_without_colour_where_there_is_no_terminal(pipe):
    console = Console(pipe[1])
    console.child_line("engine", "привет")
    console.child_line("web", "up")
    assert everything(*pipe, console) == "engine   | привет\nweb      | up\n"


def test_a_terminal_gets_colours_unless_they_are_declined(monkeypatch):
    for declined in (False, True):
        monkeypatch.setenv("NO_COLOR", "1") if declined else monkeypatch.delenv("NO_COLOR", raising=False)
        leader, terminal = os.openpty()
        console = Console(terminal)
        console.child_line("engine", "up")
        console.close()
        shown = os.read(leader, 1000).decode()
        os.close(terminal)
        os.close(leader)
        assert ("\x1b[" in shown) is not declined


def test_a_reader_that_does_not_read_never_blocks(pipe):
    console = Console(pipe[1], limit=10)
    for number in range(5000):
        console.line(f"{number} {'x' * 100}")
    console.close(timeout=0.1)
    os.close(pipe[1])
