"""The browser of the tests: found on the machine, or brought."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

VARIABLE = "CHROMIUM"
"""Environment variable that names the browser's program, for whoever sets it and for the tests."""

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_USUAL_PLACES = (
    "/snap/bin/chromium",
    "/opt/google/chrome/chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_APT_PACKAGES = ("chromium", "fonts-dejavu-core")
"""The fonts have Cyrillic letters; without them pages show boxes."""


class ChromiumMissing(Exception):
    """No browser, and none could be brought; the text says what to do."""


def ensure_chromium(environment: Mapping[str, str]) -> dict[str, str]:
    """What to add to the environment so that the tests find a browser that runs.

    Raises:
        ChromiumMissing: the one named in the environment does not run, or none could be brought.
    """
    if named := environment.get(VARIABLE):
        if not runs(named):
            raise ChromiumMissing(f"{VARIABLE} names {named}, which does not run")
        return {VARIABLE: named}
    if found := next(filter(runs, candidates(environment)), None):
        return {VARIABLE: found}
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("[setup] bringing Chromium and fonts with apt-get …", flush=True)
        if _apt_get(environment) and (found := next(filter(runs, candidates(environment)), None)):
            return {VARIABLE: found}
    print("[setup] bringing Chromium with Playwright …", flush=True)
    if _playwright_install(environment) and (found := next(filter(runs, candidates(environment)), None)):
        return {VARIABLE: found}
    raise ChromiumMissing(
        f"no Chromium was found, and none could be brought. Install Chromium or Chrome, or name one with {VARIABLE}; "
        'or leave the browser tests out: ./run test -m "not browser"'
    )


def candidates(environment: Mapping[str, str]) -> Iterator[str]:
    """Programs that may be a Chromium, the likeliest first."""
    for name in _NAMES:
        if found := shutil.which(name, path=environment.get("PATH")):
            yield found
    yield from filter(os.path.exists, _USUAL_PLACES)
    if (own := _of_playwright(environment)) is not None:
        yield own


def runs(program: str) -> bool:
    """Whether the program starts. A name on PATH may be a placeholder that only says how to install it."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def _of_playwright(environment: Mapping[str, str]) -> str | None:
    ask = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: print(p.chromium.executable_path)"
    )
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, env=dict(environment))
    path = answer.stdout.strip()
    return path if answer.returncode == 0 and Path(path).is_file() else None


def _apt_get(environment: Mapping[str, str]) -> bool:
    quiet = {**environment, "DEBIAN_FRONTEND": "noninteractive"}
    update = ["apt-get", "update", "-q"]
    install = ["apt-get", "install", "-q", "-y", "--no-install-recommends", *_APT_PACKAGES]
    for command in (update, install):
        done = subprocess.run(command, env=quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            print("\n".join(done.stdout.splitlines()[-10:]), file=sys.stderr)
            return False
    return True


def _playwright_install(environment: Mapping[str, str]) -> bool:
    command = [sys.executable, "-m", "playwright", "install"]
    # The libraries it needs can be installed by root only; elsewhere they are usually there.
    command += ["--with-deps"] if os.geteuid() == 0 and shutil.which("apt-get") else []
    return subprocess.run([*command, "chromium"], env=dict(environment)).returncode == 0
