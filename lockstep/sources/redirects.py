"""Where a web server may send a download: never from https to http, nor to another, private host."""

import asyncio
import ipaddress
import socket
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import LockstepError
from lockstep.core.urls import show_url

if TYPE_CHECKING:
    import aiohttp
    from yarl import URL

HINT = "give that URL itself as the source if you trust it"


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the internet's, not of this machine or a private network."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_global


async def resolve(url: "URL") -> list[str]:
    """Return the addresses of a URL's host; none where only a proxy can resolve it."""
    loop = asyncio.get_running_loop()
    try:
        records = await loop.getaddrinfo(url.host, url.port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [str(record[4][0]) for record in records]


async def check_redirect(old: "URL", new: "URL") -> None:
    """Raise LockstepError where a redirect loses https, or leads to another host with a private address."""
    step = f"{show_url(str(old))} redirects to {show_url(str(new))}"
    if old.scheme == "https" and new.scheme != "https":
        raise LockstepError(f"{step}, which is not https; {HINT}")
    if new.host != old.host and not all(map(is_public, await resolve(new))):
        raise LockstepError(f"{step}, an address of a private network; {HINT}")


def checked_redirects() -> "aiohttp.TraceConfig":
    """Return what makes a session of aiohttp check each redirect before it follows it."""
    import aiohttp
    from yarl import URL

    async def check(
        _session: Any, _context: Any, request: aiohttp.TraceRequestRedirectParams
    ) -> None:
        headers = request.response.headers
        location = headers.get("Location") or headers.get("URI") or ""
        await check_redirect(request.url, request.url.join(URL(location)))

    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(check)
    return trace
