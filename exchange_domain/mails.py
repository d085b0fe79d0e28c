"""Mails to people: written in the transaction of their reason, sent by the worker, once each where it is said so."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import formatdate

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import jobs
from .tables import Account, CustomerMember, Mail
from .words import MailState, MemberRole

TASK = "send_mail"
KEPT = timedelta(days=60)


async def write(s: AsyncSession, account: Account, subject: str, body: str, *, once: str | None = None) -> int | None:
    """Orders a mail; returns its number, or None when there is one about the same (`once`) already."""
    return await write_to(s, account.email, subject, body, account_id=account.id, once=once)


async def write_to(
    s: AsyncSession, address: str, subject: str, body: str, *, account_id: int | None = None, once: str | None = None
) -> int | None:
    """To an address; one that has no account yet gets a link that is a secret: the body is not kept once it is done."""
    # One line: names of campaigns and customers are somebody's words, and a header ends at a line break.
    row = {
        "account_id": account_id, "to_address": address, "subject": " ".join(subject.split())[:300],
        "body": body, "once": once,
    }  # fmt: skip
    made = await s.execute(
        insert(Mail).values(row).on_conflict_do_nothing(index_elements=["once"]).returning(col(Mail.id))
    )
    mail_id = made.scalar_one_or_none()
    if mail_id is not None:
        await jobs.order(s, TASK, {"mail_id": mail_id})
    return mail_id


async def owners(s: AsyncSession, customer_id: int) -> list[Account]:
    """Who orders and pays there, and may sign in."""
    found = await s.exec(
        select(Account)
        .join(CustomerMember, col(CustomerMember.account_id) == Account.id)
        .where(
            CustomerMember.customer_id == customer_id,
            CustomerMember.role == MemberRole.OWNER,
            col(Account.suspended_at).is_(None),
        )
        .order_by(col(Account.id))
    )
    return list(found)


def message_of(mail: Mail, sender: str) -> EmailMessage:
    """As it goes out (RFC 5322). Its id is the row's, so that a mail sent twice is one to most readers."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, mail.to_address, mail.subject
    message["Date"] = formatdate(mail.created_at.timestamp() if mail.created_at else None)
    message["Message-ID"] = f"<mail-{mail.id}@{sender.rpartition('@')[2].strip('>')}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


async def to_send(s: AsyncSession, mail_id: int) -> Mail | None:
    """The mail, if it is still to be sent."""
    mail = await s.get(Mail, mail_id)
    return mail if mail is not None and mail.state is MailState.WAITING else None


async def done(s: AsyncSession, mail_id: int, state: MailState, at: datetime, error: str = "") -> None:
    mail = await s.get(Mail, mail_id, with_for_update=True)
    if mail is not None and mail.state is MailState.WAITING:
        mail.state, mail.error = state, error[:200]
        mail.sent_at = at if state is MailState.SENT else None
        if mail.account_id is None:
            mail.body = ""
        s.add(mail)


async def latest(s: AsyncSession, account_id: int, limit: int = 30) -> list[Mail]:
    """Mails to a person, the latest first."""
    found = select(Mail).where(Mail.account_id == account_id).order_by(col(Mail.id).desc()).limit(limit)
    return list(await s.exec(found))


async def forget(s: AsyncSession, before: datetime) -> int:
    """Some of those of before; returns how many."""
    gone = await s.execute(
        text("delete from mail where id in (select id from mail where created_at < :before limit 5000)"),
        {"before": before},
    )
    return gone.rowcount  # pyright: ignore[reportAttributeAccessIssue]
