"""Where in the switch's source an event comes from: the Event-Calling headers."""

_CHANNEL = "switch_channel.c"
_STATES = "switch_core_state_machine.c"
_SESSION = "switch_core_session.c"
_IVR = "switch_ivr.c"
_BRIDGE = "switch_ivr_bridge.c"

_ORIGINS: dict[str, tuple[str, str, int]] = {
    "CHANNEL_OUTGOING": (_SESSION, "switch_core_session_outgoing_channel", 768),
    "CHANNEL_STATE": (_CHANNEL, "switch_channel_perform_set_running_state", 2409),
    "CHANNEL_CREATE": (_STATES, "switch_core_session_run", 626),
    "CHANNEL_ORIGINATE": (_STATES, "switch_core_session_run", 641),
    "CHANNEL_PROGRESS": (_CHANNEL, "switch_channel_perform_mark_ring_ready_value", 3474),
    "CHANNEL_PROGRESS_MEDIA": (_CHANNEL, "switch_channel_perform_mark_pre_answered", 3543),
    "CHANNEL_CALLSTATE": (_CHANNEL, "switch_channel_perform_set_callstate", 301),
    "CHANNEL_ANSWER": (_CHANNEL, "switch_channel_perform_mark_answered", 3886),
    "CHANNEL_EXECUTE": (_SESSION, "switch_core_session_exec", 2998),
    "CHANNEL_EXECUTE_COMPLETE": (_SESSION, "switch_core_session_exec", 3046),
    "CHANNEL_PARK": (_IVR, "switch_ivr_park", 1001),
    "CHANNEL_UNPARK": (_IVR, "switch_ivr_park", 1152),
    "CHANNEL_BRIDGE": (_BRIDGE, "switch_ivr_multi_threaded_bridge", 1651),
    "CHANNEL_UNBRIDGE": (_BRIDGE, "switch_ivr_multi_threaded_bridge", 1801),
    "CHANNEL_HANGUP": (_CHANNEL, "switch_channel_perform_hangup", 3375),
    "CHANNEL_HANGUP_COMPLETE": (_STATES, "switch_core_session_reporting_state", 943),
    "CHANNEL_DESTROY": (_SESSION, "switch_core_session_perform_destroy", 1576),
    "CHANNEL_HOLD": ("mod_sofia.c", "sofia_receive_message", 1800),
    "CHANNEL_UNHOLD": ("mod_sofia.c", "sofia_receive_message", 1822),
    "CALL_UPDATE": (_CHANNEL, "switch_channel_flip_cid", 2718),
    "CODEC": ("switch_core_codec.c", "switch_core_session_set_real_read_codec", 233),
    "PRESENCE_IN": (_CHANNEL, "switch_channel_perform_presence", 837),
    "PLAYBACK_START": ("switch_ivr_play_say.c", "switch_ivr_play_file", 1656),
    "PLAYBACK_STOP": ("switch_ivr_play_say.c", "switch_ivr_play_file", 2063),
    "RECORD_START": ("switch_ivr_async.c", "send_record_start_event", 1306),
    "RECORD_STOP": ("switch_ivr_async.c", "send_record_stop_event", 1337),
    "MEDIA_BUG_START": ("switch_core_media_bug.c", "switch_core_media_bug_add", 1035),
    "MEDIA_BUG_STOP": ("switch_core_media_bug.c", "switch_core_media_bug_close", 1295),
    "DTMF": ("switch_channel.c", "switch_channel_dequeue_dtmf", 635),
    "BACKGROUND_JOB": ("mod_event_socket.c", "api_exec", 1580),
    "API": ("switch_loadable_module.c", "switch_api_execute", 3140),
    "HEARTBEAT": ("switch_core.c", "send_heartbeat", 95),
    "SHUTDOWN": ("switch_core.c", "switch_core_destroy", 3140),
    "RELOADXML": ("switch_xml.c", "switch_xml_open_root", 2446),
    "CHANNEL_DATA": ("mod_commands.c", "uuid_dump_function", 6495),
    "CUSTOM": ("sofia_reg.c", "sofia_reg_handle_register_token", 2107),
}
_UNKNOWN = ("switch_core.c", "switch_core_event", 1)


def origin_of(name: str) -> tuple[str, str, int]:
    """File, function and line of the event's source."""
    return _ORIGINS.get(name, _UNKNOWN)
