"""Uploads and imports: what is refused, what is kept, what comes back."""

import io
import os
import time
from collections.abc import AsyncIterator

import fastexcel
import httpx
import pytest
from sqlmodel import select

from exchange_app.customer.here import Here
from exchange_app.customer.import_run_state import ImportRun
from exchange_app.customer.list_state import ContactList
from exchange_app.customer.upload_lock import one_at_a_time
from exchange_domain import database
from exchange_domain.importing import LIMITS, uploads
from exchange_domain.tables import Campaign, Contact, ContactNumber, ListImport
from exchange_domain.words import ImportState
from tests.app.conftest import Page

from .conftest import Shop, Sockets, as_account
from .test_campaign_steps import LIST, run_import, upload


@pytest.fixture(autouse=True)
def bridge(sockets: Sockets) -> Sockets:
    """Pages hear of imports."""
    return sockets


def files() -> list[str]:
    return sorted(p.suffix for p in uploads.folder().glob("*"))


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def import_of(shop: Shop, page: Page, web: httpx.AsyncClient, body: str = LIST) -> int:
    await upload(web, shop, page, body.encode())
    shown = await run_import(shop, page)
    assert shown["stage"] == "report", shown["problem"]
    return shown["report_id"]


# --- the route


async def test_a_list_too_large_by_its_own_word_is_refused_unread(shop: Shop, web: httpx.AsyncClient):
    await as_account(web, shop.owner)
    headers = {"content-length": str(LIMITS.file_bytes + 1)}
    sent = await web.post(shop.address("upload"), content=b"x", headers=headers)
    assert (sent.status_code, sent.json()["error"]) == (413, "too_large")
    assert "256" in sent.json()["text"] and not files()


async def test_a_list_that_grows_too_large_leaves_nothing(shop: Shop):
    with pytest.raises(uploads.TooLarge):
        await uploads.keep(
            chunks(b"x" * 600, b"y" * 600), campaign_id=shop.campaign, customer_id=shop.customer,
            account_id=shop.owner, file_name="a.csv", limit=1000,
        )  # fmt: skip
    assert not files() and await uploads.of_campaign(shop.campaign) is None


async def test_one_upload_of_a_customer_at_a_time(shop: Shop, owner: Page, web: httpx.AsyncClient):
    await upload(web, shop, owner, LIST.encode())
    async with one_at_a_time(shop.customer):
        sent = await web.post(shop.address("upload"), content=LIST.encode())
        assert (sent.status_code, sent.json()["error"]) == (409, "busy")
    sent = await web.post(shop.address("upload"), content=LIST.encode())
    assert sent.status_code == 200


async def test_one_import_of_a_campaign_at_a_time(shop: Shop, owner: Page, web: httpx.AsyncClient):
    where = shop.address("list")
    await upload(web, shop, owner, LIST.encode())
    async with database.session() as s:
        s.add(ListImport(campaign_id=shop.campaign, file_name="other.csv", state=ImportState.RUNNING))
    await owner.send(ContactList.choose_basis("public"), path=where)
    await owner.send(ImportRun.run_import(), path=where)
    shown = owner.values(ContactList)
    assert shown["stage"] == "mapping" and shown["problem"].id.startswith("Another list")


async def test_without_the_legal_basis_nothing_is_imported(shop: Shop, owner: Page, web: httpx.AsyncClient):
    where = shop.address("list")
    await upload(web, shop, owner, LIST.encode())
    await owner.send(ImportRun.run_import(), path=where)
    assert owner.values(ContactList)["stage"] == "mapping" and owner.values(ContactList)["basis_missing"]
    await owner.send(ContactList.choose_basis("consent"), path=where)
    await owner.send(ContactList.type_basis_note(f"{shop.campaign}:basis", " Анкеты 2026 "), path=where)
    await owner.send(ImportRun.run_import(), path=where)
    async with database.session() as s:
        entry = (await s.exec(select(ListImport))).one()
    assert (entry.state, entry.legal_basis, entry.legal_note) == (ImportState.WAITING, "consent", "Анкеты 2026")
    assert owner.values(ContactList)["stage"] == "importing"


