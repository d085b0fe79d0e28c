"""What admins do in their pages: each act is checked, done once, and written down."""

import inspect
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import reflex as rx
from sqlalchemy import text

from exchange_app.admin.audit_state import AuditLog
from exchange_app.admin.carrier_state import CarrierForm
from exchange_app.admin.customers_state import Customers
from exchange_app.admin.invitations_state import Invitations
from exchange_app.admin.numbers_state import Numbers
from exchange_app.admin.people_state import People
from exchange_app.admin.rules_state import Rules
from exchange_app.admin.system_state import System
from exchange_app.admin.tariffs_state import Tariffs
from exchange_app.security import sessions
from exchange_app.security.policy import policy_of
from exchange_domain import (
    accounts,
    audit,
    carrier_book,
    database,
    house_rules,
    invitation_desk,
    invitations,
    mails,
    people_desk,
    second_factors,
    spend_caps,
    switches,
    tariff_desk,
    tariffs,
)
from exchange_domain.people_desk import PeopleError
from exchange_domain.tariff_desk import Prices, TariffError
from exchange_domain.words import MailState, Outcome
from tests.app.conftest import Events, Page, make_account
from tests.app.customer.conftest import Shop, shop, signed_in

__all__ = ["shop"]
NOW = datetime.now(UTC)
STATES = (AuditLog, CarrierForm, Customers, Invitations, Numbers, People, Rules, System, Tariffs)
HANDLERS = [(state, name) for state in STATES for name in state.event_handlers if name != "setvar"]
ARGUMENTS: dict[str, dict[str, Any]] = {
    "find": {"form": {"search": "а"}}, "narrow": {"only": "admin"}, "open": {"account_id": 1},
    "show_dialog": {"wanted": False}, "tick": {"role": "admin"}, "choose_role": {"role": "admin"},
    "choose_language": {"lang": "en"}, "invite": {"form": {"emails": "evil@mail.example"}},
    "send_anew": {"invitation_id": 1}, "withdraw": {"invitation_id": 1},
    "change": {"name": "appeal_hours", "value": "1"},
    "change_cap": {"customer_id": 1, "value": "1"}, "show_form": {"wanted": True},
    "choose_currency": {"currency": "EUR"},
    "add": {"form": {"share": "1"}}, "remove": {"tariff_id": 1}, "forbid": {"form": {"number": "+78125550101"}},
    "allow": {"entry_id": 1}, "ask_to_erase": {"form": {"number": "+78125550101"}}, "show_question": {"wanted": True},
    "erase": {"forbid": True}, "drain": {"name": "main", "on": True}, "enable": {"name": "main", "on": False},
    "enable_carrier": {"name": "main", "on": False}, "show": {"wanted": False},
    "save": {"form": {"carrier-name": "evil", "rates": "+7 1"}},
}  # fmt: skip


@pytest.fixture
async def nina(shop: Shop) -> int:
    return await make_account("nina@mail.example", "Нина Ковач", "admin")


@pytest.fixture
async def page(events: Events, nina: int) -> Page:
    return await signed_in(events, nina)


async def log_of(nina: int | None = None) -> list[tuple[str, str, Any, Any]]:
    async with database.session() as s:
        return [(e.act, e.subject, e.before, e.after) for e in reversed(await audit.entries(s, who=nina))]


# --- people ---


