"""The life of an outbound leg up to its answer, as the other side's messages drive it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from switch_simulator import sip_variables
from switch_simulator.applications import run_hooks
from switch_simulator.behaviour import Span, fraction_of
from switch_simulator.causes import refusal
from switch_simulator.channel import Channel
from switch_simulator.hangup import hang_up
from switch_simulator.sip_variables import Route

# What the transcripts show between INVITE and the first answer, and for a leg refused at once.
NETWORK_DELAY = 0.06
REFUSAL_DELAY = 0.12
REDIRECT_DELAY = 0.22


class Callee:
    """The telephone at the other end of one leg: does what its behaviour says."""

    def __init__(self, channel: Channel, route: Route) -> None:
        self.channel = channel
        self.route = route
        self._responded = False
        self._silence: asyncio.TimerHandle | None = None

    def invite(self) -> None:
        """The INVITE is on its way."""
        does = self.channel.behaviour
        if does.silent:
            return
        if does.redirect:
            self._after(REDIRECT_DELAY, self._redirected)
        elif does.refuse and not (does.rings or does.early_media):
            self._after(REFUSAL_DELAY + self._time(does.refuse_after), self._refuse)
        else:
            self._after(NETWORK_DELAY, self._first_sign)

    def hang_up(self) -> None:
        """The other side's BYE; before an answer, its refusal."""
        channel = self.channel
        if not channel.is_up:
            return
        if channel.is_answered:
            channel.variables |= sip_variables.of_bye()
            channel.hangup_disposition = "recv_bye"
            hang_up(channel, "NORMAL_CLEARING", by_peer=True)
        else:
            self._refuse(480)

    def released(self) -> None:
        """The switch has hung up: a true telephone is told."""

    def stop_media(self) -> None:
        """It vanishes without a word: only the leg's media_timeout (ms) notices."""
        channel = self.channel
        limit = channel.variables.get("media_timeout", "")
        if limit.isdecimal() and int(limit) > 0 and self._silence is None:
            self._silence = channel.later(int(limit) / 1000, self._silent_too_long)

    def resume_media(self) -> None:
        """Its media is there again."""
        self.channel.cancel(self._silence)
        self._silence = None

    def _silent_too_long(self) -> None:
        hang_up(self.channel, "MEDIA_TIMEOUT", by_peer=True)

    def _after(self, seconds: float, action: Callable[[], object]) -> None:
        pace = self.channel.switch.pace

        def act() -> None:
            if self.channel.is_up:
                action()

        self.channel.later(seconds * pace, act)

    def _time(self, span: Span | None) -> float:
        return span.at(fraction_of(self.channel.uuid)) if span else 0.0

    def _respond(self) -> None:
        if self._responded:
            return
        self._responded = True
        channel = self.channel
        channel.profile.network_address = "127.0.0.1"
        channel.variables |= sip_variables.at_first_response(
            self.route, channel.profile.caller_name, channel.profile.caller_number
        )

    def _first_sign(self) -> None:
        does, channel = self.channel.behaviour, self.channel
        self._respond()
        if does.early_media:
            self._early_media()
        elif does.rings:
            channel.profile.times.progress = channel.switch.clock.micros()
            channel.emit("CHANNEL_PROGRESS")
            channel.set_call_state("RINGING")
        if not channel.is_up:
            return
        if does.refuse:
            self._after(self._time(does.refuse_after), self._refuse)
        elif does.answer:
            self._after(self._time(does.answer), self.answer)
        if channel.attempt is not None:
            channel.attempt.progressed(channel)

    def _early_media(self) -> None:
        channel = self.channel
        media = sip_variables.at_media(self.route)
        channel.variables |= {name: media[name] for name in ("switch_r_sdp", "ep_codec_string")}
        channel.answer_state = "early"
        channel.variables["endpoint_disposition"] = "EARLY MEDIA"
        now = channel.switch.clock.micros()
        channel.profile.times.progress_media = now
        if channel.attempt is not None and channel.attempt.originator is not None:
            # The leg on whose behalf it is called hears the network too.
            channel.attempt.originator.profile.times.progress_media = now
        channel.emit("CHANNEL_PROGRESS_MEDIA")
        # The codec is chosen after the event.
        channel.variables |= media
        self._codec()
        channel.set_call_state("EARLY")
        run_hooks(channel, "execute_on_pre_answer")
        run_hooks(channel, "execute_on_media")

    def answer(self) -> None:
        """200: the call is answered."""
        channel = self.channel
        if not channel.is_up or channel.is_answered:
            return
        self._respond()
        first_media = not channel.has_codec
        if first_media:
            channel.variables |= sip_variables.at_media(self.route)
            self._codec()
        channel.answer_state = "answered"
        channel.profile.times.answered = channel.switch.clock.micros()
        channel.emit("CHANNEL_ANSWER")
        channel.variables["endpoint_disposition"] = "ANSWER"
        channel.presence("answered")
        if first_media:
            run_hooks(channel, "execute_on_media")
        run_hooks(channel, "execute_on_answer")
        if not channel.is_up:
            return
        channel.set_call_state("ACTIVE")
        if channel.bridge is not None:
            channel.bridge.answered(channel)
        if channel.behaviour.hang_up:
            self._after(self._time(channel.behaviour.hang_up), self.hang_up)
        if channel.attempt is not None:
            channel.attempt.answered(channel)

    def _codec(self) -> None:
        channel = self.channel
        channel.has_codec = True
        for side in ("read", "write"):
            channel.emit(
                "CODEC",
                [
                    (f"channel-{side}-codec-name", "PCMU"),
                    (f"channel-{side}-codec-rate", "8000"),
                    (f"channel-{side}-codec-bit-rate", "64000"),
                ],
                variables=False,
            )

    def _refuse(self, status: int = 0) -> None:
        status = status or self.channel.behaviour.refuse
        phrase, cause = refusal(status)
        self._respond()
        self.channel.variables |= sip_variables.of_refusal(status, phrase, cause)
        self.channel.hangup_disposition = "recv_refuse"
        hang_up(self.channel, cause, by_peer=True)

    def _redirected(self) -> None:
        # The switch follows a 302 by itself, to a contact that the played carrier does not serve.
        self.channel.variables["sip_redirected_to"] = f"sip:ua@{self.route.host}:{self.route.port}"
        self._refuse(404)
