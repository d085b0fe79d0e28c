"""Who rings `echo` hears herself, and leaves nothing behind."""

import numpy as np
from sipmessage import Request

from switch_simulator.media import sip_text
from switch_simulator.media.browser_call import EchoCall
from switch_simulator.media.ports import FRAME

INVITE = (
    "INVITE sip:echo@pbx.example SIP/2.0\r\nVia: SIP/2.0/WS x.invalid;branch=z9hG4bK1\r\n"
    "From: <sip:operator-1@pbx.example>;tag=t\r\nTo: <sip:echo@pbx.example>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\r\n"
)


async def test_what_is_said_comes_back():
    request = sip_text.parse(INVITE)
    assert isinstance(request, Request)
    ended: list[bool] = []
    call = EchoCall(request, lambda text: True, lambda: ended.append(True))
    for value in range(1, 6):
        call.port.say(np.full(FRAME, value, np.int16))
    assert [int(call.port.tick()[0]) for _ in range(5)] == [1, 2, 3, 4, 5]
    bye = sip_text.request(
        "BYE", "sip:switch@switch.invalid", via="b", sender="<sip:a@b>;tag=t", to="<sip:c@d>", call_id="c", number=2
    )
    assert (await call.take_request(bye)).code == 200
    assert ended == [True] and not call.port.taps


async def test_an_offer_that_is_none_is_refused():
    request = sip_text.parse(INVITE)
    assert isinstance(request, Request)
    ended: list[bool] = []
    call = EchoCall(request, lambda text: True, lambda: ended.append(True))
    assert (await call.answer()).code == 488 and ended == [True]
