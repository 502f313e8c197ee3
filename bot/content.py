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

from bot.jobs.board import Guide
from bot.jobs.categories import Category, load_categories
from bot.jobs.reading import WorkReader
from bot.jobs.searching import Surroundings
from bot.knowledge.eligibility import Eligibility
from bot.knowledge.library import ContentLibrary
from bot.settings import Settings
from bot.words import Words, WordsError

_READ = (".md", ".yaml", ".csv")  # an editor's own files beside them are no content

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
    the content this one follows; what it knows of unchanged sentences is not computed again.
    """
    folder = settings.content_dir
    seen = await asyncio.to_thread(stamps, folder)
    words = await asyncio.to_thread(load_words, settings)
    commands = _commands(folder / "commands.yaml")
    library = await ContentLibrary.open(
        folder,
        settings.var_dir / "cache",
        settings.semantic,
        date.today,
        wait=wait,
        before=None if before is None else before.library,
    )
    eligibility = await asyncio.to_thread(Eligibility.open, folder, library.texts, date.today)
    directory = await asyncio.to_thread(Directory.load, folder / "directory")
    return Content(words, commands, library, eligibility, directory, seen)


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
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise WordsError(f"{path}: {error}") from error
    if not isinstance(raw, dict):
        raise WordsError(f"{path}: every line must be `key: value`")
    return raw
