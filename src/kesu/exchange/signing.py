"""Messages signed in the form of "standard webhooks": HMAC-SHA256 over id, time and body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

PREFIX = "whsec_"


def new_secret() -> str:
    """A fresh secret: 24 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def signature(secret: str, message: str, at: datetime, body: str) -> str:
    """`v1,…` as it stands in the header webhook-signature. `at` counts in whole seconds."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message}.{int(at.timestamp())}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(secret: str, message: str, at: datetime, body: str) -> dict[str, str]:
    """The headers of a signed message."""
    return {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature(secret, message, at, body),
    }
