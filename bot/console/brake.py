"""Slows down whoever guesses passwords: exponentially, but never for ever."""

from __future__ import annotations

from hashlib import sha256

from bot.pipeline.line import Line

_REMEMBERED = 3600  # seconds that failed attempts count
_LONGEST = 900  # seconds between attempts at the worst
# Attempts that are free, by whose they are. Somebody's account is slowed down for everybody only
# after so many that one address cannot have made them: else a stranger could lock it.
_FREE = {"pair": 5, "address": 30, "login": 100}


class Brake:
    """Counts failed attempts, for every process together."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def may_try(self, login: str, address: str) -> bool:
        """Take an attempt. Raises StorageDown."""
        taken = [await self._take(kind, of) for kind, of in _whose(login, address).items()]
        return all(taken)

    async def release(self, login: str, address: str) -> None:
        """The attempt succeeded: what failed before it was a slip."""
        for kind, of in _whose(login, address).items():
            if kind != "address":
                await self._line.call("DEL", _key(kind, of))

    async def seconds_left(self, login: str, address: str) -> int:
        """How long until there may be another attempt."""
        keys = [f"{_key(kind, of)}:wait" for kind, of in _whose(login, address).items()]
        return max(1, *[int(await self._line.call("TTL", key)) for key in keys])

    async def _take(self, kind: str, of: str) -> bool:
        key = _key(kind, of)
        attempts = int(await self._line.call("INCR", key))
        await self._line.call("EXPIRE", key, _REMEMBERED)
        over = attempts - _FREE[kind]
        if over <= 0:
            return True
        wait = min(2 ** min(over, 20), _LONGEST)
        # Whoever sets it has this attempt; everybody else waits until it is gone.
        return await self._line.call("SET", f"{key}:wait", 1, "NX", "EX", wait) is not None


def _whose(login: str, address: str) -> dict[str, str]:
    return {"pair": f"{login}\n{address}", "address": address, "login": login}


def _key(kind: str, of: str) -> str:
    digest = sha256(of.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"hotline:console:{kind}:{digest}"
