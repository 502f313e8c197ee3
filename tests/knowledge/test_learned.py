from __future__ import annotations

import numpy as np
import pytest

from bot.knowledge.kept import Kept
from bot.knowledge.learned import Examples, Wording, ridge, wanted

TEXTS = [
    "创业补贴给多少",
    "开店补贴多少钱",
    "开店给钱不",
    "租金补贴几年",
    "房租补贴几年",
    "房租给补不",
]
EXAMPLES = Examples(TEXTS, [0, 0, 0, 1, 1, 1], ["startup", "rent"])


def test_a_wording_is_known_by_the_examples_it_resembles():
    wording = Wording(EXAMPLES, Kept(None))
    assert wording.scores("开店多少钱").argmax() == 0
    assert wording.scores("房租几年").argmax() == 1


def test_the_same_content_learns_the_same():
    first, second = (Wording(EXAMPLES, Kept(None)).scores("补贴几年") for _ in range(2))
    assert (first == second).all()


def test_a_text_without_known_words_speaks_for_nobody():
    assert not Wording(EXAMPLES, Kept(None)).scores("天气").any()


def test_ridge_tells_classes_apart():
    vectors = np.array([[1, 0], [0.9, 0.1], [0, 1], [0.1, 0.9]], np.float32)
    alike = vectors @ vectors.T
    weights = ridge(alike.copy(), wanted([0, 0, 1, 1], 2), 0.1)
    assert (alike @ weights).argmax(axis=1).tolist() == [0, 0, 1, 1]
    assert (alike @ weights)[0, 0] == pytest.approx(0.5, abs=0.2)
