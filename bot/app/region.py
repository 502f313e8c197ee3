"""The region a hotline serves: its counties and their towns, as content/directory names them."""

from __future__ import annotations

import csv
from pathlib import Path


def read_towns(content: Path) -> dict[str, tuple[str, ...]]:
    """Every county with its towns, in the order of the file."""
    towns: dict[str, dict[str, None]] = {}
    with (content / "directory/places.csv").open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            towns.setdefault(row["county"], {})[row["town"]] = None
    return {county: tuple(names) for county, names in towns.items()}
