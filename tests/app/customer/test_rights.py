"""Nobody but the owner reads or changes anything of a campaign, by whatever handler or route."""

import inspect
from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import pytest
import reflex as rx

from exchange_app.customer.campaigns_state import Campaigns
from exchange_app.customer.caps_state import Caps
from exchange_app.customer.contacts_state import ContactTable
from exchange_app.customer.contest_state import Contest
from exchange_app.customer.days_off_state import DaysOff
from exchange_app.customer.do_not_call_state import DoNotCallList
from exchange_app.customer.export_state import Exporting
from exchange_app.customer.figures_state import Figures
from exchange_app.customer.here import Here
from exchange_app.customer.hours_state import Hours
from exchange_app.customer.import_run_state import ImportRun
from exchange_app.customer.letters_state import Letters
from exchange_app.customer.list_state import ContactList
from exchange_app.customer.money_state import Money
from exchange_app.customer.papers_state import Papers
from exchange_app.customer.pay_in_state import PayIn, SandboxPay
from exchange_app.customer.people_state import People
from exchange_app.customer.pilot_state import Pilot
from exchange_app.customer.programs_state import Programs
from exchange_app.customer.purse import Purse
from exchange_app.customer.results_state import Results
from exchange_app.customer.run_state import Run
from exchange_app.customer.script_state import Script
from exchange_app.security.policy import policy_of
from exchange_domain import campaign_days, database, do_not_call
from exchange_domain.words import DoNotCallSource
from tests.app.conftest import ORIGIN, Events

from .conftest import Shop, Sockets, as_account, everything, signed_in

STATES: tuple[type[rx.State], ...] = (
    Campaigns, Caps, ContactList, ContactTable, Contest, DaysOff, DoNotCallList, Exporting, Figures, Here, Hours,
    ImportRun, Letters, Money, Papers, PayIn, People, Pilot, Programs, Purse, Results, Run, SandboxPay, Script,
)  # fmt: skip
HANDLERS = [(state, name) for state in STATES for name in state.event_handlers if name != "setvar"]


def arguments(shop: Shop, handler: str) -> dict[str, Any]:
    """What an honest page of the owner could send, aimed at the owner's campaign."""
    c = shop.campaign
    by_handler: dict[str, dict[str, Any]] = {
        "rename": {"field": f"{c}:name", "name": "Чужое"},
        "change_time": {"field": f"{c}:0:opens", "value": "10:00"},
        "switch_day": {"weekday": 1, "on": False},
        "change_limit": {"field": f"{c}:ring_s", "value": "25"},
        "switch_recording": {"on": False},
        "switch_masking": {"on": False},
        "type_script": {"field": f"{c}:script", "value": "чужое"},
        "type_label": {"field": f"{c}:label:x", "value": "чужое"},
        "type_options": {"field": f"{c}:options:x", "value": "чужое"},
        "choose_kind": {"uid": "x", "kind": "date"},
        "choose_needed": {"uid": "x", "needed": "success"},
        "remove_field": {"uid": "x"},
        "begin_with_sample": {"trade": "clinic"},
        "move_field": {"uid": "x", "by": 1},
        "switch_manager": {"account_id": shop.manager, "on": True},
        "move_manager": {"account_id": shop.manager, "by": 1},
        "choose_endpoint": {"account_id": shop.manager, "kind": "sip"},
        "type_endpoint": {"field": f"{c}:sip:{shop.manager}", "value": "x"},
        "type_words": {"field": f"{c}:words:1", "value": "x"},
        "type_prefix": {"field": f"{c}:prefix", "value": "+7-812"},
        "type_key": {"field": f"{c}:key:0", "value": "x"},
        "choose_role": {"column": 0, "role": "name"},
        "choose_sheet": {"sheet": "x"},
        "choose_country": {"country": "KZ"},
        "choose_zone": {"zone": "Asia/Omsk"},
        "choose_elsewhere": {"choice": "move"},
        "choose_basis": {"basis": "public"},
        "type_basis_note": {"field": f"{c}:basis", "value": "x"},
        "ask": {"call_id": str(uuid4())},
        "show": {"wanted": True},
        "listen": {"call_id": str(uuid4())},
        "send": {"form": {"words": "чужое"}},
        "begin": {"form": {"amount": "500"}},
        "say": {"state": "paid"},
        "take": {"upload_id": "0" * 32},
        "move_end": {"disposition_id": 1, "by": 1},
        "add_end": {"outcome": "refused"},
        "remove_end": {"disposition_id": 2},
        "open_call": {"call_id": str(uuid4())},
        "gap": {"_": 1},
        "find": {"form": {"search": "И"}},
        "create": {"form": {"name": "x", "customer": str(shop.customer)}},
        "choose": {"customer": str(shop.customer)},
        "switch_holidays": {"off": False},
        "take_back": {"day": "2026-12-31"},
        "add": {"form": {"day": "2026-12-30", "kind": "off", "numbers": "+7 812 555-09-09"}},
        "remove": {"entry_id": 1},
        "change_customer_cap": {"field": f"{shop.customer}:cap", "value": "5"},
        "change_campaign_cap": {"field": f"{c}:cap", "value": "5"},
        "ask_finish": {"wanted": True},
        "switch_pilot": {"on": True},
        "choose_status": {"status": "waiting"},
        "choose_order": {"order": "name"},
        "choose_window": {"days": "30"},
        "open_contact": {"contact_id": "1"},
        "fetch": {"file_format": "csv"},
        "change_least": {"field": f"{shop.customer}:least", "value": "5"},
        "switch_weekly": {"on": False},
        "type_legal": {"field": f"{shop.customer}:legal_name", "value": "x"},
        "ask_invoice": {"form": {"sum": "5000"}},
        "ask_act": {"month": "2026-10-01"},
        "choose_scope": {"scope": "money:read", "on": True},
        "make_token": {"form": {"name": "x"}},
        "revoke": {"token_id": 1},
        "add_hook": {"form": {"url": "https://crm.example/"}},
        "remove_hook": {"hook_id": 1},
        "switch_hook": {"hook_id": 1, "on": False},
        "show_tries": {"hook_id": 1},
        "open_new": {"wanted": True},
        "show_details": {"wanted": True},
    }
    return by_handler.get(handler, {})