async def test_people_are_found_given_roles_and_suspended(shop: Shop, page: Page, nina: int) -> None:
    await page.send(People.enter())
    assert page.values(People)["lines"][0].name == "Нина Ковач"
    await page.send(People.find({"search": "мария"}))
    (line,) = page.values(People)["lines"]
    assert (line.email, line.roles, line.suspended) == ("maria@mail.example", ["operator"], False)
    await page.send(People.find({"search": "100%_"}))
    assert page.values(People)["lines"] == []
    await page.send(People.find({"search": ""}))
    await page.send(People.narrow("customer"))
    assert {p.of for p in page.values(People)["lines"]} == {"Мастерская", "School"}
    await page.send(People.open(shop.operator))
    await page.send(People.tick("moderator"))
    await page.send(People.tick("owner of it all"))
    await page.send(People.save_roles())
    assert page.values(People)["opened"].roles == ["moderator", "operator"]
    sid = await sessions.begin(shop.operator, frozenset())
    await page.send(People.suspend())
    assert page.values(People)["opened"].suspended and await sessions.find(sid) is None
    await page.send(People.restore())
    await page.send(People.restore())
    assert await log_of(nina) == [
        ("roles_changed", f"account:{shop.operator}", ["operator"], ["moderator", "operator"]),
        ("suspended", f"account:{shop.operator}", False, True),
        ("restored", f"account:{shop.operator}", True, False),
    ]


async def test_who_is_suspended_cannot_do_anything(shop: Shop, page: Page, events: Events) -> None:
    other = await signed_in(events, await make_account("eva@mail.example", "Ева Лис", "admin"), "eva")
    await other.send(Rules.enter())
    await page.send(People.enter())
    await page.send(People.narrow("admin"))
    eva = next(p.id for p in page.values(People)["lines"] if p.name == "Ева Лис")
    await page.send(People.open(eva))
    await page.send(People.suspend())
    await other.send(Rules.change("appeal_hours", "5"))
    async with database.session() as s:
        assert (await house_rules.rules(s)).appeal_hours == 72


async def test_nobody_locks_the_house_from_inside(shop: Shop, page: Page, nina: int) -> None:
    await page.send(People.enter())
    await page.send(People.open(nina))
    await page.send(People.tick("admin"))
    await page.send(People.save_roles())
    assert page.values(People)["fault"] == "own_admin"
    await page.send(People.suspend())
    assert page.values(People)["fault"] == "own_account"
    async with database.session() as s:
        for act in (people_desk.suspend(s, None, nina), people_desk.set_roles(s, None, nina, [])):
            with pytest.raises(PeopleError, match="last_admin"):
                await act
        with pytest.raises(PeopleError, match="bad_role"):
            await people_desk.set_roles(s, None, nina, ["customer"])
        with pytest.raises(PeopleError, match="unknown"):
            await people_desk.suspend(s, nina, 10_000)
    assert await log_of() == []


async def test_signing_somebody_out_everywhere_and_their_second_factor(shop: Shop, page: Page, nina: int) -> None:
    sids = [await sessions.begin(shop.operator, frozenset()) for _ in range(2)]
    async with database.session() as s:
        await second_factors.add_passkey(s, shop.operator, credential_id="x", public_key="y", sign_count=0, name="")
    await page.send(People.enter())
    await page.send(People.open(shop.operator))
    assert page.values(People)["opened"].second_factor
    await page.send(People.sign_out())
    assert [await sessions.find(sid) for sid in sids] == [None, None]
    await page.send(People.reset_second_factor())
    assert not page.values(People)["opened"].second_factor
    acts = [(act, after) for act, _, _, after in await log_of(nina)]
    assert acts == [("signed_out", {"sessions": 2}), ("second_factor_reset", None)]


# --- invitations ---


