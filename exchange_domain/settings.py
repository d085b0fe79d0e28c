"""Settings, all from the environment, read once per process."""

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """One field per environment variable of the same name in capitals."""

    database_url: str = "postgresql://exchange@127.0.0.1:5432/exchange"
    redis_url: str = "redis://127.0.0.1:6379/0"
    switch_url: str = "esl://:ClueCon@127.0.0.1:8021"
    """Event socket of the switch: esl://:PASSWORD@HOST:PORT"""

    switch_name: str = "main"
    """Names the switch in command streams, leases and shifts."""
    switches: str = ""
    """Switches that an engine may drive, one at a time, instead of the one above: `a=esl://… b=esl://…`. It takes the
    first whose lease is free."""
    switch_lease_s: float = Field(default=6.0, ge=1)
    """How long an engine may drive its switch without asking the database again; a stand-by takes over after it."""
    switch_dead_s: float = Field(default=45.0, ge=1)
    """A switch that cannot be reached for this long is given up: its calls are ended, its operators sent elsewhere."""
    sip_domain: str = "pbx.example"
    """Domain of `user/NAME@DOMAIN` dial strings."""
    carrier_gateway: str = "carrier"
    """Gateway of `sofia/gateway/NAME/NUMBER` dial strings."""
    caller_id_number: str = "15550199"
    seat_idle_s: int = 1_800
    """A seat whose operator does nothing for this long is released."""
    preview_s: int = Field(default=12, ge=0, le=120)
    """So long the next contact is shown before it is dialled by itself; 0: it is dialled at once."""
    recordings_dir: Path = Path("/var/lib/freeswitch/recordings")
    """Folder of the switch for recordings, as the switch sees it."""
    recording_storage: str = "file:///var/lib/exchange/recordings"
    """Where recordings are kept: file:///FOLDER (which exists), or s3://BUCKET/PREFIX with AWS_ENDPOINT,
    AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, and AWS_ALLOW_HTTP=true for a plain address."""
    recordings_least_free_mb: int = 2048
    """Less room than this on the switch's disk for recordings is reported."""

    max_calls_per_number_per_day: int = Field(default=4, ge=1)
    """Calls a day to one telephone number over all campaigns; the day is that of the contact's own zone."""
    overrun_calls: int = 20
    """How many of the latest answered calls are looked at for regular overruns, 20 or more."""
    overrun_share_percent: int = 25
    """More of them than this that reached the longest call are flagged."""

    review_days: float = Field(default=7, ge=0)
    """So long an operator's pay for a call stays pending: moderators may listen, customers contest the charge."""
    dispute_days: float = Field(default=14, ge=0)
    """So long after its settlement a charge may be contested."""
    payout_least: int = Field(default=50_000, ge=1)
    """The least an operator may ask to be paid, in minor units."""
    two_people_from: int = Field(default=10_000_000, ge=1)
    """A batch of payouts of this total or more, in minor units, is sent when two people have approved."""

    payments: str = Field(default="", pattern="^(|yookassa|stripe|sandbox)$")
    """By whom customers pay in: yookassa, stripe, sandbox (no money moves), or empty: by transfer only."""
    yookassa_shop_id: str = ""
    yookassa_secret_key: SecretStr = SecretStr("")
    yookassa_vat_code: int = Field(default=0, ge=0, le=12)
    """YooKassa's code of the VAT on receipts by 54-FZ; 0: no receipts are asked for."""
    yookassa_api: str = ""
    """Another address than YooKassa's own: for tests."""
    stripe_secret_key: SecretStr = SecretStr("")
    stripe_webhook_secret: SecretStr = SecretStr("")
    """Of the webhook endpoint /webhooks/payments/stripe, whsec_…"""
    stripe_api: str = ""
    """Another address than Stripe's own: for tests."""
    sandbox_secret: SecretStr = SecretStr("")
    """Signs the sandbox's notices."""

    mail_url: SecretStr = SecretStr("")
    """smtp://USER:PASSWORD@HOST:PORT (STARTTLS where offered), or smtps:// (TLS from the start). Empty: mails are
    kept, each person reads theirs on the page of their account."""
    mail_from: str = "exchange@localhost"

    seller_name: str = ""
    """Who sells the calls, as it stands on invoices and acts. Empty: customers can ask for none."""
    seller_tax_id: str = ""
    seller_address: str = ""
    seller_bank: str = ""
    """Where an invoice is paid to: account, bank, codes; lines apart by `;`."""
    vat_bp: int = Field(default=0, ge=0, le=10_000)
    """Rate of the VAT that is in all prices, in basis points: 2000 is 20 %."""

    webhooks_inside: bool = False
    """Customers' webhooks may lead into private networks and be plain HTTP: for tests, or where all customers are one's
    own."""
    job_stalled_s: float = Field(default=30.0, ge=1)
    """A worker of background jobs without a sign of life for so long is dead: another takes its jobs."""

    board_fresh_s: float = Field(default=2.0, ge=0)
    """So long the campaigns of the operators' board are kept in a web process before they are read again."""

    metrics_port: int = 0
    """Where this program shows its figures to Prometheus; 0: nowhere. Each program has its own."""
    metrics_address: str = "127.0.0.1"

    public_url: str = "http://127.0.0.1:3000"
    """Address people open; the only origin whose WebSockets are accepted."""
    web_port: int = 3000
    trusted_proxies: str = ""
    """Addresses or networks of the proxies before the pages, apart by commas: who their X-Forwarded-For names is
    counted by the limits, instead of the proxy. Empty: nobody is believed."""
    data_dir: Path = Path(".data")
    secret_key: SecretStr = SecretStr("")
    """What signed links and secrets at rest are made with: 32 characters or more, the same for all processes and hosts.
    Unset: a file in DATA_DIR, made at first use."""
    cdr_user: str = "switch"
    cdr_password: SecretStr = SecretStr("")
    """Basic auth of the switch at /cdr. Empty: the route refuses everything."""
    switch_directory_user: str = "switch"
    switch_directory_password: SecretStr = SecretStr("")
    """Basic auth of the switch at /switch/directory. Empty: the route refuses everything."""
    cdr_spool_dir: Path | None = None
    """Where the switch leaves records it could not post, as the web app sees it. Unset: DATA_DIR/cdr-spool."""
    sip_password_hours: int = 12
    """The longest that a page's SIP password is good for; a shift's end ends it before."""
    sip_ws_url: str = ""
    """WebSocket of the switch for browsers. Unset: /sip at PUBLIC_URL, where the TLS proxy has it."""
    turn_urls: str = ""
    """Relays (TURN) for pages behind strict networks, apart by spaces: `turn:relay.example:3478 turns:…:5349`."""
    turn_secret: SecretStr = SecretStr("")
    """The relays' shared secret (coturn: `use-auth-secret`, `static-auth-secret`)."""
    sip_server: str = ""
    """HOST:PORT that SIP telephones register at, as people are told. Unset: the host of PUBLIC_URL."""
    two_factor_required: bool = True
    """Moderators and administrators need a second factor: without one these roles do nothing. Not in the demo."""
    aptitude_required: bool = True
    """An operator calls campaigns that pay only after an aptitude test that a moderator has confirmed."""
    speech_recogniser: str = ""
    """Command of an offline recogniser, its words apart by spaces: `{file}` is a WAV of one voice, 16 kHz, `{language}`
    ru or en; it prints what was said. Empty: the words of practice calls are not looked at."""
    oidc_issuer: str = ""
    """An OpenID provider people may sign in by, such as https://id.example.org; empty: none. Its address at the
    provider's side is PUBLIC_URL/auth/oidc/back."""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_name: str = ""
    """What people call it, on the button. Empty: its host."""
    exchange_demo: bool = False
    """Sample accounts with one-click sign-in, and the robot operator's page."""

    @property
    def cdr_spool(self) -> Path:
        return self.cdr_spool_dir or self.data_dir / "cdr-spool"

    @property
    def softphone_url(self) -> str:
        """`wss://HOST/sip` behind the proxy, unless SIP_WS_URL says otherwise."""
        return self.sip_ws_url or f"ws{self.public_url.removeprefix('http').rstrip('/')}/sip"

    @property
    def telephones_server(self) -> str:
        return self.sip_server or urlsplit(self.public_url).hostname or ""

    @property
    def sqlalchemy_url(self) -> str:
        """The same database for SQLAlchemy's asyncpg driver."""
        return self.database_url.replace("postgresql://", "postgresql+asyncpg://", 1)


@cache
def settings() -> Settings:
    return Settings()
