"""WeChat's server as a double on a local port: it gives tokens, files and identities, takes messages, can misbehave. And its calls to us:
signed and encrypted by wechatpy, so that the two sides do not share a mistake."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client
from tests.cast import Cast
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

from kesu.channels.models import Arrival, Follower, OfficialAccount, Saying
from kesu.channels.sealing import seal
from kesu.channels.wechat import working

TOKEN, KEY, SECRET, APP_ID, ORIGIN = (
    "kesutoken",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "app-secret",
    "wx0123456789abcdef",
    "gh_kesu",
)
MIN, ZI = "oMin-aaaa", "oZi-bbbb"  # two followers
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 60
AMR = b"#!AMR\n" + b"\0" * 40
_numbers = itertools.count(24_000_000_000)


@dataclass
class Weixin:
    """What the double knows and was told. `faults`: path → error numbers, HTTP states or "slow", one for each next call."""

    url: str = ""
    tokens: list[str] = field(default_factory=list)
    forced: int = 0
    expires_in: int = 7200
    media: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)  # of OAuth → openid; each good once
    templates: dict[str, list[str]] = field(default_factory=dict)  # id → its fields
    said: list[tuple[str, dict[str, Any]]] = field(default_factory=list)  # path, body
    asked: list[str] = field(default_factory=list)  # paths
    faults: dict[str, list[int | str]] = field(default_factory=dict)
    slow: float = 0.0  # seconds that a token takes

    def texts(self, openid: str = MIN) -> list[str]:
        """What was said to somebody in the conversation."""
        return [body["text"]["content"] for path, body in self.said if path.endswith("custom/send") and body["touser"] == openid]

    def answer(self, path: str, query: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
        """(status, type, bytes) as the real one answers."""
        self.asked.append(path)
        fault = self.faults[path].pop(0) if self.faults.get(path) else None
        if fault == "slow":
            time.sleep(1.0)
        elif isinstance(fault, int) and 400 <= fault < 600:
            return fault, "text/html", b"<html>busy</html>"
        elif isinstance(fault, int):
            return _error(fault, "as you wish")
        if path == "/cgi-bin/stable_token":
            return self._token(json.loads(body))
        if path == "/sns/oauth2/access_token":
            return self._who(query)
        if path.startswith("/video/"):
            return 200, "video/mp4", self.media[path.removeprefix("/video/")][1]
        if not self.tokens or query.get("access_token") != self.tokens[-1]:
            return _error(40001, "invalid credential, access_token is invalid or not latest")
        return self._asked(path, query, body)

    def _token(self, wanted: dict[str, Any]) -> tuple[int, str, bytes]:
        time.sleep(self.slow)
        if wanted.get("grant_type") != "client_credential" or wanted.get("appid") != APP_ID:
            return _error(40013, "invalid appid")
        if wanted.get("secret") != SECRET:
            return _error(40125, "invalid appsecret")
        if wanted.get("force_refresh") or not self.tokens:
            self.forced += bool(wanted.get("force_refresh"))
            self.tokens.append(f"token-{len(self.tokens)}")
        return _json({"access_token": self.tokens[-1], "expires_in": self.expires_in})

    def _who(self, query: dict[str, str]) -> tuple[int, str, bytes]:
        if query.get("appid") != APP_ID or query.get("secret") != SECRET:
            return _error(40125, "invalid appsecret")
        openid = self.codes.pop(query.get("code", ""), "")
        return _json({"access_token": "of-the-user", "openid": openid, "scope": "snsapi_base"}) if openid else _error(40029, "invalid code")

    def _asked(self, path: str, query: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
        if path == "/cgi-bin/media/get":
            found = self.media.get(query.get("media_id", ""))
            if found is None:
                return _error(40007, "invalid media_id")
            if found[0] == "video":
                return _json({"video_url": f"{self.url}/video/{query['media_id']}"})
            return 200, found[0], found[1]
        if path == "/cgi-bin/template/get_all_private_template":
            rows = [
                {"template_id": id, "content": "".join(f"{{{{{name}.DATA}}}}" for name in names)} for id, names in self.templates.items()
            ]
            return _json({"template_list": rows})
        if b"\\u" in body:
            return _error(47001, "escaped letters are shown as they stand")
        told = json.loads(body)
        if "template" in path or "bizsend" in path:
            names = self.templates.get(told["template_id"])
            if names is None:
                return _error(40037, "invalid template_id")
            if set(told["data"]) != set(names) or any(not row["value"] for row in told["data"].values()):
                return _error(47003, "argument invalid")
        self.said.append((path, told))
        return _json({"errcode": 0, "errmsg": "ok", "msgid": 200_000_000 + len(self.said)})


def _json(said: dict[str, Any]) -> tuple[int, str, bytes]:
    return 200, "application/json; encoding=utf-8", json.dumps(said).encode()


def _error(code: int, words: str) -> tuple[int, str, bytes]:
    return _json({"errcode": code, "errmsg": words})


@contextmanager
def running() -> Iterator[Weixin]:
    """The double on a port of its own."""
    double = Weixin()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, kind, data = double.answer(parts.path, query, body)
            try:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except OSError:
                self.close_connection = True  # whoever asked has lost patience

        do_GET = do_POST = _answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    double.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()


def account(cast: Cast, **changes: Any) -> OfficialAccount:
    """The account of 榕砚里."""
    channel = next(row.id for row in cast.pack.channels if row.name == "微信")
    row: dict[str, Any] = {
        "company": cast.company,
        "site": cast.site,
        "channel": channel,
        "name": "和檐物业",
        "origin": ORIGIN,
        "app_id": APP_ID,
    }
    secrets = {"sealed_secret": seal(SECRET), "sealed_token": seal(TOKEN), "sealed_key": seal(KEY)}
    return OfficialAccount.objects.create(**(row | secrets | changes))


def xml(kind: str, at: datetime, *, sender: str = MIN, to: str = ORIGIN, key: str | None = None, **fields: str) -> str:
    """A message as WeChat writes it."""
    known = {"ToUserName": to, "FromUserName": sender, "CreateTime": str(int(at.timestamp())), "MsgType": kind}
    if kind != "event":
        known["MsgId"] = key or str(next(_numbers))
    return "<xml>" + "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in (known | fields).items()) + "</xml>"


def signed(at: datetime, nonce: str = "n0nce", token: str = TOKEN) -> dict[str, str]:
    """The signature in the address."""
    signer, stamp = WeChatSigner(), str(int(at.timestamp()))
    signer.add_data(token, stamp, nonce)
    return {"signature": signer.signature, "timestamp": stamp, "nonce": nonce}


def call(row: OfficialAccount, message: str, at: datetime, *, mode: str = "", query: dict[str, str] | None = None, **crypto: str) -> Any:
    """WeChat calls us with a message, as the account's mode has it."""
    mode = mode or row.mode
    asked = signed(at) if query is None else dict(query)
    body = message
    if mode != "plain":
        sealed = WeChatCrypto(crypto.get("token", TOKEN), crypto.get("key", KEY), crypto.get("app_id", APP_ID)).encrypt_message(
            message, asked["nonce"], asked["timestamp"]
        )
        asked["msg_signature"] = sealed.partition("<MsgSignature><![CDATA[")[2].partition("]]>")[0]
        asked["encrypt_type"] = "aes"
        encrypted = sealed.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
        both = message.removeprefix("<xml>").removesuffix("</xml>") if mode == "both" else f"<ToUserName><![CDATA[{ORIGIN}]]></ToUserName>"
        body = f"<xml>{both}<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    return Client().post(f"/hooks/wechat/{row.pk}/?{urlencode(asked)}", body.encode(), content_type="text/xml")


def say(
    row: OfficialAccount, at: datetime, words: str = "", *, sender: str = MIN, kind: str = "text", work: bool = True, **fields: str
) -> None:
    """A follower says something, and the worker does its round."""
    content = {"Content": words} if kind == "text" else {}
    answer = call(row, xml(kind, at, sender=sender, **content, **fields), at)
    assert answer.status_code == 200, answer
    if work:
        working.work(at)


def last(follower: str = MIN) -> str:
    """What we said last to somebody."""
    return Saying.objects.filter(follower__openid=follower).latest("id").words


def follower(openid: str = MIN) -> Follower:
    """Their row."""
    return Follower.objects.get(openid=openid)


def states() -> list[tuple[str, str]]:
    """What became of everything that came."""
    return list(Arrival.objects.order_by("id").values_list("state", "why"))
