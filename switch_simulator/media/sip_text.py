"""SIP requests and responses as the other side needs them: what was received is sent back as it came (RFC 3261)."""

from __future__ import annotations

import secrets

from sipmessage import URI, Message, Request, Response

HOST = "switch.invalid"
CONTACT = f"<sip:switch@{HOST};transport=ws>"
AGENT = "switch simulator"
ALLOWED = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE"
PHRASES = {
    100: "Trying", 200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 481: "Call/Transaction Does Not Exist", 486: "Busy Here", 487: "Request Terminated",
    488: "Not Acceptable Here", 503: "Service Unavailable", 603: "Decline",
}  # fmt: skip


def parse(text: str | bytes) -> Request | Response | None:
    """None for what is no SIP message, or lacks what every message has."""
    data = text.encode() if isinstance(text, str) else text
    try:
        message = Message.parse(data)
        if not all(message.headers.get(name) for name in ("Via", "From", "To", "Call-ID")):
            return None
        _ = message.cseq
    except (ValueError, KeyError, IndexError):
        return None
    return message


def tag() -> str:
    return secrets.token_hex(6)


def branch() -> str:
    return "z9hG4bK" + secrets.token_hex(8)


def text_of(message: Request | Response) -> str:
    message.headers.set("Content-Length", str(len(message.body)))
    return bytes(message).decode()


def answer(request: Request, code: int, *, to_tag: str = "", body: str = "", contact: str = "") -> Response:
    """A response to a request; headers of the request go back unparsed, for parsing changes some of them."""
    response = Response(code=code, phrase=PHRASES.get(code, "OK"), body=body.encode())
    for name in ("Via", "From", "To", "Call-ID", "CSeq"):
        for value in request.headers.getlist(name):
            ours = name == "To" and to_tag and ";tag=" not in value
            response.headers.add(name, f"{value};tag={to_tag}" if ours else value)
    response.headers.set("Server", AGENT)
    if contact:
        response.headers.set("Contact", contact)
    if body:
        response.headers.set("Content-Type", "application/sdp")
    return response


def request(
    method: str, target: str, *, via: str, sender: str, to: str, call_id: str, number: int, body: str = "",
    headers: dict[str, str] | None = None,
) -> Request:  # fmt: skip
    """`via`: the branch of its transaction; `sender` and `to`: whole values of From and To."""
    made = Request(method=method, uri=URI.parse(target), body=body.encode())
    values = {
        "Via": f"SIP/2.0/WS {HOST};branch={via}", "Max-Forwards": "70", "From": sender, "To": to, "Call-ID": call_id,
        "CSeq": f"{number} {method}", "Contact": CONTACT, "User-Agent": AGENT,
        "Allow": ALLOWED,
    }  # fmt: skip
    for name, value in (values | (headers or {})).items():
        made.headers.set(name, value)
    if body:
        made.headers.set("Content-Type", "application/sdp")
    return made
