"""`./run switch`: what it finds, what it writes, what it says; and a real one where FreeSWITCH is installed."""

import os
import re
import signal
import stat
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from launcher.environment import ROOT
from launcher.switch import checks, configuration, program, session
from launcher.switch.configuration import BadConfiguration, Values
from launcher.switch.folder import SwitchFolder

EXAMPLES = ROOT / "freeswitch" / "gateways"
VALUES = Values("pw", "switch:a", "switch:b", "http://127.0.0.1:1/cdr", "http://127.0.0.1:1/d", "/spool", "/db")


def run_switch(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "launcher", "switch", *arguments],
        cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=90,
    )  # fmt: skip


# --- the program ---------------------------------------------------------------------------------------------------


def test_the_named_program_is_taken_before_the_one_on_path(tmp_path: Path):
    for name in ("named", "freeswitch"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    path = {"PATH": str(tmp_path)}
    assert program.find(path | {"FREESWITCH": str(tmp_path / "named")}) == tmp_path / "named"
    assert program.find(path) == tmp_path / "freeswitch"


def test_a_named_program_that_is_not_there_is_an_error_and_not_replaced(tmp_path: Path):
    with pytest.raises(program.NoSwitch, match="no such program"):
        program.find({"PATH": str(tmp_path), "FREESWITCH": "/nowhere/freeswitch"})


def test_without_the_program_it_says_how_to_install_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys):
    monkeypatch.setattr(program, "find", lambda: None)
    assert session.run(tmp_path / "s", web="http://x", domain="d", first_port=None, only_check=True) == 3
    said = capsys.readouterr().err
    for words in ("apt install -y freeswitch", "freeswitch-mod-xml-curl", "token", "FREESWITCH=/path/to"):
        assert words in said
    assert not (tmp_path / "s").exists(), "nothing is left behind"


# --- the configuration ---------------------------------------------------------------------------------------------


def preprocessed(folder: Path) -> str:
    """All files after the switch's own preprocessor, as far as this configuration uses it."""
    known = dict(re.findall(r'cmd="set" data="(\w+)=([^"]*)"', (folder / "vars.xml").read_text()))
    known |= dict.fromkeys(configuration.BUILT_IN, "/somewhere")

    def text(file: Path) -> str:
        body = re.sub(r"<!--.*?-->", "", file.read_text(), flags=re.S)
        body = re.sub(
            r'<X-PRE-PROCESS cmd="include" data="([^"]+)"/>',
            lambda found: "".join(
                re.sub(r"</?include>|<\?xml.*?\?>", "", text(each)) for each in sorted(file.parent.glob(found[1]))
            ),
            body,
        )
        return re.sub(r"\$\$\{(\w+)\}", lambda found: known[found[1]], body)

    (folder / "vars.xml").rename(folder / "vars.read")
    try:
        return text(folder / "freeswitch.xml")
    finally:
        (folder / "vars.read").rename(folder / "vars.xml")


def written(tmp_path: Path, **values: str) -> tuple[Path, ET.Element]:
    folder = tmp_path / "conf"
    configuration.write(folder, replace(VALUES, **values))
    return folder, ET.fromstring(preprocessed(folder))


def params(tree: ET.Element, name: str) -> dict[str, str]:
    found = tree.find(f".//configuration[@name='{name}']/settings")
    assert found is not None
    return {each.get("name", ""): each.get("value", "") for each in found}


def test_every_value_is_set_and_the_whole_is_well_formed(tmp_path: Path):
    _, tree = written(tmp_path)
    assert params(tree, "event_socket.conf")["password"] == "pw"
    assert params(tree, "json_cdr.conf")["err-log-dir"] == "/spool"
    example = (configuration.TEMPLATES / "vars.example.xml").read_text()
    assert set(re.findall(r'data="(\w+)=', example)) == set(vars(VALUES)), "the example names other values"


def test_secrets_are_readable_by_the_owner_alone(tmp_path: Path):
    folder, _ = written(tmp_path)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "vars.xml").stat().st_mode) == 0o600
    others = [file for file in folder.rglob("*.xml") if file.name != "vars.xml" and "switch:a" in file.read_text()]
    assert not others


