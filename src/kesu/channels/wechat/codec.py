"""How WeChat signs and encrypts what it sends: SHA-1 over sorted words, AES-256-CBC with the account's id inside, flat XML. No Django."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from xml.parsers import expat

BLOCK = 32  # WeChat pads to 32 bytes, not to the cipher's 16
MOST_FIELDS, DEEPEST = 200, 6


class Unreadable(ValueError):
    """Not what WeChat sends: a wrong key, another account's message, XML that is none."""


def signature(*words: str) -> str:
    """The signature over token, timestamp, nonce and, where it is encrypted, the message."""
    return hashlib.sha1("".join(sorted(words)).encode()).hexdigest()  # noqa: S324  # WeChat's choice, not ours


def is_signed(found: str, *words: str) -> bool:
    """Whether it is theirs; takes as long for a good guess as for a bad one."""
    return hmac.compare_digest(found.encode(), signature(*words).encode())


def _key(written: str) -> bytes:
    """The AES key as the console shows it: 43 letters. Raises Unreadable."""
    try:
        key = base64.b64decode(written + "=", validate=True)
    except ValueError as wrong:
        raise Unreadable("EncodingAESKey") from wrong
    if len(key) != 32:
        raise Unreadable("EncodingAESKey")
    return key


def encrypt(text: bytes, written_key: str, app_id: str) -> str:
    """As WeChat does it: random bytes, length, message, account; base64."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key, body = _key(written_key), secrets.token_bytes(16) + struct.pack(">I", len(text)) + text + app_id.encode()
    pad = BLOCK - len(body) % BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(body + bytes([pad]) * pad) + encryptor.finalize()).decode()


def decrypt(encrypted: str, written_key: str, app_id: str) -> bytes:
    """The message. Raises Unreadable: another key, another account, cut off."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key = _key(written_key)
    try:
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        plain = decryptor.update(base64.b64decode(encrypted, validate=True)) + decryptor.finalize()
    except ValueError as wrong:
        raise Unreadable("not encrypted by the rules") from wrong
    pad = plain[-1] if plain else 0
    body = plain[16:-pad] if 1 <= pad <= BLOCK else b""
    if len(body) < 4:
        raise Unreadable("another key")
    (length,) = struct.unpack(">I", body[:4])
    if body[4 + length :] != app_id.encode():
        raise Unreadable("another account")
    return body[4 : 4 + length]


def fields(data: bytes) -> dict[str, str]:
    """The fields of a message by name; nested ones as "Outer.Inner", of repeated ones the first. Raises Unreadable for what is no XML,
    and for a document type: entities that grow or fetch are not even looked at."""
    found: dict[str, str] = {}
    path: list[str] = []
    text: list[str] = []
    parser = expat.ParserCreate("utf-8")

    def refuse(*_: object) -> None:
        raise Unreadable("a document type")

    def start(name: str, _: object) -> None:
        if len(path) > DEEPEST or len(found) > MOST_FIELDS:
            raise Unreadable("too much")
        path.append(name)
        text.clear()

    def end(_: str) -> None:
        if len(path) > 1:
            found.setdefault(".".join(path[1:]), "".join(text))
        path.pop()
        text.clear()

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text.append
    try:
        parser.Parse(data, True)
    except expat.ExpatError as wrong:
        raise Unreadable(str(wrong)) from wrong
    return found


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _xml(parts: dict[str, str]) -> bytes:
    return ("<xml>" + "".join(f"<{name}>{value}</{name}>" for name, value in parts.items()) + "</xml>").encode()


def text_reply(to: str, origin: str, words: str, at: int) -> bytes:
    """An answer within the same request: a text."""
    said = {"CreateTime": str(at), "MsgType": _cdata("text"), "Content": _cdata(words)}
    return _xml({"ToUserName": _cdata(to), "FromUserName": _cdata(origin)} | said)


def sealed_reply(reply: bytes, token: str, written_key: str, app_id: str, at: int) -> bytes:
    """The same encrypted and signed, for accounts that get encrypted messages."""
    encrypted, stamp, nonce = encrypt(reply, written_key, app_id), str(at), secrets.token_hex(8)
    signed = _cdata(signature(token, stamp, nonce, encrypted))
    return _xml({"Encrypt": _cdata(encrypted), "MsgSignature": signed, "TimeStamp": stamp, "Nonce": _cdata(nonce)})
