"""Who a follower is: proved by a code sent to their telephone number, or, for one case, by its secret link opened in their WeChat."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Q, QuerySet

from kesu.channels.models import Followed, Follower, OfficialAccount
from kesu.channels.sealing import unseal
from kesu.channels.wechat import server
from kesu.channels.wechat.sorting import follower_of
from kesu.complaints.models import Case
from kesu.complaints.storing import insert_unless_there
from kesu.customers.models import Customer
from kesu.customers.phones import clean_phone, phone_fault
from kesu.procedure.refused import Refused

STATE, COOKIE = "kesu.wechat.state", "kesu.wechat.follower"
STATE_HOLDS = timedelta(minutes=10)
COOKIE_HOLDS = timedelta(hours=12)
CODE_HOLDS, CODE_TRIES, CODES_A_DAY = timedelta(minutes=10), 5, 5
CODES_TO_A_NUMBER = 5  # a day, whoever asks


def address(account: OfficialAccount, back: str, state: str) -> str:
    """Where the follower's WeChat is sent to say who they are. WeChat takes letters and digits as a state, at most 128."""
    return (
        f"{settings.WECHAT_OPEN}/connect/oauth2/authorize?appid={quote(account.app_id)}&redirect_uri={quote(back, safe='')}"
        f"&response_type=code&scope=snsapi_base&state={quote(state)}#wechat_redirect"
    )


def errand(account: OfficialAccount, wish: dict[str, str]) -> tuple[str, str]:
    """(state, what their browser keeps meanwhile): a link that somebody else began is worth nothing in this browser."""
    state = secrets.token_hex(16)
    return state, signing.dumps(wish | {"state": state, "account": account.pk}, salt=STATE)


def wish_of(account: OfficialAccount, state: str, kept: str) -> dict[str, Any] | None:
    """What was wanted when they were sent away; None when it was not this browser that was sent, or too long ago."""
    try:
        found: dict[str, Any] = signing.loads(kept, salt=STATE, max_age=STATE_HOLDS)
    except signing.BadSignature:
        return None
    ours = found.get("account") == account.pk and hmac.compare_digest(str(found.get("state", "")).encode(), state.encode())
    return found if ours else None


def known_by(account: OfficialAccount, code: str, at: datetime) -> Follower:
    """The follower whose WeChat brought this code. Raises Fault: used, too old, made up."""
    found = server.get(
        "/sns/oauth2/access_token",
        appid=account.app_id,
        secret=unseal(account.sealed_secret),
        code=code,
        grant_type="authorization_code",
    )
    if not found.get("openid"):
        raise server.Fault(0, "no openid")
    with transaction.atomic():
        return follower_of(account, str(found["openid"])[:64], at)


def pass_for(follower: Follower) -> str:
    """What their browser keeps."""
    return signing.dumps({"f": follower.pk}, salt=COOKIE)


def follower_by(written: str, account_id: int | None = None) -> Follower | None:
    """Whose it is; of this account, if one is named."""
    try:
        found = signing.loads(written, salt=COOKIE, max_age=COOKIE_HOLDS)
    except signing.BadSignature:
        return None
    rows = Follower.objects.select_related("account__company", "customer").filter(pk=found.get("f"), account__active=True)
    return rows.filter(**({"account_id": account_id} if account_id else {})).first()


def cases_of(follower: Follower) -> QuerySet[Case]:
    """The cases they may see: told or opened here, and those of the customer they proved to be. Never an erased one."""
    wanted = Q(followed__follower=follower)
    if follower.customer_id:
        wanted |= Q(customer_id=follower.customer_id)
    rows = Case.objects.filter(wanted, company_id=follower.account.company_id, erased_at=None, token_off=False)
    return rows.select_related("site__company").distinct().order_by("-received_at", "-id")


