"""Call detail records as mod_json_cdr posts them: one a leg, in the leg's own time, with a spool for what fails."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from switch_simulator.channel import STATE_NUMBERS, Channel

MAX_ANSWER = 64 * 1024


@dataclass(slots=True)
class CdrPoster:
    """Where records go: `url` (http), basic credentials, tries, seconds between them and for each, a spool folder."""

    url: str
    credentials: str = ""
    retries: int = 2
    delay: float = 1.0
    timeout: float = 5.0
    spool: Path | None = None

    async def post(self, channel: Channel, then: Callable[[], None]) -> None:
        """Posts a leg's record, or spools it, and then goes on with the leg's end."""
        try:
            body = json.dumps(record(channel), ensure_ascii=False, separators=(",", ":"))
            if not await self._deliver(channel.uuid, body.encode()):
                self._keep(channel.uuid, body)
        finally:
            then()

    async def _deliver(self, uuid: str, body: bytes) -> bool:
        for attempt in range(self.retries + 1):
            if attempt:
                await asyncio.sleep(self.delay)
            try:
                status = await asyncio.wait_for(self._request(uuid, body), self.timeout)
            except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
                continue
            if 200 <= status < 300:
                return True
        return False

    async def _request(self, uuid: str, body: bytes) -> int:
        target = urlsplit(self.url)
        path = (target.path or "/") + "?" + (target.query + "&" if target.query else "") + f"uuid={quote(uuid)}"
        secure = target.scheme == "https"
        port = target.port or (443 if secure else 80)
        reader, writer = await asyncio.open_connection(target.hostname or "127.0.0.1", port, ssl=secure or None)
        try:
            head = [
                f"POST {path} HTTP/1.1",
                f"Host: {target.netloc.rpartition('@')[2]}",
                "User-Agent: freeswitch-json/1.0",
                "Accept: */*",
                f"Content-Length: {len(body)}",
                "Content-Type: application/x-www-form-urlencoded",
                "Connection: close",
            ]
            if self.credentials:
                token = base64.b64encode(self.credentials.encode()).decode()
                head.insert(2, f"Authorization: Basic {token}")
            writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
            await writer.drain()
            line = await reader.readline()
            status = int(line.split()[1]) if len(line.split()) > 1 else 0
            # The answer is read before the connection closes, or the other side sees a reset.
            await reader.read(MAX_ANSWER)
            return status
        finally:
            writer.close()

    def _keep(self, uuid: str, body: str) -> None:
        if self.spool is None:
            return
        self.spool.mkdir(parents=True, exist_ok=True)
        name = self.spool / f"{uuid.replace('/', '_')}.cdr.json"
        partial = name.with_suffix(".partial")
        partial.write_text(body, encoding="utf-8")
        os.replace(partial, name)


def record(channel: Channel) -> dict[str, Any]:
    """The body: core-uuid, switchname, channel_data, callStats, variables, app_log, callflow."""
    switch = channel.switch
    body: dict[str, Any] = {
        "core-uuid": switch.core_uuid,
        "switchname": switch.hostname,
        "channel_data": {
            "state": "CS_REPORTING",
            "direction": "outbound",
            "state_number": str(STATE_NUMBERS["CS_REPORTING"]),
            "flags": "0=1;1=1;2=1;22=1;39=1;40=1;42=1;45=1",
            "caps": "1=1;2=1;3=1;4=1;5=1;6=1;8=1;9=1;10=1",
        },
        "callStats": _call_stats(channel),
        "variables": dict(channel.variables),
    }
    if channel.applications_run:
        body["app_log"] = {
            "applications": [
                {"app_name": name, "app_data": data, "app_stamp": str(stamp)}
                for name, data, stamp in channel.applications_run
            ]
        }
    body["callflow"] = [_callflow(channel)]
    return body


def _call_stats(channel: Channel) -> dict[str, Any]:
    if not channel.has_codec:
        return {}

    def side(prefix: str) -> dict[str, float]:
        found = {n.removeprefix(prefix): v for n, v in channel.variables.items() if n.startswith(prefix)}
        return {name: float(value) if "." in value else int(value) for name, value in found.items()}

    return {"audio": {"inbound": side("rtp_audio_in_"), "outbound": side("rtp_audio_out_")}}


def _callflow(channel: Channel) -> dict[str, Any]:
    profile, times = channel.profile, channel.profile.times
    flow: dict[str, Any] = {
        "profile_index": str(profile.index),
        "caller_profile": {
            "username": "",
            "dialplan": profile.dialplan,
            "caller_id_name": profile.caller_name,
            "ani": profile.ani,
            "aniii": "",
            "caller_id_number": profile.caller_number,
            "network_addr": profile.network_address,
            "rdnis": "",
            "destination_number": profile.destination,
            "uuid": channel.uuid,
            "source": "src/switch_ivr_originate.c",
            "context": "default",
            "chan_name": channel.name,
        },
        "times": {
            "created_time": str(times.created),
            "profile_created_time": str(times.profile_created),
            "progress_time": str(times.progress),
            "progress_media_time": str(times.progress_media),
            "answered_time": str(times.answered),
            "bridged_time": str(times.bridged),
            "last_hold_time": "0",
            "hold_accum_time": "0",
            "hangup_time": str(times.hangup),
            "resurrect_time": "0",
            "transfer_time": str(times.transfer),
        },
    }
    if channel.applications_run:
        flow["extension"] = {"name": channel.applications_run[0][0], "number": "", "applications": []}
    return flow
