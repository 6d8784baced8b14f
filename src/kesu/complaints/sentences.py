"""The journal in words: an entry's data turned into a sentence in the reader's language."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kesu.complaints.actions.findings import FINDINGS
from kesu.complaints.actions.following import OUTCOMES
from kesu.complaints.actions.investigating import KINDS, SIDES
from kesu.complaints.actions.lettering import WAYS
from kesu.complaints.models import JournalEntry
from kesu.procedure.acts import ACTS
from kesu.procedure.pack import Pack
from kesu.procedure.privacyacts import CONSENTS, MATTERS, WISHES


class _Blank(dict[str, str]):
    """Missing names read as nothing, so an old entry never breaks a page."""

    def __missing__(self, key: str) -> str:
        return ""


def say(entry: JournalEntry, pack: Pack, language: str, zone: str = "Asia/Shanghai") -> str:
    """What happened, as one sentence without the name of who did it."""
    act = ACTS[entry.act]
    zh = language.startswith("zh")
    if getattr(entry, "erased", False):
        return f"{act.zh}（内容已抹去）" if zh else f"{act.en} (words erased)"
    called = pack.pack.customer if zh else f"the {pack.pack.customer_en}"
    words = _Blank({"customer": called} | {key: _word(key, value, pack, language, zone) for key, value in entry.data.items()})
    _whole(words, entry, pack, language, zone)
    _of_investigation(words, entry, zh)
    sentence = (act.said_zh if zh else act.said_en).format_map(words)
    sentence = sentence.rstrip("：: 。.") if not sentence.endswith("…") else sentence
    if entry.data.get("once_more"):
        sentence += "（没有别人能办，还是前一轮的人）" if zh else " (nobody else could: the same person as in an earlier round)"
    return sentence


def _word(key: str, value: Any, pack: Pack, language: str, zone: str) -> str:
    zh = language.startswith("zh")
    tables = {
        "channel": "channels",
        "nature": "natures",
        "grade": "grades",
        "before": "grades",
        "cause": "causes",
        "to": "roles",
        "event": "events",
        "method": "payment_methods",
        "next_role": "roles",
        "reviewer": "roles",
        "body": "outside",
        "paper": "references",
    }
    if key == "way" or (key == "channel" and value in WAYS):
        return _pair(WAYS, value, zh)
    if key == "obligation":
        row = pack.obligation(str(value))
        return row.label(language) if row else str(value)
    if key == "reason" and pack.find("pauses", str(value)):
        return pack.label("pauses", str(value), language)
    if key in tables and isinstance(value, str) and (key != "before" or pack.find("grades", value)):
        return pack.label(tables[key], value, language)
    if key == "side":
        return _pair(SIDES, value, zh)
    if key == "kind":
        return _pair(KINDS, value, zh)
    if key == "finding":
        return _pair(FINDINGS, value, zh)
    if key == "outcome":
        return _pair(OUTCOMES, value, zh)
    if value and key in ("until", "new_due", "due", "when"):
        return _when(str(value), zone, zh)
    if key == "because":
        return ("；" if zh else "; ").join(pair[0 if zh else 1] for pair in value)
    if isinstance(value, list):
        return ("、" if zh else ", ").join(str(item) for item in value)
    return "" if value is None else str(value)


def _pair(table: dict[str, tuple[str, str]], key: Any, zh: bool) -> str:
    found = table.get(str(key))
    return found[0 if zh else 1] if found else str(key)


def _when(stamp: str, zone: str, zh: bool) -> str:
    at = datetime.fromisoformat(stamp).astimezone(ZoneInfo(zone))
    return f"{at.month} 月 {at.day} 日 {at:%H:%M}" if zh else f"{at:%d %b %H:%M}"


def _whole(words: _Blank, entry: JournalEntry, pack: Pack, language: str, zone: str) -> None:
    """What needs more than one value."""
    zh = language.startswith("zh")
    if entry.act == "dispatch":
        co = entry.data.get("co") or []
        words["lead"] = words["lead"] or (("、" if zh else ", ").join(co) if co else "")
        words["co"] = (f"，协办{'、'.join(co)}" if zh else f", with {', '.join(co)}") if co and entry.data.get("lead") else ""
    if entry.act in ("ask_data", "answer_data", "refuse_data"):
        words["wish"] = _pair(WISHES, entry.data.get("wish"), zh)
        words["words"] = (("：" if zh else ": ") + words["words"]) if words["words"] else ""
    if entry.act in CONSENTS:
        words["matter"] = _pair(MATTERS, entry.data.get("matter"), zh)
        words["given"] = ("同意" if zh else "consented to") if entry.data.get("given") else ("不同意" if zh else "did not consent to")
        words["asked"] = _pair(
            {"page": ("在网页上勾选", "ticked on the page"), "aloud": ("当面或电话问的", "asked aloud")}, entry.data.get("asked"), zh
        )
    if entry.data.get("health"):
        words["words"] = words["name"] = "健康资料" if zh else "health data"
    if entry.act == "reveal":
        words["why"] = (("：" if zh else ": ") + words["reason"]) if words["reason"] else ""
    if entry.act == "report_back" and not words["spoke_to"]:
        words["spoke_to"] = words["customer"]
    if entry.act in ("warned", "climbed", "urge") and not words["told"]:
        words["told"] = "（没有人）" if zh else "nobody"
    if entry.act == "send_letter":
        words["sha256"] = words["sha256"][:12]
        words["words"] = (f"，{words['words']}" if zh else f", {words['words']}") if words["words"] else ""
    if entry.act in ("approve", "approve_level", "agree", "pass_letter") and words["words"]:
        words["words"] = ("：" if zh else ": ") + words["words"]
    if entry.act == "resume" and entry.data.get("ended"):
        words["length"] = _length(entry.data["began"], entry.data["ended"], zh)
    if entry.act == "recalculated":
        words["before"], words["after"] = (_when(str(entry.data[key]), zone, zh) for key in ("before", "after"))
    if entry.act == "agree_date":
        words["dates"] = _agreed_dates(entry, zone, zh)
    if entry.act == "chase" and not zh:
        words["words"] = str(entry.data.get("words_en") or words["words"])
    if entry.act in ("regrade", "recalculated") and not zh:
        words["reason"] = str(entry.data.get("reason_en") or entry.data.get("reason") or "")
    if entry.act == "regrade":
        words["nature"] = ("，性质改为" if zh else ", now ") + words["nature"] if words.get("nature") else ""
    if entry.act == "take_in":
        words["earlier"] = _since(entry, zone, zh)
    if entry.act == "hand_outside":
        words["theirs"] = _theirs(entry, zone, zh)
    if entry.act in ("outside_answer", "outside_verdict"):
        _verdict(words, entry, zh)
    if entry.act in ("visit", "survey"):
        survey = pack.follow_up.survey
        given = entry.data.get("answers") or {}
        said = [f"{row.label(language)} {_choice(survey.choices(language), given[row.id])}" for row in survey.questions if row.id in given]
        words["words"] = ("；" if zh else "; ").join(filter(None, [words["words"], *said]))
        if entry.data.get("agreed_for"):
            words["words"] += (" 约在 " if zh else " Call at ") + _when(str(entry.data["agreed_for"]), zone, zh)
    if entry.act == "rate":
        said = [_rating(pack, key, choice, language) for key, choice in (entry.data.get("answers") or {}).items()]
        words["words"] = ("；" if zh else "; ").join([*filter(None, said), *filter(None, [words["words"]])])


def _of_investigation(words: _Blank, entry: JournalEntry, zh: bool) -> None:
    """What finding out adds to its sentences: what stood before, on how much evidence, by when."""
    data = entry.data
    if entry.act == "find":
        before, count = str(data.get("before") or ""), len(data.get("evidence") or [])
        words["before"] = (
            (f"由{_pair(FINDINGS, before, zh)}改为" if zh else f": no longer {_pair(FINDINGS, before, zh)} but") if before else ""
        )
        words["evidence"] = (f"（依据 {count} 条证据）" if zh else f" (on {count} piece(s) of evidence)") if count else ""
    if entry.act == "name_person" and words["words"]:
        words["words"] = ("，" if zh else ", ") + words["words"]
    if entry.act in ("ask_statement", "ask_expert") and words["due"]:
        words["due"] = f"，{words['due']} 前" if zh else f" by {words['due']}"
    if entry.act == "state":
        count = len(data.get("files") or [])
        words["files"] = (f"（附 {count} 个文件）" if zh else f" ({count} file(s))") if count else ""


def _agreed_dates(entry: JournalEntry, zone: str, zh: bool) -> str:
    """The date agreed, and the one that it replaces where there was one."""
    before, after = entry.data["before"], _when(entry.data["after"], zone, zh)
    if before:
        return f"把日期由 {_when(before, zone, zh)} 改为 {after}" if zh else f"on {after} instead of {_when(before, zone, zh)}"
    return f" {after} 前" if zh else f"on {after}"


def _since(entry: JournalEntry, zone: str, zh: bool) -> str:
    """From when the limits count now, where taking in another case made that earlier."""
    heard = (entry.data.get("since") or {}).get("heard")
    if not heard:
        return ""
    return f"，时限从 {_when(heard, zone, zh)} 算起" if zh else f"; limits count from {_when(heard, zone, zh)}"


def _theirs(entry: JournalEntry, zone: str, zh: bool) -> str:
    """Which office, its number there, its date."""
    data, until = entry.data, entry.data.get("theirs_by")
    named = " ".join(filter(None, [data.get("called"), data.get("ref")]))
    if zh:
        return (f"（{named}）" if named else "") + (f"，对方 {_when(until, zone, zh)} 前有结果" if until else "")
    return (f" ({named})" if named else "") + (f", their result is due by {_when(until, zone, zh)}" if until else "")


VERDICTS: dict[str, dict[bool, tuple[str, str]]] = {
    "replied": {True: ("及时响应", "answered in time"), False: ("没有及时响应", "not answered in time")},
    "solved": {True: ("解决了", "solved"), False: ("没有解决", "not solved")},
    "content": {True: ("满意", "content"), False: ("不满意", "not content")},
}


def _verdict(words: _Blank, entry: JournalEntry, zh: bool) -> None:
    """What they found, item by item; beside an answer in brackets."""
    found = [pairs[bool(entry.data[name])][0 if zh else 1] for name, pairs in VERDICTS.items() if name in entry.data]
    said = ("、" if zh else ", ").join(found)
    if entry.act == "outside_answer":
        words["verdict"] = (f"（{said}）" if zh else f" ({said})") if said else ""
        return
    words["verdict"] = said
    words["words"] = (f"。{words['words']}" if zh else f". {words['words']}") if words["words"] else ""


def _choice(choices: list[str], n: int) -> str:
    return choices[n] if 0 <= n < len(choices) else ""


def _rating(pack: Pack, key: str, choice: int, language: str) -> str:
    row = pack.find("ratings", key)
    if row is None:
        return ""
    zh = language.startswith("zh")
    return f"{row.question if zh else row.question_en} {(row.choices if zh else row.choices_en)[choice]}"


def _length(began: str, ended: str, zh: bool) -> str:
    minutes = int((datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds()) // 60
    hours, rest = divmod(minutes, 60)
    if zh:
        return f"{hours} 小时 {rest} 分" if hours else f"{rest} 分钟"
    return f"{hours} h {rest} min" if hours else f"{rest} min"
