"""Setting up official accounts, and trying them out. Only people whose role opens set-up come here; the pages see to that."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from kesu.channels.models import OfficialAccount
from kesu.channels.sealing import seal, unseal
from kesu.channels.wechat import codec, server, tokens
from kesu.channels.wechat.sending import HOW, VALUES
from kesu.channels.wechat.server import Fault
from kesu.company.models import Person, Site
from kesu.procedure.refused import Refused

_TOKEN, _APP, _ORIGIN = re.compile(r"[A-Za-z0-9]{3,32}"), re.compile(r"wx[0-9a-zA-Z]{8,30}"), re.compile(r"gh_[0-9a-zA-Z_]{2,30}")
_FIELD = re.compile(r"[a-z_]{1,30}[0-9]{0,3}")
HINTS: dict[int, tuple[str, str]] = {  # what to do about an error number
    40164: ("在公众平台“IP 白名单”里加上这台服务器的出口地址", "add this server's address to the list of allowed IPs in WeChat's console"),
    40125: ("AppSecret 不对，或已经重置过", "the AppSecret is wrong, or has been reset"),
    40013: ("AppID 不对", "the AppID is wrong"),
    48001: ("这个公众号没有这项接口权限（多半是没有认证）", "the account may not use this interface (most often it is not verified)"),
    40037: ("没有这个模板", "there is no such template"),
}
Steps = list[tuple[bool, str]]


def accounts(person: Person) -> QuerySet[OfficialAccount]:
    """The company's own."""
    return OfficialAccount.objects.filter(company_id=person.company_id).select_related("site", "company").order_by("name", "id")


def made_up() -> tuple[str, str]:
    """A token and an AES key to enter on both sides."""
    letters = string.ascii_letters + string.digits
    token = "".join(secrets.choice(letters) for _ in range(24))
    return token, "".join(secrets.choice(letters) for _ in range(42)) + secrets.choice("AEIMQUYcgkosw048")


def fill(row: OfficialAccount, *, token: str, key: str, secret: str) -> OfficialAccount:
    """Seal what was entered; what was left empty stays, but not for another account than it was entered for."""
    before = OfficialAccount.objects.filter(pk=row.pk).first()
    if before and before.app_id != row.app_id:
        row.sealed_secret = row.sealed_access = ""
        row.access_until = None
    row.sealed_token = seal(token.strip()) if token.strip() else row.sealed_token
    row.sealed_key = seal(key.strip()) if key.strip() else row.sealed_key
    if secret.strip():
        row.sealed_secret, row.sealed_access, row.access_until = seal(secret.strip()), "", None
    return row


def save(person: Person, row: OfficialAccount, at: datetime) -> OfficialAccount:
    """Store a filled account. Raises Refused, with the field."""
    row.company_id = person.company_id
    if not Site.objects.filter(pk=row.site_id, company_id=person.company_id).exists():
        raise Refused("site", "请选一个服务点", "choose a site", field="site")
    for field, wrong in _faults(row):
        raise Refused(field, *wrong, field=field)
    if OfficialAccount.objects.filter(company_id=row.company_id, app_id=row.app_id).exclude(pk=row.pk).exists():
        raise Refused("twice", "这个公众号已经设过了", "that account is set up already", field="app_id")
    row.fault = ""
    row.save()
    return row


def _faults(row: OfficialAccount) -> Iterator[tuple[str, tuple[str, str]]]:
    if not _APP.fullmatch(row.app_id):
        yield "app_id", ("AppID 以 wx 开头", "an AppID begins with wx")
    if not _ORIGIN.fullmatch(row.origin):
        yield "origin", ("原始 ID 以 gh_ 开头", "an original id begins with gh_")
    if not _TOKEN.fullmatch(unseal(row.sealed_token)):
        yield "token", ("令牌是 3 到 32 位字母和数字", "a token has 3 to 32 letters and digits")
    if row.mode != "plain" and not _key_fits(row):
        yield "key", ("EncodingAESKey 是 43 位字母和数字", "an EncodingAESKey has 43 letters and digits")
    for kind, one in row.templates.items():
        bad = [name for name, what in one["fields"].items() if not _FIELD.fullmatch(name) or what not in VALUES]
        if one["how"] not in HOW or not one["id"] or bad or not one["fields"]:
            words = f"“{bad[0]}”写错了" if bad else "模板要有编号和至少一个字段"
            yield f"fields_{kind}", (words, f"{bad[0]!r} is wrong" if bad else "a template needs its id and at least one field")