async def test_many_are_invited_and_a_bad_address_loses_nothing(shop: Shop, page: Page, nina: int) -> None:
    await page.send(Invitations.enter())
    await page.send(Invitations.choose_language("ru"))
    written = "lena@mail.example\nnot an address, maria@mail.example; lena@MAIL.example\n\nivan@mail.example"
    await page.send(Invitations.invite({"emails": written, "words": "Здравствуйте, говорили во вторник.\x00"}))
    found = {o.email: o.fault for o in page.values(Invitations)["outcomes"]}
    assert found == {
        "lena@MAIL.example": "", "not an address": "bad_address", "maria@mail.example": "has_account",
        "ivan@mail.example": "",
    }  # fmt: skip
    async with database.session() as s:
        rows = (await s.execute(text("select id, subject, body, to_address from mail order by id"))).all()
        assert len(rows) == 2 and "говорили во вторник" in rows[0].body and "/join/" in rows[0].body
        link = rows[0].body.split("/join/")[1].split()[0]
        assert await invitations.find(s, link) is not None
        await mails.done(s, rows[0].id, MailState.SENT, NOW)
        kept = (await s.execute(text("select body from mail order by id limit 1"))).scalar_one()
        assert kept == "", "a link is a secret: it is not kept once it is sent"
    await page.send(Invitations.invite({"emails": "lena@mail.example"}))
    assert page.values(Invitations)["outcomes"][0].fault == "waits"
    assert page.values(Invitations)["counts"] == {"waiting": 2}
    assert (await log_of(nina))[0][:2] == ("invited", "invitation")


async def test_an_invitation_is_sent_anew_and_withdrawn(shop: Shop, page: Page) -> None:
    await page.send(Invitations.enter())
    await page.send(Invitations.choose_role("moderator"))
    await page.send(Invitations.invite({"emails": ""}))
    first = page.values(Invitations)["outcomes"][0].link.rsplit("/", 1)[1]
    (line,) = page.values(Invitations)["lines"]
    assert (line.roles, line.state, line.by) == (["moderator"], "waiting", "Нина К.")
    await page.send(Invitations.send_anew(line.id))
    second = page.values(Invitations)["outcomes"][0].link.rsplit("/", 1)[1]
    async with database.session() as s:
        assert await invitations.find(s, first) is None and await invitations.find(s, second) is not None
    await page.send(Invitations.withdraw(line.id))
    await page.send(Invitations.withdraw(line.id))
    assert page.values(Invitations)["lines"][0].state == "withdrawn"
    async with database.session() as s:
        with pytest.raises(invitations.InvitationError, match="invalid"):
            await invitations.accept(s, second, email="x@y.zz", display_name="X", password_hash="-", language="ru")
    await page.send(Invitations.choose_role("customer"))
    await page.send(Invitations.invite({"emails": "boss@mail.example"}))
    assert page.values(Invitations)["fault"] == "needs_customer"
    await page.send(Invitations.invite({"emails": "\n".join(f"p{n}@mail.example" for n in range(51)), "customer": "А"}))
    assert page.values(Invitations)["fault"] == "too_many"
    async with database.session() as s:
        assert len(await invitation_desk.shown(s)) == 1


# --- prices, caps, rules ---


async def test_prices_are_set_from_now_or_later_and_never_in_the_past(shop: Shop, page: Page, nina: int) -> None:
    await page.send(Tariffs.enter())
    await page.send(Tariffs.show_form(True))
    await page.send(Tariffs.add({"per_minute": "дорого", "share": "60"}))
    assert page.values(Tariffs)["wrong"] == "per_minute"
    await page.send(Tariffs.add({"per_minute": "7,50", "share": "101"}))
    assert page.values(Tariffs)["wrong"] == "share"
    await page.send(Tariffs.add({"per_minute": "7,50", "share": "62.5", "from": "2026-99-01"}))
    assert page.values(Tariffs)["wrong"] == "from"
    await page.send(
        Tariffs.add({"per_minute": "7,50", "per_answered_call": "0", "share": "62.5", "from": "2039-01-01"})
    )
    shown = page.values(Tariffs)
    assert not shown["adding"] and (shown["lines"][0].per_minute, shown["lines"][0].share) == (750, 62.5)
    assert shown["lines"][0].future and shown["lines"][1].in_force
    async with database.session() as s:
        assert (await tariffs.current(s, shop.customer, "RUB")).per_minute == 600  # type: ignore[union-attr]
        prices = Prices(1, 1, 1, 5000, 1, 0)
        for code, change in (
            ("in_the_past", {"valid_from": NOW - timedelta(days=1)}),
            ("unknown_customer", {"customer_id": 999}),
            ("other_currency", {"customer_id": shop.customer, "currency": "EUR"}),
            ("twice", {"valid_from": datetime(2039, 1, 1, 0, 0, 1, tzinfo=UTC)}),
        ):
            given = {"currency": "RUB", "valid_from": NOW + timedelta(days=9), "now": NOW} | change
            with pytest.raises(TariffError, match=code):
                await tariff_desk.add(s, nina, prices, **given)
    await page.send(Tariffs.remove(shown["lines"][0].id))
    await page.send(Tariffs.remove(shown["lines"][1].id))
    assert [one.in_force for one in page.values(Tariffs)["lines"]] == [True], "what is in force stays"
    assert [act for act, *_ in await log_of(nina)] == ["tariff_added", "tariff_removed"]


