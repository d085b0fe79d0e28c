"""One `./run switch` from the folder to the end: start, table of checks, settings for the exchange, wait, stop."""

import os
import shlex
import signal
import sys
from pathlib import Path

from launcher.data_directory import DataDirectoryRefused
from launcher.ports import LOOPBACK

from . import checks, configuration, program
from .configuration import BadConfiguration, Values
from .event_socket import Refused
from .folder import SwitchFolder
from .running import RunningSwitch, SwitchFailed

SWITCH_USER = "switch"


def run(path: Path, *, web: str, domain: str, first_port: int | None, only_check: bool) -> int:
    """Exit status: 0, 1 when the switch or a check failed, 2 when it cannot begin, 3 where there is no FreeSWITCH."""
    try:
        found = program.find()
    except program.NoSwitch as problem:
        return _say_failed(str(problem), 3)
    if found is None:
        print(program.how_to_install(configuration.modules()), file=sys.stderr)
        return 3
    folder = SwitchFolder(path)
    try:
        folder.open()
    except DataDirectoryRefused as problem:
        return _say_failed(str(problem), 2)
    try:
        return _run(found, folder, values_for(folder, web, domain, first_port), only_check)
    except BadConfiguration as problem:
        return _say_failed(str(problem), 2)
    except (SwitchFailed, Refused, OSError) as problem:
        return _say_failed(str(problem) or "the event socket refuses its own password", 1)
    finally:
        folder.close()


def values_for(folder: SwitchFolder, web: str, domain: str, first_port: int | None) -> Values:
    ports = folder.ports(5) if first_port is None else range(first_port, first_port + 5)
    socket, operators, carriers, ws, robots = ports
    web = web.rstrip("/")
    return Values(
        event_socket_password=folder.secret("event-socket"),
        cdr_credentials=f"{SWITCH_USER}:{folder.secret('cdr')}",
        directory_credentials=f"{SWITCH_USER}:{folder.secret('directory')}",
        cdr_url=f"{web}/cdr",
        directory_url=f"{web}/switch/directory",
        cdr_spool=str(folder.spool),
        database=str(folder.path / "db" / "core.db"),
        event_socket_port=socket,
        operators_sip_port=operators,
        carriers_sip_port=carriers,
        robots_sip_port=robots,
        operators_ws=f"{LOOPBACK}:{ws}",
        sip_domain=domain,
    )


def _run(found: Path, folder: SwitchFolder, values: Values, only_check: bool) -> int:
    gateways = configuration.write(folder.configuration, values, folder.gateways, folder.given)
    write_settings(folder, values)
    switch = RunningSwitch(
        found, folder.path, folder.recordings, values.event_socket_port, values.event_socket_password
    )
    # A second signal must not leave the switch behind: it ends with this process in any case.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        print(f"[switch] starting {found} …", flush=True)
        print(f"[switch] up after {switch.start():.1f} s; event socket at {LOOPBACK}:{values.event_socket_port}")
        findings = list(checks.run(checks.Checked(values, folder.recordings, folder.spool, gateways)))
        print(checks.table(findings), flush=True)
        failed = sum(not finding.ok for finding in findings)
        print(f"[switch] {failed or 'no'} check{'' if failed == 1 else 's'} failed", flush=True)
        if only_check:
            return 1 if failed else 0
        for line in closing_lines(folder, values):
            print(line, flush=True)
        switch.wait()
        raise SwitchFailed(f"the switch ended by itself; see {folder.path / 'log'}")
    except KeyboardInterrupt:
        return 0
    finally:
        print("[switch] stopping …", flush=True)
        switch.stop()
        print("[switch] stopped", flush=True)


def settings_of(folder: SwitchFolder, values: Values) -> dict[str, str]:
    """What the exchange needs in its environment to use this switch."""
    return {
        "SWITCH_URL": f"esl://:{values.event_socket_password}@{LOOPBACK}:{values.event_socket_port}",
        "SWITCH_NAME": values.switch_name,
        "SIP_DOMAIN": values.sip_domain,
        "SIP_WS_URL": f"ws://{values.operators_ws}",
        "RECORDINGS_DIR": str(folder.recordings),
        "CDR_SPOOL_DIR": str(folder.spool),
        "CDR_USER": SWITCH_USER,
        "CDR_PASSWORD": values.cdr_credentials.partition(":")[2],
        "SWITCH_DIRECTORY_USER": SWITCH_USER,
        "SWITCH_DIRECTORY_PASSWORD": values.directory_credentials.partition(":")[2],
    }


def write_settings(folder: SwitchFolder, values: Values) -> None:
    """The settings as a file for a shell, readable by this user alone: passwords stay off the screen."""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in settings_of(folder, values).items()]
    descriptor = os.open(folder.settings_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(lines) + "\n")


def closing_lines(folder: SwitchFolder, values: Values) -> list[str]:
    file = shlex.quote(str(folder.settings_file))
    return [
        "",
        f"Operators: SIP {values.operators_ip}:{values.operators_sip_port}, WebSocket ws://{values.operators_ws}",
        f"The exchange uses it with SWITCH_URL=esl://:…@{LOOPBACK}:{values.event_socket_port}; all settings:",
        f"  . {file}; ./run demo",
        f"Folder: {folder.path}   Stop: Ctrl-C",
        f"ready: {folder.settings_file}",
    ]


def _say_failed(text: str, status: int) -> int:
    print(f"run switch: {text}", file=sys.stderr)
    return status
