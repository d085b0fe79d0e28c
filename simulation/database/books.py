"""The ledger: double entry, each movement once by its key. Repeats exchange_domain/ledger.py without its SQL."""

from dataclasses import dataclass, field
from uuid import UUID

from exchange_domain.words import LedgerKind

Account = tuple[LedgerKind, int]
"""A kind and whose it is; the platform's own are nobody's (0)."""
PLATFORM = 0


class InsufficientFunds(Exception):
    """The customer's free balance is less than what has to be held. Nothing was written."""


@dataclass(slots=True)
class Movement:
    kind: str
    key: str
    lines: dict[Account, int]
    call_id: UUID | None = None


@dataclass(slots=True)
class Books:
    movements: list[Movement] = field(default_factory=list)
    balances: dict[Account, int] = field(default_factory=dict)
    _by_key: dict[str, Movement] = field(default_factory=dict)

    def move(self, kind: str, key: str, lines: dict[Account, int], call_id: UUID | None = None) -> bool:
        """False when the key was used before: nothing is written."""
        if key in self._by_key:
            return False
        movement = Movement(kind, key, {account: amount for account, amount in lines.items() if amount}, call_id)
        self.movements.append(movement)
        self._by_key[key] = movement
        for account, amount in movement.lines.items():
            self.balances[account] = self.balances.get(account, 0) + amount
        return True

    def funds(self, customer_id: int) -> int:
        return self.balances.get((LedgerKind.CUSTOMER_FUNDS, customer_id), 0)

    def deposit(self, customer_id: int, amount: int, key: str) -> bool:
        lines = {(LedgerKind.CUSTOMER_FUNDS, customer_id): amount, (LedgerKind.CASH_IN, PLATFORM): -amount}
        return self.move("deposit", f"deposit:{key}", lines)

    def hold(self, customer_id: int, call_id: UUID, amount: int) -> None:
        """Sets money aside for a call, once. Raises InsufficientFunds."""
        if self.funds(customer_id) < amount:
            raise InsufficientFunds
        lines = {(LedgerKind.CUSTOMER_FUNDS, customer_id): -amount, (LedgerKind.CUSTOMER_HOLD, customer_id): amount}
        self.move("hold", f"hold:{call_id}", lines, call_id)

    def held_for(self, customer_id: int, call_id: UUID) -> int:
        held = self._by_key.get(f"hold:{call_id}")
        return 0 if held is None else held.lines.get((LedgerKind.CUSTOMER_HOLD, customer_id), 0)

    def capture(self, customer_id: int, operator_id: int, call_id: UUID, charge: int, pay: int) -> bool:
        """Ends a call's hold: the charge is taken, the rest goes back, the operator's pay becomes pending. Once."""
        held = self.held_for(customer_id, call_id)
        lines = {
            (LedgerKind.CUSTOMER_HOLD, customer_id): -held,
            (LedgerKind.CUSTOMER_FUNDS, customer_id): held - charge,
            (LedgerKind.PLATFORM_REVENUE, PLATFORM): charge - pay,
            (LedgerKind.OPERATOR_PENDING, operator_id): pay,
        }
        return self.move("settle", f"settle:{call_id}", lines, call_id)