def follow(follower: Follower, token: str, at: datetime) -> Case | None:
    """The secret link opened here: they hear of that case from now on. None for a wrong or switched off one, or another company's."""
    case = Case.objects.filter(token=token, token_off=False, company_id=follower.account.company_id, erased_at=None).first()
    if case:
        insert_unless_there([Followed(follower=follower, case=case, at=at)])
    return case


def _hash(follower: Follower, phone: str, code: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"{follower.pk}:{phone}:{code}".encode(), hashlib.sha256).hexdigest()


def ask_code(follower: Follower, typed: str, at: datetime) -> tuple[str, str]:
    """(number, code) to be sent to it. Raises Refused: no mobile number, or too many codes today. Whether the number is a customer's
    is not told here."""
    phone = clean_phone(typed)
    if not phone or phone_fault(typed):
        fault = phone_fault(typed) or ("写上手机号", "write your mobile number")
        raise Refused("phone", *fault, field="phone")
    day = at - timedelta(days=1)
    with transaction.atomic():
        row = Follower.objects.select_for_update().get(pk=follower.pk)
        if row.codes_day is None or row.codes_day <= day:
            row.codes_day, row.codes_sent = at, 0
        others = sum(Follower.objects.filter(phone=phone, codes_day__gt=day).exclude(pk=row.pk).values_list("codes_sent", flat=True))
        if row.codes_sent >= CODES_A_DAY or row.codes_sent + others >= CODES_TO_A_NUMBER:
            raise Refused(
                "many", "今天发过的验证码太多了，明天再试，或打电话给我们", "too many codes today; try tomorrow, or call us", field="phone"
            )
        code = f"{secrets.randbelow(1_000_000):06}"
        row.phone, row.code, row.code_until, row.code_tries = phone, _hash(row, phone, code), at + CODE_HOLDS, 0
        row.codes_sent += 1
        row.save(update_fields=["phone", "code", "code_until", "code_tries", "codes_sent", "codes_day"])
    return phone, code


def bind(follower: Follower, typed: str, at: datetime) -> Follower:
    """The code was right: they are the customer with that number, a new one where there is none. Raises Refused."""
    with transaction.atomic():
        row = Follower.objects.select_for_update(of=("self",)).select_related("account__site", "account__company").get(pk=follower.pk)
        wrong = _wrong(row, typed, at)
        if wrong:
            row.code_tries += 1
            row.save(update_fields=["code_tries"])
        else:
            row.customer = _customer(row, at)
            row.code, row.code_until, row.phone, row.code_tries = "", None, "", 0
            row.save(update_fields=["customer", "code", "code_until", "phone", "code_tries"])
    if wrong:
        raise Refused("code", *wrong, field="code")
    return row


def _wrong(row: Follower, typed: str, at: datetime) -> tuple[str, str] | None:
    if not row.code or row.code_until is None or row.code_until <= at:
        return ("验证码过期了，请再要一次", "the code has expired; ask for another")
    if row.code_tries >= CODE_TRIES:
        return ("输错太多次，请再要一次", "too many wrong tries; ask for another code")
    if not hmac.compare_digest(row.code, _hash(row, row.phone, clean_phone(typed))):
        return ("验证码不对", "that is not the code")
    return None


def _customer(row: Follower, at: datetime) -> Customer:
    known = Customer.objects.filter(company_id=row.account.company_id, phone=row.phone).order_by("id").first()
    if known:
        return known
    phone = row.phone
    return Customer.objects.create(company=row.account.company, site=row.account.site, phone=phone, tail=phone[-4:], created_at=at)


def unbind(follower: Follower) -> None:
    """They are nobody's customer here any more. Cases that they told here stay theirs."""
    Follower.objects.filter(pk=follower.pk).update(customer=None, phone="", code="", code_until=None)


def let_go_of(follower: Follower, case_number: str) -> None:
    """They want to hear no more of one case here."""
    Followed.objects.filter(follower=follower, case__number=case_number).delete()
