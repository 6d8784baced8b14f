"""Signatures as the providers define them; each is tested against the example that the provider published."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote, quote_plus

ACS3, TC3 = "ACS3-HMAC-SHA256", "TC3-HMAC-SHA256"


def _hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def canonical_query(query: Mapping[str, str]) -> str:
    """Sorted, each name and value percent-encoded as RFC 3986 has it."""
    return "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted(query.items()))


def aliyun(
    key_id: str, secret: str, host: str, action: str, version: str, query: Mapping[str, str], nonce: str, at: datetime
) -> dict[str, str]:
    """Headers of a POST to / with everything in the query and an empty body (signature V3)."""
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": _hex(b""),
        "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    request = "\n".join(["POST", "/", canonical_query(query), lines, names, _hex(b"")])
    signature = _hmac(secret.encode(), f"{ACS3}\n{_hex(request.encode())}").hex()
    return headers | {"authorization": f"{ACS3} Credential={key_id},SignedHeaders={names},Signature={signature}"}


def tencent(secret_id: str, secret_key: str, host: str, body: bytes, at: datetime) -> dict[str, str]:
    """Content type, host and authorization of a JSON POST to / (signature V3). The service is the first part of the host."""
    kind, service = "application/json; charset=utf-8", host.partition(".")[0]
    day = at.astimezone(UTC).strftime("%Y-%m-%d")
    scope, names = f"{day}/{service}/tc3_request", "content-type;host"
    request = "\n".join(["POST", "/", "", f"content-type:{kind}\nhost:{host}\n", names, _hex(body)])
    text = "\n".join([TC3, str(int(at.timestamp())), scope, _hex(request.encode())])
    key = _hmac(_hmac(_hmac(f"TC3{secret_key}".encode(), day), service), "tc3_request")
    signature = _hmac(key, text).hex()
    return {
        "content-type": kind,
        "host": host,
        "authorization": f"{TC3} Credential={secret_id}/{scope}, SignedHeaders={names}, Signature={signature}",
        "x-tc-timestamp": str(int(at.timestamp())),
    }


def dingtalk(secret: str, at: datetime) -> tuple[str, str]:
    """(timestamp in milliseconds, sign ready for an address)."""
    stamp = str(int(at.timestamp() * 1000))
    return stamp, quote_plus(base64.b64encode(_hmac(secret.encode(), f"{stamp}\n{secret}")).decode())


def feishu(secret: str, at: datetime) -> tuple[str, str]:
    """(timestamp in seconds, sign). What is signed is empty: time and secret are the key."""
    stamp = str(int(at.timestamp()))
    return stamp, base64.b64encode(_hmac(f"{stamp}\n{secret}".encode(), "")).decode()