async def test_a_customers_cap_is_set_and_written_down(shop: Shop, page: Page, nina: int) -> None:
    await page.send(Customers.enter())
    line = next(c for c in page.values(Customers)["lines"] if c.id == shop.customer)
    assert (line.name, line.owners, line.campaigns, line.cap) == ("Мастерская", "Пётр Дубравин", 1, "")
    await page.send(Customers.change_cap(shop.customer, "много"))
    assert page.values(Customers)["wrong"] == shop.customer
    await page.send(Customers.change_cap(shop.customer, "1500"))
    await page.send(Customers.change_cap(shop.customer, "1500.00"))
    await page.send(Customers.change_cap(shop.customer, ""))
    async with database.session() as s:
        assert (await spend_caps.caps_of(s, shop.customer)).customer is None
    assert await log_of(nina) == [
        ("cap_changed", f"customer:{shop.customer}", None, 150_000),
        ("cap_changed", f"customer:{shop.customer}", 150_000, None),
    ]


async def test_rules_are_changed_within_their_bounds(page: Page) -> None:
    await page.send(Rules.enter())
    assert page.values(Rules)["values"]["appeal_hours"] == 72
    for bad in ("0", "721", "", "ten"):
        await page.send(Rules.change("appeal_hours", bad))
        assert page.values(Rules)["wrong"] == "appeal_hours"
    await page.send(Rules.change("no_such_rule", "1"))
    await page.send(Rules.change("appeal_hours", "48"))
    assert page.values(Rules)["values"]["appeal_hours"] == 48 and page.values(Rules)["wrong"] == ""
    await page.send(AuditLog.enter())
    (entry,) = page.values(AuditLog)["lines"]
    assert (entry.who, entry.act, entry.before, entry.after) == ("Нина Ковач", "rule_changed", "72", "48")
    await page.send(AuditLog.narrow("rule_changed"))
    assert len(page.values(AuditLog)["lines"]) == 1


# --- numbers ---


async def test_a_number_is_forbidden_and_allowed_again(shop: Shop, page: Page, nina: int) -> None:
    await shop.ready()
    await page.send(Numbers.enter())
    await page.send(Numbers.forbid({"number": "812 555"}))
    assert page.values(Numbers)["fault"] == "no_number"
    await page.send(Numbers.forbid({"number": "+7 (812) 555-01-01", "reason": "просила"}))
    await page.send(Numbers.forbid({"number": "+78125550101"}))
    (line,) = page.values(Numbers)["lines"]
    assert (line.number, line.reason, line.source) == ("+78125550101", "просила", "admin")
    await page.send(Numbers.allow(line.id))
    assert page.values(Numbers)["lines"] == []
    written = await log_of(nina)
    assert [act for act, *_ in written] == ["number_forbidden", "number_allowed"]
    assert "555" not in repr(written), "no number in the log"


