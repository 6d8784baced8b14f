"""The act forms: for each act its fields and how it is done, in one table. Views, templates and tests read `ACT_FORMS`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kesu.complaints import actions
from kesu.complaints.files import Upload
from kesu.complaints.queries.next_step import pausable, recordable
from kesu.web.case.desk import Desk
from kesu.web.case.fields import Group, choose, files, line, moment, tick, words
from kesu.web.case.findingforms import FINDING_OUT
from kesu.web.case.followingforms import do_visit, visit_groups
from kesu.web.case.handlingforms import HANDLING
from kesu.web.case.handsforms import HANDS
from kesu.web.case.judgingforms import JUDGING
from kesu.web.case.privacyforms import PRIVACY, health_tick
from kesu.web.case.puttingrightforms import PUTTING_RIGHT
from kesu.web.case.remedyforms import REMEDIES
from kesu.web.case.tableform import ActForm, Values, need, number

__all__ = ["ACT_FORMS", "ActForm", "DeskForm", "WITH"]

# Acts whose page offers a second, opposite act below the first.
WITH: dict[str, str] = {"approve": "refuse", "agree": "decline", "grant_extension": "refuse_extension", "sign": "send_back"}


class DeskForm(forms.Form):
    """One act's form, made from its groups of fields."""

    def __init__(self, groups: list[Group], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = groups
        for group in groups:
            self.fields.update(group.fields | group.more)

    def sections(self) -> list[tuple[Group, list[forms.BoundField], bool, list[forms.BoundField], bool]]:
        """Each group with its fields, and whether it stands open: not folded, or something is typed or wrong in it; the same for `more`."""
        found = []
        for group in self.groups:
            fields, more = [self[name] for name in group.fields], [self[name] for name in group.more]
            used = any(field.errors or (self.is_bound and field.value() and not field.field.initial) for field in fields)
            told = any(field.errors or field.value() for field in more)
            found.append((group, fields, used or told or not group.folded, more, told))
        return found

    def wrong(self, field: str | None, reason: str) -> None:
        """Put a refusal beside its field; above the form when it has no field here."""
        self.add_error(field if field in self.fields else None, reason)


def _one(**fields: forms.Field) -> list[Group]:
    return [Group(fields)]


def uploads(values: Values) -> list[Upload]:
    """The files of a form as uploads."""
    return [Upload(row.name or "", row.size or 0, row.chunks()) for row in values["files"]]


def _acknowledge(desk: Desk) -> list[Group]:
    return _one(
        channel=choose(_("怎么告诉的"), desk.channels(), initial=desk.channel()),
        words=words(_("说了什么"), needed=False, hint=_("可以不写")),
    )


def _contact(desk: Desk) -> list[Group]:
    return _one(
        channel=choose(_("怎么联系的"), desk.channels(), initial=desk.channel()),
        words=words(_("说了什么"), hint=_("客户怎么说、我们怎么答、约了什么")),
    )


def _present(desk: Desk) -> list[Group]:
    return _one(
        to=choose(_("呈报给"), desk.superiors(), initial=desk.superior()),
        words=words(_("要说明的"), needed=False, hint=_("等级、经过、要对方定什么；可以不写")),
    )


def _report_back(desk: Desk) -> list[Group]:
    return _one(
        channel=choose(_("怎么告诉的"), desk.channels(), initial=desk.channel()),
        spoke_to=line(_("跟谁说的"), initial=desk.customer, longest=60),
        words=words(_("说了什么"), hint=_("办了什么、结果怎样、还有什么要等")),
        answer=words(_("客户怎么说"), needed=False, rows=2),
        visit_at=moment(_("约好什么时候回访"), hint=_("客户说了时间就填，到时再打；没说就不填")),
    )


def _attach(desk: Desk) -> list[Group]:
    return _one(
        files=files(_("文件"), hint=_("照片、录音、录像或 PDF，每个最大 20 MB")),
        for_customer=tick(_("客户也能看到"), hint=_("会出现在客户的进度页上")),
        **health_tick(desk),
    )


def _pause(desk: Desk) -> list[Group]:
    reasons = desk.rows("pauses", *(pausable(desk.page.situation) or ["-"]))
    return _one(
        reason=choose(_("为什么暂停"), reasons, hint=_("规程只允许这些理由")),
        evidence=line(_("凭据"), hint=_("短信、通话时间、送检单号")),
        until=moment(_("暂停到"), hint=_("不填就到规程允许的最晚时间，到时自动恢复")),
        words=words(_("说明"), needed=False, rows=2),
    )


def _ask_extension(desk: Desk) -> list[Group]:
    clocks = desk.extendable()
    return _one(
        clock=choose(_("哪个时限"), clocks, initial=desk.asked_or("clock", clocks)),
        new_due=moment(_("延到"), needed=True),
        reason=words(_("为什么要延"), rows=2),
        told=words(_("怎么跟客户说"), needed=False, rows=2, hint=_("批准后客户在进度页上看到这句话")),
    )


def _agree_date(desk: Desk) -> list[Group]:
    return _one(
        new_date=moment(_("商定到"), needed=True, initial=desk.page.case.wanted_by),
        spoke_to=line(_("跟谁商定的"), initial=desk.page.case.contact_name, longest=60, needed=True),
        channel=choose(_("怎么商定的"), desk.channels(), initial=desk.channel()),
        reason=words(_("为什么改"), rows=2, hint=_("只给内部看")),
        words=words(_("怎么跟客户说的"), rows=2, hint=_("连同新旧日期，客户在进度页上看到")),
    )


def _extension(desk: Desk) -> forms.Field:
    rows = desk.extensions()
    return choose(_("哪个申请"), rows, initial=desk.asked_or("extension", rows))


def _urge(desk: Desk) -> list[Group]:
    clocks = desk.urgeable()
    return _one(
        clock=choose(_("催哪一件"), clocks, initial=desk.asked_or("clock", clocks)),
        words=words(_("要说的话"), needed=False, rows=2, hint=_("可以不写；催办会记下来，马上通知对方")),
    )


def _mark(desk: Desk) -> list[Group]:
    rows = desk.rows("events", *recordable(desk.page.situation))
    events = [row for row in desk.page.pack.events if row.id in dict(rows)]
    hints = [hint for row in events if (hint := row.hint if desk.zh else row.hint_en)]
    return _one(
        event=choose(_("发生了什么"), rows, hint="；".join(hints), initial=rows[0][0] if len(rows) == 1 else ""),
        happened_at=moment(_("什么时候"), hint=_("不填就是现在；时限从这个时间算")),
        words=words(_("凭据或说明"), needed=False, rows=2),
    )


def _unfound(desk: Desk) -> list[Group]:
    says = desk.page.pack.scripts
    examples = says.unfounded if desk.zh else says.unfounded_en
    return [
        Group(
            {
                "reason": words(_("为什么不成立"), rows=2, hint=_("查了什么、看到什么；只给内部看")),
                "channel": choose(_("怎么向客户说明的"), desk.channels(), initial=desk.channel()),
                "words": words(_("对客户说的话"), hint=_("先谢谢反映，再讲清楚，不说客户不对")),
            },
            hint=examples[0].replace("{reason}", "……") if examples else "",
        )
    ]


def _attach_all(person: Any, case_id: int, values: Values, at: datetime) -> None:
    rows = uploads(values)
    need(rows, "files", "还没选文件", "no file is chosen")
    for row in rows:
        actions.attach(person, case_id, upload=row, for_customer=values["for_customer"], health=values.get("health", False), at=at)


def _plain(act: Callable[..., Any], *names: str) -> Callable[[Any, int, Values, datetime], Any]:
    """An act whose arguments are named as its fields."""
    return lambda person, case_id, values, at: act(person, case_id, **{name: values[name] for name in names}, at=at)


ACT_FORMS: dict[str, ActForm] = {
    row.act: row
    for row in (
        *JUDGING,
        *HANDLING,
        *PUTTING_RIGHT,
        *REMEDIES,
        *FINDING_OUT,
        *HANDS,
        *PRIVACY,
        ActForm("acknowledge", _acknowledge, _plain(actions.acknowledge, "channel", "words")),
        ActForm("contact", _contact, _plain(actions.contact, "channel", "words")),
        ActForm("present", _present, _plain(actions.present, "to", "words")),
        ActForm("report_back", _report_back, _plain(actions.report_back, "channel", "spoke_to", "words", "answer", "visit_at")),
        ActForm("visit", visit_groups, do_visit),
        ActForm(
            "close", lambda desk: _one(words=words(_("结案说明"), needed=False, rows=2, hint=_("可以不写"))), _plain(actions.close, "words")
        ),
        ActForm("reopen", lambda desk: _one(reason=words(_("还有什么没解决"))), _plain(actions.reopen, "reason")),
        ActForm("archive", lambda desk: [], _plain(actions.archive), hint=_("归档后只能查看，或重新办理")),
        ActForm("note", lambda desk: _one(words=words(_("要记的事"))), _plain(actions.note, "words"), hint=_("只给内部看，不影响时限")),
        ActForm("ask", lambda desk: _one(words=words(_("要问客户什么"))), _plain(actions.ask, "words"), hint=_("客户在自己的进度页上回答")),
        ActForm("attach", _attach, _attach_all),
        ActForm(
            "mark", _mark, _plain(actions.mark, "event", "happened_at", "words"), hint=_("时限要从它算起或到它为止的事，记下它自己的时间")
        ),
        ActForm(
            "agree_date",
            _agree_date,
            lambda person, case_id, values, at: actions.agree_date(
                person,
                case_id,
                new_date=need(values["new_date"], "new_date", "写明商定到什么时候", "say which date was agreed"),
                **{name: values[name] for name in ("spoke_to", "channel", "words", "reason")},
                at=at,
            ),
            hint=_("客户同意了才改；算到这个日期的时限跟着改，原来的日期留着"),
        ),
        ActForm(
            "pause", _pause, _plain(actions.pause, "reason", "evidence", "until", "words"), hint=_("暂停期间不算时间，有理由的时限才停")
        ),
        ActForm("resume", lambda desk: _one(words=words(_("说明"), needed=False, rows=2)), _plain(actions.resume, "words")),
        ActForm(
            "ask_extension",
            _ask_extension,
            lambda person, case_id, values, at: actions.ask_extension(
                person,
                case_id,
                clock_id=number(values["clock"]),
                new_due=need(values["new_due"], "new_due", "写明延到什么时候", "say until when"),
                reason=values["reason"],
                told=values["told"],
                at=at,
            ),
            hint=_("要在到期前申请、到期前批"),
        ),
        ActForm(
            "grant_extension",
            lambda desk: _one(extension=_extension(desk), words=words(_("说明"), needed=False, rows=2)),
            lambda person, case_id, values, at: actions.grant_extension(
                person, case_id, extension_id=number(values["extension"]), words=values["words"], at=at
            ),
        ),
        ActForm(
            "refuse_extension",
            lambda desk: _one(extension=_extension(desk), reason=words(_("为什么不准"), rows=2)),
            lambda person, case_id, values, at: actions.refuse_extension(
                person, case_id, extension_id=number(values["extension"]), reason=values["reason"], at=at
            ),
        ),
        ActForm(
            "urge",
            _urge,
            lambda person, case_id, values, at: actions.urge(
                person, case_id, clock_id=number(values["clock"]), words=values["words"], at=at
            ),
        ),
        ActForm(
            "withdraw",
            lambda desk: _one(reason=words(_("客户怎么说的"))),
            _plain(actions.withdraw, "reason"),
            hint=_("客户自己不再要求办，才用撤回"),
        ),
        ActForm("unfound", _unfound, _plain(actions.unfound, "reason", "words", "channel")),
    )
}
