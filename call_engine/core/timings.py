"""How long the engine waits, in milliseconds, before it asks or gives up. Limits of calls are the switch's own."""

BRIDGE_PROOF_MS = 3_000
"""A bridge is proven by CHANNEL_BRIDGE within this, else the legs are asked about."""
BRIDGING_MS = 2_500
"""So long the switch may be about a bridge: a second order meanwhile would leave a leg in limbo, and it would die."""
BRIDGE_TRIES = 5
SEAT_RING_S = 30
SEAT_GUARD_MS = 45_000
SEAT_BACK_MS = 30_000
"""A contact waits this long for an operator whose line broke."""
SEAT_LIMIT_S = 12 * 3_600
"""The longest a seat by telephone stays up, should nobody end it."""
RESEAT_MS = 3_000
"""Between two tries to call a lost seat while a contact waits."""
RESEAT_ONCE_MS = 60_000
"""An idle seat lost again within this is not called again."""
MANAGER_RING_S = 20
MANAGER_GUARD_MS = 35_000
EARLY_MEDIA_S = 30
"""The longest announcement before an answer."""
DIAL_GUARD_MS = EARLY_MEDIA_S * 1_000 + 15_000
LIMIT_GUARD_MS = 10_000
KILL_GUARD_MS = 5_000
ASK_AGAIN_MS = 10_000
PREVIEW_HELD_MS = 300_000
"""A contact whose countdown was stopped is kept for the operator so long."""
UNSEEN_MS = 8_000
"""A leg that was originated so recently may not exist yet."""
SOUND_STARTS_MS = 1_000
"""Music is heard 0.1 to 0.2 s after its command; asked about so soon, the switch may not know of it yet."""
