"""Hangup causes: their Q.850 codes and the SIP answers they come from."""

Q850: dict[str, int] = {
    "NONE": 0,
    "UNALLOCATED_NUMBER": 1,
    "NO_ROUTE_TRANSIT_NET": 2,
    "NO_ROUTE_DESTINATION": 3,
    "CHANNEL_UNACCEPTABLE": 6,
    "NORMAL_CLEARING": 16,
    "USER_BUSY": 17,
    "NO_USER_RESPONSE": 18,
    "NO_ANSWER": 19,
    "SUBSCRIBER_ABSENT": 20,
    "CALL_REJECTED": 21,
    "NUMBER_CHANGED": 22,
    "REDIRECTION_TO_NEW_DESTINATION": 23,
    "EXCHANGE_ROUTING_ERROR": 25,
    "DESTINATION_OUT_OF_ORDER": 27,
    "INVALID_NUMBER_FORMAT": 28,
    "FACILITY_REJECTED": 29,
    "NORMAL_UNSPECIFIED": 31,
    "NORMAL_CIRCUIT_CONGESTION": 34,
    "NETWORK_OUT_OF_ORDER": 38,
    "NORMAL_TEMPORARY_FAILURE": 41,
    "SWITCH_CONGESTION": 42,
    "REQUESTED_CHAN_UNAVAIL": 44,
    "FACILITY_NOT_SUBSCRIBED": 50,
    "OUTGOING_CALL_BARRED": 52,
    "INCOMING_CALL_BARRED": 54,
    "BEARERCAPABILITY_NOTAUTH": 57,
    "SERVICE_UNAVAILABLE": 63,
    "CHAN_NOT_IMPLEMENTED": 66,
    "SERVICE_NOT_IMPLEMENTED": 79,
    "INCOMPATIBLE_DESTINATION": 88,
    "MANDATORY_IE_MISSING": 96,
    "RECOVERY_ON_TIMER_EXPIRE": 102,
    "PROTOCOL_ERROR": 111,
    "INTERWORKING": 127,
}
"""Causes with a Q.850 code of their own."""

# Causes of the switch itself, above the Q.850 range: reported as normal clearing to the other side.
_OWN = (
    "SUCCESS ORIGINATOR_CANCEL CRASH SYSTEM_SHUTDOWN LOSE_RACE MANAGER_REQUEST BLIND_TRANSFER ATTENDED_TRANSFER "
    "ALLOTTED_TIMEOUT USER_CHALLENGE MEDIA_TIMEOUT PICKED_OFF USER_NOT_REGISTERED PROGRESS_TIMEOUT INVALID_GATEWAY "
    "GATEWAY_DOWN INVALID_URL INVALID_PROFILE NO_PICKUP SRTP_READ_ERROR BOWOUT BUSY_EVERYWHERE DECLINE "
    "DOES_NOT_EXIST_ANYWHERE NOT_ACCEPTABLE UNWANTED"
)
CAUSES: frozenset[str] = frozenset(Q850) | frozenset(_OWN.split())

SIP: dict[int, tuple[str, str]] = {
    400: ("Bad Request", "NORMAL_TEMPORARY_FAILURE"),
    401: ("Unauthorized", "CALL_REJECTED"),
    403: ("Forbidden", "CALL_REJECTED"),
    404: ("Not Found", "UNALLOCATED_NUMBER"),
    408: ("Request Timeout", "RECOVERY_ON_TIMER_EXPIRE"),
    410: ("Gone", "NUMBER_CHANGED"),
    480: ("Temporarily Unavailable", "NO_USER_RESPONSE"),
    484: ("Address Incomplete", "INVALID_NUMBER_FORMAT"),
    486: ("Busy Here", "USER_BUSY"),
    487: ("Request Terminated", "ORIGINATOR_CANCEL"),
    488: ("Not Acceptable Here", "INCOMPATIBLE_DESTINATION"),
    500: ("Server Internal Error", "NORMAL_TEMPORARY_FAILURE"),
    503: ("Service Unavailable", "NORMAL_TEMPORARY_FAILURE"),
    600: ("Busy Everywhere", "USER_BUSY"),
    603: ("Decline", "CALL_REJECTED"),
    604: ("Does Not Exist Anywhere", "NO_ROUTE_DESTINATION"),
}
"""SIP refusals: phrase and the cause the switch makes of them."""

_BY_Q850 = {code: name for name, code in Q850.items()}


def q850(cause: str) -> int:
    """The Q.850 code that goes with a cause; the switch's own causes count as normal clearing."""
    return Q850.get(cause, Q850["NORMAL_CLEARING"])


def parse_cause(text: str, default: str = "NORMAL_CLEARING") -> str:
    """A cause from its name in any case, or from its Q.850 number; `default` for anything else."""
    wanted = text.strip().upper()
    if wanted.isdecimal():
        return _BY_Q850.get(int(wanted), default)
    return wanted if wanted in CAUSES else default


def refusal(status: int) -> tuple[str, str]:
    """Phrase and cause of a SIP refusal."""
    if status in SIP:
        return SIP[status]
    return ("Refused", "NORMAL_TEMPORARY_FAILURE" if status >= 500 else "NORMAL_UNSPECIFIED")
