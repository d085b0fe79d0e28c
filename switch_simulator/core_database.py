"""The core's tables of channels and calls, which `show` reads: behind the events by 15 to 60 ms."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from switch_simulator.clock import stamp

if TYPE_CHECKING:
    from switch_simulator.channel import Channel

LAG = 0.06
Row = dict[str, str]

_FIRST = "uuid direction created created_epoch name state cid_name cid_num ip_addr dest"
_LAST = "presence_id presence_data accountcode callstate callee_name callee_num callee_direction"
BOTH = (*_FIRST.split(), *_LAST.split())
B_LEG = tuple(f"b_{name}" for name in (*BOTH, "sent_callee_name", "sent_callee_num"))


class CoreDatabase:
    """Rows as they were a moment ago. `touch` a channel whenever it changes; several changes make one write."""

    def __init__(self) -> None:
        self._channels: dict[str, Row] = {}
        self._bridges: dict[str, tuple[str, str]] = {}
        self._pending: dict[str, asyncio.TimerHandle] = {}

    def touch(self, channel: Channel) -> None:
        """The channel's row is written again, a moment from now; a destroyed channel's row goes."""
        if channel.uuid not in self._pending:
            loop = asyncio.get_running_loop()
            self._pending[channel.uuid] = loop.call_later(LAG, lambda: self._write(channel))

    def close(self) -> None:
        """Nothing is written any more."""
        for handle in self._pending.values():
            handle.cancel()
        self._pending.clear()

    def channels(self) -> list[Row]:
        """`show channels`"""
        return list(self._channels.values())

    def calls(self, only_bridged: bool) -> list[Row]:
        """`show calls`: pairs, and the legs without one; `show bridged_calls`: pairs only."""
        second = {b for b, _ in self._bridges.values()}
        rows = []
        for uuid, row in self._channels.items():
            other, since = self._bridges.get(uuid, ("", ""))
            if uuid in second or (not other and only_bridged):
                continue
            names = (*BOTH, "call_uuid", "hostname", "sent_callee_name", "sent_callee_num")
            call = {name: row[name] for name in names}
            b_row = self._channels.get(other, {})
            call |= {name: b_row.get(name.removeprefix("b_"), "") for name in B_LEG}
            call["call_created_epoch"] = since
            rows.append(call)
        return rows

    def _write(self, channel: Channel) -> None:
        del self._pending[channel.uuid]
        uuid = channel.uuid
        self._bridges.pop(uuid, None)
        if channel.switch.channels.get(uuid) is not channel:
            if uuid not in channel.switch.channels:
                self._channels.pop(uuid, None)
            return
        self._channels[uuid] = channel_row(channel)
        bridge = channel.bridge
        if bridge is not None and bridge.joined and bridge.a is channel:
            self._bridges[uuid] = (bridge.b.uuid, str(channel.profile.times.bridged // 1_000_000))


def channel_row(channel: Channel) -> Row:
    """One channel as the core's table has it."""
    profile = channel.profile
    codec = channel.has_codec
    created = profile.times.created
    application, data = _application(channel)
    bridged = channel.bridge is not None and channel.bridge.joined
    media = {"codec": "PCMU" if codec else "", "rate": "8000" if codec else "", "bit_rate": "64000" if codec else ""}
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
        "application": application,
        "application_data": data,
        "dialplan": profile.dialplan,
        "context": "default",
        **{f"read_{name}": value for name, value in media.items()},
        **{f"write_{name}": value for name, value in media.items()},
        "secure": "",
        "hostname": channel.switch.hostname,
        "presence_id": channel.presence_id,
        "presence_data": "",
        "accountcode": channel.variables.get("accountcode", ""),
        "callstate": channel.call_state,
        "callee_name": profile.callee_name,
        "callee_num": profile.callee_number,
        "callee_direction": "SEND" if bridged else "RECV",
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


def _application(channel: Channel) -> tuple[str, str]:
    if channel.application is not None:
        return channel.application.name, channel.application.argument
    if channel.bridge is not None and channel.bridge.joined:
        return "uuid_bridge", channel.bridge.other(channel).uuid
    if channel.eavesdrop is not None:
        return "eavesdrop", channel.eavesdrop.target.uuid
    return channel.variables.get("current_application", ""), ""
