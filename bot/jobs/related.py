"""Trades that are near each other, and those that the young are not offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from pathlib import Path

from bot.jobs.directory import mapping


class Trade(IntEnum):
    """How an opening's trade stands to those that were wished for."""

    OTHER = 0
    RELATED = 1
    SAME = 2
    UNSAID = 3  # no trade was wished for


@dataclass(frozen=True)
class Trades:
    """content/directory/related.yaml."""

    circles: tuple[frozenset[str], ...] = ()  # trades of one circle are near each other
    not_under_18: frozenset[str] = frozenset()

    @classmethod
    def load(cls, folder: Path) -> Trades:
        """Read related.yaml of the folder. Raises DirectoryError."""
        raw = mapping(folder / "related.yaml")
        circles = tuple(frozenset(circle.split()) for circle in raw["circles"])
        return cls(circles, frozenset(raw["not_under_18"]))

    def stands(self, wished: Sequence[str], trade: str | None) -> Trade:
        """How `trade` stands to the trades wished for."""
        if not wished:
            return Trade.UNSAID
        if trade in wished:
            return Trade.SAME
        near = self._near.get(trade or "", frozenset())
        return Trade.OTHER if near.isdisjoint(wished) else Trade.RELATED

    @cached_property
    def _near(self) -> dict[str, frozenset[str]]:
        named = frozenset().union(*self.circles)
        return {
            trade: frozenset().union(*(it for it in self.circles if trade in it)) - {trade}
            for trade in named
        }
