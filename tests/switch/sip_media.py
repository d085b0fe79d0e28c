"""Sound of a test's telephone: a tone or silence is sent, and what is heard is kept and looked at."""

from __future__ import annotations

import asyncio
import math
import struct
from array import array
from contextlib import suppress

FRAME = 160
"""Samples in 20 ms at 8 kHz."""


def _of_alaw(code: int) -> int:
    code ^= 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    value = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
    return value if code & 0x80 else -value


def _of_ulaw(code: int) -> int:
    code = ~code & 0xFF
    value = (((code & 15) << 3) + 0x84) << ((code >> 4) & 7)
    return 0x84 - value if code & 0x80 else value - 0x84


LINEAR = {8: [_of_alaw(code) for code in range(256)], 0: [_of_ulaw(code) for code in range(256)]}
A_LAW = {value: code for code, value in enumerate(LINEAR[8])}
STEPS = sorted(A_LAW)


def to_alaw(sample: float) -> int:
    """The nearest step's code."""
    low, high = 0, len(STEPS) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if STEPS[middle] < sample else (low, middle)
    return A_LAW[STEPS[low]]


def tone(frequency: int, amplitude: int = 6000) -> bytes:
    """One second of a tone in A-law, to be sent again and again; 0 Hz is silence."""
    if not frequency:
        return bytes([to_alaw(0)]) * 8000
    return bytes(to_alaw(amplitude * math.sin(2 * math.pi * frequency * n / 8000)) for n in range(8000))


def strength(samples: array[int], frequency: int) -> float:
    """How much of a frequency is in the samples: amplitude by Goertzel's algorithm."""
    if not samples:
        return 0.0
    turn = 2 * math.cos(2 * math.pi * frequency / 8000)
    before = now = 0.0
    for sample in samples:
        before, now = now, sample + turn * now - before
    power = before * before + now * now - turn * before * now
    return 2 * math.sqrt(max(power, 0.0)) / len(samples)


def loudness(samples: array[int]) -> float:
    return math.sqrt(sum(s * s for s in samples) / len(samples)) if samples else 0.0


class Sound(asyncio.DatagramProtocol):
    """One call's RTP socket. Sends from `start` until `stop`; what is heard is in `heard`, in the order it came."""

    def __init__(self, sent: bytes) -> None:
        self._sent = sent
        self._target: tuple[str, int] | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._task: asyncio.Task[None] | None = None
        self.heard: array[int] = array("h")
        self.packets = 0
        self.quiet = False

    async def open(self) -> int:
        """The port of its own."""
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, ("127.0.0.1", 0))
        self._transport = transport
        return transport.get_extra_info("sockname")[1]

    def start(self, target: tuple[str, int]) -> None:
        self._target = target
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._send())

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        kind = data[1] & 0x7F
        if len(data) > 12 and kind in LINEAR:
            self.packets += 1
            steps = LINEAR[kind]
            self.heard.extend(steps[code] for code in data[12:])

    async def _send(self) -> None:
        loop = asyncio.get_running_loop()
        number, began = 0, loop.time()
        while True:
            start = number * FRAME % len(self._sent)
            if not self.quiet and self._transport is not None:
                head = struct.pack(
                    "!BBHII", 0x80, 8, number & 0xFFFF, number * FRAME & 0xFFFFFFFF, id(self) & 0xFFFFFFFF
                )
                with suppress(OSError):
                    self._transport.sendto(head + self._sent[start : start + FRAME], self._target)
            number += 1
            await asyncio.sleep(max(0.0, began + number * 0.02 - loop.time()))