async def test_an_import_that_waits_is_called_off_at_once(shop: Shop, owner: Page, web: httpx.AsyncClient):
    where = shop.address("list")
    await upload(web, shop, owner, LIST.encode())
    await owner.send(ContactList.choose_basis("public"), path=where)
    await owner.send(ImportRun.run_import(), path=where)
    await owner.send(ImportRun.cancel_import(), path=where)
    assert owner.values(ContactList)["stage"] == "cancelled"
    shown = await run_import(shop, owner)
    assert shown["stage"] == "cancelled", "a page that was left there begins nothing"


async def test_a_list_with_known_headings_comes_with_its_columns(shop: Shop, owner: Page, web: httpx.AsyncClient):
    where = shop.address("list")
    await upload(web, shop, owner, LIST.encode())
    assert not owner.values(ContactList)["recalled"]
    await owner.send(Here.enter(), path=where)
    await owner.send(ContactList.choose_role(2, "field"), path=where)
    await owner.send(ContactList.type_key(f"{shop.campaign}:key:2", "Где"), path=where)
    await run_import(shop, owner)
    await owner.send(ContactList.other_file(), path=where)
    await upload(web, shop, owner, LIST.replace("Город", " ГОРОД ").encode())
    shown = owner.values(ContactList)
    assert shown["recalled"] and [(c.role, c.key) for c in shown["columns"]][2] == ("field", "Где")


async def test_a_new_upload_takes_the_place_of_the_waiting_one(shop: Shop, owner: Page, web: httpx.AsyncClient):
    await upload(web, shop, owner, LIST.encode(), "one.csv")
    await upload(web, shop, owner, LIST.encode(), "../two.csv")
    assert files() == [".json", ".list"]
    assert owner.values(ContactList)["file_name"] == "../two.csv"  # a name to show, never a path


async def test_the_file_goes_after_the_import_or_a_day(shop: Shop, owner: Page, web: httpx.AsyncClient):
    await import_of(shop, owner, web)
    assert not files()
    await upload(web, shop, owner, LIST.encode())
    old = time.time() - uploads.KEPT_S - 5
    for path in uploads.folder().glob("*"):
        os.utime(path, (old, old))
    uploads.sweep()
    assert not files()
    shown = await run_import(shop, owner)
    assert shown["stage"] == "mapping"


async def test_another_campaigns_waiting_list_is_not_shown(shop: Shop, owner: Page, web: httpx.AsyncClient):
    waiting = await uploads.keep(
        chunks(LIST.encode()), campaign_id=shop.other_campaign, customer_id=shop.other_customer,
        account_id=shop.other_owner, file_name="theirs.csv",
    )  # fmt: skip
    await owner.send(ContactList.enter(), path=shop.address("list"))
    await owner.send(ContactList.take(waiting.id), path=shop.address("list"))
    assert owner.values(ContactList)["stage"] == "choose"
    assert "theirs.csv" not in repr(owner.deltas)


# --- columns


async def test_corrected_columns_survive_a_reload_and_decide(shop: Shop, owner: Page, web: httpx.AsyncClient):
    where = shop.address("list")
    await upload(web, shop, owner, LIST.encode())
    columns = owner.values(ContactList)["columns"]
    assert [(c.letters, c.heading) for c in columns] == [("A", "Имя"), ("B", "Телефон"), ("C", "Город")]
    assert columns[0].examples == "Ирина · Пётр · Ольга"
    await owner.send(ContactList.choose_role(2, "field"), path=where)
    # The page of the campaign must be the one that is open: the field may belong to another.
    await owner.send(ContactList.choose_role(0, "ignore"), path=where)
    await owner.send(ContactList.enter(), path=where)
    assert [c.role for c in owner.values(ContactList)["columns"]] == ["ignore", "phone", "field"]
    await run_import(shop, owner)
    async with database.session() as s:
        contacts = (await s.exec(select(Contact).order_by("id"))).all()
    assert [(c.name, c.fields) for c in contacts] == [("", {"Город": "Казань"}), ("", {"Город": "Омск"})]


