"""Who may register: asked of the exchange, as the real switch does through mod_xml_curl."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import httpx

PATIENCE_S = 3.0


class ExchangeDirectory:
    """https://developer.signalwire.com/freeswitch/FreeSWITCH-Explained/Modules/mod_xml_curl_1049001"""

    def __init__(self, url: str, credentials: str) -> None:
        user, _, password = credentials.partition(":")
        self._url = url
        # The exchange is on this machine or in this net: no proxy of the environment stands between.
        self._client = httpx.AsyncClient(auth=(user, password), timeout=PATIENCE_S, trust_env=False)

    async def a1_hash(self, user: str, domain: str) -> str | None:
        asked = {
            "section": "directory", "tag_name": "domain", "key_name": "name", "key_value": domain, "key": "id",
            "user": user, "domain": domain, "action": "sip_auth",
        }  # fmt: skip
        try:
            answer = await self._client.post(self._url, data=asked)
            found = ElementTree.fromstring(answer.text).find(".//param[@name='a1-hash']")
        except (httpx.HTTPError, ElementTree.ParseError):
            return None
        return None if found is None else found.get("value")

    async def close(self) -> None:
        await self._client.aclose()
