"""Files between being looked at and being taken in: for half an hour, one a person and kind."""

from __future__ import annotations

from secrets import token_hex

from bot.console.visit import Upload
from bot.pipeline.line import Line

_KEPT = 1800  # seconds
_TOKEN = 32  # characters


class Parcels:
    """Keeps them where every process finds them."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def keep(self, staff: int, kind: str, upload: Upload) -> str:
        """Keep the file; what it can be asked for by. Whatever else of that kind the person has
        left is forgotten. Raises StorageDown."""
        token = token_hex(_TOKEN // 2)
        name = upload.name.encode("utf-8", "replace").replace(b"\n", b" ")[:300]
        parcel = b"\n".join((token.encode(), name, upload.body))
        await self._line.call("SET", _key(staff, kind), parcel, "EX", _KEPT)
        return token

    async def take(self, staff: int, kind: str, token: str) -> Upload | None:
        """The file, once; None when it is not there any more. Raises StorageDown."""
        parcel = await self._line.call("GETDEL", _key(staff, kind))
        if parcel is None:
            return None
        kept, name, body = bytes(parcel).split(b"\n", 2)
        if kept != token.encode("utf-8", "replace"):
            return None
        return Upload(name.decode("utf-8", "replace"), body)


def _key(staff: int, kind: str) -> str:
    return f"hotline:console:parcel:{kind}:{staff}"
