"""A notice in words: the same for the inbox and the mail, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from kesu.company.procedures import pack_of
from kesu.complaints.models import Notice
from kesu.procedure.acts import ACTS
from kesu.procedure.pack import Pack

# kind → (zh, en); {obligation} and {grade} come from the case's pack
TITLES: dict[str, tuple[str, str]] = {
    "warned": ("{obligation}快到时限", "{obligation} is nearly due"),
    "fell_late": ("{obligation}已超时", "{obligation} is late"),
    "climbed": ("{obligation}仍没办完，报到您这里", "{obligation} is still not done and comes to you"),
    "receive": ("来了一件新投诉", "A new complaint"),
    "judge": ("定为{grade}", "Judged {grade}"),
    "dispatch": ("派来一张投诉单，等签收", "A complaint was sent to you: sign for it"),
    "send_back": ("部门退回了投诉单", "A department sent the complaint back"),
    "bounced": ("几次退回，请您定由谁办", "Sent back several times: decide who handles it"),
    "transfer": ("换您接着办", "Handed over to you"),
    "present": ("呈报给您", "Presented to you"),
    "propose": ("方案等您批准", "A proposal waits for your approval"),
    "approve": ("方案批准了", "The proposal was approved"),
    "refuse": ("方案没有批准", "The proposal was refused"),
    "agree": ("客户同意方案", "The customer agreed"),
    "decline": ("客户不同意方案", "The customer declined"),
    "return": ("意见表已交回", "The form was returned"),
    "report_back": ("结果已告诉客户", "The customer was told the result"),
    "visit:not_content": ("回访时客户不满意", "The customer is not content"),
    "ask_extension": ("申请延期，等您批准", "An extension waits for your answer"),
    "grant_extension": ("延期批准了", "The extension was granted"),
    "refuse_extension": ("延期没有批准", "The extension was refused"),
    "urge": ("催办：{obligation}", "Urged: {obligation}"),
    "regrade": ("等级改为{grade}", "Regraded to {grade}"),
    "reopen": ("重新办理", "Reopened"),
    "same_again": ("重新办理没有别人可换，还是前一轮的人在办", "Nobody else could take the new round: the same person goes on"),
    "withdraw": ("客户撤回投诉", "Withdrawn by the customer"),
    "unfound": ("认定不成立", "Found not to stand"),
    "close": ("结案了", "Closed"),
    "ask_statement": ("请您说明情况", "Your statement is asked for"),
    "ask_expert": ("请您鉴定", "Your assessment is asked for"),
    "answered": ("问的有了答复", "What you asked has been answered"),
    "tell_person": ("告诉您一件投诉的结果", "The result of a complaint about you"),
    "submit_letter": ("一封信等您审", "A letter waits for your review"),
    "pass_letter": ("信审过了，可以发", "The letter was passed: send it"),
    "return_letter": ("信被退回，要改", "The letter came back: change it"),
    "customer_said": ("客户来话", "The customer wrote"),
    "device_said": ("设备又来报", "The device said more"),
    # the world outside (kesu.channels)
    "arrival": ("来了一封信，等人看", "A letter waits to be looked at"),
    "arrival_late": ("来信还没有人看，已超时", "A letter has waited too long to be looked at"),
    "call_back": ("有未接来电，等回电", "A missed call waits to be called back"),
    "call_back_late": ("未接来电还没回，已超时", "A missed call has waited too long to be called back"),
    "alarm": ("设备报警没读懂，等人看", "A device's alarm waits to be looked at"),
    "alarm_late": ("设备报警还没有人看，已超时", "A device's alarm has waited too long to be looked at"),
    "mail_bounced": ("给客户的邮件没有送到", "An e-mail to the customer was not delivered"),
    "mail_own": ("您的邮箱收不到通知", "Your mailbox does not take our notices"),
    "call_customer": ("给客户打个电话，消息发不到", "Call the customer: no message reaches them"),
    # corrective action (kesu.improvement), about a record and no case
    "capa_open": ("立了一项整改", "Corrective action was opened"),
    "capa_measure": ("一条整改措施由您负责", "A measure of corrective action is yours"),
    "capa_ended": ("一条整改措施办完了", "A measure has ended"),
    "capa_ask_extension": ("整改措施申请延期，等您批复", "A measure asks for more time: answer it"),
    "capa_grant_extension": ("整改措施的延期批准了", "More time was granted for a measure"),
    "capa_refuse_extension": ("整改措施的延期没有批准", "More time was refused for a measure"),
    "capa_effective": ("整改评为有效", "Corrective action judged effective"),
    "capa_not_effective": ("整改评为没有效果，要重新定计划", "Corrective action judged not effective: plan again"),
    "capa_again": ("再整改", "Corrective action begins anew"),
    "capa_withdrawn": ("整改立错了，已撤销", "Corrective action was withdrawn: opened by mistake"),
    "capa_recurred": ("整改评为有效后又发生", "It came back after corrective action was judged effective"),
    # early warning (kesu.warnings)
    "warning": ("预警，等您答复", "Early warning: answer it"),
    "warning_worse": ("答复过的预警变得更重，再答复", "A warning that was answered has become worse: answer again"),
    # reports (kesu.reporting)
    "report_drafted": ("报表起草好了，等您写评语", "A report is drafted: comment on it"),
    "report_submitted": ("报表等您批准", "A report waits for your approval"),
    "report_returned": ("报表退回了，要改评语", "A report came back: change the comments"),
    "report_approved": ("报表批准了", "A report was approved"),
    # performance (kesu.performance)
    "review_opened": ("月度自查等您写", "Your monthly self-review: write it"),
    "review_written": ("自查写好了，等您答复", "A self-review is written: answer it"),
    "review_answered": ("上级答复了您的自查", "Your self-review was answered"),
    "review_added": ("自查补充了一段", "Something was added to a self-review"),
    "recognised": ("您受到表扬", "You were recognised"),
    "capa_recurring": ("整改看效果期间又发生", "It came back while corrective action was watched"),
}
TONES = {
    "warned": "warn",
    "same_again": "warn",
    "arrival_late": "late",
    "call_back_late": "late",
    "alarm_late": "late",
    "mail_bounced": "warn",
    "mail_own": "warn",
    "call_customer": "warn",
    "fell_late": "late",
    "climbed": "late",
    "capa_recurred": "late",
    "capa_recurring": "warn",
    "warning": "warn",
    "warning_worse": "late",
}


@dataclass(frozen=True)
class Words:
    """`title`: what happened; `body`: about which complaint, or what was said; `tone`: data-time, "" for none."""

    title: str
    body: str
    tone: str


def words_of(notice: Notice, language: str) -> Words:
    """The notice in words. `notice.case.site.company` should be loaded."""
    pack = pack_of(notice.case.version_id) if notice.case else None
    title = _title(notice, pack, language)
    parts = [_about(notice, pack, language), _due(notice, language), str(notice.data.get("words") or "")]
    return Words(title, ("　" if _zh(language) else " · ").join(filter(None, parts)), TONES.get(notice.kind, ""))


def subject_of(notice: Notice, language: str) -> str:
    """One line for a mail: what happened, to which complaint."""
    title = words_of(notice, language).title
    if notice.case is None or own_page(notice):
        return title
    joint = "：" if _zh(language) else ": "
    return " ".join(f"{title}{joint}{notice.case.title} ({notice.case.number})".split())


def _zh(language: str) -> bool:
    return language.startswith("zh")


def _title(notice: Notice, pack: Pack | None, language: str) -> str:
    pair = TITLES.get(notice.kind) or _happened_words(notice.kind, pack) or _act_words(notice.kind)
    return pair[0 if _zh(language) else 1].format(obligation=_what(notice, pack, language), grade=_grade(notice, pack, language))


def _happened_words(kind: str, pack: Pack | None) -> tuple[str, str] | None:
    """An answer or an event in the pack's words; None for anything else."""
    table, _, id = kind.partition(":")
    row = pack.find({"fact": "facts", "event": "events"}.get(table, ""), id) if pack and table in ("fact", "event") else None
    if row is None:
        return None
    zh, en = (row.label(language).replace("{", "").replace("}", "") for language in ("zh", "en"))
    return (f"“{zh}”答“是”", f"Yes to: {en}") if table == "fact" else (f"发生了：{zh}", f"It happened: {en}")


