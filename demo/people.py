"""The sample accounts: one-click sign-in leads to them by their e-mail (exchange_app/sign_in/demo.py)."""

import secrets
from dataclasses import dataclass

from argon2 import PasswordHasher
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import accounts
from exchange_domain.tables import Aptitude


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    gender: str | None = None
    roles: tuple[str, ...] = ()
    """Platform roles; a customer's people get theirs from their membership."""
    language: str = "ru"


OPERATOR = Person("operator@demo.example", "Мария Светлова", "f", ("operator",))
SECOND_OPERATOR = Person("operator-2@demo.example", "Игорь Тарасов", "m", ("operator",))
NEWCOMER = Person("newcomer@demo.example", "Вера Новикова", "f", ("operator",))
"""Has not taken the aptitude test yet."""
ROBOT = Person("robot@demo.example", "Робот Телефонистка", "f", ("operator",))
CUSTOMER = Person("customer@demo.example", "Андрей Дубравин", "m")
MANAGER = Person("manager@demo.example", "Олег Рябов", "m")
SECOND_MANAGER = Person("manager-2@demo.example", "Гузель Ахметова", "f")
MODERATOR = Person("moderator@demo.example", "Юлия Князева", "f", ("moderator",))
ADMIN = Person("admin@demo.example", "Николай Вершинин", "m", ("admin",))
OTHER_CUSTOMER = Person("customer-2@demo.example", "Helen Moore", "f", (), "en")
OTHER_MANAGER = Person("manager-3@demo.example", "James Webb", "m", (), "en")

EVERYBODY = (
    OPERATOR, SECOND_OPERATOR, NEWCOMER, ROBOT, CUSTOMER, MANAGER, SECOND_MANAGER, MODERATOR, ADMIN, OTHER_CUSTOMER,
    OTHER_MANAGER,
)  # fmt: skip


async def create(s: AsyncSession) -> dict[Person, int]:
    """All of them, with passwords that nobody knows: the only way in is the demo's own."""
    # Nothing is to be slowed down: nobody can guess 32 random bytes, however fast the tries.
    hashes = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    ids: dict[Person, int] = {}
    for person in EVERYBODY:
        account = await accounts.create(
            s, email=person.email, display_name=person.name, password_hash=hashes.hash(secrets.token_hex(32)),
            language=person.language, roles=person.roles, gender=person.gender,
        )  # fmt: skip
        assert account.id is not None
        ids[person] = account.id
        if "operator" in person.roles and person is not NEWCOMER:
            s.add(Aptitude(operator_id=account.id, words="Образец"))
    return ids
