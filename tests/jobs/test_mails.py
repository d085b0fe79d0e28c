"""Mails: over a real SMTP server, once; what is refused for good, what is tried again; and what is written about."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from sqlalchemy import text

from exchange_domain import campaigns, database, ledger, mails, notices
from exchange_domain.tables import Account, Campaign, Customer, Mail
from exchange_domain.words import CampaignStatus, MailState, Outcome
from job_worker import post
from tests.app.conftest import world
from tests.app.customer.conftest import Shop, shop

__all__ = ["shop", "world"]
MONDAY = datetime(2026, 11, 30, 7, 5, tzinfo=UTC)
"""10:05 in Moscow."""


class Server:
    """Keeps what it is given; says `answer` to each recipient when it is set."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.answer = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.got.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@pytest.fixture
async def smtp(shop: Shop, settings_env: Callable[..., None]) -> AsyncIterator[Server]:
    made = Server()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(made, enable_SMTPUTF8=True), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings_env(mail_url=f"smtp://127.0.0.1:{port}", mail_from="exchange@example.org")
    yield made
    server.close()


async def _written(shop: Shop, subject: str = "Привет", once: str | None = None) -> int | None:
    async with database.session() as s:
        account = await s.get_one(Account, shop.owner)
        return await mails.write(s, account, subject, "Строка.\n", once=once)


async def _mail(mail_id: int) -> Mail:
    async with database.session() as s:
        return await s.get_one(Mail, mail_id, populate_existing=True)


async def _bodies() -> list[tuple[str, str]]:
    async with database.session() as s:
        return [tuple(row) for row in (await s.execute(text("select subject, body from mail order by id"))).all()]


async def test_a_mail_goes_out_once(shop: Shop, smtp: Server) -> None:
    mail_id = await _written(shop)
    assert mail_id is not None
    await post.send(mail_id)
    await post.send(mail_id)
    (message,) = smtp.got
    assert (message["To"], message["From"], message["Subject"]) == (
        "owner@mail.example",
        "exchange@example.org",
        "Привет",
    )
    assert message.get_content().strip() == "Строка." and message["Message-ID"] == f"<mail-{mail_id}@example.org>"
    assert (await _mail(mail_id)).state is MailState.SENT


async def test_a_subject_cannot_add_headers(shop: Shop, smtp: Server) -> None:
    """Names of campaigns are somebody's words."""
    mail_id = await _written(shop, "A\r\nBcc: x@evil.example")
    assert mail_id is not None
    await post.send(mail_id)
    (message,) = smtp.got
    assert message["Bcc"] is None and "evil" in message["Subject"]


async def test_refused_for_good_and_for_now(shop: Shop, smtp: Server) -> None:
    never, later = await _written(shop), await _written(shop)
    assert never is not None and later is not None
    smtp.answer = "550 No such user"
    await post.send(never)
    assert (await _mail(never)).state is MailState.FAILED
    smtp.answer = "451 Try again"
    with pytest.raises(Exception, match="451"):
        await post.send(later, last_try=False)
    assert (await _mail(later)).state is MailState.WAITING
    smtp.answer = ""
    await post.send(later, last_try=False)
    assert (await _mail(later)).state is MailState.SENT


async def test_a_server_that_is_away(shop: Shop, settings_env: Callable[..., None]) -> None:
    settings_env(mail_url="smtp://127.0.0.1:9")
    mail_id = await _written(shop)
    assert mail_id is not None
    with pytest.raises(Exception):  # noqa: B017 - the library's own
        await post.send(mail_id, last_try=False)
    await post.send(mail_id, last_try=True)
    assert (await _mail(mail_id)).state is MailState.FAILED


async def test_about_one_thing_there_is_one_mail(shop: Shop) -> None:
    assert await _written(shop, once="x") is not None
    assert await _written(shop, once="x") is None


async def _look(now: datetime) -> int:
    async with database.session() as s:
        return await notices.look_at_money(s, now)


async def test_little_money_is_told_once_until_there_is_enough(shop: Shop) -> None:
    now = datetime.now(UTC)
    async with database.session() as s:
        customer = await s.get_one(Customer, shop.customer)
        customer.low_balance = 600_000
        s.add(customer)
    assert [await _look(now) for _ in range(3)] == [1, 0, 0]
    ((subject, body),) = await _bodies()
    assert "Мастерская" in subject and "5 000,00 ₽" in subject.replace("\xa0", " ") and "/customer/money" in body
    async with database.session() as s:
        await ledger.deposit(s, shop.customer, 200_000, "RUB", "p1")
    assert await _look(now) == 0
    async with database.session() as s:
        customer = await s.get_one(Customer, shop.customer)
        customer.low_balance = 900_000
        s.add(customer)
    assert await _look(now) == 1, "there was enough, and there is not any more"


async def test_a_campaign_that_stands_for_money_is_told_each_day(shop: Shop) -> None:
    await shop.ready()
    async with database.session() as s:
        await campaigns.start(s, shop.campaign)
        campaign = await s.get_one(Campaign, shop.campaign)
        campaign.status = CampaignStatus.OUT_OF_FUNDS
        s.add(campaign)
    now = datetime(2026, 11, 27, 12, tzinfo=UTC)
    assert [await _look(now), await _look(now + timedelta(hours=1)), await _look(now + timedelta(days=1))] == [1, 0, 1]
    assert "Замер" in (await _bodies())[0][0]


async def test_the_week_is_told_on_monday_to_whoever_wants_it(shop: Shop) -> None:
    await shop.ready()
    async with database.session() as s:
        await campaigns.start(s, shop.campaign)
    await shop.call(Outcome.SUCCESS, result={"den": "2026-12-01"})
    async with database.session() as s:
        await s.execute(text("update call set claimed_at = :at"), {"at": MONDAY - timedelta(days=3)})

    async def tell(at: datetime) -> int:
        async with database.session() as s:
            return await notices.tell_week(s, at)

    assert await tell(MONDAY - timedelta(hours=2)) == 0, "too early in the morning"
    assert await tell(MONDAY + timedelta(days=1)) == 0, "not a Monday"
    async with database.session() as s:
        account = await s.get_one(Account, shop.owner)
        account.weekly_mail = False
        s.add(account)
    assert await tell(MONDAY) == 0
    async with database.session() as s:
        account = await s.get_one(Account, shop.owner)
        account.weekly_mail, account.language = True, "en"
        s.add(account)
    assert [await tell(MONDAY), await tell(MONDAY + timedelta(hours=1))] == [1, 0]
    ((_, body),) = await _bodies()
    for words in ("“Замер”", "1 call, 1 answered, 1 success", "Spent: RUB81.00", "A success cost RUB81.00"):
        assert words in body.replace("\xa0", " "), body


def test_the_week_before() -> None:
    day = MONDAY.date()
    for n in range(7):
        monday, sunday = notices.week_before(day + timedelta(days=n))
        assert (monday, sunday) == (day - timedelta(days=7), day - timedelta(days=1))
