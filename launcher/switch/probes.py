"""Questions to a running switch from outside: what a stranger gets by SIP, and whether the exchange answers."""

import base64
import socket
import urllib.error
import urllib.request
from uuid import uuid4

from launcher.ports import LOOPBACK

PATIENCE_S = 3.0


def sip_answer(port: int, method: str, user: str, domain: str) -> int:
    """The status that a stranger's request gets at this port; 0 when nothing comes. It never gets a call."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.bind((LOOPBACK, 0))
        asking.settimeout(PATIENCE_S)
        own = asking.getsockname()[1]
        call = uuid4().hex
        head = [
            f"{method} sip:{user}@{domain} SIP/2.0",
            f"Via: SIP/2.0/UDP {LOOPBACK}:{own};branch=z9hG4bK{call};rport",
            "Max-Forwards: 70",
            f"From: <sip:stranger@{domain}>;tag={call[:8]}",
            f"To: <sip:{user}@{domain}>",
            f"Call-ID: {call}",
            f"CSeq: 1 {method}",
            f"Contact: <sip:stranger@{LOOPBACK}:{own}>",
            "Content-Length: 0",
        ]
        asking.sendto(("\r\n".join(head) + "\r\n\r\n").encode(), (LOOPBACK, port))
        try:
            while True:
                answer = asking.recv(65_536).decode("utf-8", "replace")
                status = int(answer.split(" ", 2)[1])
                if status >= 200:
                    if method == "INVITE":
                        asking.sendto(_acknowledgement(head, answer).encode(), (LOOPBACK, port))
                    return status
        except (TimeoutError, ValueError, IndexError):
            return 0


def _acknowledgement(head: list[str], answer: str) -> str:
    to = next((line for line in answer.split("\r\n") if line.lower().startswith("to:")), head[4])
    lines = [head[0].replace("INVITE", "ACK", 1), *head[1:4], to, head[5], "CSeq: 1 ACK", "Content-Length: 0"]
    return "\r\n".join(lines) + "\r\n\r\n"


def http_answer(url: str, credentials: str, body: bytes) -> tuple[int, str]:
    """Status and text of a POST as the switch makes it; status 0 with the reason when there is no answer."""
    encoded = base64.b64encode(credentials.encode()).decode()
    request = urllib.request.Request(
        url, body, {"Authorization": f"Basic {encoded}", "Content-Type": "application/x-www-form-urlencoded"}
    )
    # Not through a proxy of the environment: the exchange is where the address says.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=PATIENCE_S) as answer:
            return answer.status, answer.read(65_536).decode("utf-8", "replace")
    except urllib.error.HTTPError as refused:
        return refused.code, ""
    except (OSError, ValueError) as problem:
        return 0, str(getattr(problem, "reason", problem))
