"""The folder that holds what is nobody else's."""

from __future__ import annotations

from pathlib import Path


def make_private(folder: Path) -> None:
    """Make it, if it is not there, for this user alone and for no repository. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")
