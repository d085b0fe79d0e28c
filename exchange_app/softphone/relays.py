"""Relays for pages behind strict networks: TURN servers, with a password that is good for the day.

https://datatracker.ietf.org/doc/html/draft-uberti-behave-turn-rest-00, as coturn's `use-auth-secret` reads it.
"""

import base64
import hmac
from typing import Any

from exchange_domain.settings import settings

GOOD_FOR_S = 24 * 3600


def ice_servers(username: str, now_s: int) -> list[dict[str, Any]]:
    """RTCPeerConnection's `iceServers`; empty when the exchange has no relay."""
    given = settings()
    urls = given.turn_urls.split()
    if not urls:
        return []
    name = f"{now_s + GOOD_FOR_S}:{username}"
    digest = hmac.digest(given.turn_secret.get_secret_value().encode(), name.encode(), "sha1")
    return [{"urls": urls, "username": name, "credential": base64.b64encode(digest).decode()}]
