"""The channel variables mod_sofia and the core set by themselves, stage by stage."""

import random
from dataclasses import dataclass

from switch_simulator.causes import q850
from switch_simulator.clock import stamp
from switch_simulator.profile import Times


@dataclass(frozen=True, slots=True)
class Route:
    """Where the INVITE goes."""

    profile: str
    destination: str
    host: str
    port: int
    gateway: str = ""
    local_port: int = 5060
    domain: str = ""
    """A user's domain; empty for a number."""


def at_invite(route: Route, channel_name: str, uuid: str, call_uuid: str, session_id: int) -> dict[str, str]:
    """Variables before those of the originate."""
    variables = {
        "direction": "outbound",
        "is_outbound": "true",
        "uuid": uuid,
        "call_uuid": call_uuid,
        "session_id": str(session_id),
    }
    if route.gateway:
        variables["sip_gateway_name"] = route.gateway
    variables |= {
        "sip_local_network_addr": "127.0.0.1",
        "sip_profile_name": "gateway" if route.gateway else route.profile,
        "video_media_flow": "disabled",
        "text_media_flow": "disabled",
        "channel_name": channel_name,
        "sip_destination_url": f"sip:{route.destination}@{route.host}:{route.port}",
    }
    return variables


def of_media(route: Route, early: bool) -> dict[str, str]:
    """Variables after those of the originate: codec offer and local media."""
    media_port = str(random.randrange(16384, 32768, 2))
    codecs = "PCMU,PCMA" if route.gateway else "OPUS,PCMU,PCMA"
    contact = (
        f"<sip:gw+{route.gateway}@127.0.0.1:{route.local_port};transport=udp;gw={route.gateway}>"
        if route.gateway
        else f"<sip:mod_sofia@127.0.0.1:{route.local_port}>"
    )
    return {
        "originate_early_media": "true" if early else "false",
        "originate_endpoint": "sofia",
        "rtp_use_codec_string": codecs,
        "local_media_ip": "127.0.0.1",
        "local_media_port": media_port,
        "advertised_media_ip": "127.0.0.1",
        "audio_media_flow": "sendrecv",
        "rtp_local_sdp_str": (
            "v=0\r\no=FreeSWITCH 1795360343 1795360344 IN IP4 127.0.0.1\r\ns=FreeSWITCH\r\nc=IN IP4 127.0.0.1\r\n"
            f"t=0 0\r\nm=audio {media_port} RTP/AVP 0 8 101 13\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
            "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=rtpmap:13 CN/8000\r\na=ptime:20\r\n"
            "a=sendrecv\r\n"
        ),
        "sip_outgoing_contact_uri": contact,
        "sip_req_uri": f"{route.destination}@{route.host}:{route.port}",
        "sip_to_host": f"{route.host}:{route.port}",
        "sip_from_host": route.domain or route.host,
        "sofia_profile_name": route.profile,
        "recovery_profile_name": route.profile,
        "sofia_profile_url": f"sip:mod_sofia@127.0.0.1:{route.local_port}",
    }


def at_first_response(route: Route, caller_name: str, caller_number: str) -> dict[str, str]:
    """Variables of the first answer of any kind that the other side sent."""
    from_tag, to_tag = _token(13), str(random.randrange(10**8, 10**9))
    host = route.domain or route.host
    via = f"SIP/2.0/UDP 127.0.0.1:{route.local_port};rport;branch=z9hG4bK{_token(13)}"
    to = f"{route.destination}@{route.host}:{route.port}"
    return {
        "sip_reply_host": route.host,
        "sip_reply_port": str(route.port),
        "sip_network_ip": route.host,
        "sip_network_port": str(route.port),
        "sip_user_agent": "softphone",
        "sip_recover_contact": f"<sip:ua@{route.host}:{route.port}>",
        "sip_full_via": via,
        "sip_recover_via": via,
        "sip_from_display": caller_name,
        "sip_full_from": f'"{caller_name}" <sip:{caller_number}@{host}>;tag={from_tag}',
        "sip_full_to": f"<sip:{to}>;tag={to_tag}",
        "sip_from_user": caller_number,
        "sip_from_uri": f"{caller_number}@{host}",
        "sip_to_user": route.destination,
        "sip_to_port": str(route.port),
        "sip_to_uri": to,
        "sip_to_host": route.host,
        "sip_contact_user": "ua",
        "sip_contact_port": str(route.port),
        "sip_contact_uri": f"ua@{route.host}:{route.port}",
        "sip_contact_host": route.host,
        "sip_to_tag": to_tag,
        "sip_from_tag": from_tag,
        "sip_cseq": str(random.randrange(10**8, 2 * 10**8)),
        "sip_call_id": f"{_token(8)}-616d-1240-9fad-{_token(12)}".lower(),
    }


