"""The table of docs/security.md. `python -m tests.security.table`: every test that it names, one a line."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ASKED = Path(__file__).with_name("asvs_5_0_level_2.txt")
STATES = {"yes", "part", "no", "n/a"}
_ROW = re.compile(r"^\| (\d+\.\d+\.\d+)(?:–(\d+\.\d+\.\d+))? \| ([^|]+) \| ([^|]*) \| ([^|]*) \|$", re.M)


@dataclass(frozen=True)
class Row:
    first: str
    last: str
    state: str
    words: str
    tests: tuple[str, ...]


def place(number: str) -> tuple[int, ...]:
    return tuple(map(int, number.split(".")))


def rows() -> list[Row]:
    found = _ROW.findall((ROOT / "docs" / "security.md").read_text())
    return [
        Row(first, last or first, state.strip(), words.strip(), tuple(re.findall(r"`([^`]+)`", tests)))
        for first, last, state, words, tests in found
    ]


def asked() -> list[str]:
    return ASKED.read_text().split()


def named() -> list[str]:
    """As pytest takes them."""
    return sorted({f"tests/{test}" for row in rows() for test in row.tests})


if __name__ == "__main__":
    print("\n".join(named()))
