"""The switches that an engine may drive: names and event sockets."""

import re
from dataclasses import dataclass

from exchange_domain.settings import Settings

from .switch.address import SwitchAddress, parse_address

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    address: SwitchAddress


def places(settings: Settings) -> tuple[Place, ...]:
    """The one switch of SWITCH_NAME and SWITCH_URL, or those of SWITCHES, in the order in which they are tried.

    Raises ValueError that says what is wrong, without a password.
    """
    listed = settings.switches.replace(",", " ").split()
    if not listed:
        return (_place(settings.switch_name, settings.switch_url, "SWITCH_URL"),)
    found = tuple(_listed(entry, number) for number, entry in enumerate(listed, 1))
    names = [place.name for place in found]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"SWITCHES: {', '.join(doubled)} stands there twice")
    return found


def _listed(entry: str, number: int) -> Place:
    name, equals, url = entry.partition("=")
    if not equals:
        raise ValueError(f"SWITCHES: entry {number} is not NAME=esl://:PASSWORD@HOST:PORT")
    return _place(name, url, f"SWITCHES: {name}")


def _place(name: str, url: str, where: str) -> Place:
    if not NAME.fullmatch(name):
        raise ValueError(f"{where.split(':')[0]}: a switch's name has letters, digits, '.', '_' and '-' only")
    try:
        return Place(name, parse_address(url))
    except ValueError as wrong:
        raise ValueError(f"{where}: {str(wrong).split(': ', 1)[-1]}") from None