def at_media(route: Route) -> dict[str, str]:
    """Variables once a codec is agreed (183 with a body, or 200)."""
    port = str(random.randrange(60000, 61000, 2))
    return {
        "switch_r_sdp": (
            f"v=0\r\no=- {port} 1 IN IP4 {route.host}\r\ns=-\r\nc=IN IP4 {route.host}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
            "a=fmtp:101 0-15\r\na=ptime:20\r\n"
        ),
        "ep_codec_string": "CORE_PCM_MODULE.PCMU@8000h@20i@64000b",
        "remote_video_media_flow": "inactive",
        "remote_text_media_flow": "inactive",
        "remote_audio_media_flow": "sendrecv",
        "rtp_audio_recv_pt": "0",
        "rtp_use_codec_name": "PCMU",
        "rtp_use_codec_rate": "8000",
        "rtp_use_codec_ptime": "20",
        "rtp_use_codec_channels": "1",
        "rtp_last_audio_codec_string": "PCMU@8000h@20i@1c",
        "read_codec": "PCMU",
        "original_read_codec": "PCMU",
        "read_rate": "8000",
        "original_read_rate": "8000",
        "write_codec": "PCMU",
        "write_rate": "8000",
        "dtmf_type": "rfc2833",
        "rtp_use_timer_name": "soft",
        "rtp_use_pt": "0",
        "rtp_use_ssrc": str(random.randrange(10**8, 10**9)),
        "rtp_2833_send_payload": "101",
        "rtp_2833_recv_payload": "101",
        "remote_media_ip": route.host,
        "remote_media_port": port,
    }


def of_refusal(status: int, phrase: str, cause: str) -> dict[str, str]:
    """Variables of a leg that was refused by SIP."""
    return {
        "sip_hangup_disposition": "recv_refuse",
        "sip_invite_failure_status": str(status),
        "sip_invite_failure_phrase": phrase,
        "sip_term_status": str(status),
        "proto_specific_hangup_cause": f"sip:{status}",
        "sip_term_cause": str(q850(cause)),
    }


def of_bye() -> dict[str, str]:
    """Variables of a leg whose other side sent BYE."""
    return {"sip_term_status": "200", "proto_specific_hangup_cause": "sip:200", "sip_term_cause": "16"}


def of_cancel() -> dict[str, str]:
    """Variables of a leg that the switch cancelled before its answer."""
    return {
        "sip_hangup_disposition": "send_cancel",
        "sip_invite_failure_status": "487",
        "sip_invite_failure_phrase": "CANCEL",
    }


def of_times(times: Times, cause: str, caller_id: str) -> dict[str, str]:
    """The call's figures, as HANGUP_COMPLETE has them: stamps, epochs, and lengths in s, ms and µs."""
    variables = {"hangup_cause": cause, "hangup_cause_q850": str(q850(cause)), "digits_dialed": "none"}
    moments = {
        "start": times.created,
        "profile_start": times.profile_created,
        "answer": times.answered,
        "bridge": times.bridged,
        "last_hold": 0,
        "hold_accum": 0,
        "resurrect": 0,
        "progress": times.progress,
        "progress_media": times.progress_media,
        "end": times.hangup,
    }
    for name, moment in moments.items():
        if moment and name not in ("last_hold", "hold_accum", "resurrect"):
            variables[f"{name}_stamp"] = stamp(moment)
    for name, moment in moments.items():
        if name == "hold_accum":
            variables |= {"hold_accum_seconds": "0", "hold_accum_usec": "0", "hold_accum_ms": "0"}
        else:
            variables[f"{name}_epoch"] = str(moment // 1_000_000)
            variables[f"{name}_uepoch"] = str(moment)
    variables["caller_id"] = caller_id
    lengths = {
        "duration": (times.created, times.hangup),
        "bill": (times.answered, times.hangup),
        "progress": (times.created, times.progress),
        "answer": (times.created, times.answered),
        "wait": (times.created, times.bridged),
        "progress_media": (times.created, times.progress_media),
        "flow_bill": (times.created if times.answered else 0, times.hangup),
    }
    for unit, size in (("s", 1_000_000), ("ms", 1_000), ("us", 1)):
        for name, (begin, end) in lengths.items():
            key = _length_name(name, unit)
            if not begin or not end:
                length = 0
            elif unit == "s":
                # Whole seconds are the difference of the clock's seconds, not the rounded length.
                length = end // size - begin // size
            else:
                length = (end - begin) // size
            variables[key] = str(length)
    return variables


def _length_name(name: str, unit: str) -> str:
    if name == "duration":
        return {"s": "duration", "ms": "mduration", "us": "uduration"}[unit]
    return name + {"s": "sec", "ms": "msec", "us": "usec"}[unit]


def of_rtp(seconds: float) -> dict[str, str]:
    """What a leg with media reports of its packets, as if all had come."""
    packets = int(seconds * 50)
    size = packets * 172
    incoming = {
        "raw_bytes": str(size),
        "media_bytes": str(size),
        "packet_count": str(packets),
        "media_packet_count": str(packets),
        "skip_packet_count": "0",
        "jitter_packet_count": "0",
        "dtmf_packet_count": "0",
        "cng_packet_count": "0",
        "flush_packet_count": "0",
        "largest_jb_size": "0",
        "jitter_min_variance": "50.00",
        "jitter_max_variance": "206.78",
        "jitter_loss_rate": "0.00",
        "jitter_burst_rate": "0.00",
        "mean_interval": "20.00",
        "flaw_total": "0",
        "quality_percentage": "100.00",
        "mos": "4.50",
    }
    outgoing = {key: incoming[key] for key in list(incoming)[:5]} | {"dtmf_packet_count": "0", "cng_packet_count": "0"}
    variables = {f"rtp_audio_in_{name}": value for name, value in incoming.items()}
    variables |= {f"rtp_audio_out_{name}": value for name, value in outgoing.items()}
    return variables | {"rtp_audio_rtcp_packet_count": "0", "rtp_audio_rtcp_octet_count": "0"}


_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789"


def _token(length: int) -> str:
    return "".join(random.choices(_ALPHABET, k=length))
