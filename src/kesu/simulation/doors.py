"""The demonstration company's WeChat account, text messages and robots: set up to be looked at, switched off.

They have no secrets, and without its secret nothing of ours asks WeChat, a provider or a chat for anything: a demonstration sends nothing,
also where a visitor switches one on or presses its test button.
"""

from __future__ import annotations

from typing import Any

from kesu.channels.models import OfficialAccount, OutAccount
from kesu.channels.out import sms, texts
from kesu.company.models import Company, Department, Site
from kesu.procedure.telling import KINDS

WORDS = {"zh": "{company}：投诉 {number}，{words} {link}", "en": "{company}: {number}, {words} {link}"}
FIELDS = {"character_string1": "number", "thing2": "title", "time3": "time"}


def set_up(rows: dict[str, Any], company: Company, sites: dict[str, Site], departments: dict[tuple[int, str], Department]) -> None:
    """Write them down as set-up would, without what makes them work."""
    account = rows["wechat"]
    OfficialAccount.objects.create(
        company=company, site=sites[account["site"]], channel=account["channel"], name=account["name"], app_id=account["app_id"],
        origin=account["origin"], active=False,
        templates={kind: {"how": "template", "id": f"demo-{kind}", "fields": FIELDS} for kind in KINDS},
    )  # fmt: skip
    said = rows["sms"]
    templates = {
        kind: {language: {"code": f"SMS_DEMO_{kind}", "text": words} for language, words in WORDS.items()} for kind in (*KINDS, texts.STAFF)
    }
    OutAccount.objects.create(
        company=company, means=sms.ID, provider=said["provider"], name=said["name"], settings={"key_id": "", "sign": said["sign"]},
        templates=templates,
    )  # fmt: skip
    for robot in rows["robots"]:
        site = sites.get(robot.get("site", ""))
        department = departments[site.pk, robot["department"]] if site and robot.get("department") else None
        OutAccount.objects.create(company=company, means=robot["means"], name=robot["name"], site=site, department=department)
