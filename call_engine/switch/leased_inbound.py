"""Genesis' connection with a guard where bytes leave it: none is written without the lease."""

from asyncio import StreamWriter
from typing import Any

from ..lease import Lease
from .address import SwitchAddress
from .transport import Transport


class LeaseLapsed(ConnectionError):
    """Something was to be written past the lease."""


class LeasedWriter:
    """A stream's writer: whatever waited before it, a lock or a stopped process, ends here when the lease is over."""

    def __init__(self, writer: StreamWriter, lease: Lease):
        self._writer = writer
        self._lease = lease

    def write(self, data: bytes) -> None:
        """Raises LeaseLapsed."""
        if not self._lease.holds():
            raise LeaseLapsed
        self._writer.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)


class LeasedInbound(Transport):
    """Without a lease it writes as it likes."""

    def __init__(self, address: SwitchAddress, lease: Lease | None):
        super().__init__(address.host, address.port, address.password)
        self._lease = lease

    async def _connect(self) -> None:
        await super()._connect()
        if self._lease is not None and self.writer is not None:
            self.writer = LeasedWriter(self.writer, self._lease)  # pyright: ignore[reportAttributeAccessIssue]
