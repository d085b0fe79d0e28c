"""First half of `./run`: brings uv, installs the locked packages, hands over to `python -m launcher`.

Runs on a bare Python 3.11 or 3.12, so it uses the standard library only.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
TOOLS = ROOT / ".tools"
OLDEST_UV = (0, 9)

sys.path.insert(0, str(ROOT))

# Reachable only once the checkout is on the path.
from launcher import commands  # noqa: E402
from launcher.environment import BYTECODE  # noqa: E402


class SetupFailed(Exception):
    """Setting up cannot go on; the text says why and what to do."""


def say(text: str) -> None:
    print(f"[setup] {text}", flush=True)


def usable_home(environment: dict[str, str]) -> dict[str, str]:
    """The environment with a HOME that can be written: caches of uv, npm and browsers go there."""
    home = environment.get("HOME")
    if home and Path(home).is_dir() and os.access(home, os.W_OK):
        return environment
    replacement = TOOLS / "home"
    replacement.mkdir(parents=True, exist_ok=True)
    return {**environment, "HOME": str(replacement)}


# --- uv -----------------------------------------------------------------------------------------------------------


def uv_version(program: str) -> tuple[int, ...]:
    """Version of a uv program, () when it does not run."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.match(r"uv (\d+)\.(\d+)", answer.stdout)
    return tuple(map(int, found.groups())) if found else ()


def find_uv(environment: dict[str, str]) -> str:
    """A uv that is new enough: from PATH, from an earlier run, or brought now by pip."""
    brought = TOOLS / "uv" / "bin" / "uv"
    for candidate in (shutil.which("uv"), str(brought)):
        if candidate and uv_version(candidate) >= OLDEST_UV:
            return candidate
    say("bringing uv, the package installer …")
    for attempt in (_pip_of_this_python, _pip_of_a_new_virtual_environment):
        pip = attempt()
        if pip is None:
            continue
        # PIP_USER and --target exclude each other; PIP_REQUIRE_VIRTUALENV is about installs into this Python.
        quiet = {**environment, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        oldest = ".".join(map(str, OLDEST_UV))
        command = [*pip, "install", "--quiet", "--upgrade", "--target", str(TOOLS / "uv"), f"uv>={oldest}"]
        result = subprocess.run(command, env=quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if result.returncode == 0 and uv_version(str(brought)) >= OLDEST_UV:
            return str(brought)
        print(result.stdout.rstrip(), file=sys.stderr)
        raise SetupFailed("pip could not install uv (its words are above). Check the network, or put uv on PATH.")
    raise SetupFailed(
        f"{sys.executable} has neither pip nor venv, so uv cannot be brought.\n"
        "Install one of: pip (python3-pip), venv (python3-venv), or uv itself, and run this again."
    )


def _pip_of_this_python() -> list[str] | None:
    pip = [sys.executable, "-m", "pip"]
    works = subprocess.run([*pip, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return pip if works.returncode == 0 else None


def _pip_of_a_new_virtual_environment() -> list[str] | None:
    folder = TOOLS / "pip"
    command = [sys.executable, "-m", "venv", "--clear", str(folder)]
    made = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return [str(folder / "bin" / "python"), "-m", "pip"] if made.returncode == 0 else None


# --- packages -----------------------------------------------------------------------------------------------------


def installed_python(venv: Path) -> tuple[int, ...]:
    """Python version of a virtual environment whose interpreter still exists, else ()."""
    try:
        config = (venv / "pyvenv.cfg").read_text()
    except OSError:
        return ()
    found = re.search(r"^version(?:_info)?\s*=\s*(\d+)\.(\d+)", config, re.MULTILINE)
    if found is None or not (venv / "bin" / "python").exists():
        return ()
    return tuple(map(int, found.groups()))


def lock_digest(root: Path, venv: Path) -> str:
    """Changes when what should be installed, or the Python it is installed for, changes."""
    digest = hashlib.sha256(repr(installed_python(venv)).encode())
    for name in ("pyproject.toml", "uv.lock"):
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def stamp(venv: Path, development: bool) -> Path:
    return venv / f".installed-{'development' if development else 'product'}"


def is_installed(root: Path, venv: Path, development: bool) -> bool:
    """Whether an earlier run installed exactly this lock. The development tools come on top of the product."""
    kinds = (True,) if development else (True, False)
    digest = lock_digest(root, venv)
    return any(stamp(venv, kind).is_file() and stamp(venv, kind).read_text() == digest for kind in kinds)


def install(environment: dict[str, str], development: bool) -> None:
    """Bring the virtual environment to what the lock says.

    Raises:
        SetupFailed: no uv, or uv could not install.
    """
    if is_installed(ROOT, VENV, development):
        return
    uv = find_uv(environment)
    first = not installed_python(VENV)
    say(f"installing the locked packages{' (first time: a minute or two)' if first else ''} …")
    began = time.monotonic()
    settings = {k: v for k, v in environment.items() if k not in ("VIRTUAL_ENV", "UV_PYTHON", "CONDA_PREFIX")}
    settings |= {"UV_PROJECT_ENVIRONMENT": str(VENV), "UV_PYTHON_DOWNLOADS": "never"}
    if not (3, 11) <= installed_python(VENV) <= (3, 12):
        settings["UV_PYTHON"] = sys.executable
    command = [uv, "sync", "--project", str(ROOT), "--frozen", "--inexact"]
    # The simulated switch's sound comes with the demo; who runs a real switch does without (`uv sync --no-dev`).
    command += [] if development else ["--no-dev", "--group", "media"]
    command += [] if sys.stdout.isatty() else ["--quiet"]
    if subprocess.run(command, env=settings).returncode != 0:
        raise SetupFailed("uv could not install the locked packages (its words are above).")
    stamp(VENV, development).write_text(lock_digest(ROOT, VENV))
    say(f"packages installed ({time.monotonic() - began:.0f} s)")


# --- hand over ----------------------------------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    name, *rest = arguments or ["help"]
    if name in ("help", "--help", "-h"):
        print(commands.help_text())
        return 0
    command = commands.find(name)
    if command is None:
        print(f"run: there is no command {name!r}\n\n{commands.help_text()}", file=sys.stderr)
        return 2
    check_early = getattr(command.load(), "check_early", None)
    if check_early is not None:
        check_early(rest)
    environment = usable_home(dict(os.environ))
    try:
        install(environment, command.needs_development_tools)
    except SetupFailed as problem:
        print(f"run: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    # The caller's folder stays the working folder, so that file names in arguments mean what the caller sees.
    python = VENV / "bin" / "python"
    sys.stdout.flush()
    # As in launcher/environment.py: compiled modules are kept, beside the other tools.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(BYTECODE)}
    os.execve(python, [str(python), "-P", "-m", "launcher", name, *rest], environment)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
