"""What the pages of tokens, web hooks and imports show: each made once, however often it is asked for."""

from __future__ import annotations

from datetime import timedelta

from kesu.complaints.models import Case
from kesu.config.now import now
from kesu.exchange.actions import add_hook, imports, make_token
from kesu.exchange.models import Delivery, Hook, Import, Token
from tests.cast import Cast

FILE = """12345 转办工单,,,,,
工单编号,诉求内容,受理时间,来电人,联系电话,备注
JD20261119-0081,小区北门夜里十一点以后没有人值守，外卖电动车随便进，希望物业安排人,2026-11-19 09:12,李女士,13900001201,请尽快
JD20261119-0082,,2026-11-19 10:40,王先生,13900001202,
JD20261119-0083,电梯按键失灵,2026-11-31,赵先生,1390000120,
"""


def imported(cast: Cast) -> Import:
    """A platform's file, tried, with two rows that could not be taken."""
    found = Import.objects.filter(company=cast.company).first()
    if found is not None:
        return found
    at = now()
    row = imports.prepare(cast.fang_jing, "cases", "12345 工单 11 月.csv", [FILE.encode("gbk")], at)
    imports.map_columns(cast.fang_jing, row.pk, row.columns, {"site": "RY", "channel": "referral", "source": "12345"}, at)
    imports.start(cast.fang_jing, row.pk, at, dry=True)
    return imports.run(row.pk, at)


def token(cast: Cast) -> None:
    """One in use, one that has expired."""
    if Token.objects.filter(company=cast.company).exists():
        return
    for name, person, ago in (("门禁和电梯平台", cast.fang_jing, 3), ("旧呼叫中心", cast.lin_xiao, 200)):
        at = now() - timedelta(days=ago)
        make_token(cast.tang_qing, person_id=person.pk, name=name, scopes=["read", "receive"], days=90, at=at)


def hook(cast: Cast, case: Case) -> Hook:
    """A receiver with a log: delivered, failing, given up."""
    found = Hook.objects.filter(company=cast.company).first()
    if found is not None:
        return found
    at = now()
    row = add_hook(
        cast.tang_qing, name="集团工单系统", url="https://gd.example.com/kesu/events?tenant=heyan", acts=["receive", "close"], at=at
    )
    lines = (
        ("sent", 200, "ok", 84, 1),
        ("waiting", None, "ConnectTimeout: timed out", 10002, 3),
        ("failed", 500, "<h1>Internal error</h1>", 31, 9),
    )
    for n, (state, status, answer, took, tries) in enumerate(lines):
        Delivery.objects.create(
            hook=row, case=case, message=f"msg_seen_{n}", act="receive", body="{}", at=at, state=state, status=status, answer=answer,
            took=took, tries=tries, next_at=at + timedelta(minutes=5),
        )  # fmt: skip
    return row
