"""What a content folder says, read once for everybody who answers from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.knowledge.glossary import Glossary, read_glossary
from bot.knowledge.groups import Groups, read_groups
from bot.knowledge.phrases import Phrases
from bot.knowledge.policies import Policy, Publication, read_policies, read_publications


@dataclass(frozen=True, slots=True)
class Texts:
    """The policies, the documents they cite, and how people say things."""

    policies: Sequence[Policy]
    publications: Mapping[str, Publication]
    glossary: Glossary
    phrases: Phrases
    groups: Groups

    @classmethod
    def read(cls, content: Path) -> Texts:
        """Read the folder. Raises UnusableContent with everything that is wrong."""
        glossary = read_glossary(content)
        return cls(
            read_policies(content, glossary.headings),
            read_publications(content),
            glossary,
            Phrases(content),
            read_groups(content),
        )
