"""Files, papers, letters and programs of a customer: what its people get, and what a stranger does not."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from exchange_app.customer.export_state import Exporting
from exchange_app.customer.letters_state import Letters
from exchange_app.customer.money_state import Money
from exchange_app.customer.papers_state import Papers
from exchange_app.customer.programs_state import Programs
from exchange_domain import api_tokens, database, export_files, papers, webhooks
from exchange_domain.tables import Account, ApiToken, Customer, WebhookEndpoint
from exchange_domain.words import ApiScope, EventKind
from job_worker import exports
from tests.app.conftest import Events, Page

from .conftest import Shop, as_account, signed_in


@pytest.fixture
def seller(settings_env: Callable[..., None], shop: Shop, tmp_path: Path) -> None:
    settings_env(data_dir=tmp_path, seller_name="ООО «Биржа»", vat_bp="2000")


def downloads(page: Page) -> list[str]:
    """Addresses that the page was told to fetch."""
    return [str(event.payload.get("url")) for event in page.sent if event.name == "_download"]


async def test_who_gets_a_file(shop: Shop, web: httpx.AsyncClient) -> None:
    await shop.ready()
    path = f"{shop.address()}/export/contacts.csv"
    assert (await web.get(path)).status_code == 401
    for account, status in ((shop.operator, 403), (shop.manager, 403), (shop.other_owner, 404)):
        assert (await (await as_account(web, account)).get(path)).status_code == status
    mine = await as_account(web, shop.owner)
    answer = await mine.get(path)
    assert answer.status_code == 200 and "Ирина" in answer.content.decode("utf-8-sig")
    assert (
        answer.headers["cache-control"] == "private, no-store" and "attachment" in answer.headers["content-disposition"]
    )
    for wrong in ("contacts.exe", "secrets.csv"):
        assert (await mine.get(f"{shop.address()}/export/{wrong}")).status_code == 404


async def test_a_long_file_is_ordered_and_fetched_by_whoever_ordered_it(
    shop: Shop, owner: Page, web: httpx.AsyncClient, seller: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.ready()
    await owner.send(Exporting.ask("contacts"), path=shop.address("contacts"))
    await owner.send(Exporting.fetch("csv"), path=shop.address("contacts"))
    assert downloads(owner) == [f"{shop.address()}/export/contacts.csv"]
    monkeypatch.setattr(export_files, "AT_ONCE", 0)
    assert (await (await as_account(web, shop.owner)).get(f"{shop.address()}/export/contacts.csv")).status_code == 409
    await owner.send(Exporting.fetch("xlsx"), path=shop.address("contacts"))
    assert owner.values(Exporting)["ordered"]
    async with database.session() as s:
        export_id = (await s.execute(text("select id from export_file"))).scalar_one()
    path = f"/customer/exports/{export_id}"
    mine = await as_account(web, shop.owner)
    assert (await mine.get(path)).status_code == 404, "not made yet"
    await exports.make(export_id)
    assert (await mine.get(path)).content.startswith(b"PK")
    for account, status in ((shop.operator, 403), (shop.other_owner, 404)):
        assert (await (await as_account(web, account)).get(path)).status_code == status
    async with database.session() as s:
        await s.execute(text("delete from customer_member where account_id = :id"), {"id": shop.owner})
    from exchange_app.security import principals

    principals._known.clear()
    assert (await (await as_account(web, shop.owner)).get(path)).status_code == 403, "no longer one of the customer's"


async def test_papers_of_another_are_not_there(
    shop: Shop, owner: Page, other_owner: Page, web: httpx.AsyncClient, seller: None
) -> None:
    for page in (owner, other_owner):
        await page.send(Money.enter())
        await page.send(Papers.enter())
    await owner.send(Papers.type_legal(f"{shop.customer}:legal_name", "ИП Дубравин"))
    await owner.send(Papers.ask_invoice({"sum": "0,50"}))
    assert owner.values(Papers)["fault"] == "too_little"
    await owner.send(Papers.ask_invoice({"sum": "много"}))
    assert owner.values(Papers)["fault"] == "not_a_sum"
    await owner.send(Papers.ask_invoice({"sum": "5 000,50"}))
    (line,) = owner.values(Papers)["lines"]
    assert line.total == 500_050 and downloads(owner) == [f"/customer/papers/{line.id}.pdf"]
    await other_owner.send(Papers.type_legal(f"{shop.customer}:legal_name", "Чужой"))
    async with database.session() as s:
        assert (await s.get_one(Customer, shop.customer)).legal_name == "ИП Дубравин"
    path = f"/customer/papers/{line.id}.pdf"
    for account, status in ((shop.operator, 403), (shop.other_owner, 404)):
        assert (await (await as_account(web, account)).get(path)).status_code == status
    assert (await (await as_account(web, shop.owner)).get(path)).content.startswith(b"%PDF-")
    assert other_owner.values(Papers)["lines"] == []


async def test_without_a_seller_there_are_no_papers(shop: Shop, owner: Page) -> None:
    await owner.send(Money.enter())
    await owner.send(Papers.enter())
    assert not owner.values(Papers)["there"]
    await owner.send(Papers.ask_invoice({"sum": "5000"}))
    async with database.session() as s:
        assert await papers.of_customer(s, shop.customer) == []


async def test_letters_are_chosen_by_whom_they_go_to(shop: Shop, owner: Page, other_owner: Page) -> None:
    for page in (owner, other_owner):
        await page.send(Money.enter())
        await page.send(Letters.enter())
    await owner.send(Letters.change_least(f"{shop.customer}:least", "1 500"))
    await owner.send(Letters.switch_weekly(False))
    await other_owner.send(Letters.change_least(f"{shop.customer}:least", "7"))
    async with database.session() as s:
        assert (await s.get_one(Customer, shop.customer)).low_balance == 150_000
        assert not (await s.get_one(Account, shop.owner)).weekly_mail
        assert (await s.get_one(Account, shop.other_owner)).weekly_mail
    await owner.send(Letters.change_least(f"{shop.customer}:least", "сто"))
    assert owner.values(Letters)["fault"] == "not_a_sum"
    await owner.send(Letters.change_least(f"{shop.customer}:least", ""))
    async with database.session() as s:
        assert (await s.get_one(Customer, shop.customer)).low_balance is None


async def test_a_token_is_made_shown_once_and_revoked(shop: Shop, owner: Page, events: Events) -> None:
    await owner.send(Programs.enter())
    await owner.send(Programs.make_token({"name": " "}))
    assert owner.values(Programs)["token_fault"] == "no_name"
    await owner.send(Programs.choose_scope("money:read", False))
    await owner.send(Programs.make_token({"name": "CRM"}))
    seen = owner.values(Programs)
    (token,) = seen["tokens"]
    assert seen["fresh"].endswith(token.ending) and "money:read" not in token.scopes and "results:read" in token.scopes
    await owner.send(Programs.hide_fresh())
    assert owner.values(Programs)["fresh"] == ""
    stranger = await signed_in(events, shop.other_owner, "stranger")
    await stranger.send(Programs.enter())
    await stranger.send(Programs.revoke(token.id))
    async with database.session() as s:
        assert (await s.get_one(ApiToken, token.id)).revoked_at is None
    await owner.send(Programs.revoke(token.id))
    assert owner.values(Programs)["tokens"] == []


async def test_an_address_of_another_is_not_there(shop: Shop, owner: Page, events: Events) -> None:
    await owner.send(Programs.enter())
    await owner.send(Programs.add_hook({"url": "http://crm.example/"}))
    assert owner.values(Programs)["hook_fault"] == "not_https"
    await owner.send(Programs.add_hook({"url": "https://crm.example/hook"}))
    seen = owner.values(Programs)
    (hook,) = seen["hooks"]
    assert seen["secret"].startswith("whsec_") and hook.state == "working"
    stranger = await signed_in(events, shop.other_owner, "stranger")
    await stranger.send(Programs.enter())
    for handler in (Programs.show_tries(hook.id), Programs.switch_hook(hook.id, False), Programs.remove_hook(hook.id)):
        await stranger.send(handler)
    async with database.session() as s:
        assert (await s.get_one(WebhookEndpoint, hook.id)).stopped_at is None
        await webhooks.tried(
            s, hook.id, webhooks.Event(1, EventKind.CALL_CLOSED, shop.campaign, None, datetime.now(UTC)),
            datetime.now(UTC), status=500, error="status", took_ms=7,
        )  # fmt: skip
    assert "crm.example" not in repr(stranger.deltas)
    await owner.send(Programs.show_tries(hook.id))
    assert [one.status for one in owner.values(Programs)["tries"]] == [500]
    await owner.send(Programs.switch_hook(hook.id, False))
    assert owner.values(Programs)["hooks"][0].state == "stopped"
    await owner.send(Programs.switch_hook(hook.id, True))
    assert owner.values(Programs)["hooks"][0].state == "working"
    await owner.send(Programs.remove_hook(hook.id))
    assert owner.values(Programs)["hooks"] == []


async def test_there_are_no_more_tokens_than_one_can_keep_in_mind(shop: Shop) -> None:
    async with database.session() as s:
        for n in range(api_tokens.MOST):
            await api_tokens.issue(s, shop.customer, f"P{n}", [ApiScope.MONEY_READ], shop.owner)
        with pytest.raises(api_tokens.TokenError, match="too_many"):
            await api_tokens.issue(s, shop.customer, "one more", [ApiScope.MONEY_READ], shop.owner)
