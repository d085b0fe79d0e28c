"""`./run admin switch`: which switches there are, who drives them, and whether anybody new is seated there."""

import argparse
from typing import TYPE_CHECKING

from .refusal import AdminRefused

if TYPE_CHECKING:
    from exchange_domain.database import Session
    from exchange_domain.switches import Listed

YES_NO = {"yes": True, "no": False}


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    switch = commands.add_parser("switch", help="list switches, drain them, set how many seats they have")
    switch.add_argument("--name", metavar="NAME", help="the switch to change; without it all are listed")
    switch.add_argument("--draining", choices=YES_NO, help="yes: nobody new is seated on it, who sits there stays")
    switch.add_argument("--enabled", choices=YES_NO, help="no: no engine takes it when the present one leaves")
    switch.add_argument("--seats", type=_seats, metavar="N", help="how many operators it is meant to carry")
    switch.set_defaults(carry_out=switches)


async def switches(session: "Session", chosen: argparse.Namespace) -> str:
    """Changes what is asked for; then one line a switch. Raises AdminRefused."""
    from exchange_domain import switches as known

    changes = {
        "draining": YES_NO.get(chosen.draining),
        "enabled": YES_NO.get(chosen.enabled),
        "max_seats": chosen.seats,
    }
    wanted = {name: value for name, value in changes.items() if value is not None}
    if wanted and not chosen.name:
        raise AdminRefused("say which switch: --name NAME")
    if wanted and not await known.change(session, chosen.name, **wanted):
        raise AdminRefused(f"no switch is called {chosen.name!r}")
    found = await known.listed(session)
    return "\n".join(_line(one) for one in found) or "no engine has driven a switch yet"


def _line(one: "Listed") -> str:
    state = "driven" if one.driven else "without engine"
    state += ", up" if one.up else ", not connected"
    for said, holds in (("draining", one.draining), ("not enabled", not one.enabled), ("given up", one.lost)):
        state += f", {said}" if holds else ""
    return f"{one.name}: {one.seats} of {one.max_seats} seats, {one.sessions} channels, {state}"


def _seats(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seats (1 to 100000)")
    return int(text)
