"""`python -m benchmarks.bare_emitter PORT REDIS_URL FILE`: no live change can cost less. A message of the bus is
read, and the bytes of FILE go out by Socket.IO to who is connected."""

import asyncio
import sys
from pathlib import Path

import redis.asyncio as aioredis
import socketio
import uvicorn

CHANNEL = "bare"


async def main(port: int, url: str, body: str) -> None:
    server = socketio.AsyncServer(async_mode="asgi")

    async def relay() -> None:
        async with aioredis.from_url(url, decode_responses=True) as client, client.pubsub() as channels:
            await channels.subscribe(CHANNEL)
            print("bare: listening", flush=True)
            async for message in channels.listen():
                if message["type"] == "message":
                    await server.emit("event", {"delta": body, "number": message["data"]})

    relaying = asyncio.create_task(relay())
    config = uvicorn.Config(socketio.ASGIApp(server), port=port, log_level="error", loop="none")
    await uvicorn.Server(config).serve()
    relaying.cancel()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]).read_text()))
