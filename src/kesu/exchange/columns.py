"""What can be taken in, which fields each kind has, and how headings are recognised."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """A field that a column may fill; `names` are headings by which it is recognised (without spaces, in small letters)."""

    id: str
    zh: str
    en: str
    names: tuple[str, ...] = ()
    needed: bool = False

    def label(self, language: str) -> str:
        """Its name in the reader's language."""
        return self.zh if language.startswith("zh") else self.en


SITE = Field("site", "服务点", "Site", ("管理处", "门店", "项目", "小区", "网点", "代号"))
PHONE = Field(
    "phone", "电话", "Telephone", ("联系电话", "手机", "手机号", "手机号码", "投诉人电话", "消费者电话", "联系方式", "tel", "mobile")
)
HOME = Field("home", "房号", "Home", ("房间", "房屋", "住址", "地址", "门牌", "room", "address"))
KINDS: dict[str, tuple[str, str, tuple[Field, ...]]] = {
    "cases": (
        "投诉单",
        "Complaints",
        (
            Field("number", "原单号", "Their number", ("单号", "投诉单号", "工单编号", "工单号", "投诉编号", "编号", "id", "诉求编号")),
            Field(
                "words", "投诉内容", "What happened", ("内容", "诉求", "诉求内容", "投诉详情", "投诉描述", "事由", "问题描述"), needed=True
            ),
            Field("heard_at", "投诉时间", "Received", ("受理时间", "登记时间", "派单时间", "创建时间", "时间", "来电时间", "投诉日期")),
            SITE,
            Field("name", "客户姓名", "Customer", ("姓名", "投诉人", "消费者", "联系人", "业主", "来电人", "客户")),
            PHONE,
            HOME,
            Field("category", "类别", "Category", ("投诉类别", "类型", "投诉类型", "诉求类别", "问题类型")),
            Field("channel", "来路", "Channel", ("渠道", "来源", "受理渠道")),
            Field("wants", "客户要求", "What they want", ("要求", "诉求目的", "投诉请求", "期望")),
            Field("against", "投诉对象", "Against", ("被投诉人", "被投诉部门")),
            Field("place", "地点", "Place", ("事发地点", "发生地点")),
            Field("wanted_by", "要求办结时间", "Wanted by", ("截止时间", "办理期限", "到期时间", "回复截止时间", "要求答复时间")),
            Field("closed_at", "结案时间", "Closed", ("办结时间", "完结时间", "完成时间", "处理完成时间")),
            Field("result", "处理结果", "Result", ("结果", "办理结果", "处理意见", "答复内容")),
        ),
    ),
    "customers": (
        "客户",
        "Customers",
        (
            SITE,
            Field("name", "姓名", "Name", ("客户姓名", "业主", "客户", "会员姓名")),
            PHONE,
            HOME,
            Field("good_time", "方便联系的时间", "Good time"),
        ),
    ),
    "homes": ("房屋", "Homes", (SITE, Field("home", "房号", "Home", ("房间", "房屋", "门牌", "地址", "铺位"), needed=True))),
    "staff": (
        "人员",
        "Staff",
        (
            Field("name", "姓名", "Name", ("员工", "员工姓名"), needed=True),
            Field("login", "登录名", "Login", ("账号", "工号", "用户名"), needed=True),
            PHONE,
            Field("email", "邮箱", "E-mail", ("电子邮件", "mail", "email")),
            Field("role", "岗位", "Role", ("职务", "职位", "角色")),
            SITE,
            Field("department", "部门", "Department", ()),
        ),
    ),
}


def fields_of(kind: str) -> tuple[Field, ...]:
    """The fields of a kind. KeyError for an unknown one."""
    return KINDS[kind][2]


def guessed(kind: str, headings: Sequence[str]) -> dict[str, str]:
    """heading → field, where a heading is a field's name; each field once."""
    found: dict[str, str] = {}
    for field in fields_of(kind):
        known = {_folded(name) for name in (field.id, field.zh, field.en, *field.names)}
        heading = next((one for one in headings if one not in found and _folded(one) in known), None)
        if heading:
            found[heading] = field.id
    return found


def _folded(name: str) -> str:
    return re.sub(r"[\s（）()：:*_/-]", "", name).lower()
