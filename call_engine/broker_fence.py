"""What an engine writes to Redis: each step compares its fencing token with the newest one, in the same script."""

import asyncio
from typing import Any

from redis.asyncio import Redis

from exchange_domain.clock import now_ms

from .lease import Lease

# Every script begins with this: an older engine changes nothing, and is told so.
FENCE = """
local newest = tonumber(redis.call('GET', KEYS[1]) or '0')
if newest > tonumber(ARGV[1]) then return 'fenced' end
if newest < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1]) end
"""
BEGIN = FENCE + "return 'ok'"
# A script is one transaction of Redis: no reader sees a snapshot whose change has not been published.
PUT_VIEW = (
    FENCE
    + """
local version = math.max(tonumber(redis.call('GET', KEYS[3]) or '0') + 1, tonumber(ARGV[3]))
version = string.format('%.0f', version)
redis.call('SET', KEYS[3], version)
local body = string.gsub(ARGV[2], '"version":0', '"version":' .. version, 1)
redis.call('SET', KEYS[2], body)
redis.call('PUBLISH', ARGV[4], body)
return version
"""
)
SAY = FENCE + "redis.call('PUBLISH', ARGV[2], ARGV[3]) return 'ok'"
# What is done is remembered under the command's key, so that it is done once; then it is off the pending list.
ACKNOWLEDGE = (
    FENCE
    + """
if ARGV[4] ~= '' then redis.call('SET', KEYS[3], '1', 'NX', 'EX', ARGV[4]) end
redis.call('XACK', KEYS[2], ARGV[2], ARGV[3])
return 'ok'
"""
)
# Consumers are engines' terms: an old one with nothing pending goes, in one step with the look at it.
FORGET_CONSUMERS = (
    FENCE
    + """
for _, found in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[2], ARGV[2])) do
  local of = {}
  for i = 1, #found, 2 do of[found[i]] = found[i + 1] end
  if of['name'] ~= ARGV[1] and of['pending'] == 0 then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[2], ARGV[2], of['name'])
  end
end
return 'ok'
"""
)


class FencedBroker:
    """Waits while the lease does not hold, and for ever once it is lost: who waits is cancelled with the engine."""

    def __init__(self, redis: Redis, lease: Lease):
        self.redis = redis
        self.lease = lease
        self._token_key = f"engine:{lease.switch_name}:token"
        self._scripts = {
            text: redis.register_script(text) for text in (BEGIN, PUT_VIEW, SAY, ACKNOWLEDGE, FORGET_CONSUMERS)
        }

    async def begin(self) -> None:
        """From now on no engine before this one changes anything here."""
        await self._run(BEGIN)

    async def put_view(self, key: str, channel: str, body: str) -> None:
        """Writes a snapshot and publishes it, with the next version in place of its zero."""
        await self._run(PUT_VIEW, key, f"{key}:version", args=(body, now_ms(), channel))

    async def say(self, channel: str, body: str) -> None:
        await self._run(SAY, args=(channel, body))

    async def acknowledge(self, stream: str, group: str, entry: str, done_key: str, remember_s: int | None) -> None:
        """Takes an entry off the pending ones; `remember_s`: for so long its command is known as done."""
        await self._run(ACKNOWLEDGE, stream, done_key, args=(group, entry, remember_s or ""))

    async def forget_consumers(self, stream: str, group: str) -> None:
        await self._run(FORGET_CONSUMERS, stream, args=(group,))

    async def _run(self, script: str, *keys: str, args: tuple[Any, ...] = ()) -> None:
        await self.lease.held()
        said = await self._scripts[script](keys=[self._token_key, *keys], args=[self.lease.token, *args])
        if said in ("fenced", b"fenced"):
            self.lease.lose()
            await asyncio.Future()
