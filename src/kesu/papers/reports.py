"""Investigation report and approval of a remedy: what was alleged, found and why, what is offered, who agreed (H-8 … H-11, B-14, B-15)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kesu.complaints.actions.investigating import FINDINGS, KINDS, SIDES
from kesu.complaints.models import AgreedAction, Evidence, Inquiry, Proposal
from kesu.papers.filling import Filler
from kesu.papers.laying import brief, laid_out, signatures
from kesu.papers.money import capitals, yuan
from kesu.papers.sheet import Block, Cell, Table, Ticks
from kesu.procedure.remedies import PAYERS, money_owed, paid

HASH_SHOWN = 12  # letters of a file's SHA-256: enough to find it in the package


def investigation(filler: Filler) -> tuple[Block, ...]:
    """The report of an investigation: each allegation with its finding, every side, the cause, what follows."""
    return (
        brief(filler),
        _allegations(filler),
        _sides(filler),
        *_people(filler),
        laid_out([Cell(_("根本原因"), cause(filler), pen=3, wide=True), *_whys(filler)]),
        laid_out(
            [
                Cell(_("调查结论"), filler.text("result"), pen=2, wide=True),
                Cell(_("处理建议"), _proposed(filler), pen=2, wide=True),
            ]
        ),
        signatures(_("调查人"), _("审核人")),
    )


def _allegations(filler: Filler) -> Table:
    """Each matter, what was found of it, on what grounds and on which of the records below."""
    numbers = {row.pk: n for n, row in enumerate(filler.page.evidence, 1)}
    rows = tuple(
        (
            str(item.n),
            item.words,
            filler.label("categories", item.category),
            _of(FINDINGS, item.finding, filler.half),
            _grounds(filler, item.reason, [numbers[pk] for pk in item.rests_on if pk in numbers]),
        )
        for item in filler.page.items
    )
    names = (_("序号"), _("反映的事"), _("所属类别"), _("核实结果"), _("依据"))
    return Table(names, rows, (8, 30, 15, 14, 33), _("诉求与核实"), pen=0 if rows else 3)


def _grounds(filler: Filler, reason: str, numbers: list[int]) -> str:
    rests = ("、" if filler.half == 0 else ", ").join(map(str, numbers))
    return "\n".join(text for text in (reason, _("见下面第 %(n)s 条") % {"n": rests} if rests else "") if text)


def _sides(filler: Filler) -> Table:
    rows = tuple(
        (
            str(n),
            "\n".join(word for word in (_of(SIDES, row.side, filler.half), row.who) if word),
            _of(KINDS, row.kind, filler.half),
            _said(row),
            "\n".join([row.by.name if row.by else "", filler.short(row.at)]).strip(),
        )
        for n, row in enumerate(filler.page.evidence, 1)
    )
    names = (_("序号"), _("来自"), _("形式"), _("内容"), _("谁记，何时"))
    return Table(names, rows, (8, 16, 12, 46, 18), _("各方说法和证据"), pen=0 if rows else 3)


def _people(filler: Filler) -> tuple[Block, ...]:
    """Who was complained of, whether they were heard, whether they were told (STANDARDS 7.6, 7.8); nothing where nobody was named."""
    heard = {row.complained_id: row for row in Inquiry.objects.filter(case=filler.case)} if filler.page.complained else {}
    rows = tuple(
        (
            row.name,
            row.words,
            _heard(filler, heard.get(row.pk)),
            "\n".join(text for text in (filler.short(row.told_at), row.told_words) if text),
        )
        for row in filler.page.complained
    )
    names = (_("姓名"), _("什么关系"), _("本人说明"), _("结果告诉本人"))
    return (Table(names, rows, (16, 24, 30, 30), _("被投诉的人")),) if rows else ()


def _heard(filler: Filler, row: Inquiry | None) -> str:
    if row is None:
        return ""
    return _("%(at)s 已说明") % {"at": filler.short(row.answered_at)} if row.answered_at else _("问了，还没答")


def _said(row: Evidence) -> str:
    file = row.attachment
    return row.words if file is None else f"{row.words}\n[{file.name}　SHA-256 {file.sha256[:HASH_SHOWN]}…]"


def cause(filler: Filler) -> str:
    """The cause by its name in the pack, and the words with which it was found."""
    last = filler.last("find_cause")
    words = str(last.entry.data.get("words", "")) if last else ""
    return "\n".join(text for text in (filler.label("causes", filler.case.cause), words) if text)


def _whys(filler: Filler) -> list[Cell]:
    """The whys that led to the cause, where they were written down."""
    root = filler.page.root_cause
    whys = "\n".join(f"{n}. {why}" for n, why in enumerate(root.whys, 1)) if root else ""
    return [Cell(_("为什么会这样"), whys, wide=True)] if whys else []


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
                *_price(filler, proposal),
            ]
        ),
        _promised(filler, proposal),
        laid_out(
            [
                Cell(_("公司承担合计"), _sum(filler, proposal.company_pays if proposal else None), wide=proposal is not None),
                Cell(_("%(customer)s承担") % who, _sum(filler, proposal.customer_pays if proposal else None), wide=proposal is not None),
            ]
        ),
        *_levels(filler, proposal),
        _decision(filler, proposal),
        signatures(_("批准人")),
        _answer(filler, proposal),
        signatures(_("%(customer)s签字") % who),
        *_paid(filler, proposal),
    )


def _promised(filler: Filler, proposal: Proposal | None) -> Table:
    actions: list[AgreedAction] = [row for row in filler.page.actions if proposal and row.proposal_id == proposal.pk]
    rows = tuple(
        (
            str(n),
            "\n".join(text for text in (row.what, row.effect and _("预期：%(what)s") % {"what": row.effect}) if text),
            filler.label("remedies", row.remedy),
            "\n".join(text for text in (filler.label("grounds", row.ground), row.basis) if text),
            "\n".join(text for text in (row.department.name if row.department else "", row.owner.name if row.owner else "") if text),
            filler.short_until(row.due_at),
            "\n".join(text for text in (yuan(row.cost, filler.half == 0), _payer(filler, row)) if text),
        )
        for n, row in enumerate(actions, 1)
    )
    names = (_("序号"), _("做什么"), _("补救方式"), _("依据"), _("谁负责"), _("完成时限"), _("金额"))
    return Table(names, rows, (7, 26, 13, 18, 12, 12, 12), _("要办的事"), pen=0 if rows else 3)


def _payer(filler: Filler, row: AgreedAction) -> str:
    """Who bears it, where it costs something and is not the company's."""
    if not row.cost or row.payer == "company" or row.payer not in PAYERS:
        return ""
    return _("%(who)s承担") % {"who": PAYERS[row.payer][filler.half]}


