from __future__ import annotations

from bot.knowledge.recent import Recent


def test_what_was_asked_for_longest_ago_is_forgotten_first():
    recent: Recent[str, int] = Recent(2)
    recent.keep("a", 1)
    recent.keep("b", 2)
    assert recent.get("a") == 1
    recent.keep("c", 3)
    assert (recent.get("a"), recent.get("b"), recent.get("c")) == (1, None, 3)


def test_everything_can_be_forgotten():
    recent: Recent[str, int] = Recent(2)
    recent.keep("a", 1)
    recent.clear()
    assert recent.get("a") is None