async def test_a_mapping_without_numbers_is_refused_and_kept(shop: Shop, owner: Page, web: httpx.AsyncClient):
    where = shop.address("list")
    await upload(web, shop, owner, LIST.encode())
    await owner.send(ContactList.choose_role(1, "ignore"), path=where)
    shown = await run_import(shop, owner)
    assert shown["stage"] == "mapping" and "telephone numbers" in shown["problem"].id
    assert files() == [".json", ".list"]
    await owner.send(ContactList.choose_role(1, "phone"), path=where)
    assert (await run_import(shop, owner))["report"]["added"] == 2


async def test_a_file_that_cannot_be_read_says_why(shop: Shop, owner: Page, web: httpx.AsyncClient):
    await upload(web, shop, owner, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    shown = owner.values(ContactList)
    assert (shown["stage"], shown["unusable"], shown["problem"].params) == ("choose", True, {"kind": "PDF"})
    assert not files()


async def test_country_and_prefix_are_the_campaigns(shop: Shop, owner: Page, web: httpx.AsyncClient):
    where = shop.address("list")
    await upload(web, shop, owner, "Имя;Телефон\nИрина;555-01-01\n".encode())
    await owner.send(ContactList.type_prefix(f"{shop.campaign}:prefix", "город"), path=where)
    assert owner.values(ContactList)["prefix_problem"].id
    await owner.send(ContactList.type_prefix(f"{shop.campaign}:prefix", "+7-812"), path=where)
    assert not owner.values(ContactList)["prefix_problem"].id
    await owner.send(ContactList.choose_country("XX"), path=where)
    await owner.send(ContactList.choose_zone("Asia/Omsk"), path=where)
    async with database.session() as s:
        campaign = await s.get_one(Campaign, shop.campaign)
    assert (campaign.country, campaign.default_prefix, campaign.time_zone) == ("RU", "+7-812", "Asia/Omsk")
    await run_import(shop, owner)
    async with database.session() as s:
        assert (await s.exec(select(ContactNumber.e164))).all() == ["+78125550101"]


# --- the report


async def test_the_report_names_rows_and_reasons(shop: Shop, owner: Page, web: httpx.AsyncClient):
    import_id = await import_of(shop, owner, web)
    (line,) = owner.values(ImportRun)["rejected"]
    assert (line.row, line.cells) == (3, "Пётр · не номер · Омск")
    assert line.reasons[0].params == {"value": "не номер"}
    got = await web.get(f"{shop.address('rejected')}/{import_id}.xlsx")
    assert got.status_code == 200
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["x-content-type-options"] == "nosniff"
    sheet = fastexcel.read_excel(io.BytesIO(got.content).getvalue()).load_sheet(0).to_polars()
    assert sheet.row(0)[:4] == ("Пётр", "не номер", "Омск", 3)
    # The import of another campaign is not there, even under this campaign's address.
    async with database.session() as s:
        theirs = ListImport(campaign_id=shop.other_campaign, file_name="theirs.xlsx", rejected_file=b"PK")
        s.add(theirs)
        await s.flush()
    assert (await web.get(f"{shop.address('rejected')}/{theirs.id}.xlsx")).status_code == 404


async def test_the_same_list_again_adds_nothing(shop: Shop, owner: Page, web: httpx.AsyncClient):
    await import_of(shop, owner, web)
    await owner.send(ContactList.other_file(), path=shop.address("list"))
    await import_of(shop, owner, web)
    report = owner.values(ImportRun)["report"]
    assert (report["added"], report["already_there"], report["numbers_added"]) == (0, 2, 0)
    await owner.send(ImportRun.enter(), path=shop.address("list"))
    assert [i.added for i in owner.values(ImportRun)["imports"]] == [0, 2]
