"""Categories of difficulty (就业困难类别), as content/directory/categories.yaml names them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.jobs.directory import DirectoryError, mapping


@dataclass(frozen=True, slots=True)
class Category:
    """One difficulty; `welfare`: public-welfare posts are looked for too."""

    key: str
    title: str
    welfare: bool


def load_categories(path: Path) -> dict[str, Category]:
    """The categories by their keys, in the order of the file. Raises DirectoryError."""
    return {key: _category(path, key, raw) for key, raw in mapping(path).items()}


def _category(path: Path, key: str, raw: object) -> Category:
    match raw:
        case {"title": str(title), "welfare": bool(welfare)} if key.isascii() and title:
            return Category(key, title, welfare)
        case _:
            raise DirectoryError(f"{path}: {key}: {{title: ..., welfare: true or false}}")
