"""`show`: the core's tables, as text, as JSON, or counted."""

from __future__ import annotations

import json

from switch_simulator.api.registry import command, names
from switch_simulator.api.system import MODULES
from switch_simulator.channel import Channel
from switch_simulator.clock import stamp
from switch_simulator.switch import Switch

USAGE = (
    "-USAGE: codec|endpoint|application|api|dialplan|file|timer|calls [count]|channels [count|like <match string>]|"
    "calls|detailed_calls|bridged_calls|detailed_bridged_calls|aliases|complete|chat|management|modules|nat_map|say|"
    "interfaces|interface_types|tasks|limits|status\n"
)
# The core's database is behind the events by so much: what is older than this is in it.
_BOTH = [
    "uuid",
    "direction",
    "created",
    "created_epoch",
    "name",
    "state",
    "cid_name",
    "cid_num",
    "ip_addr",
    "dest",
    "presence_id",
    "presence_data",
    "accountcode",
    "callstate",
    "callee_name",
    "callee_num",
    "callee_direction",
]
_B_LEG = [f"b_{name}" for name in (*_BOTH, "sent_callee_name", "sent_callee_num")]
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
        rows = [channel_row(one) for one in switch.channels.values()]
        if len(rest) > 1 and rest[0].lower() == "like":
            rows = [row for row in rows if rest[1] in " ".join(row.values())]
        return rows
    if what in ("calls", "detailed_calls"):
        return _calls(switch, only_bridged=False)
    if what in ("bridged_calls", "detailed_bridged_calls"):
        return _calls(switch, only_bridged=True)
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


def channel_row(channel: Channel) -> Row:
    """One channel as the core's table has it."""
    profile = channel.profile
    application, data = ("", "")
    if channel.application is not None:
        application = channel.application.name
    elif channel.bridge is not None and channel.bridge.joined:
        application, data = "uuid_bridge", channel.bridge.other(channel).uuid
    elif channel.eavesdrop is not None:
        application, data = "eavesdrop", channel.eavesdrop.target.uuid
    codec = channel.has_codec
    base = _base(channel)
    return {
        **{name: base[name] for name in _BOTH[:10]},
        "application": application,
        "application_data": data,
        "dialplan": profile.dialplan,
        "context": "default",
        "read_codec": "PCMU" if codec else "",
        "read_rate": "8000" if codec else "",
        "read_bit_rate": "64000" if codec else "",
        "write_codec": "PCMU" if codec else "",
        "write_rate": "8000" if codec else "",
        "write_bit_rate": "64000" if codec else "",
        "secure": "",
        "hostname": channel.switch.hostname,
        **{name: base[name] for name in _BOTH[10:]},
        "call_uuid": channel.call_uuid,
        "sent_callee_name": channel.variables.get("last_sent_callee_id_name", ""),
        "sent_callee_num": channel.variables.get("last_sent_callee_id_number", ""),
        "initial_cid_name": profile.original_name,
        "initial_cid_num": profile.original_number,
        "initial_ip_addr": "",
        "initial_dest": profile.destination,
        "initial_dialplan": "",
        "initial_context": "default",
    }


def _base(channel: Channel) -> Row:
    profile = channel.profile
    created = profile.times.created
    return {
        "uuid": channel.uuid,
        "direction": "outbound",
        "created": stamp(created),
        "created_epoch": str(created // 1_000_000),
        "name": channel.name,
        "state": channel.state,
        "cid_name": profile.caller_name,
        "cid_num": profile.caller_number,
        "ip_addr": "",
        "dest": profile.destination,
        "presence_id": channel.presence_id,
        "presence_data": "",
        "accountcode": channel.variables.get("accountcode", ""),
        "callstate": channel.call_state,
        "callee_name": profile.callee_name,
        "callee_num": profile.callee_number,
        "callee_direction": "SEND" if channel.bridge is not None and channel.bridge.joined else "RECV",
    }


def _calls(switch: Switch, only_bridged: bool) -> list[Row]:
    rows = []
    for channel in switch.channels.values():
        bridge = channel.bridge if channel.bridge is not None and channel.bridge.joined else None
        if bridge is not None and bridge.b is channel:
            continue
        if bridge is None and only_bridged:
            continue
        row = _base(channel)
        row["call_uuid"] = channel.call_uuid
        row["hostname"] = switch.hostname
        row["sent_callee_name"] = channel.variables.get("last_sent_callee_id_name", "")
        row["sent_callee_num"] = channel.variables.get("last_sent_callee_id_number", "")
        if bridge is None:
            row |= dict.fromkeys(_B_LEG, "")
            row["call_created_epoch"] = ""
        else:
            other = _base(bridge.b)
            row |= {f"b_{name}": value for name, value in other.items()}
            row["b_sent_callee_name"] = bridge.b.variables.get("last_sent_callee_id_name", "")
            row["b_sent_callee_num"] = bridge.b.variables.get("last_sent_callee_id_number", "")
            row["call_created_epoch"] = str(channel.profile.times.bridged // 1_000_000)
        rows.append(row)
    return rows


def _registrations(switch: Switch) -> list[Row]:
    return [
        {
            "reg_user": name,
            "realm": switch.dialplan.domain,
            "token": f"reg-{name}",
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


def _tasks(switch: Switch) -> list[Row]:
    # The real switch's table shows no task of a leg (`show tasks` was empty with two scheduled).
    return []
