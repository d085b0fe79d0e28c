"""Commands of mod_sofia: profiles, gateways, registrations, where a user is."""

from __future__ import annotations

from html import escape

from switch_simulator.api.registry import command
from switch_simulator.api.show import registration_id
from switch_simulator.clock import stamp
from switch_simulator.switch import Switch

LINE = "=" * 97 + "\n"
EXPIRES = 179


@command("sofia")
def sofia(switch: Switch, argument: str) -> str:
    """`sofia status|xmlstatus [gateway|profile NAME [reg]]`, `sofia profile NAME …`."""
    words = argument.split()
    if not words or words[0] not in ("status", "xmlstatus", "profile"):
        return "-USAGE: sofia <help|status|xmlstatus|profile> …\n"
    if words[0] == "profile":
        return _profile_command(switch, words[1:])
    xml = words[0] == "xmlstatus"
    if len(words) == 1:
        return _status(switch)
    if words[1] == "gateway":
        return _gateway(switch, words[2], xml) if len(words) > 2 else _gateways(switch)
    if words[1] == "profile" and len(words) > 2:
        if words[2] not in switch.dialplan.profiles:
            return "Invalid Profile!\n"
        if len(words) > 3 and words[3] == "reg":
            return _registrations_xml(switch) if xml else _registrations(switch)
        return _profile(switch, words[2])
    return "-USAGE: sofia status [profile <name> [reg] | gateway [<name>]]\n"


@command("sofia_contact")
def sofia_contact(switch: Switch, argument: str) -> str:
    """Where a user's telephone is."""
    user = argument.rpartition("/")[2]
    name, _, domain = user.partition("@")
    behaviour = switch.dialplan.user(name)
    if not behaviour.exists or not behaviour.registered or (domain and domain != switch.dialplan.domain):
        return "error/user_not_registered"
    return f"sofia/internal/sip:{name}@127.0.0.1:{switch.dialplan.port_of(name)}"


@command("user_exists")
def user_exists(switch: Switch, argument: str) -> str:
    """`user_exists id NAME DOMAIN`."""
    words = argument.split()
    return "true" if len(words) > 1 and switch.dialplan.user(words[1]).exists else "false"


def _profile_command(switch: Switch, words: list[str]) -> str:
    if not words or words[0] not in switch.dialplan.profiles:
        return f"Invalid Profile [{words[0] if words else ''}]"
    action = words[1] if len(words) > 1 else ""
    if action == "rescan":
        return "+OK scan complete\n"
    return f"+OK {action}\n"


def _status(switch: Switch) -> str:
    plan = switch.dialplan
    lines = f"{'Name':>25}\t   Type\t{'Data':>42}\tState\n" + LINE
    for name, address in plan.profiles.items():
        lines += f"{name:>25}\tprofile\t{'sip:mod_sofia@' + address:>42}\tRUNNING (0)\n"
    lines += f"{plan.domain:>25}\t  alias\t{'internal':>42}\tALIASED\n"
    for gateway in plan.gateways.values():
        lines += f"{'carrier::' + gateway.name:>25}\tgateway\t{'sip:exchange@' + gateway.proxy:>42}\tNOREG\n"
    return lines + LINE + f"{len(plan.profiles)} profiles 1 alias\n"


def _gateways(switch: Switch) -> str:
    calls, failed = switch.outbound_calls, switch.failed_calls
    lines = f"{'Profile::Gateway-Name':>25}\t{'Data    ':>32}\tState\tPing Time\tIB Calls(F/T)\tOB Calls(F/T)\n" + LINE
    for gateway in switch.dialplan.gateways.values():
        name = gateway.name
        lines += (
            f"{'carrier::' + name:>25}\t{'sip:exchange@' + gateway.proxy:>32}\tNOREG\t  0.00\t0/0\t"
            f"{failed.get(name, 0)}/{calls.get(name, 0)}\n"
        )
    count = len(switch.dialplan.gateways)
    total = f"{sum(failed.values())}/{sum(calls.values())}"
    return lines + LINE + f"{count} gateways: Inbound(Failed/Total): 0/0,Outbound(Failed/Total):{total}\n"


