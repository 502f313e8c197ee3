"""Which partition a visitor belongs to, and the names of the Redis keys.

The partition stands in braces, so that everything one turn touches lives in one Redis Cluster slot.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

PARTITIONS = 64  # part of the stored data: a change moves visitors away from their sessions


def partition_of(urn: str) -> int:
    """The partition of a visitor: the same on every machine and for ever."""
    return crc32(urn.encode()) % PARTITIONS


@dataclass(frozen=True, slots=True)
class Keys:
    """The names of one partition's keys."""

    partition: int

    @classmethod
    def of(cls, urn: str) -> Keys:
        """The keys of the partition that the visitor belongs to."""
        return cls(partition_of(urn))

    def key(self, name: str, item: str | None = None) -> str:
        """The partition's key `name`; with `item`, the one that belongs to it (a visitor's urn for
        a session, an event's mark for a dedup key)."""
        tail = name if item is None else f"{name}:{item}"
        return f"hotline:{{{self.partition}}}:{tail}"
