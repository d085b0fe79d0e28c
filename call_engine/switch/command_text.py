"""Effects as commands of the event socket. Nothing that a person typed gets in without being checked here."""

import re
from datetime import UTC, datetime
from pathlib import PurePosixPath
from uuid import UUID

from exchange_domain.dial_proofs import DialProof, Leased, Permitted
from exchange_domain.settings import Settings
from exchange_domain.sip_users import username
from exchange_domain.words import EndpointKind, ListeningMode, Role, SipUserKind

from ..core.effects import (
    BridgeLegs,
    Kill,
    MaskLeg,
    OriginateContact,
    OriginateManager,
    OriginateSeat,
    ParkAfterBridge,
    ParkBoth,
    PlayComfort,
    PlayMusic,
    PlayRinging,
    StopPlaying,
    SwitchCommand,
)
from ..core.timings import EARLY_MEDIA_S, SEAT_LIMIT_S, SEAT_RING_S
from .carrier_dial import UnsafeValue, carrier_dial, dial_name

CALLER_ID = re.compile(r"\+?[0-9]{3,15}")
FOLDER = re.compile(r"(?:[A-Za-z]:)?/?[A-Za-z0-9_./ -]*")
UNSAFE = re.compile(r"[^\x20-\x7e]|[{}()\[\]<>'\"\\,;|&`$^]")

RINGING_TONE = "tone_stream://%(1000,4000,425);loops=-1"
MUSIC = "local_stream://moh"
COMFORT = "file_string://exchange/{speech}/comfort.wav!" + MUSIC
"""Asks the contact to wait, then plays music without end. The file is relative to the switch's sounds."""
# Commas are escaped because the tone stands inside {}.
WARNING_TONE = r"playback::tone_stream://%(200\,100\,1400)%(200\,0\,1400)"
MEDIA_TIMEOUT_MS = {EndpointKind.BROWSER: 4_000, EndpointKind.SIP: 10_000, EndpointKind.NUMBER: 60_000}
"""A leg without sound for so long is dead. Browsers send all the time; telephones may be silent while nobody speaks."""


LISTENING_LIMIT_S = 4 * 3600
"""A moderator's leg ends after this long, whatever was forgotten."""
DIGITS = {ListeningMode.LISTEN: "0", ListeningMode.WHISPER: "2", ListeningMode.STEP_IN: "3"}


def recording_path(folder: PurePosixPath | str, call_id: UUID, claimed_ms: int) -> str:
    """Where the switch keeps a call's recording: FOLDER/YYYY/MM/DD/CALL.wav, days in UTC."""
    day = datetime.fromtimestamp(claimed_ms / 1_000, UTC)
    return str(PurePosixPath(str(folder)) / f"{day:%Y/%m/%d}" / f"{call_id}.wav")


def variables(values: dict[str, str]) -> str:
    """`{a=1,b='x y'}`: values are quoted where they hold blanks; our own tone comes escaped already."""
    parts = []
    for name, value in values.items():
        if UNSAFE.search(value.replace(WARNING_TONE, "")):
            raise UnsafeValue(f"variable {name} holds a character with a meaning")
        parts.append(f"{name}='{value}'" if " " in value else f"{name}={value}")
    return "{" + ",".join(parts) + "}"


