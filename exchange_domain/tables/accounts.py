"""People, the customers they belong to, and invitations."""

from datetime import datetime, time

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Integer, Text, Time, UniqueConstraint, func, true
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from ..words import EndpointKind, MemberRole, Role, SipUserKind
from .columns import Table, created, flag, key, moment, points_at, text, whole, word


class Account(Table, table=True):
    """A person who signs in. `gender` ("f", "m" or none) only chooses Russian word forms."""

    id: int | None = key()
    email: str = text()
    display_name: str = text()
    password_hash: str = text()
    language: str = text(default="ru")
    theme: str = text(default="system")
    gender: str | None = text(nullable=True)
    created_at: datetime | None = created()
    suspended_at: datetime | None = moment()
    weekly_mail: bool = Field(default=True, sa_column=Column(Boolean, nullable=False, server_default=true()))
    """Whether a customer's owner is sent a summary each week."""

    __table_args__ = (
        CheckConstraint("position('@' in email) > 1", name="email_has_at"),
        CheckConstraint("language in ('ru', 'en')", name="language_known"),
        CheckConstraint("theme in ('system', 'light', 'dark')", name="theme_known"),
        CheckConstraint("gender in ('f', 'm')", name="gender_known"),
        CheckConstraint("length(display_name) between 1 and 200", name="display_name_length"),
    )


Index("uq_account_email_lower", func.lower(Account.__table__.c.email), unique=True)  # type: ignore[attr-defined]


class AccountRole(Table, table=True):
    """A platform role of an account: operator, moderator or admin."""

    account_id: int = points_at("account.id", primary_key=True, ondelete="CASCADE")
    role: Role = Field(sa_column=Column(Text, primary_key=True))

    __table_args__ = (CheckConstraint("role in ('operator', 'moderator', 'admin')", name="role_known"),)


class Customer(Table, table=True):
    """A business that orders calls and pays for them."""

    id: int | None = key()
    name: str = text()
    currency: str = text(default="RUB")
    time_zone: str = text(default="Europe/Moscow")
    country: str = text(default="RU")
    low_balance: int | None = whole(nullable=True)
    """With less than this its owners are written to; none: they are not."""
    low_told_at: datetime | None = moment()
    """When they were, since there was last enough."""
    legal_name: str = text(default="")
    """As it stands on invoices and acts; empty: the name."""
    tax_id: str = text(default="")
    legal_address: str = text(default="")
    house: bool = flag()
    """The exchange itself, whose campaigns are practice: no business, and in no list of them."""
    created_at: datetime | None = created()

    __table_args__ = (
        Index("uq_customer_house", "house", unique=True, postgresql_where=sql("house")),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_code"),
        CheckConstraint("length(name) between 1 and 200", name="name_length"),
        CheckConstraint("low_balance > 0", name="low_balance_range"),
        CheckConstraint(
            "length(legal_name) <= 300 and length(tax_id) <= 40 and length(legal_address) <= 500", name="legal_length"
        ),
    )


class CustomerMember(Table, table=True):
    """A person's place at a customer. A manager's endpoint is where transfers ring."""

    customer_id: int = points_at("customer.id", primary_key=True, ondelete="CASCADE")
    account_id: int = points_at("account.id", primary_key=True, ondelete="CASCADE")
    role: MemberRole = Field(sa_column=Column(Text, primary_key=True))
    endpoint_kind: EndpointKind = word(EndpointKind, default=EndpointKind.BROWSER)
    endpoint: str | None = text(nullable=True)
    """E.164 number when the kind is `number`, else the SIP user's name (none: `manager-{account_id}`)."""

    __table_args__ = (
        CheckConstraint("role in ('owner', 'manager')", name="role_known"),
        CheckConstraint("endpoint_kind <> 'number' or endpoint ~ '^\\+[1-9][0-9]{6,14}$'", name="number_is_e164"),
    )


class ManagerPresence(Table, table=True):
    """Whether a manager takes transfers now; no row: whenever the hours say so."""

    account_id: int = points_at("account.id", primary_key=True, ondelete="CASCADE")
    away: bool = flag()
    """Away until said otherwise, whatever the hours say."""
    time_zone: str = text(default="Europe/Moscow")
    """By whose clock the hours are."""
    changed_at: datetime | None = created()


