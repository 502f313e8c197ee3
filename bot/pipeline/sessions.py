"""What is remembered of a visitor between turns: where they are in a script, and little else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson


@dataclass(slots=True)
class Session:
    """One visitor's dialog state, JSON that can be read in redis-cli.

    `script` is the address of the running script, with the arguments it was started with, and
    `answers` what its questions have been answered. The rest is context that outlives a script.
    """

    script: str | None = None
    answers: dict[str, str] = field(default_factory=dict)
    asides: int = 0  # other questions in a row that were answered while the script waits
    shelved: list[Any] = field(default_factory=list)  # script and answers that were put aside
    offered: list[str] = field(default_factory=list)  # what the last buttons send, in order
    labels: list[str] = field(default_factory=list)  # and what stands on them
    about: list[str] = field(default_factory=list)  # ids of the policies last spoken of
    lately: str = ""  # the last thing asked in words
    greeted: str = ""  # version of the notice that the visitor has been shown
    at: float = 0.0  # seconds since the epoch: the last turn
    apologised: float = 0.0  # when we last said that something went wrong
    held: str = ""  # name of the person who answers instead of the bot
    held_until: float = 0.0  # seconds since the epoch: whoever forgets to leave has left then

    def pack(self) -> bytes:
        """The session as Redis keeps it."""
        return orjson.dumps(self)

    @classmethod
    def unpack(cls, packed: bytes) -> Session:
        """Read what `pack` wrote, or nothing; a field that a later version dropped is passed over.

        Raises ValueError, TypeError or AttributeError when it is no session.
        """
        if not packed:
            return cls()
        raw: dict[str, Any] = orjson.loads(packed)
        known = {name: value for name, value in raw.items() if name in _SHAPE}
        for name, value in known.items():
            if not isinstance(value, _SHAPE[name]):
                raise TypeError(name)
        return cls(**known)


_SHAPE: dict[str, type | tuple[type, ...]] = {
    "script": (str, type(None)),
    "answers": dict,
    "asides": int,
    "shelved": list,
    "offered": list,
    "labels": list,
    "about": list,
    "lately": str,
    "greeted": str,
    "at": (int, float),
    "apologised": (int, float),
    "held": str,
    "held_until": (int, float),
}
