"""After an erase neither the number nor the name is in any column of any table, nor in the storage."""

import asyncio
import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import select

from exchange_domain import calls, claiming, database, drafts, erasing, export_files, settling
from exchange_domain.importing import ImportResult
from exchange_domain.importing.reasons import Reason
from exchange_domain.importing.result import RejectedRow
from exchange_domain.importing.storing import import_list
from exchange_domain.tables import (
    Account,
    ApiReply,
    Call,
    Campaign,
    Contact,
    ContactNumber,
    DoNotCall,
    Erasure,
    ExportFile,
    ListImport,
    Recording,
    SwitchRecord,
)
from exchange_domain.words import ContactStatus, ExportKind, ExportState, FileFormat, Outcome, RecordingState
from job_worker import exports
from tests.recording_store.conftest import Machine, machine, speech, wav

__all__ = ["machine"]
NUMBER, NAME = "+78129876543", "Аполлинария Канарейкина"
OTHER = "+78121110000"
WRITTEN = ("9876543", "987-65-43", "987 65 43", "Аполлинария", "Канарейкин")
SEAT = UUID("aaaaaaaa-0000-4000-8000-000000000001")


async def everything() -> dict[str, str]:
    """All rows of all tables as text; binary columns come as hex, workbooks are unpacked."""
    async with database.session() as s:
        names = await s.execute(text("select tablename from pg_tables where schemaname = 'public'"))
        found = {}
        for table in names.scalars().all():
            # Who asked not to be called stays known: that is why an erased person is not called again.
            columns = "(to_jsonb(t) - 'e164')" if table == "do_not_call" else "t"
            rows = await s.execute(text(f'select {columns}::text from "{table}" t'))
            found[table] = "\n".join(rows.scalars())
        for content in (await s.exec(select(ListImport.rejected_file))).all():
            if content is not None:
                with zipfile.ZipFile(io.BytesIO(content)) as book:
                    found["list_import"] += "".join(book.read(part).decode() for part in book.namelist())
        return found


async def traces() -> list[str]:
    """Tables with a trace of the person."""
    marks = [*WRITTEN, *(mark.encode().hex() for mark in WRITTEN)]
    return sorted(table for table, rows in (await everything()).items() if any(mark in rows for mark in marks))


@dataclass
class Person:
    """The number and the name wherever they can get to."""

    machine: Machine
    contact: int
    firm: int
    stranger: int
    claim: claiming.Claim
    path: Path

    async def erase(self, **more) -> erasing.Erased:
        async with database.session() as s:
            return await erasing.erase_number(s, NUMBER, by="test", **more)


def rejected(*cells: str) -> ImportResult:
    row = RejectedRow(2, (Reason("no_number", {}),), cells)
    return ImportResult(("Имя", "Телефон"), rejected=[row], total_rows=1)


@pytest.fixture
async def person(machine: Machine) -> Person:
    house, at = machine.house, machine.house.now
    campaign = await house.campaign()
    contact = await house.contact(campaign, NUMBER, name=NAME)
    stranger = await house.contact(await house.campaign(started=False), "+78120000001", name="Чужой")
    firms = await house.campaign()
    firm = await house.contact(firms, OTHER, name=f"Ромашка, {NAME}")
    async with database.session() as s:
        for contact_id, fields in (
            (contact, {"Телефон": "8 (812) 987-65-43", "Имя": NAME}),
            (stranger, {"Рядом": "сосед: +7 812 987 65 43"}),
            (firm, {"Кто": NAME}),
        ):
            row = await s.get_one(Contact, contact_id)
            row.fields = fields
            s.add(row)
        number = (await s.exec(select(ContactNumber).where(ContactNumber.e164 == NUMBER))).one()
        number.person_name, number.note = NAME, f"{NAME} просит после обеда"
        s.add(number)
    # A call to the firm's other number, about the person.
    firm_claim = await house.claim(await house.operator(firms))
    assert isinstance(firm_claim, claiming.Claim)
    await house.talk(firm_claim, 5)
    await house.close(firm_claim, "refused", note=f"{NAME} на другом номере, 8-812-987-65-43")
    async with database.session() as s:
        s.add(ContactNumber(contact_id=firm, campaign_id=firms, e164=NUMBER, person_name=NAME, position=1))
    claim = await house.claim(await house.operator(campaign))
    assert isinstance(claim, claiming.Claim) and claim.contact_id == contact
    path = machine.folder / f"{at:%Y/%m/%d}" / f"{claim.call_id}.wav"
    async with database.session() as s:
        await calls.ringing(s, claim.call_id, claim.fencing_token, at)
        await calls.answered(s, claim.call_id, claim.fencing_token, at, str(path))
        operator = (await s.get_one(Call, claim.call_id)).operator_id
        await drafts.save_note(s, claim.call_id, operator, f"{NAME}, 8-812-987-65-43")
        end = at + timedelta(seconds=3)
        await calls.ended(s, claim.call_id, claim.fencing_token, end, cause="NORMAL_CLEARING", ended_by="contact")
    machine.leave(path, wav(speech(3)))
    result = {"comment": f"{NAME} {NUMBER}"}
    await house.close(claim, "success", result=result, note=f"{NAME} 9876543")
    await house.record(claim, 3)
    async with database.session() as s:
        record = await s.get_one(SwitchRecord, claim.call_id)
        record.body = record.body | {"callflow": [{"destination_number": NUMBER[1:], "caller_id_name": NAME}]}
        s.add(record)
        seat = {"uuid": str(SEAT), "billsec": "9", "bridge_channel": f"sofia/carrier/{NUMBER[1:]}"}
        await settling.store_record(s, {"variables": seat})
        await import_list(s, campaign, None, "list.csv", rejected(NAME, "8 (812) 987 65 43"), "ru")
        await import_list(s, campaign, None, "other.csv", rejected("Пётр", "812"), "ru")
    await house.settle()
    return Person(machine, contact, firm, stranger, claim, path)


