"""What a small CRM does all day: campaigns, contacts, results since a cursor, recordings."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from exchange_app.recordings.sound import part_of
from exchange_domain import campaigns, customer_events, database
from exchange_domain.tables import Recording
from exchange_domain.words import Outcome, RecordingState
from tests.app.customer.conftest import Shop

CONTACTS = {
    "legal_basis": "contract",
    "legal_note": "Orders of 2026",
    "contacts": [
        {"name": "Ирина", "numbers": [{"number": "8 (812) 555-01-01"}], "fields": {"id": "crm-1", "город": "Казань"}},
        {"name": "Bad", "numbers": [{"number": "12"}]},
        {"name": "Again", "numbers": [{"number": "+78125550101"}]},
        {"name": "Пётр", "numbers": [{"number": "+7 343 555 01 02", "person_name": "Анна"}, {"number": "x"}]},
    ],
}


async def test_from_nothing_to_a_running_campaign(crm: httpx.AsyncClient, shop: Shop) -> None:
    made = await crm.post("/api/v1/campaigns", json={"name": "Весна", "longest_call_s": 120, "pilot": False})
    assert made.status_code == 201, made.text
    campaign = made.json()
    assert (campaign["status"], campaign["pilot"], campaign["longest_call_s"]) == ("draft", "over", 120)
    at = f"/api/v1/campaigns/{campaign['id']}"

    refused = await crm.put(f"{at}/status", json={"status": "active"})
    assert (refused.status_code, refused.json()["error"]) == (409, "no_script")
    script = await crm.put(f"{at}/script", json={"markdown": "Здравствуйте, {{имя}}!", "form": [
        {"key": "day", "label": "День", "kind": "date", "required": True},
        {"key": "kind", "label": "Что", "kind": "choice", "options": ["A", "B"]},
    ]})  # fmt: skip
    assert script.json() == {"version": 1}
    assert (await crm.put(f"{at}/script", json={"markdown": "Здравствуйте, {{имя}}!"})).json() == {"version": 2}
    hours = {"stretches": [{"weekday": 4, "opens": "10:00", "closes": "00:00"}]}
    assert (await crm.put(f"{at}/hours", json=hours)).json() == hours["stretches"]
    assert (await crm.get(f"{at}/hours")).json() == hours["stretches"]

    report = (await crm.post(f"{at}/contacts", json=CONTACTS)).json()
    assert (report["added"], report["already_there"]) == (2, 0)
    assert [(r["place"], r["code"]) for r in report["rejected"]] == [(1, "too_short")]
    assert [(r["place"], r["code"]) for r in report["duplicates"]] == [(2, "duplicate")]
    assert [r["place"] for r in report["warnings"]] == [3]
    places = {p["place"]: p["contact_id"] for p in report["contacts"]}
    assert set(places) == {0, 2, 3} and places[0] == places[2]

    again = (await crm.post(f"{at}/contacts", json=CONTACTS)).json()
    assert (again["added"], again["already_there"]) == (0, 2)
    assert {p["place"]: p["contact_id"] for p in again["contacts"]} == places

    listed = (await crm.get(f"{at}/contacts", params={"limit": 1})).json()
    assert (listed["contacts"][0]["id"], listed["more"]) == (places[0], True)
    rest = (await crm.get(f"{at}/contacts", params={"limit": 5, "after": places[0]})).json()
    assert [c["numbers"] for c in rest["contacts"]] == [["+73435550102"]] and not rest["more"]
    one = (await crm.get(f"/api/v1/contacts/{places[0]}")).json()
    assert (one["fields"], one["calls"], one["time_zone"]) == ({"id": "crm-1", "город": "Казань"}, [], "Europe/Moscow")
    assert (await crm.get(f"/api/v1/contacts/{places[3]}")).json()["time_zone"] == "Asia/Yekaterinburg"

    assert (await crm.put(f"{at}/status", json={"status": "active"})).json()["status"] == "active"
    assert (await crm.put(f"{at}/status", json={"status": "active"})).json()["status"] == "active"
    assert (await crm.put(f"{at}/status", json={"status": "paused"})).json()["status"] == "paused"
    assert (await crm.delete(f"/api/v1/contacts/{places[0]}")).status_code == 204
    assert (await crm.get(f"/api/v1/contacts/{places[0]}")).status_code == 404
    shown = (await crm.get(at)).json()
    assert shown["contacts"] == {"contacts": 1, "done": 0, "working": 0} and shown["script_version"] == 2
    changed = await crm.patch(at, json={"name": "Лето", "longest_call_s": 40, "max_calls_per_day": None})
    assert (changed.json()["name"], changed.json()["longest_call_s"]) == ("Лето", 40)
    async with database.session() as s:
        kept = (await s.execute(text("select file_name, legal_basis, legal_note, report from list_import"))).one()
    assert kept[:3] == ("API · CRM", "contract", "Orders of 2026")
    assert (kept.report["added"], kept.report["total"]) == (2, 8)


@pytest.mark.parametrize(
    ("method", "path", "body", "where"),
    [
        ("POST", "/campaigns", {"name": "A", "time_zone": "Mars/Olympus"}, "body.time_zone"),
        ("POST", "/campaigns", {"name": "A", "country": "ZZ"}, "body.country"),
        ("POST", "/campaigns", {"name": "  "}, "body.name"),
        ("POST", "/campaigns", {"name": "A\x00B"}, "body"),
        ("POST", "/campaigns", {"name": "A", "surprise": 1}, "body.surprise"),
        ("POST", "/campaigns", {"name": "A", "longest_call_s": True}, "body.longest_call_s"),
        ("PATCH", "/campaigns/{id}", {"ring_s": None}, "body.ring_s"),
        ("PUT", "/campaigns/{id}/hours", {"stretches": [{"weekday": 0, "opens": "12:00", "closes": "09:00"}]},
         "body.stretches.0"),
        ("PUT", "/campaigns/{id}/script", {"markdown": "x", "form": [
            {"key": "a", "label": "A"}, {"key": "a", "label": "B"}]}, "body.form.1"),
        ("POST", "/campaigns/{id}/contacts", {"legal_basis": "consent", "contacts": [
            {"name": "x", "numbers": [{"number": "1"}], "fields": {"a\x00": "b"}}]}, "body"),
        ("POST", "/webhooks", {"url": "http://crm.example/hook", "kinds": ["call_closed"]}, "body.url"),
        ("POST", "/webhooks", {"url": "https://user:pw@crm.example/", "kinds": ["call_closed"]}, "body.url"),
    ],
)  # fmt: skip
async def test_a_fault_is_named_with_its_place(
    crm: httpx.AsyncClient, shop: Shop, method: str, path: str, body: Any, where: str
) -> None:
    answer = await crm.request(method, "/api/v1" + path.replace("{id}", str(shop.campaign)), json=body)
    assert answer.status_code == 422, answer.text
    assert any(fault["where"].startswith(where) for fault in answer.json()["faults"]), answer.text


async def test_a_body_that_is_none(crm: httpx.AsyncClient) -> None:
    for sent, status in ((b"{", 422), (b"\xff\xfe\x00", 400), (b"[" * 100_000, 400), (b" " * (8 * 2**20 + 1), 413)):
        answer = await crm.post("/api/v1/campaigns", content=sent, headers={"content-type": "application/json"})
        assert (answer.status_code, set(answer.json())) == (status, {"error", "detail", "faults"}), sent[:4]


async def test_the_same_key_is_done_once(crm: httpx.AsyncClient, shop: Shop) -> None:
    key = {"Idempotency-Key": "order-17"}
    answers = await asyncio.gather(
        *(crm.post("/api/v1/campaigns", json={"name": "Once"}, headers=key) for _ in range(5))
    )
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["id"] for a in answers}) == 1
    assert sorted(a.headers.get("idempotency-replayed", "") for a in answers) == ["", "true", "true", "true", "true"]
    other = await crm.post("/api/v1/campaigns", json={"name": "Other"}, headers=key)
    assert (other.status_code, other.json()["error"]) == (409, "key_used_otherwise")
    names = [c["name"] for c in (await crm.get("/api/v1/campaigns")).json()["campaigns"]]
    assert sorted(names) == ["Once", "Замер"]


async def test_what_was_refused_may_be_tried_again_under_its_key(crm: httpx.AsyncClient, shop: Shop) -> None:
    key = {"Idempotency-Key": "later"}
    path = f"/api/v1/campaigns/{shop.campaign}/contacts"
    bad = {**CONTACTS, "contacts": []}
    assert (await crm.post(path, json=bad, headers=key)).status_code == 422
    assert (await crm.post(path, json=CONTACTS, headers=key)).json()["added"] == 2


async def _running(shop: Shop) -> None:
    await shop.ready()
    async with database.session() as s:
        await campaigns.start(s, shop.campaign)


async def test_results_since_a_cursor(crm: httpx.AsyncClient, shop: Shop) -> None:
    await _running(shop)
    first = await shop.call(Outcome.SUCCESS, result={"den": "2026-12-01"}, note="хорошо")
    page = (await crm.get("/api/v1/results")).json()
    assert [(r["kind"], r["call"]["call_id"]) for r in page["results"]] == [
        ("call_closed", str(first)), ("call_changed", str(first)),
    ]  # fmt: skip
    call = page["results"][0]["call"]
    assert (call["outcome"], call["answers"], call["note"]) == ("success", {"den": "2026-12-01"}, "хорошо")
    assert (call["number"], call["operator"], call["talk_s"]) == ("+78125550101", "Мария С.", 60)
    assert call["charge"] > 0 and call["currency"] == "RUB" and call["contact_fields"] == {"Город": "Казань"}
    assert (await crm.get("/api/v1/results", params={"cursor": page["cursor"]})).json() == {
        "results": [], "cursor": page["cursor"], "more": False,
    }  # fmt: skip

    await shop.contact("Второй", "+78125550102")
    second = await shop.call(Outcome.REFUSED)
    rest = (await crm.get("/api/v1/results", params={"cursor": page["cursor"], "limit": 1})).json()
    assert [r["call"]["call_id"] for r in rest["results"]] == [str(second)] and rest["more"]
    assert (await crm.get(f"/api/v1/calls/{second}")).json()["outcome"] == "refused"
    history = (await crm.get(f"/api/v1/contacts/{call['contact_id']}")).json()
    assert [c["call_id"] for c in history["calls"]] == [str(first)]
    assert (await crm.delete(f"/api/v1/contacts/{call['contact_id']}")).json()["error"] == "was_called"
    balance = (await crm.get("/api/v1/balance")).json()
    assert balance["currency"] == "RUB" and balance["held"] == 0 and balance["available"] < 500_000


async def test_no_change_is_missed_whoever_commits_last(shop: Shop) -> None:
    """The transaction that came first ends last; who has read the later one still gets it."""
    await _running(shop)
    insert = text(
        "insert into customer_event (customer_id, campaign_id, kind) values (:customer, :campaign, 'campaign_changed')"
    )
    values = {"customer": shop.customer, "campaign": shop.campaign}
    async with database.session() as early:
        await early.execute(insert, values)
        async with database.session() as late:
            await late.execute(insert, values)
        async with database.session() as s:
            await customer_events.number(s, shop.customer)
        async with database.session() as s:
            seen = [e.seq for e in await customer_events.after(s, shop.customer, 0)]
    async with database.session() as s:
        await customer_events.number(s, shop.customer)
    async with database.session() as s:
        rest = [e.seq for e in await customer_events.after(s, shop.customer, seen[-1])]
    assert len(rest) == 1 and rest[0] > seen[-1]


async def test_many_number_at_once_and_no_number_is_given_twice(shop: Shop) -> None:
    async with database.session() as s:
        await s.execute(
            text(
                "insert into customer_event (customer_id, campaign_id, kind) "
                "select :customer, :campaign, 'campaign_changed' from generate_series(1, 300)"
            ),
            {"customer": shop.customer, "campaign": shop.campaign},
        )

    async def number() -> None:
        async with database.session() as s:
            await customer_events.number(s, shop.customer)

    await asyncio.gather(*(number() for _ in range(8)))
    async with database.session() as s:
        seqs = [e.seq for e in await customer_events.after(s, shop.customer, 0, limit=1000)]
    assert seqs == list(range(1, 301))


async def test_what_is_old_is_forgotten_and_numbers_go_on(shop: Shop) -> None:
    async with database.session() as s:
        await s.execute(
            text(
                "insert into customer_event (customer_id, campaign_id, kind, at) "
                "select :customer, :campaign, 'campaign_changed', now() - interval '100 days' "
                "from generate_series(1, 3)"
            ),
            {"customer": shop.customer, "campaign": shop.campaign},
        )
        await customer_events.number(s, shop.customer)
    async with database.session() as s:
        assert await customer_events.forget(s, datetime.now(UTC) - timedelta(days=90)) == 2
        assert await customer_events.last(s, shop.customer) == 3


@pytest.fixture
async def recorded(shop: Shop, settings_env: Any, tmp_path: Path) -> tuple[UUID, bytes]:
    """A call with a stored recording, and its bytes."""
    settings_env(data_dir=tmp_path, recording_storage=tmp_path.as_uri())
    await _running(shop)
    call_id, sound = await shop.call(), bytes(range(256)) * 40
    (tmp_path / "2026").mkdir()
    (tmp_path / "2026" / "one.ogg").write_bytes(sound)
    async with database.session() as s:
        s.add(
            Recording(
                call_id=call_id, switch_name="main", switch_path="/x.wav", state=RecordingState.STORED,
                storage_key="2026/one.ogg", format="audio/ogg", duration_ms=60_000, size_bytes=len(sound),
                sha256=hashlib.sha256(sound).hexdigest(), channels=2, stored_at=datetime.now(UTC),
                keep_until=datetime.now(UTC) + timedelta(days=1),
            )
        )  # fmt: skip
    return call_id, sound


async def test_a_recording_whole_and_in_parts(crm: httpx.AsyncClient, recorded: tuple[UUID, bytes]) -> None:
    call_id, sound = recorded
    path = f"/api/v1/calls/{call_id}/recording"
    whole = await crm.get(path)
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, sound, "audio/ogg")
    assert whole.headers["cache-control"] == "private, no-store"
    part = await crm.get(path, headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, sound[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(sound)}"
    tail = await crm.get(path, headers={"range": "bytes=-5", "if-range": whole.headers["etag"]})
    assert (tail.status_code, tail.content) == (206, sound[-5:])
    assert (await crm.get(path, headers={"range": "bytes=-5", "if-range": '"other"'})).status_code == 200
    beyond = await crm.get(path, headers={"range": f"bytes={len(sound)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(sound)}")
    assert (await crm.get(f"/api/v1/calls/{call_id}")).json()["recorded"] is True


async def test_a_recording_that_is_no_more(
    crm: httpx.AsyncClient, recorded: tuple[UUID, bytes], tmp_path: Path
) -> None:
    call_id, _ = recorded
    path = f"/api/v1/calls/{call_id}/recording"
    (tmp_path / "2026" / "one.ogg").unlink()
    assert (await crm.get(path)).status_code == 404
    async with database.session() as s:
        row = await s.get_one(Recording, call_id)
        row.state = RecordingState.EXPIRED
        s.add(row)
    assert (await crm.get(path)).status_code == 404
    assert (await crm.get(f"/api/v1/calls/{uuid4()}/recording")).status_code == 404


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", (0, 1)), ("bytes=0-", (0, 10)), ("bytes=9-99", (9, 10)), ("bytes=-3", (7, 10)),
        ("bytes=-99", (0, 10)), ("bytes=10-", None), ("bytes=-0", None), ("bytes=-", (0, 10)),
        ("bytes=5-3", (0, 10)), ("bytes=0-1,3-4", (0, 10)), ("lines=0-1", (0, 10)), ("", (0, 10)),
    ],
)  # fmt: skip
def test_ranges(header: str, part: tuple[int, int] | None) -> None:
    assert part_of(header, 10) == part


async def test_numbers_that_may_not_be_called(crm: httpx.AsyncClient, shop: Shop) -> None:
    await shop.contact("Не звонить", "+78125550155")
    body = {"numbers": [{"number": "8 812 555-01-55", "reason": "asked"}, {"number": "nobody"}]}
    report = (await crm.post("/api/v1/do-not-call", json=body)).json()
    assert (report["added"], report["contacts_ended"], report["already_there"]) == (1, 1, 0)
    assert [r["place"] for r in report["rejected"]] == [1]
    assert (await crm.post("/api/v1/do-not-call", json=body)).json()["already_there"] == 1
