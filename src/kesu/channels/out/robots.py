"""Robots in the work chats of staff: WeCom, DingTalk, Feishu. One message for what came together, with links, without the customer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from kesu.channels.out import signing
from kesu.channels.out.means import Means, Refusal, Sent
from kesu.channels.out.models import OutAccount, Outgoing
from kesu.channels.out.posting import Reply, endpoint, post
from kesu.channels.sealing import secrets_of

WECOM, DINGTALK, FEISHU = "wecom", "dingtalk", "feishu"
NAMES = {WECOM: ("企业微信群机器人", "WeCom robot"), DINGTALK: ("钉钉群机器人", "DingTalk robot"), FEISHU: ("飞书群机器人", "Feishu robot")}
A_MINUTE = 20  # messages that a robot may send, by the rules of all three
LARGEST = 3800  # bytes of a text; WeCom takes 4096
A_WHILE = timedelta(minutes=1)
BANNED = timedelta(minutes=10)  # how long DingTalk takes nothing from a robot that sent too fast
TOO_FAST = {WECOM: (45009, 45033), DINGTALK: (130101, 410100), FEISHU: (11232, 99991400)}
NO_ROBOT = {WECOM: (93000, 93008, 93017), DINGTALK: (310000, 300001, 300005, 400101, 400102), FEISHU: (19001, 19021, 19022, 19024)}


def key_in(provider: str, address: str) -> str:
    """The robot's key in the address that the chat shows; "" where it is the address of no such robot."""
    parts = urlsplit(address.strip())
    if provider == FEISHU:
        before, _, key = parts.path.rpartition("/")
        return key if before.endswith("/bot/v2/hook") else ""
    wanted = {WECOM: ("/cgi-bin/webhook/send", "key"), DINGTALK: ("/robot/send", "access_token")}
    path, name = wanted[provider]
    return parse_qs(parts.query).get(name, [""])[0] if parts.path == path else ""


def payload(title: str, lines: list[tuple[str, str]], more: str, language: str) -> dict[str, Any]:
    """What is sent: a title, lines (words, address), and how many more there are; no longer than the chats take."""
    kept: list[list[str]] = []
    room = LARGEST - len(title.encode()) - len(more.encode()) - 200
    for words, link in lines:
        room -= len(words.encode()) + len(link.encode()) + 12
        if room < 0:
            break
        kept.append([words, link])
    left = len(lines) - len(kept)
    rest = more.replace("{n}", str(left)) if left else ""
    text = "\n".join([title, *(f"· {words} {link}".rstrip() for words, link in kept), *([rest] if rest else [])])
    return {"title": title, "lines": kept, "rest": rest, "text": text, "language": language}


def markdown(payload: Mapping[str, Any], bullet: str = "- ") -> str:
    """The lines with their links. Signs of markdown in words are taken out: nobody's words may become a link."""
    rows = [f"{bullet}[{_flat(words)}]({link})" if link else f"{bullet}{_flat(words)}" for words, link in payload["lines"]]
    return "\n".join([*rows, *([payload["rest"]] if payload["rest"] else [])])


def _flat(words: str) -> str:
    return " ".join("".join(" " if sign in "[]()<>*_`#\\\n" else sign for sign in words).split())


def ask(provider: str, secrets: Mapping[str, str], payload: Mapping[str, Any], at: datetime) -> Reply:
    """Hand one message to the robot."""
    key, secret, base = secrets.get("key", ""), secrets.get("secret", ""), endpoint(provider)
    if provider == WECOM:
        said = f"**{_flat(payload['title'])}**\n{markdown(payload, '> ')}"
        return _json(f"{base}/cgi-bin/webhook/send?key={key}", {"msgtype": "markdown", "markdown": {"content": said}})
    if provider == DINGTALK:
        stamp, sign = signing.dingtalk(secret, at)
        signed = f"&timestamp={stamp}&sign={sign}" if secret else ""
        said = f"#### {_flat(payload['title'])}\n{markdown(payload)}"
        body = {"msgtype": "markdown", "markdown": {"title": payload["title"], "text": said}}
        return _json(f"{base}/robot/send?access_token={key}{signed}", body)
    stamp, sign = signing.feishu(secret, at)
    head = {"title": {"tag": "plain_text", "content": payload["title"]}, "template": "blue"}
    elements = [{"tag": "div", "text": {"tag": "lark_md", "content": markdown(payload)}}]
    card = {"msg_type": "interactive", "card": {"header": head, "elements": elements}}
    return _json(f"{base}/open-apis/bot/v2/hook/{key}", ({"timestamp": stamp, "sign": sign} if secret else {}) | card)


def _json(url: str, body: Mapping[str, Any]) -> Reply:
    return post(url, json.dumps(body, ensure_ascii=False).encode(), {"content-type": "application/json; charset=utf-8"})


def judged(provider: str, reply: Reply) -> Sent:
    """What the answer means. Raises Refusal."""
    if reply.status is None:
        raise Refusal(reply.text)
    said = reply.said
    code = next((said[name] for name in ("errcode", "code", "StatusCode") if isinstance(said.get(name), int)), None)
    if code == 0:
        return Sent()
    words = (
        f"{code} {said.get('errmsg') or said.get('msg') or ''}".strip() if code is not None else f"HTTP {reply.status} {reply.text[:200]}"
    )
    if code in TOO_FAST[provider] or reply.status == 429:
        raise Refusal(words, wait=BANNED if provider == DINGTALK else A_WHILE)
    raise Refusal(words, account=code in NO_ROBOT[provider])


def send(account: OutAccount | None, outgoing: Outgoing) -> Sent:
    """Send a message that waits."""
    if account is None:
        raise Refusal("没有这个机器人了 / the robot is gone", for_good=True)
    secrets = secrets_of(account.sealed)
    if not secrets.get("key"):
        raise Refusal("地址要重新填 / enter the address again", account=True)
    try:
        return judged(account.means, ask(account.means, secrets, outgoing.payload, outgoing.tried_at or outgoing.at))
    except Refusal as refusal:  # an address that could not be reached may stand in the words
        refusal.why = Reply(None, refusal.why, 0).covered(secrets.values())
        raise


ROBOTS = [Means(id, zh, en, send, per_minute=A_MINUTE) for id, (zh, en) in NAMES.items()]
