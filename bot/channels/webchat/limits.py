"""How much one visitor, and one address, may ask of the service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a second in the long run, `burst` at once."""

    a_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one process. Behind one address there may be a whole village or factory."""

    visitor: Rate = Rate(2.0, 10)  # messages of one visitor
    address: Rate = Rate(20.0, 500)  # messages from one address
    arrivals: Rate = Rate(10.0, 500)  # sockets opened from one address
    sockets_an_address: int = 500
    sockets: int = 10_000
    patience: float = 10.0  # seconds a page may take to say hello, or to read what it is sent
    beat: float = 25.0  # seconds after which a silent line carries a sign of life


class Buckets:
    """One token bucket a name, kept as the moment at which it is full again."""

    _SWEEP = 1000

    def __init__(self, rate: Rate, clock: Callable[[], float]) -> None:
        """`clock`: seconds that never run backwards."""
        self._each = 1 / rate.a_second
        self._holds = self._each * rate.burst
        self._clock = clock
        self._full_at: dict[str, float] = {}
        self._sweep_at = self._SWEEP

    def take(self, name: str) -> float:
        """Take one: 0 when it was there, else the seconds until it will be."""
        now = self._clock()
        full_at = max(self._full_at.get(name, now), now) + self._each
        wait = full_at - now - self._holds
        if wait > 1e-9:
            return wait
        self._full_at[name] = full_at
        if len(self._full_at) > self._sweep_at:
            self._forget_full(now)
        return 0.0

    def __len__(self) -> int:
        return len(self._full_at)

    def _forget_full(self, now: float) -> None:
        self._full_at = {name: at for name, at in self._full_at.items() if at > now}
        self._sweep_at = 2 * len(self._full_at) + self._SWEEP


class Crowded(Exception):
    """There are too many open sockets, or too many new ones, from one address or in all."""


class Door:
    """Counts open sockets."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._arrivals = Buckets(limits.arrivals, clock)
        self._inside: Counter[str] = Counter()
        self._all = 0

    def __len__(self) -> int:
        return self._all

    @contextmanager
    def enter(self, address: str) -> Iterator[None]:
        """Be inside, as one of the address. Raises Crowded."""
        if self._all >= self._limits.sockets:
            raise Crowded("in all")
        if self._inside[address] >= self._limits.sockets_an_address:
            raise Crowded("of one address")
        if self._arrivals.take(address):
            raise Crowded("arriving")
        self._inside[address] += 1
        self._all += 1
        try:
            yield
        finally:
            self._all -= 1
            self._inside[address] -= 1
            if not self._inside[address]:
                del self._inside[address]
