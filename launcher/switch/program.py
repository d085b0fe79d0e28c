"""Where the switch's program is, and what to do where there is none."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

USUAL_PLACES = ("/usr/bin/freeswitch", "/usr/local/bin/freeswitch", "/usr/local/freeswitch/bin/freeswitch",
                "/opt/freeswitch/bin/freeswitch")  # fmt: skip

HOW_TO_INSTALL = """\
No freeswitch program was found (FREESWITCH, PATH, {places}).

FreeSWITCH is not part of Debian. Two ways to it:

  Packages of its makers, for Debian 12. They need a token: make a free account at https://signalwire.com and a personal
  access token there, then, as root:

    export TOKEN=…
    apt update && apt install -y gnupg2 wget lsb-release
    wget --http-user=signalwire --http-password=$TOKEN -O /usr/share/keyrings/signalwire-freeswitch-repo.gpg \\
        https://freeswitch.signalwire.com/repo/deb/debian-release/signalwire-freeswitch-repo.gpg
    echo "machine freeswitch.signalwire.com login signalwire password $TOKEN" > /etc/apt/auth.conf.d/freeswitch.conf
    chmod 600 /etc/apt/auth.conf.d/freeswitch.conf
    echo "deb [signed-by=/usr/share/keyrings/signalwire-freeswitch-repo.gpg] \\
        https://freeswitch.signalwire.com/repo/deb/debian-release/ $(lsb_release -sc) main" \\
        > /etc/apt/sources.list.d/freeswitch.list
    apt update && apt install -y freeswitch {packages}
    systemctl disable --now freeswitch      # ./run switch starts its own

  An own build, 1.10 or newer, from https://github.com/signalwire/freeswitch with the modules
    {modules}

Then run this again, or say where the program is: FREESWITCH=/path/to/freeswitch ./run switch
"""


class NoSwitch(Exception):
    """There is no FreeSWITCH here; the text says what to do."""


def find(environment: Mapping[str, str] | None = None) -> Path | None:
    """The program: the one of FREESWITCH, else on PATH, else in the usual places. None when there is none.

    Raises NoSwitch when FREESWITCH names something that cannot be run: another one is not what was meant.
    """
    environment = os.environ if environment is None else environment
    if named := environment.get("FREESWITCH"):
        path = shutil.which(named, path=environment.get("PATH"))
        if path is None:
            raise NoSwitch(f"FREESWITCH={named}: there is no such program")
        return Path(path)
    path = shutil.which("freeswitch", path=environment.get("PATH"))
    if path is not None:
        return Path(path)
    return next((Path(place) for place in USUAL_PLACES if os.access(place, os.X_OK)), None)


def how_to_install(modules: list[str]) -> str:
    packages = " ".join(f"freeswitch-{name.replace('_', '-')}" for name in modules)
    return HOW_TO_INSTALL.format(
        places=", ".join(USUAL_PLACES), packages=packages, modules=" ".join(modules)
    )  # fmt: skip
