"""Doubles of the providers: a real HTTP server on this machine that checks signatures as the real ones do, and can misbehave."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

SECRET = "a-secret-of-the-provider"
KEY_ID = "key-of-heyan"


@dataclass
class Providers:
    """What they took, and what they do with the next requests instead of taking them."""

    took: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Any] = field(default_factory=list)  # (status, body), "hang", or an answer as a dict
    base: str = ""
    clock: datetime | None = None  # the provider's own time; None: whatever the request says
    _lock: Any = field(default_factory=threading.Lock)

    def numbers(self) -> list[str]:
        """The telephones that got a message, in order."""
        return [one["to"] for one in self.took]

    def next_fault(self) -> Any:
        with self._lock:
            return self.faults.pop(0) if self.faults else None

    def keep(self, message: dict[str, Any]) -> int:
        with self._lock:
            self.took.append(message)
            return len(self.took)


def _digest(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _stale(providers: Providers, stamp: float, seconds: float) -> bool:
    return providers.clock is not None and abs(providers.clock.timestamp() - stamp) > seconds


class Handler(BaseHTTPRequestHandler):
    """The five providers behind one port, told apart by what they are asked."""

    providers: Providers

    def log_message(self, *_: object) -> None:
        """Silent."""

    def do_POST(self) -> None:  # noqa: N802
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        fault = self.providers.next_fault()
        if fault == "hang":
            time.sleep(1.5)
            return
        if fault == "late":  # taken, and the answer comes when nobody listens any more
            self._aliyun(None)
            time.sleep(1.5)
            return
        if isinstance(fault, tuple):
            return self._say(*fault)
        if self.headers.get("authorization", "").startswith("ACS3"):
            return self._say(*self._aliyun(fault))
        if self.headers.get("authorization", "").startswith("TC3"):
            return self._say(200, self._tencent(body, fault))
        return self._say(200, self._robot(body, fault))

    def _say(self, status: int, answer: Any) -> None:
        data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _aliyun(self, fault: Any) -> tuple[int, Any]:
        query = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        said = dict(part.partition("=")[::2] for part in self.headers["authorization"].removeprefix("ACS3-HMAC-SHA256 ").split(","))
        names = said["SignedHeaders"].split(";")
        canonical = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(query.items()))
        lines = "".join(f"{name}:{self.headers[name]}\n" for name in names)
        request = f"POST\n/\n{canonical}\n{lines}\n{said['SignedHeaders']}\n{hashlib.sha256(b'').hexdigest()}"
        wanted = _digest(SECRET.encode(), f"ACS3-HMAC-SHA256\n{hashlib.sha256(request.encode()).hexdigest()}").hex()
        if said["Credential"] != KEY_ID:
            return 404, {"Code": "InvalidAccessKeyId.NotFound", "Message": "Specified access key is not found."}
        if said["Signature"] != wanted or {"host", "x-acs-date", "x-acs-signature-nonce"} - set(names):
            return 400, {"Code": "SignatureDoesNotMatch", "Message": "Specified signature is not matched with our calculation."}
        if fault:
            return 200, fault
        values = json.loads(query["TemplateParam"])
        n = self.providers.keep({"to": query["PhoneNumbers"], "code": query["TemplateCode"], "values": values, "ours": query["OutId"]})
        return 200, {"Code": "OK", "Message": "OK", "BizId": f"biz-{n}", "RequestId": f"r{n}"}

    def _tencent(self, body: bytes, fault: Any) -> Any:
        stamp, host = int(self.headers["x-tc-timestamp"]), self.headers["host"]
        parts = dict(part.strip().partition("=")[::2] for part in self.headers["authorization"].removeprefix("TC3-HMAC-SHA256 ").split(","))
        id, day, service, _ = parts["Credential"].split("/")
        request = (
            f"POST\n/\n\ncontent-type:{self.headers['content-type']}\nhost:{host}\n\ncontent-type;host\n{hashlib.sha256(body).hexdigest()}"
        )
        text = f"TC3-HMAC-SHA256\n{stamp}\n{day}/{service}/tc3_request\n{hashlib.sha256(request.encode()).hexdigest()}"
        key = _digest(_digest(_digest(f"TC3{SECRET}".encode(), day), service), "tc3_request")
        if id != KEY_ID or parts["Signature"] != _digest(key, text).hex():
            return {"Response": {"Error": {"Code": "AuthFailure.SignatureFailure", "Message": "wrong"}, "RequestId": "r"}}
        if _stale(self.providers, stamp, 300):
            return {"Response": {"Error": {"Code": "AuthFailure.SignatureExpire", "Message": "expired"}, "RequestId": "r"}}
        if fault:
            return {"Response": fault}
        said = json.loads(body)
        to = said["PhoneNumberSet"][0].removeprefix("+86")
        n = self.providers.keep({"to": to, "code": said["TemplateId"], "values": said["TemplateParamSet"], "ours": said["SessionContext"]})
        return {
            "Response": {"SendStatusSet": [{"SerialNo": f"sid-{n}", "Fee": 1, "Code": "Ok", "Message": "send success"}], "RequestId": "r"}
        }

    def _robot(self, body: bytes, fault: Any) -> Any:
        parts, said = urlsplit(self.path), json.loads(body)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/cgi-bin/webhook/send":
            if query.get("key") != "wecom-key":
                return {"errcode": 93000, "errmsg": "invalid webhook url"}
            return fault or self._taken("wecom", said, {"errcode": 0, "errmsg": "ok"})
        if parts.path == "/robot/send":
            wanted = base64.b64encode(_digest(SECRET.encode(), f"{query.get('timestamp')}\n{SECRET}")).decode()
            if query.get("access_token") != "ding-token" or query.get("sign") != wanted:
                return {"errcode": 310000, "errmsg": "sign not match"}
            return fault or self._taken("dingtalk", said, {"errcode": 0, "errmsg": "ok"})
        wanted = base64.b64encode(_digest(f"{said.get('timestamp')}\n{SECRET}".encode(), "")).decode()
        if not parts.path.endswith("/bot/v2/hook/feishu-id") or said.get("sign") != wanted:
            return {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"}
        return fault or self._taken("feishu", said, {"code": 0, "msg": "success", "data": {}})

    def _taken(self, robot: str, said: Any, answer: Any) -> Any:
        self.providers.keep({"to": robot, "said": said})
        return answer


@contextmanager
def serving(settings: Any) -> Iterator[Providers]:
    """The doubles on a port of their own; Kesu is set to use them."""
    memory = Providers()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"providers": memory}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    memory.base = f"http://127.0.0.1:{server.server_port}"
    settings.OUT_ENDPOINTS = dict.fromkeys(("aliyun", "tencent", "wecom", "dingtalk", "feishu"), memory.base)
    settings.BASE_URL = "https://kesu.heyan.example"
    try:
        yield memory
    finally:
        server.shutdown()
        server.server_close()
