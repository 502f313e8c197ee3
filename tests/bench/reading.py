"""What it costs to read a sentence about work, and how well it is read."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from bot.jobs.reading import WorkReader
from tests.jobs.wishes import score, sentences
from tests.service import ROOT

DIRECTORY = ROOT / "content/directory"
TIMES = 20
SETS = sorted((ROOT / "tests/jobs").glob("wishes_*.jsonl"))


async def measure(folder: Path) -> dict[str, object]:
    """Milliseconds a sentence that was never read before, and a share of right readings."""
    tracemalloc.start()
    reader = WorkReader(DIRECTORY)
    megabytes = tracemalloc.get_traced_memory()[0] / 2**20
    tracemalloc.stop()
    began = time.perf_counter()
    reader = WorkReader(DIRECTORY)
    loaded = time.perf_counter() - began
    cases = [case for path in SETS for case in sentences(path)]
    said = [f"{case.text}{' ' * time}" for time in range(TIMES) for case in cases]  # not kept yet
    rows: dict[str, object] = {
        "wish": _timed(said, reader.wish),
        "wish or search?": _timed([f"{it}。" for it in said], reader.intent),
    }
    result = score(cases, lambda text: reader.read(text).said())
    quality = {
        "precision": round(result.precision(), 3),
        "recall": round(result.recall(), 3),
        "exact": f"{result.exact}/{result.total}",
    }
    return {**rows, "load_seconds": round(loaded, 2), "megabytes": round(megabytes, 1), **quality}


def _timed(said: list[str], read: Callable[[str], object]) -> dict[str, float]:
    spent = []
    for text in said:
        began = time.perf_counter()
        read(text)
        spent.append((time.perf_counter() - began) * 1000)
    spent.sort()
    p50, p99 = spent[len(spent) // 2], spent[int(len(spent) * 0.99)]
    return {"p50_ms": round(p50, 3), "p99_ms": round(p99, 3), "sentences": len(spent)}
