from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.lexicon import Lexicon

words = st.text("补贴租金", max_size=3)


@given(st.lists(words, max_size=8), st.text("补贴租金房", max_size=12))
def test_every_word_is_found_wherever_it_stands(known, text):
    expected = {
        (at, word) for word in known if word for at in range(len(text)) if text.startswith(word, at)
    }
    assert set(Lexicon(known).places(text)) == expected