async def test_the_person_is_everywhere_before_and_nowhere_after(person: Person):
    await person.machine.work()
    before = await person.machine.row(person.claim.call_id)
    stored = person.machine.object(before.storage_key)
    assert before.state == RecordingState.STORED and stored.exists()
    assert await traces() == [
        "call",
        "call_draft",
        "contact",
        "contact_number",
        "list_import",
        "number_lock",
        "switch_record",
    ]
    erased = await person.erase()
    assert await traces() == []
    await person.machine.work()
    assert not stored.exists()
    assert list(person.machine.storage.rglob("*.ogg")) == []
    assert await person.machine.to_delete() == []
    assert erased.counts() == {
        "contacts": 2, "calls": 1, "recordings": 1, "switch_records": 2, "rejected_files": 1, "exports": 0,
        "mentions": 3,
    }  # fmt: skip


async def test_money_counts_and_other_people_stay(person: Person):
    house, claim = person.machine.house, person.claim
    before = {name: rows for name, rows in (await everything()).items() if name in KEPT}
    await person.erase()
    after = await everything()
    assert {name: after[name] for name in KEPT} == before
    assert await house.books() == []
    call = await house.call(claim.call_id)
    assert (call.outcome, call.answered_at is not None, call.e164, call.result) == (Outcome.SUCCESS, True, "", {})
    async with database.session() as s:
        record = await settling.record_of(s, claim.call_id)
        assert record is not None and record.billed_s == 3
        firm, contact = await s.get_one(Contact, person.firm), await s.get_one(Contact, person.contact)
        stranger = await s.get_one(Contact, person.stranger)
        left = (await s.exec(select(ContactNumber.e164).where(ContactNumber.contact_id == person.firm))).all()
        files = (await s.exec(select(ListImport.file_name).where(ListImport.rejected_file != None))).all()  # noqa: E711
    assert (contact.name, contact.fields, contact.status) == ("", {}, ContactStatus.DONE)
    assert (firm.name, list(left)) == ("Ромашка, •••", [OTHER]), "the firm is still called at its other number"
    assert (stranger.name, stranger.fields) == ("Чужой", {"Рядом": "сосед: •••"})
    assert files == ["other.csv"]


KEPT = ("settlement", "ledger_transaction", "ledger_entry", "ledger_account", "campaign_tally", "transfer", "shift")


async def test_a_recording_that_waits_is_erased_on_the_switch(person: Person):
    await person.erase()
    assert (await person.machine.row(person.claim.call_id)).state == RecordingState.ERASED
    await person.machine.work()
    assert not person.path.exists()
    assert await person.machine.to_delete() == []


async def test_erased_in_the_middle_of_its_move_it_does_not_stay_in_the_storage(person: Person, monkeypatch):
    storage = person.machine.mover.moving._storage
    put = storage.put

    async def erased_meanwhile(key, path, media_type):
        await put(key, path, media_type)
        await person.erase()

    monkeypatch.setattr(storage, "put", erased_meanwhile)
    await person.machine.mover.once()
    assert (await person.machine.row(person.claim.call_id)).state == RecordingState.ERASED
    person.machine.later(minutes=5)
    await person.machine.work()
    assert list(person.machine.storage.rglob("*.ogg")) == []
    assert not person.path.exists()


async def test_a_mover_that_dies_after_uploading_what_was_erased_leaves_nothing(person: Person, monkeypatch):
    class Killed(BaseException):
        pass

    storage = person.machine.mover.moving._storage
    put = storage.put

    async def dies(key, path, media_type):
        await person.erase()
        await person.machine.another_mover().once()
        await put(key, path, media_type)
        raise Killed

    monkeypatch.setattr(storage, "put", dies)
    with pytest.raises(Killed):
        await person.machine.mover.once()
    assert len(list(person.machine.storage.rglob("*.ogg"))) == 1
    person.machine.later(minutes=5)
    await person.machine.work(person.machine.another_mover())
    assert list(person.machine.storage.rglob("*.ogg")) == [], "deleted after the dead mover's lease"


