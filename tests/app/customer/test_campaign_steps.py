"""The way from a name to a running campaign, as the owner's page walks it."""

from datetime import time
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from exchange_app.broker import redis
from exchange_app.customer.campaigns_state import Campaigns
from exchange_app.customer.here import Here
from exchange_app.customer.hours_state import Hours
from exchange_app.customer.import_run_state import ImportRun
from exchange_app.customer.list_state import ContactList
from exchange_app.customer.people_state import People
from exchange_app.customer.run_state import Run
from exchange_app.customer.script_state import Script
from exchange_domain import campaigns, database, invitations, timetables
from exchange_domain.hours import Stretch
from exchange_domain.importing import orders
from exchange_domain.messages import CampaignChanged, campaign_channel
from exchange_domain.tables import (
    Campaign,
    CampaignManager,
    Contact,
    CustomerMember,
    Disposition,
    ListImport,
    RetryRule,
)
from exchange_domain.tables import Script as StoredScript
from exchange_domain.words import CampaignStatus, EndpointKind, Outcome
from job_worker.lists import ListImporter
from job_worker.telling import Bus
from tests.app.conftest import Page

from .conftest import Shop, Sockets, as_account, balance_of

LIST = "Имя;Телефон;Город\nИрина;+7 812 555-01-01;Казань\nПётр;не номер;Омск\nОльга;8 (343) 555-01-02;Омск\n"


async def campaign_of(shop: Shop) -> Campaign:
    async with database.session() as s:
        return await s.get_one(Campaign, shop.campaign)


async def upload(web: httpx.AsyncClient, shop: Shop, page: Page, body: bytes, name: str = "list.csv") -> None:
    """Sends a file and shows its columns, as the page does."""
    await as_account(web, shop.owner)
    sent = await web.post(shop.address("upload"), content=body, headers={"x-file-name": name})
    assert sent.status_code == 200, sent.text
    await page.send(ContactList.enter(), path=shop.address("list"))
    await page.send(ContactList.take(sent.json()["upload"]), path=shop.address("list"))


async def run_import(shop: Shop, page: Page) -> dict[str, Any]:
    """Orders the import of the list that is shown, does it as the worker does, and what the page shows then."""
    where = shop.address("list")
    await page.send(ContactList.choose_basis("contract"), path=where)
    await page.send(ImportRun.enter(), path=where)
    await page.send(ImportRun.run_import(), path=where)
    if page.values(ContactList)["stage"] == "importing":
        async with database.session() as s:
            under_way = col(ListImport.state).in_(orders.UNDER_WAY)
            (import_id,) = (await s.exec(select(ListImport.id).where(under_way))).all()
        bus = Bus()
        await ListImporter(bus).run(import_id or 0)
        await bus.close()
        await page.send(ImportRun.look(), path=where)
    return {**page.values(ImportRun), **page.values(ContactList)}


async def test_from_a_name_to_a_running_campaign(shop: Shop, owner: Page, web: httpx.AsyncClient, sockets: Sockets):
    await owner.send(Campaigns.enter(), path="/customer")
    await owner.send(Campaigns.create({"name": "  Осенний   опрос "}), path="/customer")
    (target,) = owner.redirects()
    async with database.session() as s:
        made = (await s.exec(select(Campaign).where(Campaign.name == "Осенний опрос"))).one()
    assert target == f"/customer/campaign/{made.id}/list"
    shop.campaign = made.id or 0

    await upload(web, shop, owner, LIST.encode())
    assert owner.values(ContactList)["stage"] == "mapping"
    shown = await run_import(shop, owner)
    assert (shown["stage"], shown["report"]["added"], shown["report"]["rejected"]) == ("report", 2, 1)

    await owner.send(Script.enter(), path=shop.address("script"))
    await owner.send(
        Script.type_script(f"{shop.campaign}:script", "Здравствуйте из {{Город}}!"), path=shop.address("script")
    )
    await owner.send(Script.publish(), path=shop.address("script"))
    assert owner.values(Script)["version"] == 1

    await owner.send(Run.start(), path=shop.address("start"))
    assert owner.redirects()[-1] == shop.address()
    assert (await campaign_of(shop)).status == CampaignStatus.ACTIVE


async def test_a_campaign_needs_a_name_and_a_customer_of_ones_own(shop: Shop, owner: Page):
    await owner.send(Campaigns.create({"name": "   "}), path="/customer")
    assert owner.values(Campaigns)["name_error"] == "no_name"
    await owner.send(Campaigns.create({"name": "Чужая", "customer": str(shop.other_customer)}), path="/customer")
    async with database.session() as s:
        assert (await s.exec(select(Campaign).where(Campaign.name == "Чужая"))).first() is None
    assert not owner.redirects()


