"""REGISTER as a browser sends it: signed in by the exchange's digest, bound, renewed, ended."""

import pytest
from sipmessage import Request, Response

from switch_simulator.media import digest, registrar, sip_text
from switch_simulator.media.registrar import Binding, Registrar

DOMAIN = "pbx.example"


class Known:
    """A directory with one person."""

    async def a1_hash(self, user: str, domain: str) -> str | None:
        return digest.md5(f"operator-1:{domain}:secret") if user == "operator-1" else None

    async def close(self) -> None:
        return


class Page:
    def put(self, text: str) -> bool:
        return True


class World:
    def __init__(self) -> None:
        self.on: list[Binding] = []
        self.off: list[tuple[str, str]] = []
        self.registrar = Registrar(DOMAIN, Known(), self.on.append, lambda b, why: self.off.append((b.call_id, why)))

    async def register(self, page: Page, *, call_id: str = "first", name: str = "operator-1", password: str = "secret",
                       signs_as: str = "", expires: int = 600, nonce: str = "") -> Response:  # fmt: skip
        request = made(name, call_id, expires)
        asked = await self.registrar.take(request, page)
        if asked.code != 401:
            return asked
        challenge = asked.www_authenticate
        assert challenge is not None and challenge.parameters is not None
        said = {
            "username": signs_as or name, "realm": DOMAIN, "nonce": nonce or challenge.parameters["nonce"],
            "uri": f"sip:{DOMAIN}", "qop": "auth", "nc": "00000001", "cnonce": "abc", "algorithm": "MD5",
        }  # fmt: skip
        said["response"] = digest.response(digest.md5(f"{said['username']}:{DOMAIN}:{password}"), "REGISTER", said)
        request.headers.set("Authorization", "Digest " + ", ".join(f'{k}="{v}"' for k, v in said.items()))
        return await self.registrar.take(request, page)


def made(name: str, call_id: str, expires: int) -> Request:
    text = (
        f"REGISTER sip:{DOMAIN} SIP/2.0\r\nVia: SIP/2.0/WS x.invalid;branch=z9hG4bK1\r\nMax-Forwards: 69\r\n"
        f"From: <sip:{name}@{DOMAIN}>;tag=t\r\nTo: <sip:{name}@{DOMAIN}>\r\nCall-ID: {call_id}\r\nCSeq: 1 REGISTER\r\n"
        f'Contact: <sip:abc@x.invalid;transport=ws>;+sip.ice;reg-id=1;+sip.instance="<urn:uuid:1>"'
        f";expires={expires}\r\n"
        "Content-Length: 0\r\n\r\n"
    )
    message = sip_text.parse(text)
    assert isinstance(message, Request)
    return message


async def test_the_contact_comes_back_as_it_was_with_our_expiry():
    world, page = World(), Page()
    answer = await world.register(page)
    assert answer.code == 200
    contact = answer.headers["Contact"]
    assert '+sip.instance="<urn:uuid:1>"' in contact and contact.endswith(f";expires={registrar.LONGEST_S}")
    assert [b.target for b in world.on] == ["sip:abc@x.invalid;transport=ws"]


@pytest.mark.parametrize(
    "wrong", [{"password": "other"}, {"name": "operator-2"}, {"signs_as": "operator-2"}]
)  # fmt: skip
async def test_nobody_registers_without_their_own_password(wrong: dict):
    world = World()
    assert (await world.register(Page(), **wrong)).code in (400, 403)
    assert world.on == []


async def test_a_nonce_of_somebody_elses_making_is_stale():
    answer = await World().register(Page(), nonce="made-up")
    assert answer.code == 401 and "stale=true" in answer.headers["WWW-Authenticate"]


async def test_the_newest_page_is_rung_and_the_old_ones_end_takes_nothing_away():
    world, old, new = World(), Page(), Page()
    await world.register(old, call_id="old")
    await world.register(new, call_id="new")
    world.registrar.socket_closed(old)
    binding = world.registrar.binding("operator-1")
    assert binding is not None and binding.socket is new and world.off == []
    world.registrar.socket_closed(new)
    assert world.registrar.binding("operator-1") is None and world.off == [("new", "socket-disconnection")]


async def test_signing_off_ends_ones_own_registration_only():
    world, page = World(), Page()
    await world.register(page, call_id="mine")
    await world.register(page, call_id="another", expires=0)
    assert world.registrar.binding("operator-1") is not None
    await world.register(page, call_id="mine", expires=0)
    assert world.off == [("mine", "unregister")]


@pytest.mark.parametrize("text", ["", "\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "REGISTER sip:x SIP/2.0\r\nVia: x\r\n\r\n",
                                  "SIP/2.0 abc OK\r\n\r\n", "INVITE sip:a@b SIP/2.0\r\nNo colon\r\n\r\n"])  # fmt: skip
def test_what_is_no_sip_message_is_none(text: str):
    assert sip_text.parse(text) is None
