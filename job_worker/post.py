"""Sends mails over SMTP; without a server they are kept to be read."""

import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from exchange_domain import database, mails
from exchange_domain.settings import settings
from exchange_domain.words import MailState

log = structlog.get_logger(__name__)
TIMEOUT_S = 20


class MailRefused(Exception):
    """The server will not take this mail, now or later."""


async def send(mail_id: int, last_try: bool = True) -> None:
    """One mail, once: a mail that was sent and not noted is sent again under the same Message-ID."""
    async with database.session() as s:
        mail = await mails.to_send(s, mail_id)
    if mail is None:
        return
    url = settings().mail_url.get_secret_value()
    state, error = MailState.KEPT, ""
    if url:
        state = MailState.SENT
        try:
            await _over(url, mails.message_of(mail, settings().mail_from))
        except MailRefused as refused:
            state, error = MailState.FAILED, str(refused)
        except (aiosmtplib.SMTPException, OSError) as away:
            log.warning("mail not sent", mail_id=mail_id, error=type(away).__name__)
            if not last_try:
                raise
            state, error = MailState.FAILED, type(away).__name__
    async with database.session() as s:
        await mails.done(s, mail_id, state, datetime.now(UTC), error)


async def _over(url: str, message: EmailMessage) -> None:
    parts = urlsplit(url)
    tls = parts.scheme == "smtps"
    try:
        await aiosmtplib.send(
            message, hostname=parts.hostname, port=parts.port or (465 if tls else 587), use_tls=tls, timeout=TIMEOUT_S,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls_context=ssl.create_default_context(),
        )  # fmt: skip
    except (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPResponseException) as error:
        codes = [one.code for one in getattr(error, "recipients", [])] or [getattr(error, "code", 0)]
        if all(500 <= code < 600 for code in codes):
            raise MailRefused(f"SMTP {codes[0]}") from error
        raise
