"""`./run admin create` makes an administrator's account; `reset-second-factor` is for who has lost theirs."""

import argparse
import secrets
from typing import TYPE_CHECKING

from .refusal import AdminRefused

if TYPE_CHECKING:
    from exchange_domain.database import Session


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = commands.add_parser("create", help="make an administrator's account: the first one, or another")
    command.add_argument("--email", required=True, metavar="ADDRESS")
    command.add_argument("--name", required=True, metavar="NAME", help="as other people see it")
    command.add_argument("--language", choices=("ru", "en"), default="ru")
    command.set_defaults(carry_out=create)
    reset = commands.add_parser("reset-second-factor", help="take away a lost app, passkeys and recovery codes")
    reset.add_argument("--email", required=True, metavar="ADDRESS")
    reset.set_defaults(carry_out=reset_second_factor)


async def create(session: "Session", chosen: argparse.Namespace) -> str:
    """Makes the account, or gives one that is there the role; says the password, which is kept nowhere else."""
    from argon2 import PasswordHasher

    from exchange_domain import accounts, audit, people_desk
    from exchange_domain.words import Role

    email, name = chosen.email.strip(), " ".join(chosen.name.split())
    if "@" not in email[1:] or not 1 <= len(name) <= 200:
        raise AdminRefused("an address such as nina@example.org and a name of 1 to 200 characters are expected")
    known = await accounts.find_by_email(session, email)
    if known is not None and known.id is not None:
        person = await people_desk.one(session, known.id)
        assert person is not None
        if Role.ADMIN.value in person.roles:
            return f"{email} is an administrator already"
        await people_desk.set_roles(session, None, known.id, [*person.roles, Role.ADMIN.value])
        return f"{email} is an administrator now, with the password it has"
    password = secrets.token_urlsafe(15)
    made = await accounts.create(
        session, email=email, display_name=name, password_hash=PasswordHasher().hash(password),
        language=chosen.language, roles=(Role.ADMIN.value,),
    )  # fmt: skip
    await audit.write(session, None, "account_made", f"account:{made.id}", after={"roles": [Role.ADMIN.value]})
    return (
        f"made: {email}\npassword: {password}\nIt is shown here once. A second factor is set up at the first sign-in."
    )


async def reset_second_factor(session: "Session", chosen: argparse.Namespace) -> str:
    """For an administrator whom no other administrator can help. Raises AdminRefused."""
    from exchange_domain import accounts, second_factors

    found = await accounts.find_by_email(session, chosen.email)
    if found is None or found.id is None:
        raise AdminRefused(f"nobody has the address {chosen.email}")
    await second_factors.reset(session, None, found.id)
    return f"{chosen.email} has no second factor any more"
