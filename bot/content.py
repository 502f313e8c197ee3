"""The content directory as the service uses it: words, commands, policies."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.folders import make_private
from bot.jobs.board import Guide
from bot.jobs.categories import Category, load_categories
from bot.jobs.reading import WorkReader
from bot.jobs.searching import Surroundings
from bot.knowledge.eligibility import Eligibility
from bot.knowledge.facts import FACTS
from bot.knowledge.library import ContentLibrary
from bot.settings import Settings
from bot.words import Words, WordsError

_READ = (".md", ".yaml", ".csv")  # an editor's own files beside them are no content

_LIBRARY = (
    "policies/",
    "glossary.yaml",
    "elsewhere.yaml",
    "groups.yaml",
    "calibration.yaml",
    "sources.yaml",
    "replies/policy.yaml",
)

Stamps = Mapping[str, tuple[int, ...]]  # file -> what a save changes


@dataclass(frozen=True, slots=True)
class Directory:
    """What content/directory says of trades, places and difficulties."""

    reader: WorkReader
    guide: Guide
    surroundings: Surroundings
    categories: Mapping[str, Category]

    @classmethod
    def load(cls, folder: Path) -> Directory:
        """Read the folder. Raises DirectoryError."""
        return cls(
            WorkReader(folder),
            Guide.load(folder),
            Surroundings.load(folder),
            load_categories(folder / "categories.yaml"),
        )


@dataclass(frozen=True, slots=True)
class Content:
    """Everything editors write, loaded."""

    words: Words
    commands: Mapping[str, str]  # what a visitor says, in small letters -> command
    library: ContentLibrary
    eligibility: Eligibility
    directory: Directory
    stamps: Stamps = field(default_factory=dict)  # of the folder, just before it was read

    @property
    def notice(self) -> str:
        """The version of the notice that is shown at first contact."""
        return self.words.say("greeting.version")


def load_words(settings: Settings) -> Words:
    """The words of content/replies. Raises WordsError."""
    facts = {
        "hotline_name": _name(settings.content_dir / "hotline.yaml"),
        "retention_days": settings.retention_days,
        "records_retention_days": settings.records_retention_days,
        "desk_hours": settings.desk_hours,
    }
    return Words.load(settings.content_dir / "replies", facts)


async def load_content(
    settings: Settings, *, wait: bool = True, before: Content | None = None
) -> Content:
    """Everything in the content directory. Raises WordsError, DirectoryError or UnusableContent.

    Without `wait` the semantic view is not ready on return; run `library.warm` beside. `before`:
    the content this one follows; what only unchanged files are made of is taken over.
    """
    folder = settings.content_dir
    seen = await asyncio.to_thread(stamps, folder)
    loading = _Loading(settings, seen, before)
    words = await asyncio.to_thread(loading.words)
    commands = _commands(folder / "commands.yaml")
    library = await loading.library(wait)
    eligibility = await asyncio.to_thread(loading.eligibility, library)
    directory = await asyncio.to_thread(loading.directory)
    return Content(words, commands, library, eligibility, directory, seen)


@dataclass(frozen=True, slots=True)
class _Loading:
    """The parts of a content; those of the one before, where their files are the same."""

    settings: Settings
    seen: Stamps
    before: Content | None

    def words(self) -> Words:
        same = self._same("replies/", "hotline.yaml")
        return same.words if same else load_words(self.settings)

    async def library(self, wait: bool) -> ContentLibrary:
        same = self._same(*_LIBRARY)
        if same and not wait:
            return same.library
        with suppress(OSError):  # then nothing is kept of what was learned
            make_private(self.settings.var_dir)
        return await ContentLibrary.open(
            self.settings.content_dir,
            self.settings.var_dir / "cache",
            self.settings.semantic,
            date.today,
            wait=wait,
            before=None if self.before is None else self.before.library,
        )

    def eligibility(self, library: ContentLibrary) -> Eligibility:
        same = self._same(*_LIBRARY, FACTS)
        if same:
            return same.eligibility
        return Eligibility.open(self.settings.content_dir, library.texts, date.today)

    def directory(self) -> Directory:
        same = self._same("directory/")
        return same.directory if same else Directory.load(self.settings.content_dir / "directory")

    def _same(self, *names: str) -> Content | None:
        """The content before, if these files, or all in these folders, are as they were then."""
        if self.before is None or _of(names, self.seen) != _of(names, self.before.stamps):
            return None
        return self.before


def _of(names: tuple[str, ...], seen: Stamps) -> Stamps:
    return {file: stamp for file, stamp in seen.items() if file.startswith(names)}


def stamps(folder: Path) -> Stamps:
    """What every content file of `folder` is known by: a save, a move or a copy changes it."""
    return {Path(entry.path).relative_to(folder).as_posix(): stamp
            for entry, stamp in sorted(_stamps(folder), key=lambda it: it[0].path)}  # fmt: skip


def _stamps(folder: Path | str) -> Iterator[tuple[os.DirEntry[str], tuple[int, ...]]]:
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                yield from _stamps(entry.path)
            elif entry.name.endswith(_READ):
                with suppress(FileNotFoundError):  # gone since it was listed
                    it = entry.stat()
                    yield entry, (it.st_mtime_ns, it.st_ctime_ns, it.st_size, it.st_ino)


def _name(path: Path) -> str:
    name = _mapping(path).get("name")
    if not isinstance(name, str):
        raise WordsError(f"{path}: the hotline needs a `name`")
    return name


def _commands(path: Path) -> dict[str, str]:
    commands = {}
    for name, forms in _mapping(path).items():
        if not isinstance(forms, list) or not all(isinstance(it, (str, int)) for it in forms):
            raise WordsError(f"{path}: {name}: what is said must be a list, as [一, 二]")
        commands.update({str(form).lower(): name for form in forms})
    return commands


def _mapping(path: Path) -> dict[str, Any]:
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise WordsError(f"{path}: {error}") from error
    if not isinstance(raw, dict):
        raise WordsError(f"{path}: every line must be `key: value`")
    return raw
