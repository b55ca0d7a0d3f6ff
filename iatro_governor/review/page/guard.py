"""Who may speak to the page: by its name, its token, and from its own forms; and what a browser may do with it."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

COOKIE = "iatro_review"
SHORTEST_TOKEN = 16
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""With every answer. The referrer stays within the page: without any, a browser sends no origin with a form."""


def is_loopback(host: str) -> bool:
    """True for an address, or the name localhost, that only this machine can reach."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True)
class Guard:
    """What is let in. ``names`` are the hosts that the page answers to, lower case, without ports.

    A page of another site can make its own name lead here (DNS rebinding), so a name that is not ours is refused.
    Literal addresses cannot be made to lead anywhere; ``addresses`` says whether any of them will do.
    """

    names: frozenset[str]
    addresses: bool = False
    token: str | None = None
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    @classmethod
    def of(cls, host: str, token: str | None, more: Iterable[str] = ()) -> Guard:
        """The guard of a page that is bound to ``host``."""
        own = f"[{host}]" if ":" in host else host.lower()
        names = {own, *map(str.lower, more)}
        if is_loopback(host):
            return cls(frozenset(names | LOOPBACK_NAMES), False, token)
        return cls(frozenset(names), True, token)

    def answers_to(self, host: str | None) -> bool:
        """True where the Host header names this page."""
        name = _without_port(host or "").lower()
        return name in self.names or (self.addresses and _is_address(name))

    def knows(self, authorization: str | None, cookies: str | None) -> bool:
        """True where no token is needed, or the right one is there, as a header or as our cookie."""
        if self.token is None:
            return True
        kind, _, given = (authorization or "").partition(" ")
        if kind.lower() == "bearer" and _same(given.strip(), self.token):
            return True
        return _same(_cookie(cookies), self.cookie())

    def is_token(self, given: str) -> bool:
        """True for the token, compared in constant time."""
        return self.token is not None and _same(given, self.token)

    def cookie(self) -> str:
        """What a browser that gave the token shows from then on: not the token, and of no use once this ends."""
        return self._mark(f"cookie {self.token}")

    def form_mark(self) -> str:
        """What the page's own forms carry, and no other page can know."""
        return self._mark("form")

    def is_own_form(self, mark: str, origin: str | None, host: str | None) -> bool:
        """True for a form that this page made; ``origin`` is the browser's word for where it comes from."""
        same = origin is None or origin.partition("://")[2].lower() == (host or "").lower()
        return same and _same(mark, self.form_mark())

    def _mark(self, use: str) -> str:
        return hmac.new(self.secret, use.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode("utf-8", "replace"))


def _cookie(cookies: str | None) -> str:
    try:
        found = SimpleCookie(cookies or "").get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() and not host.endswith("]") else host


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