class CommandText:
    """The switch's words for effects, with this installation's names."""

    def __init__(self, settings: Settings, engine_token: int | None = None):
        """`engine_token`: stands in every leg, so that an engine knows those of one before it."""
        self._engine = {} if engine_token is None else {"exchange_engine": str(engine_token)}
        self._domain = dial_name(settings.sip_domain, "SIP_DOMAIN")
        self._gateway = dial_name(settings.carrier_gateway, "CARRIER_GATEWAY")
        if not CALLER_ID.fullmatch(settings.caller_id_number):
            raise UnsafeValue("CALLER_ID_NUMBER is not a number")
        self._caller_id = settings.caller_id_number
        self._recordings = settings.recordings_dir.as_posix()
        if not FOLDER.fullmatch(self._recordings):
            raise UnsafeValue("RECORDINGS_DIR holds a character with a meaning for the switch")

    def originate(
        self, effect: OriginateSeat | OriginateContact | OriginateManager, proof: DialProof | None = None
    ) -> str:
        """What leaves the house is dialled by its proof alone, never by the effect's own number. Raises UnsafeValue."""
        match effect:
            case OriginateSeat():
                return self._originate(self._seat(effect), self._endpoint(effect, effect.endpoint, proof))
            case OriginateContact():
                target = carrier_dial(effect.leg, proof, Leased, self._gateway)
                return self._originate(self._contact(effect), target)
            case OriginateManager():
                return self._originate(self._manager(effect), self._endpoint(effect, effect.dial_name, proof))

    def listen(self, leg: UUID, seat: UUID, moderator_id: int, operator_id: int) -> str:
        """A moderator's page hears a seat, and whom the seat is bridged to; digits change who hears the moderator.

        https://developer.signalwire.com/freeswitch/FreeSWITCH-Explained/Modules/mod-dptools/6586732/
        """
        own = {
            "origination_uuid": str(leg),
            "exchange_listener": str(moderator_id),
            "exchange_listens_to": str(operator_id),
            "eavesdrop_enable_dtmf": "true",
            "originate_timeout": str(SEAT_RING_S),
            "media_timeout": str(MEDIA_TIMEOUT_MS[EndpointKind.BROWSER]),
            "execute_on_answer": f"sched_hangup +{LISTENING_LIMIT_S} allotted_timeout",
            "sip_h_X-Listen": str(leg),
        } | self._engine
        name = username(Role.MODERATOR, moderator_id, SipUserKind.BROWSER)
        return f"originate {variables(own)}user/{name}@{self._domain} &eavesdrop({seat})"

    @staticmethod
    def listening_mode(leg: UUID, mode: ListeningMode) -> str:
        """With a seat as target, 2 speaks to it, 1 to whom it is bridged to, 3 to both, 0 to nobody."""
        return f"uuid_recv_dtmf {leg} {DIGITS[mode]}"

    def recording(self, call_id: UUID, claimed_ms: int) -> str:
        return recording_path(self._recordings, call_id, claimed_ms)

    def api(self, effect: SwitchCommand) -> str:
        """A command that is answered at once, with this installation's names where it has some."""
        if isinstance(effect, MaskLeg):
            what = "mask" if effect.on else "unmask"
            return f"uuid_record {effect.leg} {what} {self.recording(effect.leg, effect.claimed_ms)}"
        return api_text(effect)

    def _originate(self, own: dict[str, str], target: str) -> str:
        caller = {"origination_caller_id_name": "Exchange", "origination_caller_id_number": self._caller_id}
        return f"originate {variables(own | self._engine | caller)}{target} &park()"

    def _endpoint(self, effect: OriginateSeat | OriginateManager, endpoint: str, proof: DialProof | None) -> str:
        if effect.kind is EndpointKind.NUMBER:
            return carrier_dial(effect.leg, proof, Permitted, self._gateway)
        return f"user/{dial_name(endpoint, 'the endpoint')}@{self._domain}"

    def _seat(self, effect: OriginateSeat) -> dict[str, str]:
        if effect.kind is EndpointKind.NUMBER:
            own = {"execute_on_answer": f"sched_hangup +{SEAT_LIMIT_S} allotted_timeout"}
        else:
            own = {"sip_h_X-Seat": str(effect.leg)}
        return {
            "origination_uuid": str(effect.leg),
            "exchange_seat": str(effect.operator_id),
            "park_after_bridge": "true",
            "park_after_early_bridge": "true",
            "continue_on_fail": "true",
            "hangup_after_bridge": "false",
            "originate_timeout": str(SEAT_RING_S),
            "media_timeout": str(MEDIA_TIMEOUT_MS[effect.kind]),
            "send_silence_when_idle": "400",
            **own,
        }

    def _contact(self, effect: OriginateContact) -> dict[str, str]:
        """The operator hears the network's announcements: bridged at early media, which ends unanswered by itself."""
        limit, warning = effect.longest_call_s, effect.longest_call_s - effect.warning_s
        own = {
            "origination_uuid": str(effect.leg),
            "exchange_call": str(effect.leg),
            "exchange_seat": str(effect.operator_id),
            "exchange_fence": str(effect.token),
            "ignore_early_media": "false",
            "park_after_bridge": "true",
            "hangup_after_bridge": "false",
            "originate_timeout": str(effect.ring_s),
            # The originate's own timeout ends with the announcement; at the answer the call's limit takes its place.
            "execute_on_media": f"sched_hangup +{EARLY_MEDIA_S} NO_ANSWER",
            "execute_on_answer_1": "sched_cancel",
            "execute_on_answer_2": f"sched_hangup +{limit} allotted_timeout",
            "execute_on_answer_3": f"sched_broadcast +{warning} {WARNING_TONE} both",
        }
        if effect.recording:
            own["RECORD_STEREO"] = "true"
            own["execute_on_answer_4"] = f"record_session {self.recording(effect.leg, effect.claimed_ms)}"
        return own

    def _manager(self, effect: OriginateManager) -> dict[str, str]:
        return {
            "origination_uuid": str(effect.leg),
            "exchange_transfer": str(effect.leg),
            "exchange_seat": str(effect.operator_id),
            "ignore_early_media": "true",
            "park_after_bridge": "true",
            "hangup_after_bridge": "false",
            "originate_timeout": str(effect.ring_s),
            "execute_on_answer": f"sched_hangup +{effect.longest_call_s} allotted_timeout",
        }


def api_text(effect: SwitchCommand) -> str:
    """A command that is answered at once. Originates and questions have their own ways."""
    match effect:
        case BridgeLegs():
            return f"uuid_bridge {effect.leg} {effect.other}"
        case Kill():
            return f"uuid_kill {effect.leg} {effect.cause}"
        case ParkBoth():
            return f"uuid_transfer {effect.leg} -both park: inline"
        case PlayMusic():
            return f"uuid_broadcast {effect.leg} {MUSIC} aleg"
        case PlayRinging():
            return f"uuid_broadcast {effect.leg} {RINGING_TONE} aleg"
        case PlayComfort():
            return f"uuid_broadcast {effect.leg} {COMFORT.format(speech=effect.speech)} aleg"
        case StopPlaying():
            return f"uuid_break {effect.leg} all"
        case ParkAfterBridge():
            # Without a value the variable is unset.
            return f"uuid_setvar {effect.leg} park_after_bridge" + (" true" if effect.on else "")
    raise TypeError(f"{type(effect).__name__} is no api command")
