"""The end of a leg: CHANNEL_HANGUP at once, then what it was doing ends, its report, its destruction."""

from __future__ import annotations

from switch_simulator import displacing, listening, parking, playback, recording, sip_variables
from switch_simulator.channel import Channel

# The channel's thread wakes up on its next 20 ms step after a command of a client; a BYE wakes it at once.
AFTER_COMMAND = 0.02
AFTER_BYE = 0.001


def hang_up(channel: Channel, cause: str, by_peer: bool = False) -> bool:
    """Hangs a leg up. False when it already is."""
    if not channel.is_up:
        return False
    channel.hangup_cause = cause
    channel.answer_state = "hangup"
    channel.target = "CS_HANGUP"
    if not channel.hangup_disposition:
        answered = channel.profile.times.answered
        channel.hangup_disposition = "send_bye" if answered else "send_cancel"
    bridge = channel.bridge
    if bridge is not None and bridge.joined:
        channel.variables["last_bridge_role"] = "originator" if bridge.a is channel else "originatee"
    # The moment of the end; the header itself shows it from the report on.
    ended = channel.switch.clock.micros()
    channel.emit("CHANNEL_HANGUP")
    attempt = channel.attempt
    if attempt is not None:
        channel.attempt = None
        attempt.failed(channel, cause)
    channel.later(AFTER_BYE if by_peer else AFTER_COMMAND, lambda: _tear_down(channel, ended))
    return True


def _tear_down(channel: Channel, ended: int) -> None:
    if channel.hangup_disposition.startswith("recv_"):
        channel.variables["sip_hangup_disposition"] = channel.hangup_disposition
    elif channel.callee is not None:
        channel.callee.released()
    playback.stop(channel)
    bridge = channel.bridge
    if bridge is not None:
        bridge.left_by(channel)
    for waiting in channel.waited_for_by:
        if waiting.is_up and waiting.bridge is None and not waiting.parked:
            hang_up(waiting, "ORIGINATOR_CANCEL", by_peer=True)
    if channel.on_application_end is not None:
        # The application that runs sees the hangup and ends first.
        end, channel.on_application_end = channel.on_application_end, None
        end()
    parking.leave(channel)
    listening.leave(channel)
    listening.target_gone(channel)
    channel.go("CS_HANGUP")
    if "originator" not in channel.variables:
        channel.call_uuid = channel.uuid
    channel.profile.times.hangup = ended
    displacing.stop_all(channel)
    recording.stop_all(channel)
    channel.set_call_state("HANGUP")
    channel.presence("CS_HANGUP")
    channel.go("CS_REPORTING")
    _report(channel)


def _report(channel: Channel) -> None:
    times = channel.profile.times
    variables = channel.variables
    variables["call_uuid"] = channel.call_uuid
    variables.pop("bridge_to", None)
    name, number = channel.profile.caller_name, channel.profile.caller_number
    caller_id = f'"{name}" <{number}>' if name else number
    if channel.applications_run:
        name, argument, _ = channel.applications_run[-1]
        variables["last_app"] = name
        if argument:
            variables["last_arg"] = argument
    variables |= sip_variables.of_times(times, channel.hangup_cause, caller_id)
    if channel.hangup_disposition == "send_cancel":
        variables |= sip_variables.of_cancel()
    else:
        variables["sip_hangup_disposition"] = channel.hangup_disposition
    if channel.has_codec:
        begin = times.answered or times.progress_media
        variables |= sip_variables.of_rtp(max(0, times.hangup - begin) / 1_000_000)
    cdr = channel.switch.cdr
    if cdr is None:
        _complete(channel)
    else:
        # The record is posted in the channel's own thread: everything after it waits.
        channel.switch.start_task(cdr.post(channel, lambda: _complete(channel)))


def _complete(channel: Channel) -> None:
    channel.emit("CHANNEL_HANGUP_COMPLETE", first=[("Hangup-Cause", channel.hangup_cause)])
    channel.later(AFTER_BYE, lambda: destroy(channel))


def destroy(channel: Channel, bare: bool = False) -> None:
    """The uuid is free again. `bare`: it never was a channel, its state stays as it is."""
    if bare:
        channel.emit("CHANNEL_DESTROY")
        return
    channel.target = "CS_DESTROY"
    if channel.profile.times.bridged:
        channel.call_uuid = channel.variables["call_uuid"] = channel.uuid
    channel.emit("CHANNEL_DESTROY")
    channel.go("CS_DESTROY")
    channel.switch.remove(channel)
