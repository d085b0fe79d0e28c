"""deploy/ and the programs agree: settings, commands, ports, figures, what the proxy keeps inside."""

import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from exchange_domain.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: s for name, s in SERVICES.items() if str(s.get("image", "")).startswith("operator-exchange")}
EXAMPLE = (DEPLOY / "exchange.env.example").read_text()
NOT_SETTINGS = {"PROGRAM_PASSWORD"}
"""Of the step that makes the programs' user of the database."""


def words(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_setting_of_a_program_is_one(name: str):
    known = {field.upper() for field in Settings.model_fields} | NOT_SETTINGS
    assert set(OURS[name]["environment"]) <= known


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_command_is_a_program_of_ours(name: str):
    modules = re.findall(r"-m[\",\s]+([a-z_.]+)", words(OURS[name]["command"]))
    assert modules
    for module in modules:
        assert importlib.util.find_spec(module) is not None, module


def test_every_value_asked_for_is_in_the_example():
    asked = set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose.yaml").read_text())) - {"EXCHANGE_VERSION"}
    told = set(re.findall(r"^([A-Z_]+)=", EXAMPLE, re.M))
    assert asked <= told
    assert told - asked <= {"COMPOSE_PROFILES"}, "nothing is asked for in vain"


def test_every_service_has_a_profile_of_the_example():
    [line] = re.findall(r"^COMPOSE_PROFILES=(.*)$", EXAMPLE, re.M)
    there = {profile for service in SERVICES.values() for profile in service["profiles"]}
    assert there == set(line.split(","))


def test_the_owners_password_is_the_migrations_alone():
    for name, service in OURS.items():
        given = words(service["environment"])
        assert ("POSTGRES_PASSWORD" in given) == (name == "migrate"), name
        assert service["cap_drop"] == ["ALL"], name


def test_each_program_has_a_port_of_figures_of_its_own_and_prometheus_asks_them_all():
    ports = [s["environment"]["METRICS_PORT"] for s in OURS.values() if "METRICS_PORT" in s["environment"]]
    assert len(ports) == len(set(ports)) == len(OURS) - 1, "all but the migrations"
    scraped = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())["scrape_configs"]
    targets = [target for job in scraped for target in job["static_configs"][0]["targets"]]
    assert sorted(targets) == sorted(f"127.0.0.1:{port}" for port in ports)


def test_rules_and_dashboard_ask_for_figures_that_there_are():
    told = set()
    for file in ROOT.glob("*/**/*.py"):
        if ".venv" not in file.parts:
            told |= set(re.findall(r'(?:Histogram|Counter|Gauge)\(\s*"(exchange_\w+)"', file.read_text()))
    dashboard = DEPLOY / "grafana/provisioning/dashboards/exchange.json"
    rules = (DEPLOY / "prometheus/promises.yml").read_text()
    asked = set(re.findall(r"exchange_\w+", rules))
    for panel in json.loads(dashboard.read_text())["panels"]:
        for target in panel["targets"]:
            asked |= set(re.findall(r"exchange_\w+", target["expr"]))
    assert len(asked) > 8
    assert {re.sub(r"_bucket$", "", name) for name in asked} <= told


def test_what_is_for_machines_of_our_own_stays_inside():
    [inside] = re.findall(r"@inside path (.*)", (DEPLOY / "Caddyfile").read_text())
    policy = (ROOT / "exchange_app/security/access.toml").read_text()
    machines = set(re.findall(r'^"POST (/(?:cdr|switch)[^"]*)"', policy, re.M)) | {"/health/ready"}
    assert len(machines) == 3
    for route in machines:
        assert any(re.fullmatch(pattern.replace("*", ".*"), route) for pattern in inside.split()), route


def test_the_relay_leads_into_no_private_network():
    import ipaddress

    lines = re.findall(r"^denied-peer-ip=(.+)$", (DEPLOY / "turnserver.conf").read_text(), re.M)
    spans = [tuple(ipaddress.ip_address(end) for end in (*line.split("-"), line.split("-")[-1])[:2]) for line in lines]

    def denied(address: str) -> bool:
        asked = ipaddress.ip_address(address)
        return any(a.version == asked.version and a <= asked <= b for a, b in spans)  # pyright: ignore

    for inside in ("10.1.2.3", "127.0.0.1", "169.254.169.254", "172.20.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.0",
                   "::1", "fd00::1", "fe80::1", "::ffff:10.0.0.1", "2002:7f00:1::"):  # fmt: skip
        assert denied(inside), inside
    for outside in ("8.8.8.8", "93.184.216.34", "2a00:1450::1"):
        assert not denied(outside), outside


@pytest.mark.parametrize(
    ("program", "arguments"),
    [
        ("caddy", ["validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]),
        ("promtool", ["check", "config", str(DEPLOY / "prometheus/prometheus.yml")]),
    ],
)
def test_its_own_program_takes_the_configuration(program: str, arguments: list[str]):
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"no {program} on PATH")
    done = subprocess.run([found, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_the_image_has_no_history():
    left_out = (ROOT / ".dockerignore").read_text().split()
    assert {".git", ".venv", ".data", ".switch", "deploy/exchange.env", "deploy/more.env"} <= set(left_out)
