"""A browser's sound: one WebRTC peer connection (aiortc), and the port that speaks for it inside."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import aioice.ice
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, AudioResampler, CodecContext, Packet

from switch_simulator.media.ports import FRAME, RATE, Pace, Port

TICK = Fraction(1, RATE)
BIT_RATE = 24_000

# A page that is gone says nothing: consent (RFC 7675) ends after these, 4 to 5 s instead of 30.
aioice.ice.CONSENT_FAILURES, aioice.ice.CONSENT_INTERVAL = 2, 2
_addresses_of_this_host = aioice.ice.get_host_addresses


def _addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
    """A machine with loopback only is offered by loopback: else no call is ever heard there."""
    return _addresses_of_this_host(use_ipv4, use_ipv6) or ["127.0.0.1"]


aioice.ice.get_host_addresses = _addresses


class _PortTrack(MediaStreamTrack):
    """What the port hears, as Opus packets: for the leg's whole life, whatever it hears."""

    kind = "audio"

    def __init__(self, port: Port) -> None:
        super().__init__()
        self._port = port
        self._pace = Pace()
        encoder: Any = CodecContext.create("libopus", "w")
        encoder.sample_rate, encoder.layout, encoder.format, encoder.bit_rate = RATE, "mono", "s16", BIT_RATE
        encoder.time_base, encoder.options = TICK, {"application": "voip"}
        self._encoder = encoder

    async def recv(self) -> Any:
        while self.readyState == "live":
            pts = await self._pace.step() * FRAME
            frame = AudioFrame.from_ndarray(np.ascontiguousarray(self._port.tick()).reshape(1, -1), "s16", "mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, pts, TICK
            for made in self._encoder.encode(frame):
                # A packet instead of the frame: no codec of the library's, which is stereo and costs more.
                packet = Packet(bytes(made))
                packet.pts, packet.time_base = pts, TICK
                return packet
        raise MediaStreamError


class Peer:
    """`lost` is called once, when the page's sound has ended without a word."""

    def __init__(self, port: Port, lost: Callable[[], None]) -> None:
        self._port, self._lost = port, lost
        self._closed = False
        self._drains: set[asyncio.Task[None]] = set()
        self._pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self._pc.on("track", self._heard)
        self._pc.on("connectionstatechange", self._state_changed)

    async def offer(self) -> str:
        transceiver = self._pc.addTransceiver(_PortTrack(self._port), direction="sendrecv")
        transceiver.setCodecPreferences(_opus())
        await self._pc.setLocalDescription(await self._pc.createOffer())
        return self._pc.localDescription.sdp

    async def answered(self, sdp: str) -> None:
        """Raises ValueError for an answer that cannot be understood."""
        await self._pc.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def answer(self, sdp: str) -> str:
        """To an offer of the page's. Raises ValueError."""
        await self._pc.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        self._pc.addTrack(_PortTrack(self._port))
        for transceiver in self._pc.getTransceivers():
            transceiver.setCodecPreferences(_opus())
        await self._pc.setLocalDescription(await self._pc.createAnswer())
        return self._pc.localDescription.sdp

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        await self._pc.close()
        for task in self._drains:
            task.cancel()
        await asyncio.gather(*self._drains, return_exceptions=True)
        self._port.close()

    def _heard(self, track: Any) -> None:
        task = asyncio.create_task(self._drain(track))
        self._drains.add(task)
        task.add_done_callback(self._drains.discard)

    async def _drain(self, track: Any) -> None:
        """What the page says, at the rate of the house."""
        resampler: Any = AudioResampler("s16", "mono", RATE, frame_size=FRAME)
        try:
            while True:
                for frame in resampler.resample(await track.recv()):
                    self._port.say(frame.to_ndarray()[0])
        except MediaStreamError:
            return

    def _state_changed(self) -> None:
        # A closed page is `closed`, not `failed`; `close` of our own comes here too.
        if self._pc.connectionState in ("closed", "failed") and not self._closed:
            self._lost()


def _opus() -> list[Any]:
    return [c for c in RTCRtpSender.getCapabilities("audio").codecs if c.mimeType.lower() == "audio/opus"]
