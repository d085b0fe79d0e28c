"""`python -m benchmarks.event_source PORT COUNT`: a switch that takes anybody in and says a captured stream at once."""

import asyncio
import json
import sys
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

from fault_trials.servers import ROOT

TRANSCRIPTS = ROOT / "freeswitch" / "transcripts"
STREAMS = ("bridge_app_answered.jsonl", "bridge_app_busy.jsonl", "bridge_app_early_media.jsonl")
LEG_HEADERS = ("Unique-ID", "Other-Leg-Unique-ID", "Bridge-A-Unique-ID", "Bridge-B-Unique-ID")
HELLO = b"Content-Type: auth/request\n\n"
ACCEPTED = b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n"
LISTENING = b"Content-Type: command/reply\nReply-Text: +OK event listener enabled json\n\n"


def captured(folder: Path = TRANSCRIPTS) -> list[bytes]:
    """The events of a few calls of a real switch, as frames of the wire in JSON. Legs have names there; here, uuids."""
    sys.path.append(str(folder))
    from transcripts import decoded, read  # type: ignore[import-not-found]

    frames = []
    for name in STREAMS:
        for message in read(folder / name):
            if "event" not in message:
                continue
            headers = decoded(message)
            for header in LEG_HEADERS:
                if isinstance(headers.get(header), str):
                    headers[header] = str(uuid5(NAMESPACE_OID, headers[header]))
            body = json.dumps(headers, ensure_ascii=False).encode()
            frames.append(b"Content-Length: %d\nContent-Type: text/event-json\n\n%s" % (len(body), body))
    return frames


async def serve(port: int, count: int) -> None:
    frames = captured()
    stream = b"".join(frames[n % len(frames)] for n in range(count))

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HELLO)
        for answer in (ACCEPTED, LISTENING):
            await reader.readuntil(b"\n\n")
            writer.write(answer)
        for begin in range(0, len(stream), 2**18):
            writer.write(stream[begin : begin + 2**18])
            await writer.drain()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(say, "127.0.0.1", port) as server:
        print("events: listening", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
