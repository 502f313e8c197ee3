"""The replies as editors write them, each with its place in its file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from bot.knowledge.finding import Finding


@dataclass(frozen=True, slots=True)
class Text:
    """One reply as it is written."""

    file: str
    key: str
    line: int
    words: str


def read_replies(content: Path) -> tuple[list[Text], list[Finding]]:
    """Every reply, and what among them is none."""
    read = [
        found
        for file in sorted((content / "replies").glob("*.yaml"))
        for found in _replies(file.stem, file.read_text(encoding="utf-8"))
    ]
    texts = [found for found in read if isinstance(found, Text)]
    return texts, [found for found in read if isinstance(found, Finding)]


@lru_cache(256)  # few files differ from one check to the next
def _replies(group: str, written: str) -> tuple[Text | Finding, ...]:
    name = f"replies/{group}.yaml"
    root = yaml.compose(written, yaml.CSafeLoader)
    if not isinstance(root, yaml.MappingNode):
        return (Finding(name, 1, "check.not_replies"),)
    return tuple(_reply(name, f"{group}.{key.value}", key, value) for key, value in root.value)


def _reply(name: str, at: str, key: yaml.Node, value: yaml.Node) -> Text | Finding:
    line = key.start_mark.line + 1
    if isinstance(value, yaml.ScalarNode) and value.tag.endswith(":str"):
        return Text(name, at, line, value.value)
    return Finding(name, line, "check.not_a_text", {"key": key.value})
