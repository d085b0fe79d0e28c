"""Only a leased contact can be dialled: what a proof takes, and that nothing else makes one."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from exchange_domain import calls, carrier_book, database, dial_proofs
from exchange_domain.claiming import Claim
from exchange_domain.dial_proofs import Leased

from .conftest import LEASE, Exchange

ROOT = Path(__file__).resolve().parents[2]


async def claimed(exchange: Exchange) -> Claim:
    campaign = await exchange.campaign()
    await exchange.contact(campaign, "+78125550101")
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim)
    return claim


async def proof(exchange: Exchange, call_id: UUID, token: int, after: timedelta = timedelta(0)) -> Leased | None:
    async with database.session() as s:
        return await dial_proofs.lease_held(s, call_id, token, exchange.now + after)


async def change(statement: str) -> None:
    async with database.session() as s:
        await s.execute(text(statement))


async def test_a_claimed_call_may_be_dialled_by_its_own_number_and_the_settings_gateway(exchange: Exchange):
    claim = await claimed(exchange)
    assert await proof(exchange, claim.call_id, claim.fencing_token) == Leased(claim.call_id, "+78125550101", None)


async def test_it_goes_out_through_the_carrier_of_its_claim(exchange: Exchange):
    async with database.session() as s:
        north = await carrier_book.set_carrier(s, "north")
        await carrier_book.set_rates(s, north.id or 0, {"+7": 90})
    claim = await claimed(exchange)
    found = await proof(exchange, claim.call_id, claim.fencing_token)
    assert found is not None and found.gateway == "north"


async def test_a_forged_token_proves_nothing(exchange: Exchange):
    claim = await claimed(exchange)
    for token in (claim.fencing_token + 1, claim.fencing_token - 1, 0):
        assert await proof(exchange, claim.call_id, token) is None
    assert await proof(exchange, uuid4(), claim.fencing_token) is None


async def test_a_lease_that_ran_out_proves_nothing(exchange: Exchange):
    claim = await claimed(exchange)
    assert await proof(exchange, claim.call_id, claim.fencing_token, LEASE - timedelta(seconds=1)) is not None
    assert await proof(exchange, claim.call_id, claim.fencing_token, LEASE) is None


@pytest.mark.parametrize(
    "theft",
    [
        "update number_lock set fencing_token = fencing_token + 1",
        "update number_lock set call_id = gen_random_uuid()",
        "delete from number_lock",
        "update call set fencing_token = fencing_token + 1",
    ],
)
async def test_a_stolen_lease_proves_nothing(exchange: Exchange, theft: str):
    claim = await claimed(exchange)
    await change(theft)
    assert await proof(exchange, claim.call_id, claim.fencing_token) is None


async def test_a_call_is_dialled_once(exchange: Exchange):
    claim = await claimed(exchange)
    async with database.session() as s:
        await calls.ringing(s, claim.call_id, claim.fencing_token, exchange.now)
    assert await proof(exchange, claim.call_id, claim.fencing_token) is None


async def test_a_call_that_has_ended_is_not_dialled(exchange: Exchange):
    claim = await claimed(exchange)
    async with database.session() as s:
        await calls.not_placed(s, claim.call_id, claim.fencing_token, exchange.now, "UNWANTED")
    assert await proof(exchange, claim.call_id, claim.fencing_token) is None


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for room in ("exchange_domain", "call_engine", "exchange_app", "launcher", "demo"):
        for path in (ROOT / room).rglob("*.py"):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def _words(tree: ast.Module) -> Iterator[str]:
    """Texts that the code works with: those that stand alone only explain."""
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


def _made(tree: ast.Module) -> Iterator[str]:
    """Names of all that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "id", getattr(node.func, "attr", ""))


def test_one_place_makes_dial_strings_and_one_makes_proofs():
    sources = list(_sources())
    dials = {name for name, tree in sources if any("sofia/gateway/" in word for word in _words(tree))}
    proofs = {name for name, tree in sources if {"DialProof", "Leased", "Permitted"} & set(_made(tree))}
    assert dials == {"call_engine/switch/carrier_dial.py"}
    assert proofs == {"exchange_domain/dial_proofs.py"}


async def test_a_proof_names_what_is_dialled_and_cannot_be_changed(exchange: Exchange):
    claim = await claimed(exchange)
    found = await proof(exchange, claim.call_id, claim.fencing_token)
    assert found is not None
    with pytest.raises(AttributeError):
        found.e164 = "+4917055501"  # type: ignore[misc]
