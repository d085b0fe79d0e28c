"""`./run admin margins`: a table, a file, and clear words when there is nothing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from exchange_domain import campaigns, database
from exchange_domain.tables import Campaign
from exchange_domain.words import Outcome
from launcher.commands import admin
from tests.app.conftest import world
from tests.app.customer.conftest import Shop, shop

__all__ = ["shop", "world"]


async def margins(*arguments: str) -> str:
    return await admin.carry_out(admin.parse(["margins", *arguments]))


async def test_margins_are_shown_and_written(shop: Shop, tmp_path: Path) -> None:
    assert (await margins()).startswith("no calls were settled")
    await shop.ready()
    async with database.session() as s:
        campaign = await s.get_one(Campaign, shop.campaign)
        campaign.name = "=Замер"
        s.add(campaign)
        await campaigns.start(s, shop.campaign)
    await shop.call(Outcome.SUCCESS, result={"den": "2026-12-01"})
    shown = await margins()
    assert "=Замер" in shown and "81.00" in shown and "31.40" in shown
    file = tmp_path / "margins.csv"
    tomorrow = datetime.now(UTC).date().replace(year=datetime.now(UTC).year + 1).isoformat()
    assert "1 campaigns written" in await margins("--to", str(file), "--until", tomorrow, "--since", "2026-01-01")
    heading, line = file.read_text("utf-8-sig").splitlines()
    assert heading == "customer,campaign,currency,calls,charged,operators,telephony,contested,margin"
    assert line == "Мастерская,'=Замер,RUB,1,81.00,49.60,0.00,0.00,31.40"


async def test_days_the_wrong_way_round_are_refused(shop: Shop) -> None:
    with pytest.raises(admin.AdminRefused, match="after the last"):
        await margins("--since", "2026-02-01", "--until", "2026-01-01")
