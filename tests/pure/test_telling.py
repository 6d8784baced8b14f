"""When and by what people are told, on paper: quiet hours at their edges, the order of means, what lint refuses, published signatures."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kesu.channels.out import signing, texts
from kesu.procedure import packfile
from kesu.procedure.telling import Telling, after_quiet

CHINA = ZoneInfo("Asia/Shanghai")
NIGHT = [("22:00", "08:00")]
PACK = (Path(__file__).parents[2] / "packs" / "property.toml").read_text(encoding="utf-8")


def at(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day:02}T{clock}").replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("windows", "when", "leaves"),
    [
        (NIGHT, at(20, "21:59:59"), at(20, "21:59:59")),
        (NIGHT, at(20, "22:00:00"), at(21, "08:00:00")),
        (NIGHT, at(20, "23:59:59"), at(21, "08:00:00")),
        (NIGHT, at(21, "00:00:00"), at(21, "08:00:00")),
        (NIGHT, at(21, "07:59:59"), at(21, "08:00:00")),
        (NIGHT, at(21, "08:00:00"), at(21, "08:00:00")),
        ([("12:00", "14:00"), ("14:00", "15:00")], at(20, "12:30:00"), at(20, "15:00:00")),
        ([("22:00", "00:00"), ("00:00", "06:00")], at(30, "22:00:00"), at(30, "22:00:00") + timedelta(hours=8)),
        ([], at(20, "03:00:00"), at(20, "03:00:00")),
    ],
)
def test_quiet_hours_hold_their_start_and_not_their_end(windows: list[tuple[str, str]], when: datetime, leaves: datetime) -> None:
    for moment in (when, when.astimezone(UTC), when.astimezone(ZoneInfo("America/New_York"))):
        found = after_quiet(windows, moment, "Asia/Shanghai")
        assert found == leaves and found.tzinfo == moment.tzinfo


def test_clocks_that_change_open_at_the_time_on_the_wall() -> None:
    when = datetime(2026, 3, 29, 0, 30, tzinfo=ZoneInfo("Europe/Berlin"))  # at two it is three
    assert after_quiet(NIGHT, when, "Europe/Berlin").hour == 8


def test_a_kind_may_have_an_order_of_its_own_and_may_stay_on_the_page() -> None:
    rule = Telling.model_validate(
        {"by": ["sms"], "kinds": [{"kind": "question", "by": ["mail", "sms"], "urgent": True}, {"kind": "received", "silent": True}]}
    )
    assert (rule.order("question"), rule.order("told")) == (["mail", "sms"], ["sms"])
    assert rule.urgent("question") and not rule.urgent("told") and rule.silent("received")


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ('quiet = [["21:30", "08:00"]]', 'quiet = [["21:30", "25:00"]]', "telling.quiet[1]"),
        ('quiet = [["21:30", "08:00"]]', 'quiet = [["08:00", "07:59"], ["07:59", "08:00"]]', "telling.quiet"),
        ('window = "5m"', 'window = "2wd"', "telling.staff.window"),
        ('urgent_grades = ["major"]', 'urgent_grades = ["huge"]', "telling.staff.urgent_grades[1]"),
        ('urgent = ["fell_late", "climbed", "arrival_late"]', 'urgent = ["fell_later"]', "telling.staff.urgent[1]"),
        ('call = "4h"\nretry = 5', 'call = "soon"\nretry = 5', "telling.call"),
        (
            'kinds = [{ kind = "question", by = ["wechat", "sms", "mail"] }]',
            'kinds = [{ kind = "told", silent = true, urgent = true }]',
            "telling.kinds[1]",
        ),
        ('by = ["wechat", "mail", "sms"] # 选择', 'by = ["wechat", "sms", "sms"] # 选择', "telling.by[3]"),
        ('by = ["wechat", "mail", "sms"] # 选择', 'by = ["fax"] # 选择', "telling.by[1]"),
    ],
)
def test_lint_says_where_telling_is_wrong(before: str, after: str, key: str) -> None:
    assert before in PACK
    found = packfile.examine(PACK.replace(before, after))
    assert [problem.key for problem in found.problems if problem.key.startswith(key)], [problem.key for problem in found.problems]


def test_the_signature_that_alibaba_cloud_published() -> None:
    query = {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}
    when, nonce = datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC), "3156853299f313e23d1673dc12e1703d"
    key = ("YourAccessKeyId", "YourAccessKeySecret", "ecs.cn-shanghai.aliyuncs.com")
    found = signing.aliyun(*key, "RunInstances", "2014-05-26", query, nonce, when)
    assert found["authorization"].endswith("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


def test_the_signature_that_tencent_cloud_published() -> None:
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    key = ("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", "cvm.tencentcloudapi.com")
    found = signing.tencent(*key, body, datetime.fromtimestamp(1551113065, UTC))
    assert hashlib.sha256(body).hexdigest().startswith("35e9c5b0e3ae6753")
    assert found["authorization"].endswith("Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168")
    assert json.loads(body)["Limit"] == 1


def test_what_a_text_message_costs() -> None:
    assert [texts.parts_of("字" * n) for n in (1, 70, 71, 134, 135)] == [1, 1, 2, 2, 3]
    assert texts.length_of("😀") == 2
    assert texts.filled("{number}：{words}{other}", {"number": "1", "words": "好"}) == "1：好{other}"
    assert texts.unknown_in("{number}{name}") == ["name"] and texts.short("一" * 40) == "一" * 29 + "…"