@pytest.mark.parametrize(
    ("missing", "code"),
    [("script", "no_script"), ("hours", "no_hours"), ("list", "no_contacts"), ("money", "no_funds")],
)
async def test_a_start_says_what_is_missing(shop: Shop, owner: Page, missing: str, code: str):
    async with database.session() as s:
        if missing != "script":
            await campaigns.save_script(s, shop.campaign, "Здравствуйте!", [])
        if missing == "hours":
            await campaigns.set_hours(s, shop.campaign, [])
        if missing == "money":
            await campaigns.set_limits(s, shop.campaign, longest_call_s=7200)
            for tariff in (await s.exec(select(campaigns.tariffs.Tariff))).all():
                tariff.per_minute = 1_000_000
                s.add(tariff)
    if missing != "list":
        await shop.contact("Ирина", "+78125550101")
    await owner.send(Run.start(), path=shop.address("start"))
    shown = owner.values(Run)
    assert shown["refused"] == code
    assert (await campaign_of(shop)).status == CampaignStatus.DRAFT
    if code == "no_funds":
        assert shown["available"] == (await balance_of(shop.customer)).available < shown["needed"]


async def test_start_pause_and_finish_are_told_to_all_pages(shop: Shop, owner: Page):
    await shop.ready()
    async with redis().pubsub() as channel:
        await channel.subscribe(campaign_channel(shop.campaign))
        await channel.get_message(timeout=5)
        for press, status in (("start", "active"), ("pause", "paused"), ("finish", "finished")):
            await owner.send(getattr(Run, press)(), path=shop.address("start"))
            assert (await campaign_of(shop)).status == status
            told = await channel.get_message(timeout=5)
            assert told and CampaignChanged.model_validate_json(told["data"]).status == status
    await owner.send(Run.start(), path=shop.address("start"))
    assert owner.values(Run)["refused"] == "not_possible"


async def test_the_name_is_saved_while_it_is_typed(shop: Shop, owner: Page):
    await owner.send(Here.enter(), path=shop.address("start"))
    await owner.send(Here.rename(f"{shop.campaign}:name", "Зима"), path=shop.address("start"))
    assert ((await campaign_of(shop)).name, owner.values(Here)["name"]) == ("Зима", "Зима")
    await owner.send(Here.rename(f"{shop.campaign}:name", "  "), path=shop.address("start"))
    assert (await campaign_of(shop)).name == "Зима"


# --- script and form


async def test_typing_makes_no_version_and_is_not_lost(shop: Shop, owner: Page):
    where = shop.address("script")
    await owner.send(Script.enter(), path=where)
    await owner.send(Script.type_script(f"{shop.campaign}:script", "Добрый день, {{Город}} и {{Отдел}}"), path=where)
    await owner.send(Script.append_field(), path=where)
    uid = owner.values(Script)["fields"][0].uid
    await owner.send(Script.type_label(f"{shop.campaign}:label:{uid}", "День визита"), path=where)
    await owner.send(Script.choose_kind(uid, "date"), path=where)
    await owner.send(Script.choose_needed(uid, "agreed"), path=where)
    async with database.session() as s:
        assert (await s.exec(select(StoredScript).where(StoredScript.campaign_id == shop.campaign))).first() is None
    await owner.send(Script.enter(), path=where)
    shown = owner.values(Script)
    assert shown["markdown"].startswith("Добрый день") and shown["dirty"]
    assert shown["unknown"] == ["Город", "Отдел"]
    await owner.send(Script.publish(), path=where)
    await owner.send(Script.type_label(f"{shop.campaign}:label:den_vizita", "Когда приехать"), path=where)
    await owner.send(Script.publish(), path=where)
    async with database.session() as s:
        first, second = (
            await s.exec(select(StoredScript).where(StoredScript.campaign_id == shop.campaign).order_by("version"))
        ).all()
    assert first.form[0] == {
        "key": "den_vizita",
        "label": "День визита",
        "kind": "date",
        "required": True,
        "options": [],
        "required_on": ["success", "call_back"],
    }
    # The key stays, so that answers of before are still read.
    assert (second.form[0]["key"], second.form[0]["label"]) == ("den_vizita", "Когда приехать")
    assert (await campaign_of(shop)).script_id == second.id
    assert not owner.values(Script)["dirty"]


