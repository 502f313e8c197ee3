"""What one question costs the library, beside bm25s on the same policies."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

import bm25s

from bot.knowledge.library import ContentLibrary
from tests.bench.path import CACHE, questions
from tests.service import ROOT

ASKED = 1000


async def measure(folder: Path) -> dict[str, object]:
    """Milliseconds a question: the whole answer without and with the semantic view, and the bare
    ranking of bm25s over single characters and pairs."""
    asked = questions()[:ASKED]
    began = time.perf_counter()
    library = await ContentLibrary.open(ROOT / "content", folder, False, date.today)
    opened = time.perf_counter() - began
    rows = {"letters": await _timed(asked, library.find)}
    meaning = await ContentLibrary.open(ROOT / "content", CACHE, True, date.today)
    if meaning.is_semantic:
        rows["letters and meaning"] = await _timed(asked[:200], meaning.find)
    rows["bm25s, ranking only"] = await _timed(asked, _ranker())
    ratio = rows["letters"]["p50_ms"] / rows["bm25s, ranking only"]["p50_ms"]
    return {**rows, "load_seconds": round(opened, 2), "letters_to_bm25s": round(ratio, 2)}


async def _timed(asked: list[str], find: Callable[[str], Awaitable[object]]) -> dict[str, float]:
    spent = []
    for question in asked:
        began = time.perf_counter()
        await find(question)
        spent.append((time.perf_counter() - began) * 1000)
    spent.sort()
    p50, p99 = spent[len(spent) // 2], spent[int(len(spent) * 0.99)]
    return {"p50_ms": round(p50, 3), "p99_ms": round(p99, 3)}


def _ranker() -> Callable[[str], Awaitable[object]]:
    texts = [it.read_text(encoding="utf-8") for it in (ROOT / "content/policies").glob("*.md")]
    retriever = bm25s.BM25()
    retriever.index([_grams(text) for text in texts], show_progress=False)

    async def rank(question: str) -> object:
        return retriever.retrieve([_grams(question)], k=3, show_progress=False)

    return rank


def _grams(text: str) -> list[str]:
    return [*text, *(text[at : at + 2] for at in range(len(text) - 1))]
