"""What we say in a conversation: (zh, en). Short, one question at a time, and always how to reach a person."""

from __future__ import annotations

import re

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]{3}")

WELCOME = (
    "您好，这里是{company}。有投诉直接在这里写：什么事、在哪里，有照片就发。\n回“0”找人工。{phone}",
    "Hello, this is {company}. Write here what is wrong and where; send photos if you have any.\nReply 0 for a person. {phone}",
)
WHAT = (
    "您好，这里自动登记投诉。是什么事？写一句就行，也可以发语音。\n回“0”找人工。",
    "Hello, a program files complaints here. What happened? One sentence or a voice message will do.\nReply 0 for a person.",
)
DANGER = (
    "这里自动登记，记下了。现在有没有这些情况？有就回前面的数字（可以回几个）：\n{list}\n有人受伤或被困，先打 {emergency}。",
    "Our program noted it. Is any of this so right now? Numbers, please:\n{list}\nIf somebody is hurt or trapped, call {emergency} first.",
)
NONE_OF_THESE = ("都没有", "None of these")
WHERE = ("在哪里？写楼栋房号或门店，也可以发位置。", "Where is it? Write the building and flat or the shop, or send your location.")
PICTURE = (
    "有照片或视频就发过来，没有回“没有”。想让我们打电话，先发手机号。",
    "Send a photo or a video if you have one; if not, reply “no”. If you would like a call, send your number first.",
)
QUESTIONS = {"what": WHAT, "where": WHERE, "picture": PICTURE}
FILED = (
    "登记好了，单号 {number}。{promise}{link}\n接着发来的话和照片都记在这件事里；另一件事，先回“新投诉”。回“0”找人工。",
    "Filed as {number}. {promise}{link}\nWhatever you send next goes into this case; for another matter reply “new” first. 0 for a person.",
)
URGENT = ("已经马上通知值班的人。", "The person on duty is being told at once. ")
PROMISED = ("{words}。", "{words}. ")
LINK = ("进度和答复：{url}", "Progress and answers: {url}")
TO_PERSON = (
    "已经转给人工，单号 {number}。您说过的都在里面，不用再讲一遍。{promise}{phone}{link}",
    "Passed to a person, case {number}. All you said is in it; no need to say it again. {promise}{phone}{link}",
)
PERSON_COMES = (
    "已经叫人了，{due}有人看。{phone}\n也可以先写下是什么事，发来就登记，不再问您。",
    "A person has been called and looks {due}. {phone}\nYou may write what happened meanwhile; it is filed without more questions.",
)
PHONE = ("急的话打 {phone}。", "If it is urgent call {phone}.")
JOINED = (
    "收到，记在 {number} 里了。另一件事，先回“新投诉”；回“0”找人工。",
    "Received and added to {number}. For another matter reply “new” first; 0 for a person.",
)
PERSON_TOLD = (
    "已经告诉办 {number} 的人您要人工，说过的都在，不用再讲一遍。{phone}",
    "Whoever handles {number} has been told that you want a person; all you said is there. {phone}",
)
MINE = ("您的投诉和进度：{url}", "Your complaints and how they stand: {url}")


def language_of(text: str) -> str:
    """Chinese, unless what was written is in Latin letters alone."""
    return "en" if _LATIN.search(text) and not _CHINESE.search(text) else "zh-hans"


def say(pair: tuple[str, str], language: str, **names: str) -> str:
    """The words in the reader's language."""
    return pair[0 if language.startswith("zh") else 1].format(**names).strip()