def test_the_event_socket_listens_on_this_machine_alone_with_a_list(tmp_path: Path):
    settings = params(written(tmp_path)[1], "event_socket.conf")
    assert (settings["listen-ip"], settings["apply-inbound-acl"]) == ("127.0.0.1", "loopback.auto")


def test_there_are_no_users_and_no_way_out_in_the_files(tmp_path: Path):
    _, tree = written(tmp_path)
    assert not tree.findall(".//user")
    actions = {
        each.get("application")
        for context in tree.findall(".//section[@name='dialplan']/context")
        if context.get("name") != "robots"
        for each in context.iter("action")
    }
    assert actions == {"answer", "sched_hangup", "echo", "hangup"}
    robots = tree.findall(".//context[@name='robots']//action")
    assert {each.get("application") for each in robots} == actions - {"echo"} | {
        "ring_ready", "sleep", "playback", "wait_for_silence",
    }  # fmt: skip
    for context in tree.findall(".//context"):
        last = context.findall("extension")[-1]
        assert [each.get("data") for each in last.iter("action")] == ["CALL_REJECTED"], context.get("name")


def test_only_needed_modules_and_no_shell(tmp_path: Path):
    _, tree = written(tmp_path)
    allowed = {each.get("name", "") for each in tree.findall(".//interface-allowlist/allow")}
    assert allowed and all(name.count(".") == 2 for name in allowed), "a whole module would be allowed"
    assert not any(word in name for name in allowed for word in ("system", "lua", "curl", "spawn", ".load."))
    assert len(configuration.modules()) == 12


def test_what_the_engine_says_is_allowed(tmp_path: Path):
    """Each command and application that the engine's words contain exists in the switch."""
    _, tree = written(tmp_path)
    allowed = {each.get("name", "").split(".")[1] for each in tree.findall(".//interface-allowlist/allow")}
    text = "".join(file.read_text() for file in (ROOT / "call_engine").rglob("*.py"))
    commands = set(re.findall(r"\b(uuid_[a-z]+)\b", text)) | {"originate", "show", "uptime"}
    applications = set(re.findall(r"\b(sched_[a-z]+|record_session|park)\b(?=[ (])", text))
    assert commands | applications <= allowed | {"uuid_"}, (commands | applications) - allowed


@pytest.mark.parametrize("value", ['a"b', "a\nb", "$${other}"])
def test_a_value_that_would_break_out_is_refused_without_being_told(tmp_path: Path, value: str):
    with pytest.raises(BadConfiguration, match="event_socket_password") as refused:
        written(tmp_path, event_socket_password=value)
    assert value not in str(refused.value)


def test_signs_of_xml_in_a_password_arrive_as_they_are(tmp_path: Path):
    _, tree = written(tmp_path, event_socket_password="a&b<c>'d")
    assert params(tree, "event_socket.conf")["password"] == "a&b<c>'d"


# --- carriers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("example", sorted(path.name for path in EXAMPLES.glob("*.example")))
def test_each_example_of_a_carrier_can_be_used_as_it_is(tmp_path: Path, example: str):
    gateways = tmp_path / "gateways"
    gateways.mkdir()
    (gateways / example.removesuffix(".example")).write_text((EXAMPLES / example).read_text())
    names = configuration.write(tmp_path / "conf", VALUES, gateways, lambda name: f"192.0.2.{len(name)}")
    tree = ET.fromstring(preprocessed(tmp_path / "conf"))
    if ".addresses." in example:
        assert names == () and len(tree.findall(".//list[@name='carriers']/node")) == 1
    else:
        robots, gateway = tree.findall(".//profile[@name='carriers']/gateways/gateway")
        assert robots.get("name") == "robots"
        assert gateway.get("name") in ("mycarrier", *names)


def test_robots_are_reached_from_this_switch_alone_and_have_their_sounds(tmp_path: Path):
    folder, tree = written(tmp_path)
    profile = params_of(tree, "robots")
    assert (profile["sip-ip"], profile["apply-inbound-acl"], profile["context"]) == ("127.0.0.1", "robots", "robots")
    allowed = [node.get("cidr") for node in tree.findall(".//list[@name='robots']/node")]
    assert allowed == ["127.0.0.0/8", f"{VALUES.carriers_ip}/32"]
    proxy = tree.find(".//gateway[@name='robots']/param[@name='proxy']")
    assert proxy is not None and proxy.get("value") == f"127.0.0.1:{profile['sip-port']}"
    played = {each.get("data") for each in tree.findall(".//context[@name='robots']//action[@application='playback']")}
    assert played and all(Path(str(file)).is_file() for file in played)
    numbers = [each.get("expression") or "" for each in tree.findall(".//context[@name='robots']//condition")]
    robot = "999104000000017"
    assert sum(re.search(pattern, robot) is not None for pattern in numbers[:-1]) == 1 and folder.is_dir()