def _act_words(kind: str) -> tuple[str, str]:
    act = ACTS.get(kind.partition(":")[0])
    return (act.zh, act.en) if act else (kind, kind)


def _what(notice: Notice, pack: Pack | None, language: str) -> str:
    """The obligation's name; a routine's carries its own names."""
    row = pack.obligation(str(notice.data.get("obligation", ""))) if pack else None
    if row:
        return row.label(language)
    return str(notice.data.get("name" if _zh(language) else "name_en") or notice.data.get("obligation") or "")


def _grade(notice: Notice, pack: Pack | None, language: str) -> str:
    return pack.label("grades", notice.case.grade, language) if pack and notice.case else ""


def _due(notice: Notice, language: str) -> str:
    stamp = notice.data.get("due")
    if not stamp:
        return ""
    zone = notice.case.site.company.zone if notice.case else "Asia/Shanghai"
    at = datetime.fromisoformat(stamp).astimezone(ZoneInfo(zone))
    return f"时限 {at.month} 月 {at.day} 日 {at:%H:%M}" if _zh(language) else f"due {at.day} {at:%b %H:%M}"


# Told to people who need not see the case: nothing of it but what they were asked.
OWN_PAGE = ("ask_statement", "ask_expert", "tell_person")


def own_page(notice: Notice) -> bool:
    """Whether it leads to what the reader was asked, and not to the case: also what is said when their answer is late."""
    return notice.kind in OWN_PAGE or "inquiry" in notice.data


def _about(notice: Notice, pack: Pack | None, language: str) -> str:
    if own_page(notice):
        return ""
    if notice.case is None:
        return "　".join(filter(None, (str(notice.data.get(key) or "") for key in ("record", "title", "site"))))
    grade = _grade(notice, pack, language)
    return f"{grade}　{notice.case.title}" if _zh(language) and grade else " ".join(filter(None, [grade, notice.case.title]))
