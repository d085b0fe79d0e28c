"""What `./run switch` looks at once the switch is up; each check says what is wrong and what to do about it."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from .configuration import Values, modules
from .event_socket import EventSocket, Refused
from .probes import http_answer, sip_answer

MAKERS_USERS = ("1000", "1001", "1019")
"""Users of the makers' example configuration, each with the same known password."""
START_THE_EXCHANGE = "start the exchange with the settings of exchange.env in the folder, then run this again"


@dataclass(frozen=True)
class Finding:
    """One line of the table. `remedy` is empty when all is well."""

    what: str
    ok: bool
    seen: str
    remedy: str = ""


@dataclass(frozen=True)
class Checked:
    """A running switch, and what it was started with."""

    values: Values
    recordings: Path
    spool: Path
    gateways: tuple[str, ...]


def run(checked: Checked) -> Iterator[Finding]:
    """All checks, one after the other. Raises OSError, Refused when the event socket itself fails."""
    with EventSocket(checked.values.event_socket_port, checked.values.event_socket_password) as switch:
        yield from _inside(checked, switch.api)
    values = checked.values
    yield _wrong_password(values)
    yield _stranger("a stranger's call to the operators' side", values.operators_sip_port, values, (407, 403))
    yield _stranger("a stranger's call to the carriers' side", values.carriers_sip_port, values, (403, 603))
    yield _directory(values)
    yield _records(values)
    yield _writable("recordings are kept", checked.recordings)
    yield _writable("records wait in the spool", checked.spool)


def _inside(checked: Checked, api: Callable[[str], str]) -> Iterator[Finding]:
    missing = [name for name in modules() if api(f"module_exists {name}") != "true"]
    yield Finding(
        "modules", not missing, f"missing: {', '.join(missing)}" if missing else f"{len(modules())} loaded",
        "install these modules with FreeSWITCH" if missing else "",
    )  # fmt: skip
    profiles = [line.split() for line in api("sofia status").splitlines()]
    for name in ("operators", "carriers", "robots"):
        running = any(words[:2] == [name, "profile"] and "RUNNING" in words for words in profiles)
        remedy = "" if running else "is its port taken? See the log of the switch"
        yield Finding(f"SIP profile {name}", running, "running" if running else "not running", remedy)
    for name in checked.gateways:
        yield _gateway(name, api(f"sofia status gateway {name}"))
    if not checked.gateways:
        yield Finding("gateways", False, "none", "no call can go out: copy one of freeswitch/gateways/*.xml.example")
    rung = [user for user in MAKERS_USERS if not api(f"originate user/{user}@{checked.values.sip_domain} &park()")
            .startswith("-ERR SUBSCRIBER_ABSENT")]  # fmt: skip
    yield Finding(
        "no users of the makers' example", not rung, ", ".join(rung) or "none",
        "remove these users: their password is known to everybody" if rung else "",
    )  # fmt: skip


def _gateway(name: str, status: str) -> Finding:
    fields = {words[0]: words[-1] for line in status.splitlines() if len(words := line.split()) > 1}
    state, ping = fields.get("State", "unknown"), fields.get("Status", "unknown")
    ok = state in ("REGED", "NOREG") and ping != "DOWN"
    remedy = "" if ok else "user name, password and address right? Does the carrier know this machine's address?"
    return Finding(f"gateway {name}", ok, f"{state}, {ping}", remedy)


def _wrong_password(values: Values) -> Finding:
    what = "the event socket refuses a wrong password"
    try:
        with EventSocket(values.event_socket_port, "not the password"):
            return Finding(what, False, "it let us in", "do not use this switch: anybody here may command it")
    except Refused:
        return Finding(what, True, "refused")
    except OSError as problem:
        return Finding(what, False, str(problem), "see the log of the switch")


def _stranger(what: str, port: int, values: Values, expected: tuple[int, ...]) -> Finding:
    status = sip_answer(port, "INVITE", "79160000000", values.sip_domain)
    ok = status in expected
    seen = f"refused ({status})" if ok else f"answer {status}" if status else "no answer"
    return Finding(what, ok, seen, "" if ok else "do not open this port to the Internet; see the log of the switch")


def _directory(values: Values) -> Finding:
    asked = {"section": "directory", "key": "id", "user": "nobody", "domain": values.sip_domain, "action": "sip_auth"}
    status, text = http_answer(values.directory_url, values.directory_credentials, urlencode(asked).encode())
    ok = status == 200 and "not found" in text
    return Finding(f"people ({values.directory_url})", ok, *_web(status, text, ok))


def _records(values: Values) -> Finding:
    # An empty record is refused as one: who refuses it so has taken the password.
    status, text = http_answer(values.cdr_url, values.cdr_credentials, b"{}")
    ok = status == 400
    return Finding(f"records ({values.cdr_url})", ok, *_web(status, text, ok))


def _web(status: int, text: str, ok: bool) -> tuple[str, str]:
    if ok:
        return "answers", ""
    if status == 401:
        return "wrong password", START_THE_EXCHANGE
    return (f"status {status}" if status else text or "no answer"), START_THE_EXCHANGE


def _writable(what: str, folder: Path) -> Finding:
    ok = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
    return Finding(what, ok, str(folder), "" if ok else "make this folder, and let the switch write into it")


def table(findings: list[Finding]) -> str:
    """The findings as a table for a terminal."""
    wide = max(len(finding.what) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"  {'ok    ' if finding.ok else 'FAILED'}  {finding.what:<{wide}}  {finding.seen}")
        if finding.remedy:
            lines.append(f"          → {finding.remedy}")
    return "\n".join(lines)
