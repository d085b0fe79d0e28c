"""Names of streams, channels and keys; neither side makes its own."""


def command_stream(switch_name: str) -> str:
    """Redis stream of an engine's commands; each entry has one field, `command`, with the JSON."""
    return f"engine:{switch_name}:commands"


ENGINE_GROUP = "engine"
"""Consumer group of every command stream: an entry is acknowledged when its effects are persisted."""


def operator_switch_key(operator_id: int) -> str:
    """Redis key of the name of the switch on which an operator sits, or was seated last."""
    return f"operator:{operator_id}:switch"


def operator_channel(operator_id: int) -> str:
    return f"live:operator:{operator_id}"


def manager_channel(manager_id: int) -> str:
    return f"live:manager:{manager_id}"


def campaign_channel(campaign_id: int) -> str:
    return f"live:campaign:{campaign_id}"


def moderator_channel(moderator_id: int) -> str:
    return f"live:moderator:{moderator_id}"


LISTENER_SNAPSHOTS = "snapshot:listener:*"
"""Pattern of the next one's keys."""


def listener_snapshot_key(moderator_id: int) -> str:
    """Redis key of the latest ListenerView, as JSON."""
    return f"snapshot:listener:{moderator_id}"


def overheard_snapshot_key(operator_id: int) -> str:
    """Redis key of the latest OverheardView, as JSON."""
    return f"snapshot:overheard:{operator_id}"


def operator_snapshot_key(operator_id: int) -> str:
    """Redis key of the latest OperatorView, as JSON."""
    return f"snapshot:operator:{operator_id}"


def manager_snapshot_key(manager_id: int) -> str:
    """Redis key of the latest ManagerView, as JSON."""
    return f"snapshot:manager:{manager_id}"


RECORD_CHANNEL = "live:records"
"""Says that a switch record was stored: the body is the leg's uuid."""
