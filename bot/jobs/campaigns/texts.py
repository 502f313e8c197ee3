"""The words of a campaign: plain text with a few things that differ from one to another."""

from __future__ import annotations

from dataclasses import dataclass

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.masking import without_secrets
from bot.records.audiences import Member

LONGEST = 3500  # characters; the networks carry 4,096
VARIABLES = {"称呼": "name", "县": "county", "镇": "town", "工种": "trades"}

# What stands for somebody's who has not told it; in a condition it is as if nothing stood there.
_UNKNOWN = {"name": "朋友", "county": "本地", "town": "本地", "trades": "合适的工作"}

_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
)
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If,
    nodes.Const, nodes.Or, nodes.Not,
)  # fmt: skip


class WordsRefused(Exception):
    """The words cannot be used; `words` is a key of content/replies/campaigns.yaml."""

    def __init__(self, words: str, **facts: object) -> None:
        super().__init__(words)
        self.words = f"campaigns.words_{words}"
        self.facts = facts


@dataclass(frozen=True, slots=True)
class CampaignText:
    """The words, ready to be said to anybody."""

    words: str
    template: Template | None  # None: they are the same for all

    def to(self, member: Member) -> str | None:
        """What one recipient is told; None: the words as they are."""
        if self.template is None:
            return None
        return self.template.render(_facts_of(member)).strip()[:LONGEST]

    def to_anybody(self) -> str:
        """What somebody is told of whom nothing is known."""
        if self.template is None:
            return self.words
        return self.template.render(_NOTHING).strip()[:LONGEST]


def campaign_text(words: str) -> CampaignText:
    """Read the words. Raises WordsRefused."""
    words = words.strip()
    if not words:
        raise WordsRefused("empty")
    if len(words) > LONGEST:
        raise WordsRefused("too_long", longest=LONGEST)
    try:
        tree = _ENVIRONMENT.parse(words)
        strange = next(
            (it for it in tree.find_all(nodes.Node) if not isinstance(it, _ALLOWED)), None
        )
        names = {it.name for it in tree.find_all(nodes.Name)}
        template = _ENVIRONMENT.from_string(words)
    except TemplateError as error:
        raise WordsRefused("unreadable", line=getattr(error, "lineno", None) or 1) from error
    if strange is not None:
        raise WordsRefused("not_allowed", line=strange.lineno or 1)
    if unknown := names - VARIABLES.keys() - set(VARIABLES.values()):
        raise WordsRefused("unknown_name", name=min(unknown), names=list(VARIABLES))
    is_same_for_all = "{" not in words
    return CampaignText(words, None if is_same_for_all else template)


class _Unknown(str):
    """Empty, but for what is read where it stands."""

    shown: str

    @classmethod
    def of(cls, shown: str) -> _Unknown:
        """The one that reads so."""
        made = cls()
        made.shown = shown
        return made

    def __str__(self) -> str:
        return self.shown


def _facts(name: str = "", county: str = "", town: str = "", trades: str = "") -> dict[str, str]:
    told = {"name": name, "county": county, "town": town, "trades": trades}
    known = {key: value or _Unknown.of(_UNKNOWN[key]) for key, value in told.items()}
    return known | {title: known[key] for title, key in VARIABLES.items()}


_NOTHING = _facts()


def _facts_of(member: Member) -> dict[str, str]:
    name = without_secrets(member.name or "")
    return _facts(name, member.county or "", member.town or "", "、".join(member.trades))
