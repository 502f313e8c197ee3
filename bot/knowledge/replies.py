"""The replies as editors write them, each with its place in its file."""

from __future__ import annotations

from dataclasses import dataclass
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
    texts, findings = [], []
    for file in sorted((content / "replies").glob("*.yaml")):
        name = f"replies/{file.name}"
        root = yaml.compose(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
        if not isinstance(root, yaml.MappingNode):
            findings.append(Finding(name, 1, "check.not_replies"))
            continue
        for key, value in root.value:
            line = key.start_mark.line + 1
            if isinstance(value, yaml.ScalarNode) and value.tag.endswith(":str"):
                texts.append(Text(name, f"{file.stem}.{key.value}", line, value.value))
            else:
                findings.append(Finding(name, line, "check.not_a_text", {"key": key.value}))
    return texts, findings
