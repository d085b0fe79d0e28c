"""Certificates: given and withdrawn with a word, asked for by a campaign, looked at before each claim."""

import asyncio

import pytest
from sqlalchemy import text

from exchange_domain import accounts, audit, board, certificates, database
from exchange_domain.certificates import CertificateError
from exchange_domain.claiming import Claim, Refusal
from exchange_domain.tables import Campaign

from .conftest import Exchange


async def moderator(name: str) -> int:
    async with database.session() as s:
        made = await accounts.create(
            s, email=f"{name}@x.org", display_name=name, password_hash="-", roles=("moderator", "operator")
        )
    assert made.id is not None
    return made.id


async def asked(campaign: int, kind: int | None) -> None:
    async with database.session() as s:
        await certificates.ask_for(s, await s.get_one(Campaign, campaign), kind)


async def test_a_campaign_is_called_by_the_certified_alone(exchange: Exchange) -> None:
    campaign = await exchange.campaign()
    for n in range(3):
        await exchange.contact(campaign, f"+781255501{n:02}")
    operator = await exchange.operator(campaign)
    kira = await moderator("kira")
    async with database.session() as s:
        kind = await certificates.make_kind(s, kira, "  Замеры ", "Договаривается о времени")
    await asked(campaign, kind)

    async def card() -> board.BoardCard:
        async with database.session() as s:
            return next(c for c in await board.cards(s, operator[0], exchange.now) if c.campaign_id == campaign)

    assert await exchange.claim(operator) == Refusal("no_certificate")
    shown = await card()
    assert (shown.closed_code, shown.certificate, shown.certificate_goal) == (
        "no_certificate", "Замеры", "Договаривается о времени",
    )  # fmt: skip

    async def give() -> None:
        async with database.session() as s:
            await certificates.give(s, kind, operator[0], kira, " Слышала пять разговоров ")

    await asyncio.gather(give(), give(), give())
    async with database.session() as s:
        assert (await s.execute(text("select count(*) from certificate"))).scalar_one() == 1
        assert await certificates.names_of(s, operator[0]) == ["Замеры"]
        assert [(k.name, k.holders, k.campaigns) for k in await certificates.kinds(s)] == [("Замеры", 1, 1)]
        people = {p.operator_id: p for p in await certificates.candidates(s, kind, kira)}
        assert kira not in people and people[operator[0]].words == "Слышала пять разговоров"
    assert (await card()).certificate == ""
    claim = await exchange.claim(operator)
    assert isinstance(claim, Claim)

    async with database.session() as s:
        await certificates.withdraw(s, kind, operator[0], kira, "Грубит", exchange.now)
        await certificates.withdraw(s, kind, operator[0], kira, "Ещё раз", exchange.now)
    await exchange.talk(claim, 60)
    await exchange.record(claim, 60)
    await exchange.close(claim, "refused")
    await exchange.settle()
    assert await exchange.claim(operator) == Refusal("no_certificate"), "the call under way has gone on, no further"
    async with database.session() as s:
        acts = [e.act for e in await audit.entries(s, who=kira)]
    assert sorted(acts) == ["certificate_given", "certificate_kind_made", "certificate_withdrawn"], (
        "each is written once"
    )
    await asked(campaign, None)
    assert isinstance(await exchange.claim(operator), Claim)


async def test_what_is_refused_changes_nothing(exchange: Exchange) -> None:
    campaign = await exchange.campaign()
    operator, _ = await exchange.operator(campaign)
    kira = await moderator("kira")
    async with database.session() as s:
        kind = await certificates.make_kind(s, kira, "Замеры", "цель")
    for name, goal, code in (
        ("", "цель", "no_name"), ("а", " ", "no_goal"),
        ("а" * 61, "цель", "name_too_long"), ("а", "ц" * 501, "goal_too_long"),
        ("замеры", "цель", "name_taken"),
    ):  # fmt: skip
        with pytest.raises(CertificateError, match=code):
            async with database.session() as s:
                await certificates.make_kind(s, kira, name, goal)
    for kind_id, who, words, code in (
        (kind, kira, "да", "own"), (kind, operator, " ", "no_words"), (kind + 1, operator, "да", "unknown"),
        (kind, 10**9, "да", "no_operator"),
    ):  # fmt: skip
        with pytest.raises(CertificateError, match=code):
            async with database.session() as s:
                await certificates.give(s, kind_id, who, kira, words)
    with pytest.raises(CertificateError, match="unknown"):
        await asked(campaign, kind + 1)
    async with database.session() as s:
        assert (await s.execute(text("select count(*) from certificate"))).scalar_one() == 0
        assert [k.name for k in await certificates.kinds(s)] == ["Замеры"]
