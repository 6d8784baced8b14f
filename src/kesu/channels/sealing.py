"""Secrets at rest and in addresses: passwords of mailboxes sealed with the installation's key, tokens that only we can have made."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

from django.conf import settings


def _key(purpose: str) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), purpose.encode(), hashlib.sha256).digest()


def seal(secret: str) -> str:
    """Encrypted and authenticated (Fernet: AES-128 and HMAC). The key is not in the database, so neither a dump nor an export tells it."""
    if not secret:
        return ""
    from cryptography.fernet import Fernet  # seven megabytes that most processes never need

    return Fernet(base64.urlsafe_b64encode(_key("mailbox password"))).encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret; "" where it was sealed with another installation's key."""
    if not sealed:
        return ""
    from cryptography.fernet import Fernet, InvalidToken

    try:
        return Fernet(base64.urlsafe_b64encode(_key("mailbox password"))).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def seal_all(secrets: dict[str, str]) -> str:
    """Several secrets as one."""
    return seal(json.dumps(secrets)) if any(secrets.values()) else ""


def secrets_of(sealed: str) -> dict[str, str]:
    """What `seal_all` sealed; {} where it was sealed with another installation's key."""
    found = unseal(sealed)
    return {str(name): str(value) for name, value in json.loads(found).items()} if found else {}


def token(purpose: str, what: str, length: int = 20) -> str:
    """Letters and digits in small letters: mail servers do not keep capital ones apart."""
    return base64.b32encode(_key(f"{purpose}:{what}")).decode().lower()[:length]


def is_token(found: str, purpose: str, what: str, length: int = 20) -> bool:
    """Whether we made it; takes as long for a good guess as for a bad one."""
    return hmac.compare_digest(found.lower().encode(), token(purpose, what, length).encode())


def push_key(mailbox_id: int) -> bytes:
    """The key with which messages pushed to a mailbox are signed."""
    return _key(f"push:{mailbox_id}")


def line_key(line_id: int, turn: int) -> bytes:
    """The key with which events of a telephone line are signed."""
    return _key(f"calls:{line_id}:{turn}")