async def test_a_person_is_erased_after_a_second_yes(shop: Shop, page: Page, nina: int) -> None:
    await shop.ready()
    await page.send(Numbers.enter())
    await page.send(Numbers.erase(True))
    await page.send(Numbers.ask_to_erase({"number": "nobody"}))
    assert page.values(Numbers)["erase_fault"] == "no_number"
    await page.send(Numbers.ask_to_erase({"number": "+7 812 555 01 01"}))
    async with database.session() as s:
        assert (await s.execute(text("select count(*) from contact where name = 'Ирина'"))).scalar_one() == 1
    await page.send(Numbers.erase(True))
    assert page.values(Numbers)["done"]["contacts"] == 1 and page.values(Numbers)["erasing"] == ""
    async with database.session() as s:
        assert (await s.execute(text("select count(*) from contact where name = 'Ирина'"))).scalar_one() == 0
    assert [act for act, *_ in await log_of(nina)] == ["number_erased"]
    assert page.values(Numbers)["lines"][0].number == "+78125550101"


# --- the system ---


async def test_the_day_in_figures_and_switches_and_carriers(shop: Shop, page: Page, nina: int) -> None:
    await shop.ready()
    async with database.session() as s:
        from exchange_domain import campaigns

        await campaigns.start(s, shop.campaign)
    await shop.call(Outcome.SUCCESS, result={"den": "2026-12-01"})
    async with database.session() as s:
        await carrier_book.set_carrier(s, "north")
        await switches.take(s, "main", uuid4())
    await page.send(System.enter())
    shown = page.values(System)
    assert (shown["figures"]["calls"], shown["figures"]["successes"], shown["figures"]["on_shift"]) == (1, 1, 1)
    assert shown["figures"]["charged"] == 1500 + 600 + 6000
    assert [(w.name, w.state) for w in shown["switches"]] == [("main", "silent")]
    assert [(c.name, c.enabled) for c in shown["carriers"]] == [("north", True)]
    await page.send(System.drain("main", True))
    await page.send(System.enable("main", False))
    await page.send(System.enable_carrier("north", False))
    await page.send(System.drain("no such switch", True))
    assert [w.state for w in page.values(System)["switches"]] == ["off"]
    assert [act for act, *_ in await log_of(nina)] == ["switch_changed", "switch_changed", "carrier_changed"]


async def rates() -> dict[str, dict[str, int]]:
    async with database.session() as s:
        return {
            e.carrier.name: await carrier_book.rates_of(s, e.carrier.id or 0) for e in await carrier_book.entries(s)
        }


def typed(**more: str) -> dict[str, str]:
    return {
        "carrier-name": "north", "position": "2", "calls_per_second": "2,5", "max_concurrent": "30",
        "rates": "+7 0.90\n+7812;0,75\n",
    } | more  # fmt: skip


async def test_a_carrier_is_entered_and_changed(shop: Shop, page: Page, nina: int) -> None:
    await page.send(CarrierForm.enter_new())
    await page.send(CarrierForm.save(typed()))
    assert page.values(CarrierForm)["open"] is False
    assert [(c.name, c.rates) for c in page.values(System)["carriers"]] == [("north", 2)]
    assert await rates() == {"north": {"+7": 90, "+7812": 75}}
    await page.send(CarrierForm.change("north"))
    shown = page.values(CarrierForm)
    assert shown["values"] == {
        "position": "2", "calls_per_second": "2.5", "max_concurrent": "30", "rates": "+7 0.90\n+7812 0.75",
    }  # fmt: skip
    changed = {"position": "", "calls_per_second": "", "max_concurrent": "", "rates": "+7 0.80"}
    await page.send(CarrierForm.save(changed))
    await page.send(CarrierForm.change("north"))
    await page.send(CarrierForm.save(changed | {"carrier-name": "another"}))
    assert await rates() == {"north": {"+7": 80}}, "its name stays, and who saves again changes nothing"
    async with database.session() as s:
        kept = await carrier_book.called(s, "north")
    assert kept is not None and (kept.position, kept.calls_per_second, kept.max_concurrent) == (1, None, None)
    log = await log_of(nina)
    assert [(act, subject) for act, subject, *_ in log] == [("carrier_changed", "carrier:north")] * 2
    assert log[0][2] is None and log[1][2]["rates"] == {"+7": 90, "+7812": 75} and log[1][3]["rates"] == {"+7": 80}


