"""Text messages, by Alibaba Cloud or Tencent Cloud: templates that the provider has approved, filled with as little as possible."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from kesu.channels.out import signing, texts
from kesu.channels.out.means import Means, Reach, Refusal, Sent, Told
from kesu.channels.out.models import OutAccount, Outgoing
from kesu.channels.out.posting import Reply, endpoint, post
from kesu.channels.sealing import secrets_of
from kesu.complaints.models import Case

ID = "sms"
ALIYUN, TENCENT = "aliyun", "tencent"
PROVIDERS = {ALIYUN: ("阿里云", "Alibaba Cloud"), TENCENT: ("腾讯云", "Tencent Cloud")}
RECEIPTS_A_DAY = 3  # to one number: whoever gets more has had enough of them
_MOBILE = re.compile(r"1[3-9]\d{9}|\+[1-9]\d{6,14}")
A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)

# what they answer → what it means; the rest is "try later"
FOR_GOOD = (
    *("isv.MOBILE_NUMBER_ILLEGAL", "isv.BLACK_KEY_CONTROL_LIMIT", "isv.DENY_IP_RANGE", "isv.INVALID_PARAMETERS"),
    *("FailedOperation.PhoneNumberInBlacklist", "InvalidParameterValue.IncorrectPhoneNumber", "FailedOperation.ContainSensitiveWord"),
)
TOO_MANY = ("isv.BUSINESS_LIMIT_CONTROL", "isv.DAY_LIMIT_CONTROL", "isv.MONTH_LIMIT_CONTROL", "LimitExceeded.")
OF_THE_ACCOUNT = (
    *("isv.AMOUNT_NOT_ENOUGH", "isv.OUT_OF_SERVICE", "isv.SMS_SIGNATURE", "isv.SMS_TEMPLATE", "isv.ACCOUNT", "isv.PRODUCT_UN"),
    *("isp.RAM_PERMISSION_DENY", "InvalidAccessKeyId", "SignatureDoesNotMatch", "IncompleteSignature", "Forbidden", "AuthFailure"),
    *("UnauthorizedOperation", "FailedOperation.InsufficientBalance", "FailedOperation.SignatureIncorrect"),
    *("FailedOperation.TemplateIncorrect", "FailedOperation.MissingTemplate"),
)


def is_mobile(number: str) -> bool:
    """Whether a text message can go there: a mobile number of China, or any with its country."""
    return bool(_MOBILE.fullmatch(number))


def account_for(company_id: int, site_id: int | None) -> OutAccount | None:
    """The account of the site, else that of the company."""
    rows = OutAccount.objects.filter(company_id=company_id, means=ID, active=True).order_by("id")
    found = [row for row in rows if row.site_id in (None, site_id)]
    return min(found, key=lambda row: row.site_id is None) if found else None


def reach(case: Case, kind: str, at: datetime) -> Reach | None:
    """The mobile number of whoever complained."""
    if not is_mobile(case.contact_phone):
        return None
    account = account_for(case.company_id, case.site_id)
    if account is None or (kind == "received" and _had_enough(case.contact_phone, at)):
        return None
    return Reach(case.contact_phone, account)


def _had_enough(number: str, at: datetime) -> bool:
    rows = Outgoing.objects.filter(means=ID, address=number, kind="received", at__gt=at - A_DAY)
    return rows.count() >= RECEIPTS_A_DAY


def put(told: Told, language: str, account: OutAccount | None) -> dict[str, Any] | None:
    """The template of this kind with its values; None where there is none."""
    case = told.case
    values = {
        "number": case.number,
        "company": case.site.company.name,
        "site": case.site.name,
        "phone": case.site.phone or case.site.company.phone,
        "link": told.link,
        "token": case.token,
        "words": texts.short(told.words(language)),
    }
    return payload(account, told.kind, language, values)


def payload(account: OutAccount | None, kind: str, language: str, values: Mapping[str, str]) -> dict[str, Any] | None:
    """What is sent: the provider's number of the template, the values in order, the whole text as the phone shows it."""
    by_language = account.templates.get(kind, {}) if account else {}
    row = by_language.get("zh" if language.startswith("zh") else "en") or by_language.get("zh")
    if account is None or not row or not row.get("code") or not row.get("text"):
        return None
    names = texts.names_in(row["text"])
    if any(not values.get(name) for name in names):
        return None  # no address of the page, say: a message with a hole in it is not sent
    sign = str(account.settings.get("sign", ""))
    text = f"【{sign}】{texts.filled(row['text'], values)}"
    return {"code": row["code"], "values": [[name, values[name]] for name in names], "sign": sign, "text": text}


