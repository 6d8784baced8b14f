"""What the reading aid finds in the words of household customers and workers, and what it leaves alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.pure.shipped import shipped

from kesu.procedure.suggest import suggest

ROOT = Path(__file__).parents[2]
PACK = shipped("housekeeping")
INPUTS = {row["id"]: row for row in map(json.loads, (ROOT / "tests" / "data" / "inputs.jsonl").read_text(encoding="utf-8").splitlines())}
HOUSEHOLD = [row for row in INPUTS.values() if row["sector"] == "household"]


def urgent(text: str) -> set[str]:
    return {id for id, _ in suggest(PACK, text).facts if re.fullmatch(r"U\d+", id)}


def test_urgent_facts_in_real_words() -> None:
    """As measured: 11 of 11 and nothing besides, on 13 inputs that the author of the lists had read. It says nothing about other texts:
    on sentences written afterwards, nearly the same lists found 7 facts of 21, with one that was not there.
    """
    wanted = {(row["id"], fact) for row in HOUSEHOLD for fact in row["truth"]["facts"]}
    found = {(row["id"], fact) for row in HOUSEHOLD for fact in urgent(row["text"])}
    assert len(wanted) == 11 and len(found & wanted) >= 10 and len(found - wanted) <= 3
    assert not {(id, fact) for id, fact in wanted - found if fact in ("U1", "U2", "U3", "U4")}


def test_what_only_looks_urgent_is_mostly_left_alone() -> None:
    """A cat that was sick, a rash that is gone, a worker who shouts but hits nobody, a card that is merely not refunded."""
    tempting = {(row["id"], fact) for row in HOUSEHOLD for fact in row["truth"]["looks_like"]}
    assert len({(id, fact) for id, fact in tempting if fact in urgent(INPUTS[id]["text"])}) <= 1


@pytest.mark.parametrize(
    ("id", "nature"),
    [("in26", "valid"), ("in30", "worker_claim"), ("in31", "question"), ("in33", "worker_claim"), ("in34", "question"), ("in37", "praise")],
)
def test_what_kind_of_matter_it_is(id: str, nature: str) -> None:
    said = suggest(PACK, INPUTS[id]["text"]).nature
    assert said is not None and said[0] == nature


@pytest.mark.parametrize(
    ("id", "category"),
    [("in26", "price_raised"), ("in27", "health_papers"), ("in28", "damage"), ("in29", "lost_things"), ("in30", "worker_pay"),
     ("in31", "pest_control"), ("in32", "filming"), ("in33", "worker_safety"), ("in35", "neglect"), ("in36", "prepaid")],
)  # fmt: skip
def test_the_matter_is_among_the_categories_suggested(id: str, category: str) -> None:
    assert category in [found for found, _ in suggest(PACK, INPUTS[id]["text"]).categories]


SAID = [
    ("保姆趁我上班不给我爸吃饭，老人瘦了一圈", {"U3"}),
    ("育儿嫂自己刷手机，孩子从床上滚下来额头起包", {"U2", "U3"}),
    ("月嫂抱孩子的时候绊了一跤，宝宝后脑勺磕在门框上", {"U2", "U3"}),
    ("阿姨说闻到煤气不对，她已经跑到楼道里了", {"U1"}),
    ("擦窗的师傅没系安全绳，站在窗台外面", {"U1"}),
    ("她拿我家钥匙去配了一把", {"U5"}),
    ("客户摸她手，阿姨哭着回来的", {"U4", "U8"}),
    ("厨房软管被师傅扯断，水漫到客厅了", {"U6"}),
    ("再不退我就去消协，找电视台曝光", {"U7"}),
    ("門口貼了停业，店里搬空了", {"U9"}),
    ("没有人受伤，就是玻璃门裂了", set()),
    ("听说你们别的店有阿姨偷东西，是真的吗", set()),
    ("去年请的阿姨打过孩子，今年想问问你们怎么把关", set()),
    ("如果烫伤了你们赔吗", set()),
    ("我家猫吐了，是不是药没散", set()),
    ("孩子没事，就是吓了一跳", set()),
    ("煤气灶擦得很亮，谢谢阿姨", set()),
    ("把孩子带得很好，花也没弄死", set()),
    ("你们打我电话没人说话", set()),
    ("厨房地砖上还有水印子，有点恶心", set()),
    ("多收了我119元", set()),
]


@pytest.mark.parametrize(("text", "expected"), SAID, ids=[row[0][:12] for row in SAID])
def test_what_is_said_and_what_is_not(text: str, expected: set[str]) -> None:
    assert urgent(text) == expected


def test_every_suggestion_shows_its_words() -> None:
    text = "约的八点，十点才到，说要加价，不加就走了，我要退钱"
    said = suggest(PACK, text)
    assert {"late_arrival", "price_raised"} <= {id for id, _ in said.categories}
    assert {"contract_breach", "company_fault", "asks_remedy"} <= {id for id, _ in said.facts}
    assert said.nature is not None and said.nature[0] == "valid"
    assert all(word in text for _, words in [*said.categories, *said.facts, said.nature] for word in words)