@pytest.mark.parametrize(
    ("change", "wrong", "line", "why"),
    [
        ({"carrier-name": ""}, "name", 0, ""),
        ({"carrier-name": "a b"}, "name", 0, ""),
        ({"carrier-name": "x}y"}, "name", 0, ""),
        ({"carrier-name": "taken"}, "known", 0, ""),
        ({"position": "0"}, "position", 0, ""),
        ({"calls_per_second": "nan"}, "calls_per_second", 0, ""),
        ({"calls_per_second": "0.01"}, "calls_per_second", 0, ""),
        ({"max_concurrent": "many"}, "max_concurrent", 0, ""),
        ({"rates": ""}, "rates", 0, "none"),
        ({"rates": "+7 0.90\nLondon 1"}, "rates", 2, "shape"),
    ],
)
async def test_what_is_wrong_about_a_carrier_is_said_and_nothing_is_kept(
    shop: Shop, page: Page, change: dict[str, str], wrong: str, line: int, why: str
) -> None:
    async with database.session() as s:
        await carrier_book.set_carrier(s, "taken")
    await page.send(CarrierForm.enter_new())
    await page.send(CarrierForm.save(typed(**change)))
    shown = page.values(CarrierForm)
    assert shown["open"] is True and shown["wrong"] == wrong
    assert (shown.get("wrong_line", 0), shown.get("wrong_why", "")) == (line, why)
    assert await rates() == {"taken": {}} and await log_of() == []


# --- others ---


@pytest.mark.parametrize(("state", "name"), HANDLERS, ids=lambda v: v if isinstance(v, str) else v.__name__)
def test_every_handler_is_the_admins(state: type[rx.State], name: str) -> None:
    policy = policy_of(state.event_handlers[name].fn)
    assert policy is not None and policy.roles == {"admin"}


@pytest.mark.parametrize("who", ["stranger", "operator", "manager", "owner", "moderator"])
async def test_others_change_and_learn_nothing(shop: Shop, events: Events, who: str) -> None:
    async with database.session() as s:
        await accounts.create(s, email="secret@mail.example", display_name="Секрет", password_hash="-")
    moderator = await make_account("kira@mail.example", "Кира", "moderator")
    account = {"stranger": 0, "operator": shop.operator, "manager": shop.manager, "owner": shop.owner,
               "moderator": moderator}[who]  # fmt: skip
    other = await signed_in(events, account) if account else events.page("nobody")
    tables = ("account_role", "invitation", "tariff", "do_not_call", "house_rule", "spend_cap", "switch", "contact",
              "carrier", "carrier_rate")  # fmt: skip
    async with database.session() as s:
        before = {t: sorted(map(repr, (await s.execute(text(f"select * from {t}"))).all())) for t in tables}
    for state, name in HANDLERS:
        given = [p for p in inspect.signature(state.event_handlers[name].fn).parameters if p != "self"]
        values = ARGUMENTS.get(name, {}) if given else {}
        if name == "narrow":
            values = {given[0]: "admin"}
        if (state, name) == (CarrierForm, "change"):
            values = {"name": "north"}
        assert set(given) == set(values), f"{state.__name__}.{name} is not tried: give its arguments"
        await other.send_named(f"{state.get_full_name()}.{name}", values, path="/admin")
    assert "secret@" not in repr(other.deltas) and "Секрет" not in repr(other.deltas)
    async with database.session() as s:
        after = {t: sorted(map(repr, (await s.execute(text(f"select * from {t}"))).all())) for t in tables}
    assert after == before
    assert await log_of() == []