def _key_fits(row: OfficialAccount) -> bool:
    try:
        sealed = codec.encrypt(b"kesu", unseal(row.sealed_key), row.app_id)
        return codec.decrypt(sealed, unseal(row.sealed_key), row.app_id) == b"kesu"
    except codec.Unreadable:
        return False


def mapping(written: str) -> dict[str, str]:
    """thing1=title, time3=time → {"thing1": "title", "time3": "time"}."""
    pairs = [part.partition("=") for part in re.split(r"[,，;；\n]+", written) if part.strip()]
    return {name.strip(): what.strip() for name, _, what in pairs}


def written(fields: dict[str, str]) -> str:
    """The other way round."""
    return ", ".join(f"{name}={what}" for name, what in fields.items())


def tried(row: OfficialAccount, at: datetime, language: str) -> Steps:
    """Ask WeChat with these settings, stored or not, and say what came back. Nothing is stored."""
    zh = language.startswith("zh")
    if row.mode == "plain":
        steps: Steps = [(True, "明文模式：消息不加密" if zh else "plain mode: messages come in the clear")]
    else:
        fits = _key_fits(row)
        pair = (
            ("EncodingAESKey 能加密，也能解开", "the EncodingAESKey fits")
            if fits
            else ("EncodingAESKey 用不了", "the EncodingAESKey is useless")
        )
        steps = [(fits, pair[0 if zh else 1])]
    if not row.sealed_secret:
        return [*steps, (False, "AppSecret 还没填，没有去问微信" if zh else "no AppSecret was entered: WeChat was not asked")]
    try:
        token, until = tokens.ask(row, at)
    except Fault as fault:
        return [*steps, (False, said(fault, zh))]
    minutes = int((until - at).total_seconds() // 60)
    steps.append((True, f"拿到了访问令牌，用 {minutes} 分钟" if zh else f"got an access token, used for {minutes} minutes"))
    if row.templates:
        steps += _templates(row, token, zh)
    heard = row.heard_from_at is not None
    never = (
        "微信还没有叫过我们：在公众平台填好下面的地址、令牌和密钥"
        if zh
        else "WeChat has not called us yet: enter address, token and key in its console"
    )
    steps.append((heard, ("微信叫过我们，签名是对的" if zh else "WeChat has called us with a good signature") if heard else never))
    return steps


def _templates(row: OfficialAccount, token: str, zh: bool) -> Steps:
    try:
        found = server.get("/cgi-bin/template/get_all_private_template", access_token=token).get("template_list", [])
    except Fault as fault:
        return [(False, said(fault, zh))]
    known = {one.get("template_id", ""): set(re.findall(r"\{\{(\w+)\.DATA\}\}", one.get("content", ""))) for one in found}
    steps: Steps = []
    for kind, one in row.templates.items():
        if one["how"] != "template":
            continue  # WeChat has no list of subscription templates for this token
        names, ours = known.get(one["id"]), set(one["fields"])
        if names is None:
            steps.append((False, f"{kind}: " + (HINTS[40037][0] if zh else HINTS[40037][1])))
        elif names != ours:
            lacking = ", ".join(sorted(names ^ ours))
            steps.append((False, f"{kind}: " + (f"字段对不上：{lacking}" if zh else f"the fields do not match: {lacking}")))
        else:
            steps.append((True, f"{kind}: " + ("模板在，字段对得上" if zh else "the template is there and its fields match")))
    return steps


def said(fault: Fault, zh: bool) -> str:
    """WeChat's own words, and what to do about them."""
    hint = HINTS.get(fault.code)
    return " → ".join(filter(None, [str(fault), hint[0 if zh else 1] if hint else ""]))
