"""Which column of a table holds what: headings as staff write them, found wherever they stand.

The headings, and the words of their cells, are content/directory/columns.yaml.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.sheets import Cell, Line, SheetRefused

LOOKED_AT = 20  # lines among which the heading must be
LONGEST_HEADING = 60  # characters
FEWEST = 3  # columns that must be known for a line to be the heading
_ASIDE = re.compile(r"[（(\[【].*?[)）\]】]")
_NOISE = re.compile(r"[\s*＊:：、,，.。/\\|_-]+")


class ColumnsUnreadable(Exception):
    """columns.yaml cannot be used; the text names the file and why."""


@dataclass(frozen=True, slots=True)
class Head:
    """The heading of a table: what each known column holds, as (place, field, heading)."""

    columns: tuple[tuple[int, str, str], ...]
    above: str  # what stands over it: the title of the table
    below: int  # where in the lines its first row is


@dataclass(frozen=True, slots=True)
class Columns:
    """columns.yaml."""

    headings: Mapping[str, tuple[str, ...]]  # field -> names, the template's first
    fields: Mapping[str, str]  # name, folded -> field
    labelled: frozenset[str]
    kinds: Mapping[str, str]  # word -> value of WorkType
    kind_in_title: Mapping[str, str]
    words: Mapping[str, frozenset[str]]  # given, not_given, both, negotiable ...
    pay_note: str

    @classmethod
    def load(cls, folder: Path) -> Columns:
        """Read columns.yaml of the folder. Raises ColumnsUnreadable."""
        path = folder / "columns.yaml"
        try:
            return _read(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeError, yaml.YAMLError) as error:
            raise ColumnsUnreadable(f"{path}: {error}") from error
        except (AttributeError, KeyError, TypeError) as error:
            raise ColumnsUnreadable(f"{path}: {type(error).__name__} {error}") from error

    def heading(self, field: str) -> str:
        """What the column of `field` is called in our own tables."""
        return self.headings[field][0]

    def head(self, lines: Sequence[Line]) -> Head:
        """The heading of the table. Raises SheetRefused when there is none."""
        known = [self._known(line.cells) for line in lines[:LOOKED_AT]]
        place = max(range(len(known)), key=lambda it: len({field for _, field, _ in known[it]}))
        fields = {field for _, field, _ in known[place]}
        if len(fields) < FEWEST or not fields & {"title", "occupation"}:
            raise SheetRefused("openings.no_heading", known=list(self.headings.values()))
        below, columns = place + 1, known[place]
        if below < len(lines) and self._is_second(known[place], lines[below]):
            columns = _joined(columns, self._known(lines[below].cells))
            below += 1
        above = " ".join(str(it) for line in lines[:place] for it in line.cells if it is not None)
        return Head(tuple(columns), above, below)

    def is_head(self, cells: Sequence[Cell]) -> bool:
        """Whether a line is the heading over again, as on a new page."""
        return len({field for _, field, _ in self._known(cells)}) >= FEWEST

    def says(self, kind: str, text: str) -> bool:
        """Whether the cell is one of the words of that kind."""
        return folded(text) in self.words[kind]

    def _known(self, cells: Sequence[Cell]) -> list[tuple[int, str, str]]:
        found = ((place, cell) for place, cell in enumerate(cells) if isinstance(cell, str))
        named = ((place, self._field(cell), cell) for place, cell in found)
        return [(place, field, cell) for place, field, cell in named if field is not None]

    def _field(self, heading: str) -> str | None:
        if len(heading) > LONGEST_HEADING:
            return None
        field = self.fields.get(folded(heading))
        return field or self.fields.get(folded(_ASIDE.sub("", heading)))

    def _is_second(self, first: Sequence[tuple[int, str, str]], line: Line) -> bool:
        """A heading may go over two lines: 薪资, and under it 最低 and 最高."""
        second = self._known(line.cells)
        return len(second) >= 2 and all(
            cell is None or any(place == it for it, _, _ in second)
            for place, cell in enumerate(line.cells)
            if any(place == it for it, _, _ in first)
        )


def folded(text: str) -> str:
    """The text without what typing differs in."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())


def _joined(
    first: Sequence[tuple[int, str, str]], second: Sequence[tuple[int, str, str]]
) -> list[tuple[int, str, str]]:
    lower = {place: (place, field, heading) for place, field, heading in second}
    return [lower.pop(it[0], it) for it in first] + list(lower.values())


def _read(raw: dict[str, Any]) -> Columns:
    kinds = {folded(str(word)): kind for kind, listed in raw["kinds"].items() for word in listed}
    headings = {field: tuple(map(str, names)) for field, names in raw["columns"].items()}
    lists = ("given", "not_given", "both", "negotiable", "by_piece", "endless", "own_cost")
    return Columns(
        headings=headings,
        fields={folded(name): field for field, names in headings.items() for name in names},
        labelled=frozenset(raw["labelled"]),
        kinds=kinds,
        kind_in_title=dict(raw["kind_in_title"]),
        words={name: frozenset(folded(str(word)) for word in raw[name]) for name in lists},
        pay_note=str(raw["pay_note"]),
    )
