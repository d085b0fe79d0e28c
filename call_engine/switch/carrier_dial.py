"""The one place where a dial string to a carrier is made, and it is made of a proof: no proof, no call."""

import re
from uuid import UUID

from exchange_domain.dial_proofs import DialProof

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class UnsafeValue(ValueError):
    """A value that must not get into a command. The message names its kind, never the value."""


class Unproven(UnsafeValue):
    """A number that nobody has proven to be ours to ring now."""


def dial_name(value: str, what: str) -> str:
    """A SIP user's, domain's or gateway's name, unchanged."""
    if not NAME.fullmatch(value):
        raise UnsafeValue(f"{what} is not a plain name")
    return value


def digits_of(e164: str) -> str:
    """The digits that are dialled for a number. Raises UnsafeValue for anything that is no E.164 number."""
    if not E164.fullmatch(e164):
        raise UnsafeValue("the number is not in E.164")
    return e164[1:]


def carrier_dial(leg: UUID, proof: DialProof | None, wanted: type[DialProof], settings_gateway: str) -> str:
    """`sofia/gateway/NAME/DIGITS` for the number that the proof names. Raises Unproven, UnsafeValue."""
    if not isinstance(proof, wanted) or proof.leg != leg:
        raise Unproven(f"a number is dialled without being {wanted.__name__.lower()}")
    gateway = settings_gateway if proof.gateway is None else dial_name(proof.gateway, "the carrier's gateway")
    return f"sofia/gateway/{gateway}/{digits_of(proof.e164)}"
