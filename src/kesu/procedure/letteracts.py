"""Acts about letters: written and handed in, passed or sent back by somebody else, sent."""

from __future__ import annotations

from kesu.procedure.act import SYSTEM, Act

LETTER_ACTS = (
    Act(
        "draft_letter",
        "写信函",
        "Write a letter",
        closed=True,
        said_zh="起草“{letter}”，第 {revision} 稿",
        said_en="drafted “{letter}”, version {revision}",
    ),
    Act(
        "submit_letter",
        "送审信函",
        "Hand in a letter",
        by=(SYSTEM,),
        closed=True,
        said_zh="把“{letter}”第 {revision} 稿送{reviewer}审",
        said_en="handed in “{letter}”, version {revision}, for the {reviewer} to review",
    ),
    Act(
        "drop_letter",
        "作废信函",
        "Drop a letter",
        by=(SYSTEM,),
        closed=True,
        said_zh="“{letter}”不用了：{reason}",
        said_en="“{letter}” is no longer needed: {reason}",
    ),
    Act(
        "pass_letter",
        "审信函",
        "Review a letter",
        closed=True,
        said_zh="“{letter}”第 {revision} 稿可以发{words}",
        said_en="passed “{letter}”, version {revision}{words}",
    ),
    Act(
        "return_letter",
        "退回信函",
        "Send a letter back",
        closed=True,
        said_zh="退回“{letter}”第 {revision} 稿：{reason}",
        said_en="sent “{letter}”, version {revision}, back: {reason}",
    ),
    Act(
        "send_letter",
        "发信函",
        "Send a letter",
        closed=True,
        said_zh="{way}发出“{letter}”给{spoke_to}{words}（文件校验码 {sha256}）",
        said_en="sent “{letter}” {way} to {spoke_to}{words} (file {sha256})",
    ),
)
