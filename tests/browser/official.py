"""The WeChat account that the set-up page shows: WeChat turns it down."""

from __future__ import annotations

from django.urls import reverse

from kesu.channels.models import OfficialAccount
from tests.browser.furnished import Furniture
from tests.browser.house import House
from tests.channels.weixin import account


def address(house: House, furniture: Furniture) -> str:
    """Its page; made once."""
    row = OfficialAccount.objects.filter(company=house.cast.company).first()
    templates = {"question": {"how": "template", "id": "TM00001", "fields": {"character_string1": "number", "thing2": "title"}}}
    row = row or account(house.cast, templates=templates, fault="40164 invalid ip 203.0.113.7, not in whitelist")
    return reverse("setup_wechat_account", args=[row.pk])
