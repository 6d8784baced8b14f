"""Investigation report and approval of a remedy: what was alleged, found and why, what is offered, who agreed (H-8 … H-11, B-14, B-15)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kesu.complaints.actions.investigating import FINDINGS, KINDS, SIDES
from kesu.complaints.models import AgreedAction, Evidence, Proposal
from kesu.papers.filling import Filler
from kesu.papers.laying import brief, laid_out, signatures
from kesu.papers.money import capitals, yuan
from kesu.papers.sheet import Block, Cell, Table, Ticks

HASH_SHOWN = 12  # letters of a file's SHA-256: enough to find it in the package


def investigation(filler: Filler) -> tuple[Block, ...]:
    """The report of an investigation: each allegation with its finding, every side, the cause, what follows."""
    return (
        brief(filler),
        _allegations(filler),
        _sides(filler),
        laid_out([Cell(_("根本原因"), cause(filler), pen=3, wide=True)]),
        laid_out(
            [
                Cell(_("调查结论"), filler.text("result"), pen=2, wide=True),
                Cell(_("处理建议"), _proposed(filler), pen=2, wide=True),
            ]
        ),
        signatures(_("调查人"), _("审核人")),
    )


def _allegations(filler: Filler) -> Table:
    rows = tuple(
        (str(item.n), item.words, filler.label("categories", item.category), _of(FINDINGS, item.finding, filler.half))
        for item in filler.page.items
    )
    return Table((_("序号"), _("反映的事"), _("所属类别"), _("核实结果")), rows, (8, 54, 20, 18), _("诉求与核实"), pen=0 if rows else 3)


def _sides(filler: Filler) -> Table:
    rows = tuple(
        (
            "\n".join(word for word in (_of(SIDES, row.side, filler.half), row.who) if word),
            _of(KINDS, row.kind, filler.half),
            _said(row),
            "\n".join([row.by.name if row.by else "", filler.short(row.at)]).strip(),
        )
        for row in filler.page.evidence
    )
    return Table((_("来自"), _("形式"), _("内容"), _("谁记，何时")), rows, (17, 14, 51, 18), _("各方说法和证据"), pen=0 if rows else 3)


def _said(row: Evidence) -> str:
    file = row.attachment
    return row.words if file is None else f"{row.words}\n[{file.name}　SHA-256 {file.sha256[:HASH_SHOWN]}…]"


def cause(filler: Filler) -> str:
    """The cause by its name in the pack, and the words with which it was found."""
    last = filler.last("find_cause")
    words = str(last.entry.data.get("words", "")) if last else ""
    return "\n".join(text for text in (filler.label("causes", filler.case.cause), words) if text)


def _proposed(filler: Filler) -> str:
    return filler.page.proposals[-1].words if filler.page.proposals else ""


def _of(table: dict[str, tuple[str, str]], key: str, half: int) -> str:
    return table[key][half] if key in table else key


def remedy_approval(filler: Filler) -> tuple[Block, ...]:
    """The last proposal for whoever approves it: what, by whom, by when, what it costs; the answers below."""
    proposal = filler.page.proposals[-1] if filler.page.proposals else None
    who = {"customer": filler.customer}
    return (
        brief(filler),
        laid_out(
            [
                Cell(_("方案"), proposal.words if proposal else "", pen=3, wide=True),
                Cell(_("提出人"), proposal.by.name if proposal else ""),
                Cell(_("提出时间"), filler.time(proposal.at) if proposal else ""),
            ]
        ),
        _promised(filler, proposal),
        laid_out(
            [
                Cell(_("公司承担合计"), _sum(filler, proposal.company_pays if proposal else None), wide=proposal is not None),
                Cell(_("%(customer)s承担") % who, _sum(filler, proposal.customer_pays if proposal else None), wide=proposal is not None),
            ]
        ),
        _decision(filler, proposal),
        signatures(_("批准人")),
        _answer(filler, proposal),
        signatures(_("%(customer)s签字") % who),
    )


def _promised(filler: Filler, proposal: Proposal | None) -> Table:
    actions: list[AgreedAction] = [row for row in filler.page.actions if proposal and row.proposal_id == proposal.pk]
    rows = tuple(
        (
            str(n),
            row.what,
            filler.label("remedies", row.remedy),
            row.department.name if row.department else "",
            filler.short_until(row.due_at),
            yuan(row.cost, filler.half == 0),
        )
        for n, row in enumerate(actions, 1)
    )
    names = (_("序号"), _("做什么"), _("补救方式"), _("责任部门"), _("完成时限"), _("公司承担"))
    return Table(names, rows, (8, 32, 14, 14, 18, 14), _("要办的事"), pen=0 if rows else 3)


def _sum(filler: Filler, amount: int | None) -> str:
    if amount is None:
        return ""
    words = yuan(amount, filler.half == 0)
    return f"{words}　（人民币{capitals(amount)}）" if filler.half == 0 else words


def _decision(filler: Filler, proposal: Proposal | None) -> Block:
    decided = proposal if proposal and proposal.decided_by else None
    refused = bool(decided and decided.state == "refused")
    return laid_out(
        [
            Cell(_("由谁批准"), filler.label("roles", proposal.approver) if proposal else ""),
            Cell(_("批准人"), decided.decided_by.name if decided and decided.decided_by else ""),
            Cell(_("意见"), ticks=_yes_no(_("同意方案"), _("不同意方案"), decided is not None, not refused)),
            Cell(_("时间"), filler.time(decided.decided_at) if decided else ""),
            Cell(_("理由"), decided.decided_why if decided else "", pen=1, wide=True),
        ],
        _("审批"),
    )


def _answer(filler: Filler, proposal: Proposal | None) -> Block:
    answered = proposal if proposal and proposal.answered_at else None
    agreed, who = bool(answered and answered.state == "agreed"), {"customer": filler.customer}
    return laid_out(
        [
            Cell(_("答复"), ticks=_yes_no(_("同意"), _("不同意"), answered is not None, agreed)),
            Cell(_("时间"), filler.time(answered.answered_at) if answered else ""),
            Cell(_("%(customer)s的话") % who, answered.answer if answered else "", pen=1, wide=True),
        ],
        _("%(customer)s答复") % who,
    )


def _yes_no(yes: str, no: str, known: bool, answer: bool) -> Ticks:
    return ((yes, known and answer), (no, known and not answer))
