"""Passwords of tests are hashed with next to no work; with the exchange's own they would be most of a run.

The exchange's own parameters are looked at in tests/app/test_sign_in.py.
"""

from argon2 import PasswordHasher

from exchange_app.security import passwords

OWN = passwords._hasher


def use() -> None:
    """In this process, from here on."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
