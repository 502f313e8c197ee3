"""What is wrong with a file of the content, told with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing an editor should look at; `words` is a key of content/replies (check.yaml)."""

    file: str  # relative to the content folder
    line: int
    words: str
    facts: Mapping[str, object] = field(default_factory=dict)
    is_error: bool = True  # the content cannot be served with it


class UnusableContent(Exception):
    """The content has errors; `findings` names every one of them."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(f"{each.file}:{each.line} {each.words}" for each in findings))
        self.findings = findings


def line_of(text: str, needle: str) -> int:
    """The line of the first occurrence of `needle`, counted from 1; 1 when it is not there."""
    at = text.find(needle)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1
