"""Policies as editors write them: front matter, figures and ten sections, read and validated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.knowledge.finding import Finding, UnusableContent, line_of

_FORMAT = re.compile(r"\A---\n(.*?\n)---\n(.*)\Z", re.DOTALL)
_SECTION = re.compile(r"^## (.+)$\n", re.MULTILINE)
_KEPT = 1024  # files as they were read: few differ from one reading to the next


class Part(StrEnum):
    """The sections of a policy, in the order of its file."""

    WHAT = "what"
    WHO = "who"
    AMOUNT = "amount"
    CONDITIONS = "conditions"
    HOW = "how"
    PAPERS = "papers"
    WHEN = "when"
    WHERE = "where"
    RESULTS = "results"
    SOURCE = "source"


class _Written(BaseModel):
    """Something an editor wrote: every field known, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Publication(_Written):
    """A document that figures stand in (content/sources.yaml)."""

    title: str
    issuer: str
    document: str
    url: str
    published: date | None  # None: the page has no date
    kind: Literal["news", "statute", "rule", "notice", "portal"]
    confidence: Literal["H", "M"]


class Figure(_Written):
    """A number of a policy, verbatim, with its condition and the days it held."""

    name: str
    amount: str
    per: str = ""
    condition: str = ""
    since: date | None = Field(default=None, alias="from")
    until: date | None = None
    held: str = ""  # the same in words, where the source gives no days
    series: str = ""  # what it is one period of, beside figures of other periods
    source: str
    kind: Literal["entitlement", "result"] = "entitlement"

    def holds_on(self, day: date) -> bool:
        """Whether the figure is in force on `day`, as far as its dates tell."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )

    @property
    def matter(self) -> str:
        """What the figure is a period of: its series, or itself."""
        return self.series or self.name


class Correction(_Written):
    """Wrong ideas people have, and the sentence that puts them right."""

    wrong: tuple[str, ...]
    right: str


class Policy(_Written):
    """One policy as its file states it."""

    id: str
    title: str
    part: str
    names: tuple[str, ...]
    status: Literal["historical", "in_force", "expired"]
    region: str
    audience: tuple[str, ...]
    sources: tuple[str, ...] = Field(min_length=1)
    quoted: Mapping[str, tuple[str, ...]] = {}  # words that show a sentence to be of this source
    published: date | None = None  # None: the main source has no date
    valid_from: date | None = None
    valid_until: date | None = None
    verified_on: date
    recheck_by: date
    supersedes: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    corrections: tuple[Correction, ...] = ()
    questions: tuple[str, ...] = ()
    rules: tuple[Mapping[str, object], ...] = ()  # see offers.py
    examples: tuple[Mapping[str, object], ...] = ()
    sections: Mapping[Part, str]
    version: str  # digest of the file
    file: str
    text: str = Field(repr=False)  # the whole file

    def __hash__(self) -> int:
        """By the digest: what is worked out of a policy is kept until its file changes."""
        return hash(self.version)

    def holds_on(self, day: date) -> bool:
        """Whether the policy may be told as in force on `day`."""
        begun = self.valid_from is None or self.valid_from <= day
        ended = self.valid_until is not None and self.valid_until < day
        return self.status == "in_force" and begun and not ended

    def told_by(self, words: str) -> tuple[str, ...]:
        """The keys of the sources that some `words` of the policy are from, the main one first."""
        if not self.quoted:
            return self.sources[:1]
        marked = {key for key, cues in self.quoted.items() if any(cue in words for cue in cues)}
        return tuple(key for key in self.sources if key in marked) or self.sources[:1]


Headings = Mapping[Part, str]


def read_headings(content: Path) -> dict[Part, str]:
    """The heading of every section, from content/glossary.yaml."""
    glossary = yaml.load(_text(content / "glossary.yaml"), yaml.CSafeLoader)
    return {part: glossary["sections"][part] for part in Part}


def read_publications(content: Path) -> dict[str, Publication]:
    """Every document of content/sources.yaml by its key."""
    file = content / "sources.yaml"
    return dict(_publications(file.name, _text(file)))


@lru_cache(4)
def _publications(name: str, text: str) -> Mapping[str, Publication]:
    raw = yaml.load(text, yaml.CSafeLoader)
    try:
        return {key: Publication(**fields) for key, fields in raw.items()}
    except ValidationError as error:
        raise UnusableContent(_problems(name, text, error)) from error


def read_policies(content: Path, headings: Headings) -> list[Policy]:
    """Every policy of content/policies, by file name. Raises UnusableContent with all errors."""
    policies, findings = [], []
    for file in sorted((content / "policies").glob("*.md")):
        try:
            policies.append(read_policy(file, headings))
        except UnusableContent as unusable:
            findings += unusable.findings
    if findings:
        raise UnusableContent(findings)
    return policies


def read_policy(file: Path, headings: Headings) -> Policy:
    """One policy file. Raises UnusableContent, naming the lines that cannot be read."""
    policy = _policy(f"policies/{file.name}", _text(file), tuple(headings.items()))
    if policy.id != file.stem:
        raise UnusableContent([Finding(policy.file, 2, "check.id_is_not_file", {"id": policy.id})])
    return policy


@lru_cache(_KEPT)
def _policy(name: str, text: str, headings: tuple[tuple[Part, str], ...]) -> Policy:
    form = _FORMAT.match(text)
    if form is None:
        raise UnusableContent([Finding(name, 1, "check.no_front_matter")])
    try:
        matter = yaml.load(form[1], yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise UnusableContent([Finding(name, line, "check.not_yaml")]) from error
    sections = _sections(name, text, form[2], dict(headings))
    digest = sha256(text.encode()).hexdigest()[:16]
    fields = _without_empty(matter) | {"part": str(matter.get("part"))}
    try:
        return Policy(**fields, sections=sections, version=digest, file=name, text=text)
    except ValidationError as error:
        raise UnusableContent(_problems(name, text, error)) from error


def _sections(name: str, text: str, body: str, headings: Headings) -> dict[Part, str]:
    parts = {heading: part for part, heading in headings.items()}
    pieces = _SECTION.split(body)
    found = {parts.get(heading.strip()): words.strip()
             for heading, words in zip(pieces[1::2], pieces[2::2], strict=True)}  # fmt: skip
    findings = [
        Finding(name, line_of(text, f"## {heading}"), "check.section", {"heading": heading})
        for heading in headings.values()
        if not found.get(parts[heading])
    ]
    if None in found:
        findings.append(Finding(name, 1, "check.unknown_section"))
    if findings:
        raise UnusableContent(findings)
    return {part: found[part] for part in headings}


def _problems(name: str, text: str, error: ValidationError) -> list[Finding]:
    findings = []
    for problem in error.errors():
        field = ".".join(str(step) for step in problem["loc"])
        words = "check.missing_field" if problem["type"] == "missing" else "check.wrong_field"
        line = line_of(text, next((str(s) for s in reversed(problem["loc"])
                                   if isinstance(s, str) and f"{s}:" in text), "---"))  # fmt: skip
        findings.append(Finding(name, line, words, {"field": field}))
    return findings


def _without_empty(matter: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in matter.items() if value is not None}


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8").replace("\r\n", "\n")
