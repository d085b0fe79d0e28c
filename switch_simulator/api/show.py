"""`show`: the core's tables, as text, as JSON, or counted."""

from __future__ import annotations

import json

from switch_simulator.api.registry import command, names
from switch_simulator.api.system import MODULES
from switch_simulator.behaviour import fraction_of
from switch_simulator.switch import Switch

USAGE = (
    "-USAGE: codec|endpoint|application|api|dialplan|file|timer|calls [count]|channels [count|like <match string>]|"
    "calls|detailed_calls|bridged_calls|detailed_bridged_calls|aliases|complete|chat|management|modules|nat_map|say|"
    "interfaces|interface_types|tasks|limits|status\n"
)
Row = dict[str, str]


@command("show")
def show(switch: Switch, argument: str) -> str:
    """`show WHAT [count] [as json]`."""
    words = argument.split()
    if not words:
        return USAGE
    what, rest = words[0].lower(), [word.lower() for word in words[1:]]
    rows = _rows(switch, what, words[1:])
    if rows is None:
        return USAGE
    as_json = rest[-2:] == ["as", "json"]
    if "count" in rest:
        # A counted table in JSON has its rows' place, empty, as in the switch.
        return f'{{"row_count":{len(rows)},"rows":[]}}' if as_json and rows else _count(rows, as_json)
    if as_json:
        if not rows:
            return '{"row_count": 0}\n'
        return json.dumps({"row_count": len(rows), "rows": rows}, separators=(",", ":"), ensure_ascii=False)
    return _text(rows)


def _count(rows: list[Row], as_json: bool) -> str:
    return '{"row_count": 0}\n' if as_json else f"\n{len(rows)} total.\n"


def _text(rows: list[Row]) -> str:
    if not rows:
        return "\n0 total.\n"
    lines = [",".join(rows[0])] + [",".join(row.values()) for row in rows]
    return "\n".join(lines) + f"\n\n{len(rows)} total.\n"


def _rows(switch: Switch, what: str, rest: list[str]) -> list[Row] | None:
    if what == "channels":
        rows = switch.database.channels()
        if len(rest) > 1 and rest[0].lower() == "like":
            rows = [row for row in rows if rest[1] in " ".join(row.values())]
        return rows
    if what in ("calls", "detailed_calls"):
        return switch.database.calls(only_bridged=False)
    if what in ("bridged_calls", "detailed_bridged_calls"):
        return switch.database.calls(only_bridged=True)
    if what == "registrations":
        return _registrations(switch)
    if what == "tasks":
        return _tasks(switch)
    if what == "modules":
        return [{"type": "api", "name": n, "ikey": "mod_commands", "filename": "mod_commands.so"} for n in names()] + [
            {"type": "generic", "name": n, "ikey": n, "filename": f"{n}.so"} for n in MODULES
        ]
    if what in ("api", "application", "codec", "endpoint", "interfaces", "limits", "aliases", "nat_map"):
        return [{"name": n} for n in names()] if what == "api" else []
    return None


def _registrations(switch: Switch) -> list[Row]:
    return [
        {
            "reg_user": name,
            "realm": switch.dialplan.domain,
            "token": registration_id(name),
            "url": f"sofia/internal/sip:{name}@127.0.0.1:{port}",
            "expires": str(int(switch.clock.now()) + 179),
            "network_ip": "127.0.0.1",
            "network_port": str(port),
            "network_proto": "udp",
            "hostname": switch.hostname,
            "metadata": "",
        }
        for name, port in switch.dialplan.registered_users().items()
    ]


def registration_id(name: str) -> str:
    """The Call-ID of a user's registration."""
    return f"reg-{name}-{fraction_of(name)}"


def _tasks(switch: Switch) -> list[Row]:
    # The real switch's table shows no task of a leg (`show tasks` was empty with two scheduled).
    return []
