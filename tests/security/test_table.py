"""docs/security.md answers each requirement once, and its tests are there."""

import re

from .table import ROOT, STATES, asked, named, place, rows


def test_each_requirement_is_answered_once():
    answered = [number for row in rows() for number in asked() if place(row.first) <= place(number) <= place(row.last)]
    assert answered == asked() and len(answered) == 253


def test_each_row_says_how_it_stands():
    for row in rows():
        assert row.state in STATES, row
        assert row.words or row.tests, row
        assert row.state in ("yes", "part") or row.words, row


def test_each_named_test_is_there():
    for test in named():
        path, _, name = test.partition("::")
        place_of = ROOT / path
        if name:
            assert re.search(rf"^(?:async )?def {name}\(", place_of.read_text(), re.M), test
        else:
            assert place_of.is_dir() or place_of.is_file(), test