def _price(filler: Filler, proposal: Proposal | None) -> list[Cell]:
    """What the service cost, its order, why more than usual is right: only where it was said."""
    if proposal is None:
        return []
    said = [
        (_("服务价格"), yuan(proposal.price, filler.half == 0) if proposal.price else "", False),
        (_("服务单号"), proposal.order_number, False),
        (_("超出上限的理由"), proposal.over_why, True),
    ]
    return [Cell(name, text, wide=wide) for name, text, wide in said if text]


def _levels(filler: Filler, proposal: Proposal | None) -> tuple[Block, ...]:
    """Every level of the approval with its answer, where there is more than one."""
    levels = [row for row in filler.page.levels if proposal and row.proposal_id == proposal.pk]
    said = {"approved": _("同意"), "refused": _("不同意")}
    rows = tuple(
        (
            str(row.n),
            filler.label("roles", row.role),
            row.by.name if row.by else "",
            said.get(row.answer, _("等批")),
            filler.short(row.at),
            row.why,
        )
        for row in levels
    )
    names = (_("级"), _("岗位"), _("姓名"), _("意见"), _("时间"), _("批语"))
    return (Table(names, rows, (7, 20, 15, 13, 17, 28), _("逐级审批")),) if len(rows) > 1 else ()


def _paid(filler: Filler, proposal: Proposal | None) -> tuple[Block, ...]:
    """What was paid of it, taken back, and is still open; nothing where no money moved."""
    ours = {row.pk: row.what for row in filler.page.actions if proposal and row.proposal_id == proposal.pk}
    payments = [row for row in filler.page.payments if row.action_id in ours]
    if not payments:
        return ()
    zh = filler.half == 0
    rows = tuple(
        (
            filler.short(row.at),
            ours[row.action_id],
            yuan(-row.amount if row.reverses_id else row.amount, zh),
            "\n".join([row.to, filler.label("payment_methods", row.method)]),
            "\n".join(text for text in (row.by.name, row.words) if text),
        )
        for row in payments
    )
    gone = paid((row.amount, row.reverses_id is not None) for row in payments)
    due = sum(
        money_owed(filler.page.pack, row.remedy, row.cost, row.payer) for row in filler.page.actions if row.pk in ours and row.agreed_at
    )
    names = (_("时间"), _("哪一项"), _("金额"), _("付给谁，怎么付"), _("谁付，说明"))
    sums = laid_out([Cell(_("已付"), yuan(gone, zh)), Cell(_("还没付"), yuan(max(0, due - gone), zh))])
    return (Table(names, rows, (17, 27, 15, 21, 20), _("付款")), sums)


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
