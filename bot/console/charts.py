"""Bar charts as plain SVG: where each bar stands; the template draws them and their table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 160  # of what is drawn; the page scales it
_GAP = 0.25  # of a bar's place


@dataclass(frozen=True, slots=True)
class Part:
    """One colour of a bar."""

    kind: str  # names the colour
    value: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, with what it tells and where it leads."""

    label: str
    address: str
    x: float
    width: float
    total: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars beside each other; `top` is the value of the full height."""

    kinds: tuple[str, ...]
    bars: tuple[Bar, ...]
    top: int


def chart(kinds: Sequence[str], rows: Sequence[tuple[str, str, Sequence[int]]]) -> Chart:
    """`rows`: label, address, and a value for each kind, stacked."""
    top = _round_up(max((sum(values) for *_, values in rows), default=0))
    place = WIDTH / max(1, len(rows))
    bars = [
        Bar(
            label,
            address,
            round(at * place + place * _GAP / 2, 2),
            round(place * (1 - _GAP), 2),
            sum(values),
            tuple(_parts(kinds, values, top)),
        )
        for at, (label, address, values) in enumerate(rows)
    ]
    return Chart(tuple(kinds), tuple(bars), top)


def _parts(kinds: Sequence[str], values: Sequence[int], top: int) -> list[Part]:
    parts, y = [], float(HEIGHT)
    for kind, value in zip(kinds, values, strict=True):
        height = HEIGHT * value / top
        y -= height
        parts.append(Part(kind, value, round(y, 2), round(height, 2)))
    return parts


def _round_up(value: int) -> int:
    """A value that is easy to read beside the chart: 1, 2 or 5 and zeros."""
    size = 1
    while True:
        for step in (1, 2, 5):
            if step * size >= value:
                return step * size
        size *= 10