@pytest.mark.parametrize(("state", "name"), HANDLERS, ids=lambda v: v if isinstance(v, str) else v.__name__)
def test_every_handler_is_the_customers(state: type[rx.State], name: str):
    policy = policy_of(state.event_handlers[name].fn)
    assert policy is not None and policy.roles == {"customer"}


@pytest.mark.parametrize("who", ["stranger", "operator", "manager", "other_owner"])
async def test_foreigners_change_and_learn_nothing(
    shop: Shop, events: Events, sockets: Sockets, who: str, monkeypatch: pytest.MonkeyPatch
):
    await shop.ready()
    async with database.session() as s:
        await campaign_days.put(s, shop.campaign, date(2026, 12, 31), working=False)
        await do_not_call.add(
            s, [("+78125550808", "Ирина")], customer_id=shop.customer, source=DoNotCallSource.CUSTOMER
        )
    account = {"stranger": 0, "operator": shop.operator, "manager": shop.manager, "other_owner": shop.other_owner}[who]
    page = await signed_in(events, account) if account else events.page("nobody")
    before = await everything()
    for state, name in HANDLERS:
        step = {
            "Hours": "hours",
            "DaysOff": "hours",
            "Script": "script",
            "People": "people",
            "ContactList": "list",
            "ImportRun": "list",
            "Run": "start",
        }
        wanted = arguments(shop, name)
        if name == "choose_outcome":
            wanted = (
                {"outcome": "success"}
                if state in (Results, ContactTable)
                else {"disposition_id": 1, "outcome": "refused"}
            )
        if (state, name) == (Exporting, "ask"):
            wanted = {"kind": "results"}
        if (state, name, who) == (DoNotCallList, "add", "other_owner"):
            wanted = {"form": {"numbers": ""}}  # its own list is its own to write
        given = [p for p in inspect.signature(state.event_handlers[name].fn).parameters if p != "self"]
        assert set(given) == set(wanted), f"{state.__name__}.{name} is not tried: give its arguments"
        full = f"{state.get_full_name()}.{name}"
        await page.send_named(full, wanted, path=shop.address(step.get(state.__name__, "")))
    assert await everything() == before
    said = repr(page.deltas)
    for secret in ("Ирина", "Казань", "Замер", "Мастерская", "+7812", "Здравствуйте"):
        assert secret not in said, f"{who} has learnt {secret}"
    assert not sockets.rooms


async def test_a_foreign_campaign_is_like_a_missing_one(shop: Shop, events: Events):
    foreign = await signed_in(events, shop.other_owner, "a")
    missing = await signed_in(events, shop.other_owner, "b")
    await foreign.send(Here.enter(), path=shop.address())
    await missing.send(Here.enter(), path=shop.address(campaign=999_999))
    assert foreign.values(Here) == missing.values(Here)
    assert foreign.values(Here)["found"] == "missing"


@pytest.mark.parametrize("who", ["stranger", "operator", "manager", "other_owner"])
async def test_routes_refuse_foreigners(shop: Shop, web: httpx.AsyncClient, who: str):
    expected = {"stranger": 401, "operator": 403, "manager": 403, "other_owner": 404}[who]
    account = {"operator": shop.operator, "manager": shop.manager, "other_owner": shop.other_owner}.get(who)
    if account:
        await as_account(web, account)
    sent = await web.post(shop.address("upload"), content=b"a;b\n", headers={"x-file-name": "a.csv"})
    assert sent.status_code == expected
    got = await web.get(f"{shop.address('rejected')}/1.xlsx")
    assert got.status_code == expected


async def test_an_upload_from_another_site_is_refused(shop: Shop, web: httpx.AsyncClient):
    await as_account(web, shop.owner)
    for headers in ({"origin": "http://evil.example"}, {"origin": "null"}):
        sent = await web.post(shop.address("upload"), content=b"a;b\n", headers=headers)
        assert (sent.status_code, sent.json()["error"]) == (403, "other_origin")
    assert ORIGIN.startswith("http")
