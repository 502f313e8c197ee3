"""Sentences of real speech with what they say, and how well a reader does on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

Fields = Mapping[str, object]


@dataclass(frozen=True)
class Sentence:
    """What somebody said, and every field a person reads in it."""

    text: str
    expect: Fields


@dataclass
class Score:
    """Counts of fields: right, wrong or invented, missed; and sentences read without a fault."""

    right: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    exact: int = 0
    total: int = 0
    failed: list[tuple[Sentence, Fields]] = field(default_factory=list)

    def precision(self, name: str | None = None) -> float:
        """How much of what was read is right, of one field or of all."""
        return _share(_of(self.right, name), _of(self.right, name) + _of(self.invented, name))

    def recall(self, name: str | None = None) -> float:
        """How much of what was said is read."""
        return _share(_of(self.right, name), _of(self.right, name) + _of(self.missed, name))


def sentences(path: Path) -> Iterator[Sentence]:
    """The {"text", "expect"} lines of a file."""
    for line in path.read_bytes().splitlines():
        raw = orjson.loads(line)
        yield Sentence(raw["text"], raw["expect"])


def score(cases: Iterable[Sentence], read: Callable[[str], Fields]) -> Score:
    """What `read` makes of the sentences; lists count piece by piece."""
    result = Score()
    for case in cases:
        said, expect = _pairs(read(case.text)), _pairs(case.expect)
        result.right.update(name for name, _ in said & expect)
        result.invented.update(name for name, _ in said - expect)
        result.missed.update(name for name, _ in expect - said)
        result.exact += said == expect
        result.total += 1
        if said != expect:
            result.failed.append((case, read(case.text)))
    return result


def _pairs(fields: Fields) -> set[tuple[str, object]]:
    listed = ((name, it if isinstance(it, list) else [it]) for name, it in fields.items())
    return {(name, value) for name, values in listed for value in values}


def _of(counts: Counter[str], name: str | None) -> int:
    return counts.total() if name is None else counts[name]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
