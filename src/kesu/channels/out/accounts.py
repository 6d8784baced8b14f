"""Setting up accounts and robots; trying one and seeing exactly what came back. Only people whose role opens set-up come here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from kesu.channels.models import OutAccount, Outgoing
from kesu.channels.out import robots, sms, texts
from kesu.channels.out.means import Refusal
from kesu.channels.out.posting import Reply
from kesu.channels.sealing import seal_all, secrets_of
from kesu.company.models import Person
from kesu.company.standing import standing
from kesu.procedure.refused import Refused
from kesu.procedure.telling import KINDS


@dataclass(frozen=True)
class Tried:
    """What a provider answered to a try: whether it took the message, the status, its words without our secrets, milliseconds."""

    good: bool
    status: int | None
    words: str
    took: int
    meaning: str  # what we make of it


def accounts(person: Person) -> QuerySet[OutAccount]:
    """The company's own."""
    return OutAccount.objects.filter(company_id=person.company_id).select_related("site", "department__site").order_by("means", "id")


def save_account(person: Person, account: OutAccount, *, secret: str = "", address: str = "", at: datetime) -> OutAccount:
    """Store an account; an empty secret or address keeps the one there is. Raises Refused."""
    found = standing(person.company)
    if account.site_id is not None and account.site_id not in found.sites:
        raise Refused("site", "请选一个服务点", "choose a site", field="site")
    if account.department_id is not None and account.department_id not in found.departments:
        raise Refused("department", "请选一个部门", "choose a department", field="department")
    before = OutAccount.objects.filter(pk=account.pk).first()
    account.company_id = person.company_id
    account.sealed = _sealed(account, before, secret, address)
    if account.active and not (before and before.active):
        account.since = at
    account.fault, account.fault_since = "", None
    account.save()
    return account


def _sealed(account: OutAccount, before: OutAccount | None, secret: str, address: str) -> str:
    known = secrets_of(before.sealed) if before else {}
    if account.means == sms.ID:
        if before and before.settings.get("key_id") != account.settings.get("key_id") and not secret:
            known = {}  # a secret belongs to its key
        secrets = {"secret": secret or known.get("secret", "")}
        if account.active and not secrets["secret"]:
            raise Refused("secret", "先填密钥，再打开", "enter the secret before you switch it on", field="secret")
        return seal_all(secrets)
    key = robots.key_in(account.means, address) if address else known.get("key", "")
    if not key:
        raise Refused("address", "把群机器人的 Webhook 地址整个粘贴过来", "paste the robot's whole webhook address", field="address")
    if account.means != robots.WECOM and not (secret or known.get("secret") or before):
        raise Refused(
            "secret",
            "机器人的安全设置选“加签”，把密钥填在这里",
            "choose signing in the robot's settings and enter its secret",
            field="secret",
        )
    return seal_all({"key": key, "secret": secret or known.get("secret", "")})


def save_templates(person: Person, account_id: int, templates: dict[str, dict[str, dict[str, str]]]) -> OutAccount:
    """Store what each kind says in each language. Raises Refused beside the field kind_language."""
    account = accounts(person).get(pk=account_id)
    kept: dict[str, dict[str, dict[str, str]]] = {}
    for kind in (*KINDS, texts.STAFF, texts.CODE):
        for language in ("zh", "en"):
            row = templates.get(kind, {}).get(language, {})
            code, text = row.get("code", "").strip()[:60], row.get("text", "").strip()[:500]
            if wrong := texts.unknown_in(text):
                raise Refused("name", f"没有 {{{wrong[0]}}} 这个变量", f"there is no {{{wrong[0]}}}", field=f"{kind}_{language}_text")
            if bool(code) != bool(text):
                raise Refused(
                    "half", "模板编号和内容要一起填", "give both the template's code and its text", field=f"{kind}_{language}_text"
                )
            if code:
                kept.setdefault(kind, {})[language] = {"code": code, "text": text}
    account.templates = kept
    account.save(update_fields=["templates"])
    return account


def tried(account: OutAccount, *, secret: str, address: str, to: str, at: datetime) -> Tried:
    """Send one real message with these settings, stored or not. Raises Refused when something is missing."""
    before = OutAccount.objects.filter(pk=account.pk).first()
    secrets = secrets_of(_sealed(account, before, secret, address))
    if account.means == sms.ID:
        reply, shown = _tried_sms(account, secrets, to, at), sms.judged
        provider = account.provider
    else:
        title, line = ("客诉：试发一条", "收到这条，说明机器人设好了") if _zh(account) else ("Kesu: a try", "This robot is set up")
        payload = robots.payload(title, [(line, "")], "", "zh-hans" if _zh(account) else "en")
        reply, shown, provider = robots.ask(account.means, secrets, payload, at), robots.judged, account.means
    words = reply.covered([*secrets.values()])
    try:
        shown(provider, reply)
    except Refusal as refusal:
        return Tried(False, reply.status, words, reply.took, Reply(None, refusal.why, 0).covered(secrets.values()))
    return Tried(True, reply.status, words, reply.took, "")


def _zh(account: OutAccount) -> bool:
    return str(account.settings.get("language") or "zh").startswith("zh")


def _tried_sms(account: OutAccount, secrets: dict[str, str], to: str, at: datetime) -> Reply:
    if not secrets.get("secret"):
        raise Refused("secret", "先填密钥，再试", "enter the secret before you try it", field="secret")
    if not sms.is_mobile(to):
        raise Refused("to", "写一个手机号", "give a mobile number", field="to")
    for kind in (*KINDS, texts.STAFF):
        example = {name: pair[0] for name, pair in texts.NAMES.items()} | {"number": "TEST-1", "token": "test", "link": "test"}
        if payload := sms.payload(account, kind, "zh-hans", example):
            return sms.ask(account, secrets.get("secret", ""), to, payload, "0", at)
    raise Refused("template", "先存下一个模板", "store a template first", field="to")


def last_out(account: OutAccount) -> Outgoing | None:
    """The last message by it."""
    return Outgoing.objects.filter(account=account).order_by("-id").first()
