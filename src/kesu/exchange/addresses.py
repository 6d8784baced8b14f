"""Where messages may go: nobody inside may be reached through us by naming an address.

Allowed are http and https to public addresses. Every address that the name resolves to must be public, and the connection goes to
the address that was checked (so a name that changes between the two questions gains nothing). Redirects are not followed.
KESU_HOOK_NETWORKS  networks of one's own that may be reached as well, e.g. "10.1.0.0/16,192.168.7.20/32"
"""

from __future__ import annotations

import ipaddress
import os
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from kesu.procedure.refused import Refused

LONGEST = 500


@dataclass(frozen=True)
class Place:
    """An address that may be called: the checked IP, the port, what stands in Host, and whether by TLS."""

    ip: str
    port: int
    host: str
    header: str
    tls: bool
    path: str

    @property
    def url(self) -> str:
        """The address with the IP in place of the name."""
        ip = f"[{self.ip}]" if ":" in self.ip else self.ip
        return f"{'https' if self.tls else 'http'}://{ip}:{self.port}{self.path}"


def checked_url(url: str) -> str:
    """The address as stored. Raises Refused beside `url` for what is no http(s) address of a host, or names a user."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and not parts.username and parts.port != 0
    except ValueError:
        good = False
    if not good or len(url) > LONGEST or any(ord(letter) < 33 or ord(letter) > 126 for letter in url):
        raise Refused("url", "写完整的网址，以 https:// 开头", "give the whole address, beginning with https://", field="url")
    return url


def place_of(url: str) -> Place:
    """Where a message for this address goes. Raises Refused: unknown name, or an address that may not be reached."""
    parts = urlsplit(checked_url(url))
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise Refused("unknown_host", f"找不到 {host}", f"{host} cannot be found", field="url") from problem
    addresses = [str(row[4][0]) for row in found]
    for address in addresses:
        if not may_reach(address):
            raise Refused(
                "inside",
                f"{host} 是内网地址 {address}，不能发；确要发的，请管理员在 KESU_HOOK_NETWORKS 里写上",
                f"{host} is {address}, inside a network; the administrator may allow it in KESU_HOOK_NETWORKS",
                field="url",
            )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(addresses[0], port, host, parts.netloc, parts.scheme == "https", path)


def may_reach(address: str) -> bool:
    """Whether this IP address is public or one of the allowed networks."""
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if any(ip in network for network in _own_networks() if network.version == ip.version):
        return True
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _own_networks() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    words = os.environ.get("KESU_HOOK_NETWORKS", "").split(",")
    return [ipaddress.ip_network(word.strip(), strict=False) for word in words if word.strip()]
