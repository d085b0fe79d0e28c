"""The account behind a session, with its present roles; remembered for a few seconds per process."""

import time
from dataclasses import replace

from exchange_domain import accounts, database
from exchange_domain.accounts import Principal
from exchange_domain.settings import settings
from exchange_domain.words import Role

NEED_TWO = frozenset({Role.MODERATOR.value, Role.ADMIN.value})

_KEEP_S = 10.0
_MOST = 5000
_known: dict[int, tuple[float, Principal | None]] = {}


async def principal(account_id: int) -> Principal | None:
    """The account with its roles, at most ten seconds old. None: deleted or suspended."""
    known = _known.get(account_id)
    if known and known[0] > time.monotonic():
        return known[1]
    async with database.session() as db:
        found = await accounts.principal(db, account_id)
    if found is not None:
        found = None if found.suspended else _held_back(found)
    if len(_known) >= _MOST:
        _known.clear()
    _known[account_id] = (time.monotonic() + _KEEP_S, found)
    return found


def _held_back(account: Principal) -> Principal:
    """Without a second factor the roles that need one do nothing."""
    rules = settings()
    if account.second_factor or not rules.two_factor_required or rules.exchange_demo:
        return account
    held = account.roles & NEED_TWO
    return replace(account, roles=account.roles - held, held_back=held) if held else account


def forget(account_id: int) -> None:
    """The account changed: read it again next time."""
    _known.pop(account_id, None)
