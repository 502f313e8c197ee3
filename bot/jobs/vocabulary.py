"""The words of content/directory by which sentences about work are read."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bot.jobs.directory import DirectoryError, mapping

T = TypeVar("T")

_COMMITTEE = re.compile(r"(居民委员会|村民委员会|村委会|居委会)$")


@dataclass(frozen=True, slots=True)
class Occupation:
    """A trade and how people call it."""

    name: str
    group: str
    aliases: tuple[str, ...]
    loose: tuple[str, ...]  # count only when no trade is said outright: "工地", "厂里"


@dataclass(frozen=True, slots=True)
class Village:
    """A village or a neighbourhood of Xingtai."""

    county: str  # full names, all three
    town: str
    name: str  # "前郭村", "北关社区"


@dataclass(frozen=True, slots=True)
class Speech:
    """The lists of speech.yaml: how people talk about the work they want."""

    lists: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, Mapping[str, Any]]
    contexts: tuple[tuple[str, tuple[str, ...], str], ...]  # (trade, said with, means)


class _Entries(dict[str, T]):
    """The entries of a file by name; one that is not there is the file's fault."""

    def __init__(self, path: Path, entries: Mapping[str, T]) -> None:
        super().__init__(entries)
        self._path = path

    def __missing__(self, name: str) -> T:
        raise DirectoryError(f"{self._path}: {name} is missing")


def read_occupations(folder: Path) -> tuple[Occupation, ...]:
    """Every trade of occupations.csv, in its order. Raises DirectoryError."""
    columns = ("occupation", "group", "aliases", "loose")
    return tuple(
        Occupation(name, group, _split(aliases), _split(loose))
        for name, group, aliases, loose in _rows(folder / "occupations.csv", columns)
    )


def read_villages(folder: Path) -> tuple[Village, ...]:
    """Every village and neighbourhood of places.csv. Raises DirectoryError."""
    columns = ("county", "town", "name")
    return tuple(
        Village(county, town, _COMMITTEE.sub("", name))
        for county, town, name in _rows(folder / "places.csv", columns)
    )


def read_speech(folder: Path) -> Speech:
    """The words of speech.yaml. Raises DirectoryError."""
    path = folder / "speech.yaml"
    raw = mapping(path)
    try:
        contexts = tuple(
            (each["trade"], tuple(each["with"]), each["means"]) for each in raw.pop("contexts")
        )
    except (KeyError, TypeError) as error:
        raise DirectoryError(f"{path}: contexts {error}") from error
    lists = {key: tuple(map(str, it)) for key, it in raw.items() if isinstance(it, list)}
    tables = {key: it for key, it in raw.items() if isinstance(it, dict)}
    return Speech(_Entries(path, lists), _Entries(path, tables), contexts)


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[list[str]]:
    """The named columns of each row of a file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                yield [row[column] or "" for column in columns]
    except (OSError, UnicodeError, csv.Error, KeyError) as error:
        raise DirectoryError(f"{path}: {error}") from error


def _split(aliases: str) -> tuple[str, ...]:
    return tuple(alias for alias in aliases.lower().split("|") if alias)
