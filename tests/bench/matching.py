"""Matching everybody with every opening, and one new opening with everybody: beside the same rules
as one PostgreSQL query and as pandas, in the same run, with the same results on a sample.

The alternatives are slow: they plan for the first seekers of the crowd only (`seekers` says how
many), and their time for all is reckoned from that, `reckoned_seconds`.
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
from bot.jobs.matching import plan, takers
from bot.jobs.stock import Stock
from bot.jobs.tables import let_go, points
from dialogs.work import Opening
from tests.bench.alternatives import Chosen, Frames, Query, frame_of, peak_mb
from tests.jobs.made import LAND, TRADES, Maker
from tests.records.postgres import Postgres

SEEKERS, OPENINGS = 100_000, 10_000
SIZES = (10_000, 30_000, SEEKERS)
SAMPLE = 5_000  # seekers that the alternatives plan for
NEW = (OPENINGS + 1, 10)  # the first number of new openings, and how many are tried one by one
SEED = 164


@dataclass(frozen=True, slots=True)
class Measured:
    """What one way of matching took."""

    rows: dict[str, dict[str, object]]
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
            row["cpu_ratio"] = round(
                float(str(row["cpu_s"])) * SEEKERS / SAMPLE / float(str(whole["cpu_s"])), 1
            )
            row["ratio"] = round(
                float(str(row["reckoned_seconds"])) / float(str(whole["seconds"])), 1
            )
            row["new_ratio"] = round(float(str(row["new_ms"])) / float(str(whole["new_ms"])), 1)
        rows |= {f"{name}, {label}": row for label, row in other.rows.items()}
    small, large = (float(str(rows[f"hotline, {size:,}"]["cpu_s"])) for size in (SIZES[0], SEEKERS))
    growth = large / small / (SEEKERS / SIZES[0])
    return {**rows, "openings": OPENINGS, "goal": 10, "growth_to_linear": round(growth, 2)}


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
    rows: dict[str, dict[str, object]] = {}
    before = peak_mb()
    for size in SIZES:
        began, used = time.perf_counter(), time.process_time()
        stock, crowd = Stock(openings, TRADES), Crowd(seekings[:size])
        made = plan(crowd, stock, LAND)
        used = time.process_time() - used
        rows[f"hotline, {size:,}"] = _row(began, used, peak_mb() - before, size)
    fits, spent = _news(crowd, new)
    rows[f"hotline, {SEEKERS:,}"]["new_ms"] = round(spent * 1000, 1)
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


def _news(crowd: Crowd, new: list[Opening]) -> tuple[list[int], float]:
    began = time.perf_counter()
    fits = [int(takers(crowd, Stock([it], TRADES), LAND).sum()) for it in new]
    return fits, (time.perf_counter() - began) / len(new)


def _measure_pandas() -> Measured:
    seekings, openings, new = _made()
    before = peak_mb()
    crowd = Crowd(seekings)
    seekers = frame_of(crowd)
    began, used = time.perf_counter(), time.process_time()
    chosen = Frames(seekers, crowd, Stock(openings, TRADES)).plan(SAMPLE)
    row = _row(began, time.process_time() - used, peak_mb() - before, SAMPLE)
    began = time.perf_counter()
    news = [Frames(seekers, crowd, Stock([it], TRADES)).takers() for it in new]
    row["new_ms"] = round((time.perf_counter() - began) / len(news) * 1000, 1)
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
        news = [await query.takers(it.number) for it in new]
        row["new_ms"] = round(sum(spent for spent, _ in news) / len(news) * 1000, 1)
        await connection.close()
        return Measured({f"{SAMPLE:,}": row}, chosen, [found for _, found in news])
    finally:
        server.stop()


def _row(began: float, used: float, megabytes: float, seekers: int = SEEKERS) -> dict[str, object]:
    """What so many seekers took since `began`, with so much of the processor."""
    seconds = time.perf_counter() - began
    return {
        "seconds": round(seconds, 2),
        "cpu_s": round(used, 2),
        "own_mb": round(megabytes),
        "reckoned_seconds": round(seconds * SEEKERS / seekers, 1),
    }