async def test_a_form_that_cannot_be_saved_says_where_and_keeps_the_draft(shop: Shop, owner: Page):
    where = shop.address("script")
    await owner.send(Script.enter(), path=where)
    await owner.send(Script.publish(), path=where)
    assert owner.values(Script)["fault"] == "empty_script"
    await owner.send(Script.type_script(f"{shop.campaign}:script", "Текст"), path=where)
    for _ in range(2):
        await owner.send(Script.append_field(), path=where)
    one, two = (f.uid for f in owner.values(Script)["fields"])
    await owner.send(Script.type_label(f"{shop.campaign}:label:{one}", "Имя"), path=where)
    await owner.send(Script.type_label(f"{shop.campaign}:label:{two}", "Имя"), path=where)
    await owner.send(Script.choose_kind(two, "choice"), path=where)
    await owner.send(Script.publish(), path=where)
    shown = owner.values(Script)
    assert (shown["fault"], shown["fault_place"], shown["markdown"]) == ("no_options", 2, "Текст")
    await owner.send(Script.type_options(f"{shop.campaign}:options:{two}", "да\nнет\n"), path=where)
    await owner.send(Script.move_field(two, -1), path=where)
    await owner.send(Script.publish(), path=where)
    async with database.session() as s:
        stored = (await s.exec(select(StoredScript).where(StoredScript.campaign_id == shop.campaign))).one()
    assert [(f["key"], f["options"]) for f in stored.form] == [("imya", ["да", "нет"]), ("imya_2", [])]


async def test_discarding_goes_back_to_what_operators_read(shop: Shop, owner: Page):
    await shop.ready()
    where = shop.address("script")
    await owner.send(Script.enter(), path=where)
    await owner.send(Script.type_script(f"{shop.campaign}:script", "Иначе"), path=where)
    await owner.send(Script.discard(), path=where)
    shown = owner.values(Script)
    assert (shown["markdown"], shown["dirty"]) == ("Здравствуйте, {{Город}}!", False)
    assert "<mark" in shown["preview"] and "Казань" in shown["preview"]


async def test_a_preview_shows_values_as_text(shop: Shop, owner: Page):
    await shop.contact("Ирина", "+78125550101", Город="<img src=x onerror=alert(1)>")
    where = shop.address("script")
    await owner.send(Script.enter(), path=where)
    await owner.send(Script.type_script(f"{shop.campaign}:script", "<script>1</script> {{Город}}"), path=where)
    assert "<img" not in owner.values(Script)["preview"] and "<script" not in owner.values(Script)["preview"]


# --- hours and limits


async def hours_of(shop: Shop) -> list[Stretch]:
    async with database.session() as s:
        return list((await timetables.hours_of(s, shop.campaign)).stretches)


async def test_hours_are_saved_at_once_and_further_stretches_kept(shop: Shop, owner: Page):
    afternoon = Stretch(0, time(15), time(18))
    async with database.session() as s:
        await campaigns.set_hours(s, shop.campaign, [Stretch(0, time(9), time(12)), afternoon])
    where = shop.address("hours")
    await owner.send(Hours.enter(), path=where)
    await owner.send(Hours.change_time(f"{shop.campaign}:0:opens", "10:30"), path=where)
    assert await hours_of(shop) == [Stretch(0, time(10, 30), time(12)), afternoon]
    await owner.send(Hours.change_time(f"{shop.campaign}:0:closes", "16:00"), path=where)
    assert owner.values(Hours)["day_faults"] == {"0": "overlaps"}
    assert await hours_of(shop) == [Stretch(0, time(10, 30), time(12)), afternoon]
    await owner.send(Hours.change_time(f"{shop.campaign}:0:closes", "14:00"), path=where)
    assert owner.values(Hours)["day_faults"] == {}
    await owner.send(Hours.switch_day(2, True), path=where)
    await owner.send(Hours.copy_monday(), path=where)
    assert await hours_of(shop) == [
        Stretch(day, *times) for day in (0, 2) for times in ((time(10, 30), time(14)), (time(15), time(18)))
    ]
    await owner.send(Hours.switch_day(0, False), path=where)
    await owner.send(Hours.switch_day(2, False), path=where)
    assert await hours_of(shop) == [] and owner.values(Here)["has_hours"] is False


async def test_hours_that_end_before_they_begin_wait_for_the_other_time(shop: Shop, owner: Page):
    where = shop.address("hours")
    async with database.session() as s:
        await campaigns.set_hours(s, shop.campaign, [Stretch(4, time(9), time(12))])
    await owner.send(Hours.enter(), path=where)
    await owner.send(Hours.change_time(f"{shop.campaign}:4:opens", "13:00"), path=where)
    assert owner.values(Hours)["day_faults"] == {"4": "closes_first"}
    await owner.send(Hours.change_time(f"{shop.campaign}:4:closes", "19:00"), path=where)
    assert await hours_of(shop) == [Stretch(4, time(13), time(19))]


