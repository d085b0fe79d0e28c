from pathlib import Path

import pytest


@pytest.fixture
def xls() -> bytes:
    """A BIFF8 file: an empty sheet, then headings in B4:E4 and four rows, one with #REF! as its number."""
    return (Path(__file__).parent / "files" / "contacts.xls").read_bytes()
