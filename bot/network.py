"""Where a request comes from, and whether its page is one of ours."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address

from aiohttp import web
from yarl import URL


@dataclass(frozen=True, slots=True)
class Network:
    """What is believed of a request. The X-Forwarded headers count only behind a proxy of ours,
    and of those only the right-most value, which that proxy wrote itself."""

    trust_proxy: bool = False
    origins: frozenset[str] = frozenset()  # whose pages may talk to us, besides our own

    def address(self, request: web.BaseRequest) -> str:
        """The visitor's IP address; of IPv6 the /64 that one subscriber gets."""
        return _subscriber(self._forwarded(request, "X-Forwarded-For") or request.remote or "")

    def is_https(self, request: web.BaseRequest) -> bool:
        """Whether the visitor's own connection is encrypted."""
        scheme = self._forwarded(request, "X-Forwarded-Proto") or request.scheme
        return scheme in ("https", "wss")

    def is_ours(self, request: web.BaseRequest) -> bool:
        """Whether the page that makes this request is ours. Browsers tell it truthfully, and no
        page can make them lie."""
        origin = _origin(request.headers.get("Origin", ""))
        scheme = "https" if self.is_https(request) else "http"
        ours = {_origin(f"{scheme}://{request.host}"), *map(_origin, self.origins)}
        return origin is not None and origin in ours

    def _forwarded(self, request: web.BaseRequest, header: str) -> str:
        if not self.trust_proxy:
            return ""
        return ",".join(request.headers.getall(header, [])).rpartition(",")[2].strip()


def _origin(text: str) -> URL | None:
    try:
        return URL(text).origin()
    except ValueError:  # no host in it, such as "null"
        return None


def _subscriber(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:  # a unix socket has no address
        return text[:64]
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or IPv6Network((address, 64), strict=False))
    return str(address)
