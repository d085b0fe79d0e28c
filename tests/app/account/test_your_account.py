"""What the page shows and changes, and who lands on it."""

from urllib.parse import quote

import httpx
import pytest
import reflex as rx
from hypothesis import given
from hypothesis import strategies as st

from exchange_app.account.names import LONGEST, name_of
from exchange_app.account.routes import CODES
from exchange_app.account.state import YourAccount
from exchange_app.design.theirs import THEIRS
from exchange_app.security import sessions
from exchange_app.shell import Me, homes
from exchange_app.shell.homes import HOMES
from exchange_app.sign_in.demo import DEMO_ACCOUNTS
from exchange_domain import accounts, customers, database
from exchange_domain.tables import Account
from exchange_domain.words import MemberRole
from tests.app.conftest import Events, Page, make_account


@pytest.fixture(autouse=True)
def offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages of this version."""
    monkeypatch.setattr(homes, "_offered", {"/operator", "/customer", "/manager"})


async def stored(account_id: int) -> Account:
    async with database.session() as db:
        account = await db.get(Account, account_id)
    assert account is not None
    return account


async def page_of(events: Events, account_id: int, *roles: str, token: str = "t1") -> Page:
    page = events.page(token, await sessions.begin(account_id, frozenset(roles)))
    await page.hydrate("/account")
    await page.send(Me.enter(""))
    await page.send(YourAccount.enter())
    return page


async def test_stranger_is_led_to_sign_in_and_sees_and_changes_nothing(events: Events, operator: int):
    page = events.page("t1")
    await page.hydrate("/account")
    for event in (
        Me.enter(""),
        YourAccount.enter(),
        YourAccount.rename({"display_name": "Ева"}),
        YourAccount.choose_gender("m"),
        YourAccount.toggle_passwords(),
    ):
        await page.send(event)
    assert page.redirects() == ["/sign-in"] * 5
    assert page.values(YourAccount)["ready"] is False
    account = await stored(operator)
    assert (account.display_name, account.gender) == ("Мария Светлова", "f")


async def test_roles_with_their_customers_and_no_others(events: Events):
    account = await make_account("anna@mail.example", "Анна Белова", "operator", "admin")
    async with database.session() as db:
        ours = [(await customers.create(db, name=name)).id or 0 for name in ("Яблоко", "Берёза", "Вишня")]
        await customers.create(db, name="Чужая")
        await customers.add_member(db, ours[0], account, MemberRole.OWNER)
        await customers.add_member(db, ours[1], account, MemberRole.OWNER)
        await customers.add_member(db, ours[2], account, MemberRole.MANAGER)
    page = await page_of(events, account, "operator", "admin")
    assert [(r.role, r.customers, r.has_pages) for r in page.values(YourAccount)["roles"]] == [
        ("operator", [], True),
        ("customer", ["Берёза", "Яблоко"], True),
        ("manager", ["Вишня"], True),
        ("admin", [], False),
    ]


async def test_name_is_changed_without_needless_blanks_and_the_top_bar_follows(events: Events, operator: int):
    page = await page_of(events, operator, "operator")
    await page.send(YourAccount.rename({"display_name": "  Анна   Белова "}))
    assert (await stored(operator)).display_name == "Анна Белова"
    assert (page.values(Me)["name"], page.values(Me)["initials"]) == ("Анна Белова", "АБ")
    assert page.values(YourAccount)["name_saved_at"]
    await page.send(Me.enter(""))
    assert page.values(Me)["name"] == "Анна Белова"


@pytest.mark.parametrize("form", [
    {"display_name": ""}, {"display_name": "  \n "}, {"display_name": "x" * 201}, {"display_name": "a\x00b"},
    {"display_name": None}, {"display_name": 5}, {"display_name": ["Анна"]}, {},
])  # fmt: skip
async def test_a_bad_name_is_refused_in_place(events: Events, operator: int, form: dict):
    page = await page_of(events, operator, "operator")
    await page.send(YourAccount.rename(form))
    assert page.values(YourAccount)["name_error"] == "bad_name"
    assert (await stored(operator)).display_name == "Мария Светлова"
    await page.send(YourAccount.rename({"display_name": "x" * 200}))
    assert page.values(YourAccount)["name_error"] == ""
    assert (await stored(operator)).display_name == "x" * 200


async def test_no_other_account_is_touched(events: Events, operator: int):
    other = await make_account("other@mail.example", "Другая", "operator")
    page = await page_of(events, operator, "operator")
    await page.send(YourAccount.rename({"display_name": "Анна", "account_id": other, "email": "other@mail.example"}))
    await page.send(YourAccount.choose_gender("m"))
    account = await stored(other)
    assert (account.display_name, account.gender) == ("Другая", "f")


@pytest.mark.parametrize(("code", "kept"), [("f", "f"), ("m", "m"), ("", None)])
async def test_word_forms_are_kept_on_the_account(events: Events, operator: int, code: str, kept: str | None):
    page = await page_of(events, operator, "operator")
    await page.send(YourAccount.choose_gender(code))
    assert (await stored(operator)).gender == kept
    assert page.values(Me)["gender"] == code
    again = await page_of(events, operator, "operator", token="t2")
    assert again.values(Me)["gender"] == code


@pytest.mark.parametrize("code", ["x", "F", "ff", " "])
async def test_unknown_word_forms_change_nothing(events: Events, operator: int, code: str):
    page = await page_of(events, operator, "operator")
    await page.send(YourAccount.choose_gender(code))
    assert (await stored(operator)).gender == "f"
    assert page.values(Me)["gender"] == "f"


async def test_language_and_theme_are_kept_and_shown(events: Events, operator: int):
    page = await page_of(events, operator, "operator")
    await page.send(Me.choose_language("en"))
    await page.send(Me.choose_theme("dark"))
    account = await stored(operator)
    assert (account.language, account.theme) == ("en", "dark")
    assert (page.values(Me)["language"], page.values(Me)["theme"]) == ("en", "dark")


@pytest.mark.parametrize(("error", "field"), [
    ("wrong", "old_password"), ("too_short", "new_password"), ("like_email", "new_password"), ("too_many", ""),
    ("<b>anything</b>", ""),
])  # fmt: skip
async def test_the_address_carries_known_errors_only_and_the_focus_goes_to_the_field(
    events: Events, operator: int, error: str, field: str
):
    page = await page_of(events, operator, "operator")
    await page.send(YourAccount.enter(), path=f"/account?error={quote(error)}&left=3&wait=61")
    known = page.values(YourAccount)
    assert known["password_error"] == (error if error in CODES else "")
    assert (known["tries_left"], known["wait_minutes"]) == (3, 2)
    assert [field in str(event.payload) for event in page.sent if field and "focus" in str(event)] == [True] * bool(
        field
    )


@pytest.mark.parametrize(("roles", "owns", "home"), [
    (("operator",), False, "/operator"), (("admin", "operator"), False, "/operator"), ((), True, "/customer"),
    (("admin",), True, "/customer"), (("moderator",), False, "/account"), (("admin",), False, "/account"),
    (("moderator", "admin"), False, "/account"), ((), False, "/account"),
])  # fmt: skip
async def test_the_start_leads_to_the_first_role_with_pages_or_to_the_account(
    events: Events, world: None, roles: tuple[str, ...], owns: bool, home: str
):
    account = await make_account("anna@mail.example", "Анна Белова", *roles)
    if owns:
        async with database.session() as db:
            made = await customers.create(db, name="Берёза")
            await customers.add_member(db, made.id or 0, account, MemberRole.OWNER)
    page = events.page("t1", await sessions.begin(account, frozenset(roles)))
    await page.hydrate()
    await page.send(Me.lead_home())
    assert page.redirects() == [home]


async def test_the_account_page_leads_nobody_away(events: Events, world: None):
    page = await page_of(events, await make_account("n@mail.example", "Николай", "admin"), "admin")
    assert page.redirects() == []
    assert page.values(YourAccount)["ready"] is True
    assert page.values(Me)["homes"] == []


async def test_the_start_of_a_stranger_is_sign_in(events: Events):
    page = events.page("t1")
    await page.hydrate()
    await page.send(Me.lead_home())
    assert page.redirects() == ["/sign-in"]


@pytest.mark.parametrize("name", sorted(HOMES))
async def test_the_demo_signs_in_each_of_the_five(http: httpx.AsyncClient, settings_env, name: str):
    from demo.people import EVERYBODY

    settings_env(exchange_demo="true")
    person = next(person for person in EVERYBODY if person.email == DEMO_ACCOUNTS[name])
    account_id = await make_account(person.email, person.name, *person.roles)
    if name in ("customer", "manager"):
        member = MemberRole.OWNER if name == "customer" else MemberRole.MANAGER
        async with database.session() as db:
            made = await customers.create(db, name="Берёза")
            await customers.add_member(db, made.id or 0, account_id, member)
    answer = await http.post(f"/auth/demo/{name}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    found = await sessions.find(http.cookies[sessions.COOKIE])
    assert found is not None and found.account_id == account_id
    assert name in found.roles
    async with database.session() as db:
        assert (await accounts.principal(db, account_id)) is not None


@given(st.text(max_size=LONGEST * 2))
def test_a_name_is_tidy_short_and_stays_as_it_is(typed: str):
    name = name_of(typed)
    if name is None:
        return
    assert 1 <= len(name) <= LONGEST
    assert name == name.strip() and "  " not in name and "\x00" not in name
    assert name_of(name) == name
    name.encode()


def test_the_mark_of_typed_text_carries_nothing_from_one_element_to_another():
    marked = rx.el.b("x", aria_hidden="true", **THEIRS)
    assert marked.custom_attrs["translate"] == "no"
    assert rx.el.b("y", **THEIRS).custom_attrs == {"translate": "no"}