class ManagerHours(Table, table=True):
    """A stretch of a weekday (0 is Monday) in which a manager takes transfers. No stretch at all: round the clock."""

    account_id: int = points_at("account.id", primary_key=True, ondelete="CASCADE")
    weekday: int = Field(sa_column=Column(Integer, primary_key=True))
    opens: time = Field(sa_column=Column(Time, primary_key=True))
    closes: time = Field(sa_column=Column(Time, nullable=False))
    """Midnight (00:00) as a closing time is the end of the day."""

    __table_args__ = (
        CheckConstraint("weekday between 0 and 6", name="weekday_range"),
        CheckConstraint("closes > opens or closes = time '00:00'", name="opens_before_it_closes"),
    )


class SipCredential(Table, table=True):
    """The password of a SIP user, as its digest only. One for each user name: a new one takes the old one's place."""

    username: str = Field(sa_column=Column(Text, primary_key=True))
    account_id: int = points_at("account.id", index=True, ondelete="CASCADE")
    role: Role = Field(sa_column=Column(Text, nullable=False))
    """What the person does with it: an operator's is bound to her shift."""
    kind: SipUserKind = word(SipUserKind)
    realm: str = text()
    a1_hash: str = text()
    """md5(username:realm:password), RFC 3261 22.4."""
    issued_at: datetime | None = created()
    valid_until: datetime | None = moment()
    """None: until it is revoked."""
    revoked_at: datetime | None = moment()
    last_used_at: datetime | None = moment()

    __table_args__ = (
        CheckConstraint("role in ('operator', 'manager', 'moderator')", name="role_known"),
        CheckConstraint("a1_hash ~ '^[0-9a-f]{32}$'", name="a1_hash_is_md5"),
        CheckConstraint("kind <> 'browser' or valid_until is not null", name="browser_ends"),
    )


class Invitation(Table, table=True):
    """A one-use, expiring link to join. Only the token's SHA-256 is kept."""

    id: int | None = key()
    token_hash: str = text()
    email: str | None = text(nullable=True)
    roles: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    customer_id: int | None = points_at("customer.id", nullable=True, ondelete="CASCADE")
    customer_name: str | None = text(nullable=True)
    """Name of the customer to be made when the invitation is accepted; exclusive with `customer_id`."""
    created_by: int | None = points_at("account.id", nullable=True)
    created_at: datetime | None = created()
    expires_at: datetime = moment(nullable=False)
    used_at: datetime | None = moment()
    used_by: int | None = points_at("account.id", nullable=True)
    language: str = text(default="ru")
    """Of the letter."""
    withdrawn_at: datetime | None = moment()

    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("language in ('ru', 'en')", name="language_known"),
        CheckConstraint("cardinality(roles) > 0", name="has_roles"),
        CheckConstraint("(used_at is null) = (used_by is null)", name="used_by_someone"),
        CheckConstraint("customer_id is null or customer_name is null", name="one_customer"),
    )


class SecondFactor(Table, table=True):
    """A person's authenticator app (TOTP, RFC 6238). Its secret is kept encrypted."""

    account_id: int = points_at("account.id", primary_key=True, ondelete="CASCADE")
    secret: str = text()
    confirmed_at: datetime | None = moment()
    """None: shown, and not proved yet; it asks for nothing."""
    last_step: int = whole(default=0)
    """The time step of the last code that was taken: none is taken twice."""


class Passkey(Table, table=True):
    """A key of a person's device (W3C Web Authentication, level 2)."""

    id: int | None = key()
    account_id: int = points_at("account.id", index=True, ondelete="CASCADE")
    credential_id: str = text()
    """Base64url, as the browser names it."""
    public_key: str = text()
    """COSE, base64url."""
    sign_count: int = whole(default=0)
    name: str = text(default="")
    created_at: datetime | None = created()
    used_at: datetime | None = moment()

    __table_args__ = (
        UniqueConstraint("credential_id"),
        CheckConstraint("length(name) <= 100 and sign_count >= 0", name="sane"),
    )


class RecoveryCode(Table, table=True):
    """A one-use code for who has lost the second factor; only its hash is kept."""

    id: int | None = key()
    account_id: int = points_at("account.id", index=True, ondelete="CASCADE")
    code_hash: str = text()
    used_at: datetime | None = moment()


class OutsideIdentity(Table, table=True):
    """Who an account is at a provider of OpenID Connect: its issuer, and its subject there."""

    issuer: str = Field(sa_column=Column(Text, primary_key=True))
    subject: str = Field(sa_column=Column(Text, primary_key=True))
    account_id: int = points_at("account.id", index=True, ondelete="CASCADE")
    linked_at: datetime | None = created()
    used_at: datetime | None = moment()

    __table_args__ = (CheckConstraint("length(issuer) <= 500 and length(subject) <= 255", name="lengths"),)