async def test_limits_are_checked_and_saved(shop: Shop, owner: Page):
    where, c = shop.address("hours"), shop.campaign
    await owner.send(Hours.enter(), path=where)
    for name, value in (("longest_call_s", "5"), ("max_attempts", "7"), ("min_gap_s", "45"), ("retry_busy", "30")):
        await owner.send(Hours.change_limit(f"{c}:{name}", value), path=where)
    for name, value in (("ring_s", "4"), ("wrap_up_s", "много"), ("warning_s", "298")):
        await owner.send(Hours.change_limit(f"{c}:{name}", value), path=where)
    stored = await campaign_of(shop)
    assert (stored.longest_call_s, stored.max_attempts, stored.min_gap_s) == (300, 7, 2700)
    assert (stored.ring_s, stored.wrap_up_s, stored.warning_s) == (30, 120, 60)
    assert owner.values(Hours)["wrong"] == {"ring_s": "range", "wrap_up_s": "range", "warning_s": "warning"}
    # A longer call makes room for the warning that did not fit; both are saved.
    await owner.send(Hours.change_limit(f"{c}:longest_call_s", "6"), path=where)
    stored = await campaign_of(shop)
    assert (stored.longest_call_s, stored.warning_s) == (360, 298)
    async with database.session() as s:
        assert (await s.get_one(RetryRule, (c, Outcome.BUSY))).delay_s == 1800
    await owner.send(Hours.switch_recording(False), path=where)
    assert (await campaign_of(shop)).recording is False


async def test_what_was_typed_for_one_campaign_never_lands_in_another(shop: Shop, owner: Page):
    """The field flushes after the page of another campaign was opened."""
    async with database.session() as s:
        second = await campaigns.create(s, shop.customer, name="Вторая")
    await owner.send(Hours.enter(), path=shop.address("hours", second.id))
    shown = dict(owner.values(Hours)["shown"])
    await owner.send(Hours.change_limit(f"{shop.campaign}:ring_s", "25"), path=shop.address("hours", second.id))
    assert (await campaign_of(shop)).ring_s == 25
    assert owner.values(Hours)["shown"] == shown


# --- managers and dispositions


async def test_managers_in_order_and_where_they_are_rung(shop: Shop, owner: Page):
    where, c = shop.address("people"), shop.campaign
    await owner.send(People.enter(), path=where)
    await owner.send(People.switch_manager(shop.manager, True), path=where)
    await owner.send(People.switch_manager(shop.operator, True), path=where)
    async with database.session() as s:
        assert [m.account_id for m in await s.exec(select(CampaignManager))] == [shop.manager]
    await owner.send(People.choose_endpoint(shop.manager, "number"), path=where)
    assert owner.values(People)["managers"][0].fault == "no_number"
    await owner.send(People.type_endpoint(f"{c}:number:{shop.manager}", "кабинет"), path=where)
    assert owner.values(People)["managers"][0].fault == "bad_number"
    await owner.send(People.type_endpoint(f"{c}:number:{shop.manager}", "8 812 555-01-07"), path=where)
    async with database.session() as s:
        member = await s.get_one(CustomerMember, (shop.customer, shop.manager, "manager"))
    assert (member.endpoint_kind, member.endpoint) == (EndpointKind.NUMBER, "+78125550107")


async def test_an_invitation_makes_a_manager_of_this_customer(shop: Shop, owner: Page):
    await owner.send(People.invite(), path=shop.address("people"))
    token = owner.values(People)["invited"].rsplit("/", 1)[-1]
    async with database.session() as s:
        found = await invitations.find(s, token)
    assert found and (found.roles, found.customer_id, found.created_by) == (["manager"], shop.customer, shop.owner)


async def test_dispositions_keep_their_rows_when_they_move(shop: Shop, owner: Page):
    where, c = shop.address("people"), shop.campaign
    await owner.send(People.enter(), path=where)
    first, second = (e.id for e in owner.values(People)["ends"][:2])
    await owner.send(People.type_words(f"{c}:words:{first}", "Записан"), path=where)
    await owner.send(People.move_end(first, 1), path=where)
    async with database.session() as s:
        moved, before = await s.get_one(Disposition, first), await s.get_one(Disposition, second)
    assert (moved.position, moved.label, moved.outcome) == (2, "Записан", Outcome.SUCCESS)
    assert before.position == 1
    await owner.send(People.remove_end(first), path=where)
    assert owner.values(People)["fault"] == "last_success"
    await owner.send(People.add_end("refused"), path=where)
    assert owner.values(People)["fault"] == "full"
    await owner.send(People.remove_end(second), path=where)
    async with database.session() as s:
        left = await campaigns.dispositions(s, c)
    assert [d.position for d in left] == list(range(1, 9)) and left[0].id == first


async def test_contacts_of_the_import_are_the_campaigns(
    shop: Shop, owner: Page, web: httpx.AsyncClient, sockets: Sockets
):
    await upload(web, shop, owner, LIST.encode())
    await run_import(shop, owner)
    async with database.session() as s:
        contacts = (await s.exec(select(Contact).order_by("id"))).all()
    assert [(c.campaign_id, c.name, c.fields.get("Город")) for c in contacts] == [
        (shop.campaign, "Ирина", "Казань"), (shop.campaign, "Ольга", "Омск"),
    ]  # fmt: skip
