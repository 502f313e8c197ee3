"""Finding the right policy among 24, 1,000 and 10,000: the hotline's search beside bm25s, tantivy
and SQLite FTS5, all over jieba's words, on the same texts and questions in the same run.

The policies grow as a province's would: the same kinds, one for every place, in its own words. A
question names its place and has not been seen by any index.
"""

from __future__ import annotations

import gc
import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from pathlib import Path

import bm25s
import psutil
import rjieba
import tantivy

from bot.knowledge.decide import read_calibration
from bot.knowledge.glossary import read_glossary
from bot.knowledge.policies import read_policies
from bot.knowledge.subjects import Subject, of_policy
from bot.knowledge.understanding import Understanding
from tests.service import ROOT

SIZES = (24, 1_000, 10_000)
ASKED = 300
_SEEN = 6  # questions of every policy that are indexed; others are asked
_PLACES = [
    first + second
    for first, second in product("东西南北上下青白金银古新大小高平", "川岭桥庄坪沟塘峪洼淀")
]

Best = Callable[[str], int]  # the place of the best document for a question


@dataclass(frozen=True)
class World:
    """Subjects, and questions with the place of the subject that each is about."""

    subjects: tuple[Subject, ...]
    asked: tuple[tuple[str, int], ...]

    @cached_property
    def words(self) -> list[list[str]]:
        """jieba's words of everything about each subject."""
        texts = (" ".join((*it.names, *it.passages, *it.examples)) for it in self.subjects)
        return [_words(text) for text in texts]


async def measure(_: Path) -> dict[str, object]:
    """Right at first, and milliseconds a question, for every size and engine."""
    rows: dict[str, object] = {}
    for size in SIZES:
        world = grown(size)
        began = time.perf_counter()
        assert world.words  # the other engines share them; their builds do not count this time
        spent = round(time.perf_counter() - began, 1)
        for name, build in ENGINES.items():
            rows[f"{name}, {size}"] = _measured(world, build)
        rows[f"words by jieba, {size}"] = {"build_s": spent}
    return rows


def grown(size: int) -> World:
    """`size` policies: the real ones in turn, for one place after the other."""
    content = ROOT / "content"
    policies = read_policies(content, read_glossary(content).headings)
    real = [of_policy(policy) for policy in policies][:size]
    subjects, asked = [], []
    for at in range(size):
        base, place = real[at % len(real)], _PLACES[at // len(real)]
        subjects.append(_of_place(base, place))
        asked += [(place + question, at) for question in base.examples[_SEEN:][::5]]
    chance = random.Random(size)
    return World(tuple(subjects), tuple(chance.sample(asked, min(ASKED, len(asked)))))


def _of_place(base: Subject, place: str) -> Subject:
    return replace(
        base,
        id=f"{base.id}-{place}",
        names=tuple(place + name for name in base.names),
        passages=tuple(each.replace("邢台", place) for each in (place, *base.passages)),
        examples=tuple(place + question for question in base.examples[:_SEEN]),
    )


def _measured(world: World, build: Callable[[World], Best]) -> dict[str, float]:
    gc.collect()
    before, began = psutil.Process().memory_info().rss, time.perf_counter()
    best = build(world)
    built = time.perf_counter() - began
    held = psutil.Process().memory_info().rss - before
    best(world.asked[0][0])
    spent, right = [], 0
    for question, at in world.asked:
        began = time.perf_counter()
        right += best(question) == at
        spent.append((time.perf_counter() - began) * 1000)
    spent.sort()
    return {
        "right": round(right / len(world.asked), 3),
        "p50_ms": round(spent[len(spent) // 2], 3),
        "p99_ms": round(spent[int(len(spent) * 0.99)], 3),
        "build_s": round(built, 1),
        "memory_mb": round(held / 1e6),
    }


def _hotline(world: World) -> Best:
    content = ROOT / "content"
    understanding = Understanding(world.subjects, read_glossary(content), read_calibration(content))
    return lambda question: int(understanding.hear(question).chances[0].argmax())


def _words(text: str) -> list[str]:
    return [word for word in rjieba.cut_for_search(text) if word.strip()]


def _bm25s(world: World) -> Best:
    retriever = bm25s.BM25()
    retriever.index(world.words, show_progress=False)

    def best(question: str) -> int:
        found = retriever.retrieve([_words(question)], k=1, show_progress=False)
        return int(found.documents[0][0])

    return best


def _tantivy(world: World) -> Best:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("body", tokenizer_name="whitespace")
    builder.add_integer_field("at", stored=True)
    index = tantivy.Index(builder.build())
    writer = index.writer()
    for at, words in enumerate(world.words):
        writer.add_document(tantivy.Document(body=" ".join(words), at=at))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def best(question: str) -> int:
        words = [tantivy.Query.term_query(index.schema, "body", word) for word in _words(question)]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, word) for word in words])
        hits = searcher.search(query, 1).hits
        return int(searcher.doc(hits[0][1])["at"][0]) if hits else -1

    return best


def _fts5(world: World) -> Best:
    base = sqlite3.connect(":memory:")
    base.execute("create virtual table policy using fts5(body)")
    rows = ((at, " ".join(words)) for at, words in enumerate(world.words))
    base.executemany("insert into policy(rowid, body) values (?, ?)", rows)

    def best(question: str) -> int:
        words = " OR ".join(f'"{word}"' for word in _plain(_words(question)))
        ranked = "select rowid from policy where policy match ? order by bm25(policy) limit 1"
        found = base.execute(ranked, (words,)).fetchone()
        return int(found[0]) if found else -1

    return best


def _plain(words: Sequence[str]) -> list[str]:
    return [word.replace('"', "") for word in words]


ENGINES: dict[str, Callable[[World], Best]] = {
    "hotline": _hotline,
    "bm25s + jieba": _bm25s,
    "tantivy + jieba": _tantivy,
    "SQLite FTS5 + jieba": _fts5,
}
