"""Why something that arrived was not filed by itself, in words for people."""

from __future__ import annotations

# word → (zh, en). Those that wait for a person say what to look at.
REASONS: dict[str, tuple[str, str]] = {
    "unread": ("读不出内容，请看原样", "It cannot be read: look at the message as it came"),
    "empty": ("没有正文也没有附件", "It has neither text nor attachments"),
    "stranger": ("主题里有单号，但不是这位客户的邮箱发来的", "It names a case, but comes from another address than the customer's"),
    "likely_auto": ("像是自动发出的，拿不准", "It looks automatic; nobody is sure"),
    "many": ("同一个人短时间内来了很多", "Many messages of one person in a short time"),
    "refused": ("没能自动登记", "It could not be filed by itself"),
    "by_hand": ("这个邮箱设为由人登记", "This mailbox is set to be filed by people"),
    "recovered": ("恢复正常，没有开着的投诉单", "All well again, and no case was open"),
    "flood": ("短时间内来得太多，没有一一登记", "Too many in a short time to be filed one by one"),
    "paper": ("拍下的纸件，等人登记", "On paper: to be filed by a person"),
    "missed": ("没有人接，等回电", "Nobody answered: call back"),
    "answered": ("后来知道有人接了", "It was answered, as we learned later"),
    "reached": ("回电打通了", "Called back and reached"),
    "not_reached": ("回电没打通", "Called back and not reached"),
    "reply": ("回了我们的短信，看不出是哪件事", "A reply to a text message of ours; nobody can tell to which case"),
    "human": ("客户在微信里要人工，还没说什么事", "Asks for a person on WeChat, and has not said yet what it is about"),
    "hello": ("只打了招呼", "Only a greeting"),
    "thanks": ("只是道谢或应一声", "Only thanks, or an “all right”"),
    "event": ("关注、菜单、扫码", "Following, menu, scanning"),
    "auto": ("自动回复", "An automatic reply"),
    "own": ("我们自己发出的邮件", "A letter of our own"),
    "bounce": ("退信：我们的邮件没有送到", "A bounce: a letter of ours was not delivered"),
    "bounce_other": ("退信，但退的不是我们发的", "A bounce of something we did not send"),
}


def why_words(why: str, words: str, language: str) -> str:
    """The reason in the reader's language, with what was said besides."""
    pair = REASONS.get(why)
    zh = language.startswith("zh")
    said = pair[0 if zh else 1] if pair else ""
    return ("：" if zh else ": ").join(filter(None, [said, words]))