async def test_exported_files_and_kept_answers_go_too(person: Person, settings_env, tmp_path):
    settings_env(data_dir=tmp_path)
    async with database.session() as s:
        contact = await s.get_one(Contact, person.contact)
        campaign = await s.get_one(Campaign, contact.campaign_id)
        account = (await s.exec(select(Account.id))).first()
        assert campaign.id is not None and account is not None
        export_id = await export_files.order(s, campaign.id, account, ExportKind.CONTACTS, FileFormat.CSV, "ru")
        for key, body in (("his", {"warnings": [{"text": f"{NUMBER} is there twice"}]}), ("other", {"id": 1})):
            s.add(
                ApiReply(customer_id=campaign.customer_id, idempotency_key=key, fingerprint="x", status=200, body=body)
            )
    await exports.make(export_id)
    assert len(list((tmp_path / "exports").iterdir())) == 1
    assert (await person.erase()).exports == 1
    async with database.session() as s:
        assert (await s.get_one(ExportFile, export_id)).state is ExportState.FAILED, "nobody is given it any more"
        assert list(await s.exec(select(ApiReply.idempotency_key))) == ["other"]
        assert await export_files.forget(s, datetime.now(UTC) - export_files.KEPT) == 1
    assert not list((tmp_path / "exports").iterdir())


async def test_done_again_it_finds_nothing_and_says_who_asked(person: Person):
    await person.erase()
    again = await person.erase(forbid=True)
    assert set(again.counts().values()) == {0}
    async with database.session() as s:
        first, second = (await s.exec(select(Erasure).order_by(Erasure.id))).all()  # type: ignore[arg-type]
        forbidden = (await s.exec(select(DoNotCall))).all()
    assert [(e.asked_by, e.counts["calls"]) for e in (first, second)] == [("test", 1), ("test", 0)]
    assert erasing.is_about(first, NUMBER) and not erasing.is_about(first, OTHER)
    assert first.number_hash != second.number_hash, "salted: the same number is not seen to be the same"
    assert [row.e164 for row in forbidden] == [NUMBER]
    assert await traces() == []


@pytest.mark.parametrize("how", ["ringing", "wrap-up"])
async def test_a_number_on_the_line_is_refused_and_nothing_changes(person: Person, how: str):
    house = person.machine.house
    campaign = await house.campaign()
    await house.contact(campaign, NUMBER, name=NAME)
    operator = await house.operator(campaign)
    claim = await house.claim(operator, at=house.now + timedelta(hours=1))
    assert isinstance(claim, claiming.Claim)
    if how == "wrap-up":
        await house.talk(claim, 3)
    before = await everything()
    with pytest.raises(erasing.StillOnTheLine):
        await person.erase()
    assert await everything() == before


async def test_a_claim_at_the_same_moment_comes_before_or_finds_nothing(person: Person):
    house = person.machine.house
    campaign = await house.campaign()
    operators = []
    for _ in range(3):
        await house.contact(campaign, NUMBER, name=NAME) if not operators else None
        operators.append(await house.operator(campaign))
    later = house.now + timedelta(hours=1)
    done = await asyncio.gather(
        person.erase(), *(house.claim(operator, at=later) for operator in operators), return_exceptions=True
    )
    claims = [made for made in done if isinstance(made, claiming.Claim)]
    if isinstance(done[0], erasing.StillOnTheLine):
        assert len(claims) == 1 and claims[0].e164 == NUMBER
    else:
        assert isinstance(done[0], erasing.Erased) and claims == []
        assert await traces() == []


async def test_records_that_come_late_are_cleaned(person: Person):
    """The switch's spool may hold a record of before; and a seat's record names whom it met last."""
    async with database.session() as s:
        late = await s.get_one(SwitchRecord, person.claim.call_id)
        body = dict(late.body)
    await person.erase()
    async with database.session() as s:
        kept = await s.get_one(SwitchRecord, person.claim.call_id)
        kept.body = body
        seat = await s.get_one(SwitchRecord, SEAT)
        seat.body = {"variables": {"uuid": str(SEAT), "bridge_channel": f"sofia/carrier/{NUMBER[1:]}"}}
        s.add_all([kept, seat])
    assert await traces() == ["switch_record"]
    async with database.session() as s:
        assert await erasing.sweep_late_records(s) == 1, "a seat's record may be needed for a day"
        assert await erasing.sweep_late_records(s, person.machine.house.now + timedelta(days=2)) == 1
        assert await erasing.sweep_late_records(s, person.machine.house.now + timedelta(days=2)) == 0
    assert await traces() == []


@pytest.mark.parametrize(
    "number", ["78129876543", "+7812", "+7 812 987 65 43", "+", "+0000000000", "Ирина", "+٧٨١٢٩٨٧٦٥٤٣"]
)
async def test_what_is_no_number_is_refused(person: Person, number: str):
    with pytest.raises(erasing.NoNumber):
        async with database.session() as s:
            await erasing.erase_number(s, number, by="test")


async def test_a_row_without_its_recording_is_no_obstacle(person: Person):
    async with database.session() as s:
        await s.delete(await s.get_one(Recording, person.claim.call_id))
    assert (await person.erase()).recordings == 0
    assert await traces() == []
    async with database.session() as s:
        assert await s.get(Campaign, person.claim.campaign_id) is not None
