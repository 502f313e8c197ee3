"""Matching everybody with every opening, and one new opening with everybody: beside the same rules
as one PostgreSQL query and as pandas, in the same run, with the same results on a sample.

The alternatives are slow: they plan for the first seekers of the crowd only (the name of the row
says how many), and their time for all is reckoned from that, `reckoned_seconds`. Each of them finds
whom a new opening suits by an index of its own. Ratios and growth are of processor time, since
other work may run on the machine.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import asyncpg

from bot.jobs.crowd import Crowd, Seeking
from bot.jobs.matching import plan
from bot.jobs.stock import Stock
from bot.jobs.tables import let_go, points
from bot.jobs.takers import Takers
from dialogs.work import Opening
from tests.bench.alternatives import Chosen, Frames, Query, frame_of, peak_mb
from tests.jobs.made import LAND, TRADES, Maker
from tests.records.postgres import Postgres

SEEKERS, OPENINGS = 100_000, 10_000
SIZES = (25_000, 50_000, SEEKERS)
SAMPLE = 5_000  # seekers that the alternatives plan for
NEW = (OPENINGS + 1, 50)  # the first number of new openings, and how many are tried one by one
SEED = 164
Row = dict[str, float]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one way of matching took."""

    rows: dict[str, Row]
    chosen: Chosen  # for the sample
    news: list[int]  # whom each new opening fits


async def measure(folder: Path) -> dict[str, object]:
    """Each way in a process of its own, one after the other."""
    ours = await _alone(_measure_ours)
    others = {"pandas": await _alone(_measure_pandas), "PostgreSQL": await _measure_query()}
    for name, other in others.items():
        assert other.chosen == ours.chosen, f"{name} chooses otherwise"
        assert other.news == ours.news, f"{name} finds others"
    rows = dict(ours.rows)
    whole = rows[f"hotline, {SEEKERS:,}"]
    for name, other in others.items():
        for row in other.rows.values():
            row["cpu_ratio"] = round(row["cpu_s"] * SEEKERS / SAMPLE / whole["cpu_s"], 1)
            row["ratio"] = round(row["reckoned_seconds"] / whole["seconds"], 1)
            row["new_ratio"] = round(row["new_cpu_ms"] / whole["new_cpu_ms"], 1)
        rows |= {f"{name}, {label}": row for label, row in other.rows.items()}
    growth = {f"{it}_growth_to_linear": _growth(rows, it) for it in ("cpu_s", "new_cpu_ms")}
    return {**rows, "openings": OPENINGS, "goal": 10, **growth}


def _growth(rows: dict[str, Row], figure: str) -> float:
    """How the figure grows with the crowd: 1 in proportion to it, less if it grows more slowly."""
    small, large = (rows[f"hotline, {size:,}"][figure] for size in (SIZES[0], SEEKERS))
    return round(large / small / (SEEKERS / SIZES[0]), 2)


async def _alone(measured: Any) -> Measured:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return await asyncio.get_running_loop().run_in_executor(pool, measured)


def _made() -> tuple[list[Seeking], list[Opening], list[Opening]]:
    maker = Maker(SEED)
    openings = [maker.opening(number) for number in range(1, OPENINGS + 1)]
    new = [maker.opening(NEW[0] + number) for number in range(NEW[1])]
    return [maker.seeking() for _ in range(SEEKERS)], openings, new


def _measure_ours() -> Measured:
    """Reading the wishes and indexing the openings is part of the time."""
    seekings, openings, new = _made()
    rows: dict[str, Row] = {}
    before = peak_mb()
    for size in SIZES:
        began, used = time.perf_counter(), time.process_time()
        stock, crowd = Stock(openings, TRADES), Crowd(seekings[:size])
        made = plan(crowd, stock, LAND)
        used = time.process_time() - used
        row = rows[f"hotline, {size:,}"] = _row(began, used, peak_mb() - before, size)
        fits = _news(crowd, new, row)
    chosen = [
        [
            (stock.openings[column].number, int(let_go(weight)), points(weight))
            for column, weight in zip(columns, weights, strict=True)
            if column >= 0
        ]
        for columns, weights in zip(
            made.openings[:SAMPLE].tolist(), made.weights[:SAMPLE].tolist(), strict=True
        )
    ]
    return Measured(rows, chosen, fits)


def _news(crowd: Crowd, new: list[Opening], row: Row) -> list[int]:
    began = time.process_time()
    takers = Takers(crowd, LAND)
    row["index_cpu_s"] = round(time.process_time() - began, 2)
    began = time.process_time()
    fits = [len(takers.of(Stock([it], TRADES))) for it in new]
    row["new_cpu_ms"] = round((time.process_time() - began) / len(new) * 1000, 3)
    return fits


def _measure_pandas() -> Measured:
    seekings, openings, new = _made()
    before = peak_mb()
    crowd = Crowd(seekings)
    seekers = frame_of(crowd)
    began, used = time.perf_counter(), time.process_time()
    chosen = Frames(seekers, crowd, Stock(openings, TRADES)).plan(SAMPLE)
    row = _row(began, time.process_time() - used, peak_mb() - before, SAMPLE)
    used = time.process_time()
    news = [Frames(seekers, crowd, Stock([it], TRADES)).takers() for it in new]
    row["new_cpu_ms"] = round((time.process_time() - used) / len(new) * 1000, 1)
    return Measured({f"{SAMPLE:,}": row}, chosen, news)


async def _measure_query() -> Measured:
    seekings, openings, new = await asyncio.to_thread(_made)
    server = Postgres()
    try:
        await asyncio.to_thread(server.start)
        connection = await asyncpg.connect(host=str(server.folder), user="postgres")
        query = await Query.over(connection, seekings, openings)
        began, used = time.perf_counter(), await query.processor_seconds()
        chosen = await query.plan(SAMPLE)
        used = await query.processor_seconds() - used
        row = _row(began, used, await query.peak_mb(), SAMPLE)
        await connection.execute("DROP TABLE seeker, opening")
        query = await Query.over(connection, seekings, new)
        used = await query.processor_seconds()
        news = [await query.takers(it.number) for it in new]
        used = await query.processor_seconds() - used
        row["new_cpu_ms"] = round(used / len(new) * 1000, 1)
        await connection.close()
        return Measured({f"{SAMPLE:,}": row}, chosen, news)
    finally:
        server.stop()


def _row(began: float, used: float, megabytes: float, seekers: int) -> Row:
    """What so many seekers took since `began`, with so much of the processor."""
    seconds = time.perf_counter() - began
    return {
        "seconds": round(seconds, 2),
        "cpu_s": round(used, 2),
        "own_mb": round(megabytes),
        "reckoned_seconds": round(seconds * SEEKERS / seekers, 1),
    }
