"""Which open pages (client tokens) belong to whom, in this process."""

from collections import defaultdict

_owner: dict[str, str] = {}
_accounts: dict[str, int] = {}
_tokens: defaultdict[int, set[str]] = defaultdict(set)


def own(token: str, session_digest: str) -> None:
    """A token speaks for a sign-in session (empty: for nobody)."""
    _owner[token] = session_digest


def enter(account_id: int, token: str) -> None:
    """A page of this account is open and wants its live changes. Called after its rights were checked."""
    if (before := _accounts.get(token)) not in (None, account_id):
        _tokens[before].discard(token)
    _accounts[token] = account_id
    _tokens[account_id].add(token)


def tokens(account_id: int) -> tuple[str, ...]:
    return tuple(_tokens.get(account_id, ()))


def accounts() -> tuple[int, ...]:
    """Accounts with an open page."""
    return tuple(account for account, tokens in _tokens.items() if tokens)


def owned_by(session_digest: str) -> tuple[str, ...]:
    return tuple(token for token, owner in _owner.items() if owner == session_digest)


def leave(token: str) -> None:
    """No more live changes for this token."""
    account = _accounts.pop(token, None)
    if account is not None:
        _tokens[account].discard(token)
        if not _tokens[account]:
            del _tokens[account]


def forget(token: str) -> None:
    """The token is gone or changed hands."""
    leave(token)
    _owner.pop(token, None)
