"""Sentences that become part of an answer: the templates of content/replies/policy.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml
from jinja2 import Environment, StrictUndefined, Template


class Phrases:
    """Small texts with facts filled in."""

    def __init__(self, content: Path) -> None:
        """Read content/replies/policy.yaml."""
        text = (content / "replies" / "policy.yaml").read_text(encoding="utf-8")
        self._texts = _templates(text)

    def say(self, key: str, **facts: object) -> str:
        """The text of `key` with `facts`; a missing fact is an error."""
        return self._texts[key].render(facts).strip()


@lru_cache(4)
def _templates(text: str) -> Mapping[str, Template]:
    environment = Environment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    raw = yaml.load(text, yaml.CSafeLoader)
    return {key: environment.from_string(words) for key, words in raw.items()}
