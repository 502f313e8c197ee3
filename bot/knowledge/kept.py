"""What was learned from the content, kept in files between runs: learning again gives the same."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]

_CONTENTS = 4  # whose files are kept: one may be edited to and fro


class Kept:
    """A folder of learned arrays. A file that is damaged or gone is learned again."""

    def __init__(self, folder: Path | None) -> None:
        """`folder` is made when something is first kept; without it nothing is."""
        self._folder = folder

    def arrays(self, name: str, digest: str, learn: Callable[[], Arrays]) -> Arrays:
        """What `learn` gives of the content with that `digest`: kept, or learned and kept."""
        if self._folder is None:
            return learn()
        file = self._folder / f"{name}-{digest}.npz"
        known = _read(file)
        if known is not None:
            return known
        learned = learn()
        with suppress(OSError):  # it only takes longer the next time
            self._write(file, learned)
            self._forget(name)
        return learned

    def _write(self, file: Path, arrays: Arrays) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        half_done = file.with_suffix(f".{os.getpid()}.tmp")
        with half_done.open("wb") as out:
            np.savez(out, allow_pickle=False, **dict(arrays))
        half_done.replace(file)

    def _forget(self, name: str) -> None:
        assert self._folder is not None
        files = sorted(self._folder.glob(f"{name}-*.npz"), key=lambda it: it.stat().st_mtime)
        for file in files[:-_CONTENTS]:
            file.unlink(missing_ok=True)


def _read(file: Path) -> Arrays | None:
    try:
        with file.open("rb") as raw, np.load(raw, allow_pickle=False) as kept:
            return dict(kept)  # each is read with its checksum
    except (OSError, ValueError, EOFError, BadZipFile):
        return None