def ask(account: OutAccount, secret: str, to: str, payload: Mapping[str, Any], ours: str, at: datetime) -> Reply:
    """Hand one message to the provider; `ours` comes back in its reports where it can."""
    if account.provider == TENCENT:
        return _ask_tencent(account, secret, to, payload, ours, at)
    return _ask_aliyun(account, secret, to, payload, ours, at)


def _ask_aliyun(account: OutAccount, secret: str, to: str, payload: Mapping[str, Any], ours: str, at: datetime) -> Reply:
    base = endpoint(ALIYUN)
    query = {
        "PhoneNumbers": to.removeprefix("+"),
        "SignName": payload["sign"],
        "TemplateCode": payload["code"],
        "TemplateParam": json.dumps(dict(payload["values"]), ensure_ascii=False, separators=(",", ":")),
        "OutId": ours,
    }
    key_id, host = str(account.settings.get("key_id", "")), urlsplit(base).netloc
    headers = signing.aliyun(key_id, secret, host, "SendSms", "2017-05-25", query, uuid.uuid4().hex, at)
    return post(f"{base}/?{signing.canonical_query(query)}", b"", headers)


def _ask_tencent(account: OutAccount, secret: str, to: str, payload: Mapping[str, Any], ours: str, at: datetime) -> Reply:
    base = endpoint(TENCENT)
    asked = {
        "PhoneNumberSet": [to if to.startswith("+") else f"+86{to}"],
        "SmsSdkAppId": str(account.settings.get("app_id", "")),
        "SignName": payload["sign"],
        "TemplateId": payload["code"],
        "TemplateParamSet": [value for _, value in payload["values"]],
        "SessionContext": ours,
    }
    body, host = json.dumps(asked, ensure_ascii=False).encode(), urlsplit(base).netloc
    headers = signing.tencent(str(account.settings.get("key_id", "")), secret, host, body, at) | {
        "x-tc-action": "SendSms",
        "x-tc-version": "2021-01-11",
        "x-tc-region": str(account.settings.get("region") or "ap-guangzhou"),
    }
    return post(f"{base}/", body, headers)


def judged(provider: str, reply: Reply) -> Sent:
    """What the answer means. Raises Refusal."""
    if reply.status is None:
        raise Refusal(reply.text)
    said = reply.said
    code, why, id, facts = _aliyun_said(said) if provider == ALIYUN else _tencent_said(said)
    if code.upper() == "OK":
        return Sent(id, facts)
    if not code:
        raise Refusal(f"HTTP {reply.status} {reply.text[:200]}")
    words = f"{code} {why}".strip()
    if code.startswith(FOR_GOOD):
        raise Refusal(words, for_good=True)
    raise Refusal(words, account=code.startswith(OF_THE_ACCOUNT), wait=AN_HOUR if code.startswith(TOO_MANY) else None)


def _aliyun_said(said: dict[str, Any]) -> tuple[str, str, str, dict[str, Any]]:
    return str(said.get("Code") or ""), str(said.get("Message") or ""), str(said.get("BizId") or ""), {}


def _tencent_said(said: dict[str, Any]) -> tuple[str, str, str, dict[str, Any]]:
    response = said.get("Response")
    response = response if isinstance(response, dict) else {}
    error, rows = response.get("Error"), response.get("SendStatusSet")
    if isinstance(error, dict):
        return str(error.get("Code") or ""), str(error.get("Message") or ""), "", {}
    row = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
    facts = {"parts": row["Fee"]} if isinstance(row.get("Fee"), int) else {}
    return str(row.get("Code") or ""), str(row.get("Message") or ""), str(row.get("SerialNo") or ""), facts


def send(account: OutAccount | None, outgoing: Outgoing) -> Sent:
    """Send a message that waits."""
    if account is None:
        raise Refusal("没有短信账号了 / the account is gone", for_good=True)
    secret = secrets_of(account.sealed).get("secret", "")
    if not secret:
        raise Refusal("密钥要重新填 / enter the secret again", account=True)
    reply = ask(account, secret, outgoing.address, outgoing.payload, str(outgoing.pk), outgoing.tried_at or outgoing.at)
    return judged(account.provider, reply)


SMS = Means(ID, "短信", "Text message", send, reach=reach, put=put)
