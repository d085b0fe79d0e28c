"""Passwords: argon2id, raised to today's parameters at sign-in, and the rules for new ones."""

import asyncio
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

LEAST_LENGTH = 10
MOST_LENGTH = 200
_hasher = PasswordHasher()


@cache
def commonest() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "common_passwords.txt").read_text("utf-8").split())


def fault(password: str, email: str) -> str | None:
    """Code of the rule a new password breaks: too_short, too_long, common, like_email; None when it is good."""
    plain = password.casefold()
    if len(password) < LEAST_LENGTH:
        return "too_short"
    if len(password) > MOST_LENGTH:
        return "too_long"
    if plain in commonest() or len(set(plain)) < 4:
        return "common"
    if email and plain in {email.casefold(), email.casefold().split("@")[0]}:
        return "like_email"
    return None


async def hashed(password: str) -> str:
    """Takes some 50 ms of CPU: in a thread, so that no other page waits."""
    return await asyncio.to_thread(_hasher.hash, password)


@cache
def _nobody() -> str:
    return _hasher.hash("the password of an account that does not exist")


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return False


async def verified(stored: str | None, password: str) -> tuple[bool, bool]:
    """(right, needs a new hash). Without a stored hash the same work is done, so that time tells nothing."""
    if len(password) > MOST_LENGTH:
        return False, False
    right = await asyncio.to_thread(_matches, stored or await asyncio.to_thread(_nobody), password)
    if not right or stored is None:
        return False, False
    return True, _hasher.check_needs_rehash(stored)
