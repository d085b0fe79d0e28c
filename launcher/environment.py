"""Where things lie in the checkout, and what every program started from here finds in its environment."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BYTECODE = ROOT / ".tools" / "bytecode"
"""Compiled modules, kept apart from the source: a program starts in half the time with them."""


def program_environment(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment with the virtual environment's programs first on PATH: Node and npm are among them.

    The page builder is kept to npm and to itself: no other package program, no telemetry.
    """
    base = dict(os.environ) if base is None else dict(base)
    programs = str(Path(sys.executable).parent)
    base.pop("PYTHONDONTWRITEBYTECODE", None)
    return base | {
        "PYTHONPYCACHEPREFIX": str(BYTECODE),
        "PATH": os.pathsep.join([programs, base.get("PATH", os.defpath)]),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "REFLEX_USE_NPM": "1",
        "REFLEX_TELEMETRY_ENABLED": "false",
    }


def python_module(name: str, *arguments: str) -> list[str]:
    """Command line of a module of this checkout."""
    return [sys.executable, "-m", name, *arguments]