def _gateway(switch: Switch, name: str, xml: bool) -> str:
    gateway = switch.dialplan.gateways.get(name)
    if gateway is None:
        return "Invalid Gateway!\n"
    now = int(switch.clock.now())
    rows = [
        ("Name", "name", name),
        ("Profile", "profile", "carrier"),
        ("Scheme", "scheme", "Digest"),
        ("Realm", "realm", f"{name}.example"),
        ("Username", "username", "exchange"),
        ("Password", "password", "yes"),
        ("From", "from", f"<sip:exchange@{gateway.proxy}>"),
        ("Contact", "contact", f"<sip:gw+{name}@127.0.0.1:5080;transport=udp;gw={name}>"),
        ("Exten", "exten", "exchange"),
        ("To", "to", f"sip:exchange@{gateway.proxy}"),
        ("Proxy", "proxy", f"sip:{gateway.proxy}"),
        ("Context", "context", "public"),
        ("Expires", "expires", "3600"),
        ("Freq", "freq", "3600"),
        ("Ping", "ping", str(now + 10)),
        ("PingFreq", "pingfreq", "10"),
        ("", "pingmin", "1"),
        ("", "pingcount", "3"),
        ("", "pingmax", "3"),
        ("PingTime", "pingtime", "0.87"),
        ("PingState", "", "1/3/3"),
        ("", "pinging", "0"),
        ("State", "state", "NOREG"),
        ("Status", "status", "UP" if gateway.up else "DOWN"),
        ("Uptime", "", f"{now - int(switch.started)}s"),
        ("", "uptime-usec", str(int((switch.clock.now() - switch.started) * 1_000_000))),
        ("CallsIN", "calls-in", "0"),
        ("CallsOUT", "calls-out", str(switch.outbound_calls.get(name, 0))),
        ("FailedCallsIN", "failed-calls-in", "0"),
        ("FailedCallsOUT", "failed-calls-out", str(switch.failed_calls.get(name, 0))),
    ]
    if xml:
        inner = "".join(f"    <{tag}>{escape(value)}</{tag}>\n" for _, tag, value in rows if tag)
        return f'<?xml version="1.0" encoding="ISO-8859-1"?>\n  <gateway>\n{inner}  </gateway>\n'
    return LINE + "".join(f"{title:<8}\t{value}\n" for title, _, value in rows if title) + LINE


def _profile(switch: Switch, name: str) -> str:
    address = switch.dialplan.profiles[name]
    rows = [
        ("Name", name),
        ("Domain Name", "N/A"),
        ("Auto-NAT", "false"),
        ("DBName", f"sofia_reg_{name}"),
        ("Pres Hosts", ""),
        ("Dialplan", "XML"),
        ("Context", "operators" if name == "internal" else "public"),
        ("Challenge Realm", switch.dialplan.domain),
        ("RTP-IP", "127.0.0.1"),
        ("SIP-IP", "127.0.0.1"),
        ("URL", f"sip:mod_sofia@{address}"),
        ("BIND-URL", f"sip:mod_sofia@{address};transport=udp,tcp"),
        ("HOLD-MUSIC", "local_stream://moh"),
        ("OUTBOUND-PROXY", "N/A"),
        ("CODECS IN", "OPUS,PCMU,PCMA"),
        ("CODECS OUT", "OPUS,PCMU,PCMA"),
        ("TEL-EVENT", "101"),
        ("DTMF-MODE", "rfc2833"),
        ("CNG", "13"),
        ("SESSION-TO", "0"),
        ("MAX-DIALOG", "0"),
        ("NOMEDIA", "false"),
        ("LATE-NEG", "true"),
        ("PROXY-MEDIA", "false"),
        ("AGGRESSIVENAT", "false"),
        ("CALLS-IN", "0"),
        ("FAILED-CALLS-IN", "0"),
        ("CALLS-OUT", str(sum(switch.outbound_calls.values()))),
        ("FAILED-CALLS-OUT", str(sum(switch.failed_calls.values()))),
        ("REGISTRATIONS", str(len(switch.dialplan.registered_users()))),
    ]
    return LINE + "".join(f"{title:<17}\t{value}\n" for title, value in rows)


def _registrations(switch: Switch) -> str:
    domain, until = switch.dialplan.domain, stamp(int((switch.clock.now() + EXPIRES) * 1_000_000))
    users = switch.dialplan.registered_users()
    text = "\nRegistrations:\n" + LINE
    for name, port in users.items():
        rows = [
            ("Call-ID", registration_id(name)),
            ("User", f"{name}@{domain}"),
            ("Contact", f'"" <sip:{name}@127.0.0.1:{port}>'),
            ("Agent", "softphone"),
            ("Status", f"Registered(UDP)(unknown) EXP({until}) EXPSECS({EXPIRES})"),
            ("Ping-Status", "Reachable"),
            ("Ping-Time", "0.00"),
            ("Host", switch.hostname),
            ("IP", "127.0.0.1"),
            ("Port", str(port)),
            ("Auth-User", name),
            ("Auth-Realm", domain),
            ("MWI-Account", f"{name}@{domain}"),
        ]
        text += "".join(f"{title + ':':<12}\t{value}\n" for title, value in rows) + "\n"
    return text + f"Total items returned: {len(users)}\n" + LINE


def _registrations_xml(switch: Switch) -> str:
    domain, until = switch.dialplan.domain, stamp(int((switch.clock.now() + EXPIRES) * 1_000_000))
    text = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<profile>\n  <registrations>\n'
    for name, port in switch.dialplan.registered_users().items():
        rows = [
            ("call-id", registration_id(name)),
            ("user", f"{name}@{domain}"),
            ("contact", escape(f'"" <sip:{name}@127.0.0.1:{port}>')),
            ("agent", "softphone"),
            ("status", f"Registered(UDP)(unknown) exp({until}) expsecs({EXPIRES})"),
            ("ping-status", "Reachable"),
            ("ping-time", "0.00"),
            ("host", switch.hostname),
            ("network-ip", "127.0.0.1"),
            ("network-port", str(port)),
            ("sip-auth-user", name),
            ("sip-auth-realm", domain),
            ("mwi-account", f"{name}@{domain}"),
        ]
        inner = "".join(f"        <{tag}>{value}</{tag}>\n" for tag, value in rows)
        text += f"    <registration>\n{inner}    </registration>\n"
    return text + "  </registrations>\n</profile>\n"
