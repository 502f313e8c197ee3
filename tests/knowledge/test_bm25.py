from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.bm25 import Bm25, grams

DOCUMENTS = [grams(text) for text in ("创业补贴五千元", "租金补贴三年", "免费培训")]


def test_the_document_that_holds_the_words_is_best():
    search = Bm25.of(DOCUMENTS)
    assert [int(search.scores(grams(text)).argmax()) for text in ("创业", "租金", "培训免费")] == [
        0,
        1,
        2,
    ]


def test_unknown_words_find_nothing():
    assert not Bm25.of(DOCUMENTS).scores(grams("天气")).any()


def test_rare_words_weigh_more_than_common_ones():
    search = Bm25.of(DOCUMENTS)
    assert search.weight(["租"]) > search.weight(["补"])


words = st.lists(
    st.text("创业补贴租金培训", min_size=1, max_size=8).map(grams), min_size=2, max_size=6
)


@given(words, st.text("创业补贴租金", min_size=1, max_size=6))
def test_the_order_of_the_documents_does_not_matter(documents, question):
    there = Bm25.of(documents).scores(grams(question))
    back = Bm25.of(documents[::-1]).scores(grams(question))
    assert np.allclose(there, back[::-1], atol=1e-4)
