"""Settings, all from the environment, read once per process."""

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """One field per environment variable of the same name in capitals."""

    database_url: str = "postgresql://exchange@127.0.0.1:5432/exchange"
    redis_url: str = "redis://127.0.0.1:6379/0"
    switch_url: str = "esl://:ClueCon@127.0.0.1:8021"
    """Event socket of the switch: esl://:PASSWORD@HOST:PORT"""

    switch_name: str = "main"
    """Names the switch in command streams, leases and shifts."""
    sip_domain: str = "pbx.example"
    """Domain of `user/NAME@DOMAIN` dial strings."""
    carrier_gateway: str = "carrier"
    """Gateway of `sofia/gateway/NAME/NUMBER` dial strings."""
    caller_id_number: str = "15550199"
    seat_idle_s: int = 1_800
    """A seat whose operator does nothing for this long is released."""
    recordings_dir: Path = Path("/var/lib/freeswitch/recordings")
    """Folder of the switch for recordings, as the switch sees it."""

    public_url: str = "http://127.0.0.1:3000"
    """Address people open; the only origin whose WebSockets are accepted."""
    web_port: int = 3000
    data_dir: Path = Path(".data")
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
    sip_server: str = ""
    """HOST:PORT that SIP telephones register at, as people are told. Unset: the host of PUBLIC_URL."""
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