def params_of(tree: ET.Element, profile: str) -> dict[str, str]:
    found = tree.find(f".//profile[@name='{profile}']/settings")
    assert found is not None
    return {each.get("name", ""): each.get("value", "") for each in found}


def test_no_example_holds_a_password(tmp_path: Path):
    for file in EXAMPLES.glob("*.example"):
        for value in re.findall(r'name="password" value="([^"]*)"', file.read_text()):
            assert value.startswith("$${") or value == "unused", file.name


def test_a_missing_password_of_a_carrier_is_named_with_its_file(tmp_path: Path):
    gateways = tmp_path / "gateways"
    gateways.mkdir()
    (gateways / "zadarma.xml").write_text((EXAMPLES / "zadarma.xml.example").read_text())
    with pytest.raises(BadConfiguration, match=r"zadarma\.xml uses zadarma_user: set ZADARMA_USER"):
        configuration.write(tmp_path / "conf", VALUES, gateways)


def test_secrets_come_from_the_environment_or_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = SwitchFolder(tmp_path / "switch")
    folder.open()
    (folder.path / "secrets" / "zadarma_user").write_text("from a file\n")
    monkeypatch.setenv("ZADARMA_PASSWORD", "from the environment")
    assert folder.given("zadarma_user") == "from a file"
    assert folder.given("zadarma_password") == "from the environment"
    assert folder.given("nothing") is None
    folder.close()


def test_ports_and_passwords_stay_from_run_to_run(tmp_path: Path):
    folder = SwitchFolder(tmp_path / "switch")
    folder.open()
    first = session.values_for(folder, "http://127.0.0.1:3000/", "pbx.example", None)
    assert session.values_for(folder, "http://127.0.0.1:3000", "pbx.example", None) == first
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    session.write_settings(folder, first)
    assert stat.S_IMODE(folder.settings_file.stat().st_mode) == 0o600
    folder.close()


def test_the_table_says_what_to_do():
    text = checks.table([checks.Finding("a", True, "fine"), checks.Finding("longer", False, "broken", "mend it")])
    assert text.splitlines() == ["  ok      a       fine", "  FAILED  longer  broken", "          → mend it"]


# --- a real one ----------------------------------------------------------------------------------------------------


@pytest.mark.switch
@pytest.mark.skipif(program.find() is None, reason="no freeswitch program here")
def test_a_real_switch_is_started_checked_and_stopped(tmp_path: Path):
    done = run_switch("--check", "--folder", str(tmp_path / "switch"), "--web", "http://127.0.0.1:9")
    said = done.stdout
    assert done.returncode == 1, "nobody serves people and records here"
    failed = re.findall(r"FAILED  (.*?)  ", said)
    assert [name.split(" (")[0] for name in failed] == ["gateways", "people", "records"]
    for name in ("modules", "SIP profile operators", "SIP profile carriers", "no users of the makers' example",
                 "the event socket refuses a wrong password", "a stranger's call to the operators' side",
                 "a stranger's call to the carriers' side"):  # fmt: skip
        assert re.search(rf"ok      {re.escape(name)}", said), said
    assert "stopped" in said
    secret = (tmp_path / "switch" / "secrets" / "event-socket").read_text().strip()
    assert secret not in said + done.stderr, "the password is on the screen"


@pytest.mark.switch
@pytest.mark.skipif(program.find() is None, reason="no freeswitch program here")
def test_it_stays_until_it_is_interrupted(tmp_path: Path):
    process = subprocess.Popen(
        [sys.executable, "-m", "launcher", "switch", "--folder", str(tmp_path / "switch")],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("ready: "):
            break
    busy = run_switch("--check", "--folder", str(tmp_path / "switch"))
    assert busy.returncode == 2, "a second one in the same folder"
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    assert process.returncode == 0 and "stopped" in rest
