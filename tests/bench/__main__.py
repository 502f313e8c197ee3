"""Run the benches, print a table, and write everything as JSON to var/bench.json."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench import campaigns, console, matching, path, reading, search, search_scale

BENCHES = {
    "path": path.measure,
    "search": search.measure,
    "scale": search_scale.measure,
    "reading": reading.measure,
    "matching": matching.measure,
    "campaigns": campaigns.measure,
    "console": console.measure,
}


def main() -> None:
    """All benches, or those named on the command line."""
    screen = Console()
    results = {}
    for name in sys.argv[1:] or BENCHES:
        with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
            results[name] = asyncio.run(BENCHES[name](Path(folder)))
        screen.print(_table(name, results[name]))
    report = Path("var/bench.json")
    report.parent.mkdir(exist_ok=True)
    report.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _table(name: str, result: Mapping[str, object]) -> Table:
    """One row a thing that was measured; plain figures stand below it."""
    rows = {key: row for key, row in result.items() if isinstance(row, dict)}
    rest = ", ".join(f"{key}: {value}" for key, value in result.items() if key not in rows)
    table = Table(title=name, caption=rest)
    table.add_column("")
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    for column in columns:
        table.add_column(column, justify="right")
    for key, row in rows.items():
        table.add_row(key, *(str(row.get(column, "")) for column in columns))
    return table


if __name__ == "__main__":
    main()
