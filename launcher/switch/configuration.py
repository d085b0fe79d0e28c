"""`freeswitch/conf` as the switch reads it: copied, with the values of this installation in `vars.xml`."""

import os
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from launcher.environment import ROOT
from launcher.ports import LOOPBACK

TEMPLATES = ROOT / "freeswitch" / "conf"
SOUNDS = ROOT / "freeswitch" / "sounds"
ADDRESSES = ".addresses.xml"
NAME = re.compile(r"[a-z][a-z0-9_]*")
USED = re.compile(r"\$\$\{([A-Za-z0-9_]+)\}")
BUILT_IN = frozenset({"sounds_dir", "certs_dir", "log_dir", "recordings_dir", "conf_dir", "db_dir", "run_dir"})
"""Variables that the switch sets itself."""


class BadConfiguration(ValueError):
    """The configuration cannot be made; the text says which file or value, and what is missing."""


@dataclass(frozen=True)
class Values:
    """Everything that differs between two installations; the fields are the names in `vars.xml`."""

    event_socket_password: str
    cdr_credentials: str
    directory_credentials: str
    cdr_url: str
    directory_url: str
    cdr_spool: str
    database: str
    event_socket_port: int = 8021
    operators_sip_port: int = 5060
    carriers_sip_port: int = 5080
    robots_sip_port: int = 5092
    operators_ws: str = f"{LOOPBACK}:5066"
    operators_ip: str = LOOPBACK
    carriers_ip: str = LOOPBACK
    operators_lan: str = "127.0.0.0/8"
    rtp_ip: str = LOOPBACK
    external_ip: str = LOOPBACK
    rtp_first_port: int = 16_384
    rtp_last_port: int = 32_768
    switch_name: str = "main"
    sip_domain: str = "pbx.example"
    sessions_per_second: int = 30
    max_sessions: int = 1_000


def modules() -> list[str]:
    """The modules that the configuration loads."""
    return re.findall(r'<load module="(\w+)"', (TEMPLATES / "autoload_configs" / "modules.conf.xml").read_text())


LookUp = Callable[[str], str | None]
"""The secret of a name, None when there is none."""


def write(
    folder: Path, values: Values, gateways: Path | None = None, secret: LookUp = lambda name: None
) -> tuple[str, ...]:
    """Writes the whole configuration into `folder`, which is made anew and closed to others; the gateways' names.

    `gateways` has NAME.xml and NAME.addresses.xml of each carrier. What they use besides the values above, a user's
    name or password, is looked up by `secret`. Raises BadConfiguration.
    """
    if folder.exists():
        shutil.rmtree(folder)
    shutil.copytree(TEMPLATES, folder, ignore=shutil.ignore_patterns("*.example", "vars*.xml"))
    folder.chmod(0o700)
    for name in ("gateways", "gateway_addresses", "operators.d", "allowed"):
        (folder / name).mkdir(exist_ok=True)
    _write_robots(folder)
    known = {name: str(value) for name, value in vars(values).items()}
    files = sorted(gateways.glob("*.xml")) if gateways is not None else []
    for file in files:
        text = file.read_text()
        for used in USED.findall(text):
            if used not in known and used not in BUILT_IN:
                known[used] = _needed(used, file, secret)
        _place_of(file, folder).write_text(text)
    _write_private(folder / "vars.xml", _document(known))
    return tuple(file.stem for file in files if not file.name.endswith(ADDRESSES))


def _write_robots(folder: Path) -> None:
    """Their dial plan, and their sounds beside the configuration."""
    from robots import for_switch

    sounds = folder.parent / "robots"
    (folder / "dialplan" / "robots.xml").write_text(for_switch.dial_plan(str(sounds)), encoding="utf-8")
    for_switch.write_sounds(folder.parent)


def _needed(name: str, file: Path, secret: LookUp) -> str:
    value = secret(name)
    if value is None:
        raise BadConfiguration(f"{file} uses {name}: set {name.upper()}, or write it into the file secrets/{name}")
    return value


def _place_of(file: Path, folder: Path) -> Path:
    if file.name.endswith(ADDRESSES):
        return folder / "gateway_addresses" / f"{file.name.removesuffix(ADDRESSES)}.xml"
    return folder / "gateways" / file.name


def _document(values: Mapping[str, str]) -> str:
    lines = [f'  <X-PRE-PROCESS cmd="set" data="{name}={_safe(name, value)}"/>' for name, value in values.items()]
    return "\n".join(["<include>", *lines, "</include>", ""])


def _safe(name: str, value: str) -> str:
    """The value as it may stand in an attribute. Raises BadConfiguration, without the value."""
    if not NAME.fullmatch(name) or not value.isprintable() or '"' in value or "$$" in value:
        raise BadConfiguration(f"{name}: the value has a sign that the switch's configuration cannot hold")
    return escape(value)


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
