"""What the customer gets on paper: the receipt with its QR code, and the letter, in which what was told stands as it was told."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kesu.complaints.queries import customer_page
from kesu.complaints.queries.customer_page import TOLD
from kesu.papers.filling import Filler
from kesu.papers.laying import laid_out
from kesu.papers.sheet import Block, Cell, Code, Cut, Prose, Table
from kesu.procedure.remedies import promised_words

PEN_PROMISES, PEN_LETTER, PEN_ANSWER = 4, 16, 6  # lines left for the pen


def receipt(filler: Filler, link: str = "") -> tuple[Block, ...]:
    """The receipt: what we wrote down, what we promise by when, where to look (the secret `link`); below a stub for the file."""
    case = filler.case
    page = filler.page
    known = [] if filler.blank else customer_page.promised(case, page.pack, page.at, page.language)
    promises = tuple((row.what or row.words, filler.until(row.due_at)) for row in known)
    top = laid_out(
        [
            Cell(_("姓名"), case.contact_name),
            Cell(_("受理时间"), filler.time(case.received_at)),
            Cell(_("反映的事"), filler.text("story"), pen=3, wide=True),
            Cell(_("您的要求"), case.wants, pen=2, wide=True),
            Cell(_("受理人"), filler.text("receiver")),
            Cell(_("我们的电话"), phone(filler)),
        ]
    )
    table = Table((_("我们答应"), _("什么时候前")), promises, (62, 38), pen=0 if promises else PEN_PROMISES)
    code = (Code(link, (_("扫码看进度"), _("这个码只给您，请收好"))),) if link and not filler.blank and not case.token_off else ()
    stub = laid_out(
        [
            Cell(_("编号"), case.number),
            Cell(_("受理时间"), filler.time(case.received_at)),
            Cell(_("姓名"), case.contact_name),
            Cell(_("联系方式"), filler.text("contact")),
            Cell(_("领取人"), sign=True, wide=True),
        ]
    )
    return (top, table, *code, Cut(_("存根")), stub)


def phone(filler: Filler) -> str:
    """The number under which the company answers: the site's, else the company's."""
    site = filler.case.site
    return site.phone or site.company.phone


def letter(filler: Filler) -> tuple[Block, ...]:
    """An answer in writing: what was complained of, what was told, what is done, where else to turn, how to reach us."""
    case, site = filler.case, filler.case.site
    who = case.contact_name or (filler.customer if not filler.blank else "")
    greeting = _("尊敬的%(who)s：") % {"who": who or "　　　　　　"}
    close = (site.company.name, site.name, filler.day(case.told_at) or _("　　　　年　　月　　日"))
    if filler.blank:
        return (Prose((), greeting=greeting, pen=PEN_LETTER, close=close),)
    return (
        Prose((_opening(filler), *_matters(filler)), greeting=greeting),
        Prose(_answers(filler), _("我们的答复"), pen=0 if _answers(filler) else PEN_ANSWER),
        *((Prose(_agreed(filler), _("要办的事")),) if _agreed(filler) else ()),
        Prose(_further(filler), _("还可以怎么办"), close=close),
    )


def _opening(filler: Filler) -> str:
    words = {"day": filler.day(filler.case.heard_at), "number": filler.case.number}
    return _("您在 %(day)s 反映的事，我们已登记，编号 %(number)s。您说的是：") % words


def _matters(filler: Filler) -> tuple[str, ...]:
    return tuple(f"{item.n}. {item.words}" for item in filler.page.items)


def _answers(filler: Filler) -> tuple[str, ...]:
    """What was said to the customer in this round, in the words that were said, each once."""
    said = (row.entry for row in filler.journal if row.entry.act in TOLD and row.entry.round == filler.case.round)
    return tuple(dict.fromkeys(words for entry in said if (words := str(entry.data.get("words", "")).strip())))


def _agreed(filler: Filler) -> tuple[str, ...]:
    """What was promised and agreed, with sums that go to the customer; never what work costs the company."""
    now = {row.pk for row in filler.page.proposals if row.round == filler.case.round}
    rows = [row for row in filler.page.actions if row.agreed_at and row.proposal_id in now]
    told = []
    for n, row in enumerate(rows, 1):
        what = promised_words(filler.page.pack, row.what, row.remedy, row.cost, row.payer, filler.page.language)
        words = {"n": n, "what": what, "at": filler.time(row.done_at) if row.done_at else filler.until(row.due_at)}
        if row.done_at:
            told.append(_("%(n)s. %(what)s，%(at)s 已办好") % words)
        else:
            told.append(_("%(n)s. %(what)s，%(at)s 前办好") % words if row.due_at else _("%(n)s. %(what)s") % words)
    return tuple(told)


def _further(filler: Filler) -> tuple[str, ...]:
    about, number = filler.page.pack.pack, phone(filler)
    routes = about.routes if filler.half == 0 else about.routes_en or about.routes
    said = (
        [_("对答复有不同意见，请打 %(phone)s，说编号即可。") % {"phone": number}]
        if number
        else [_("对答复有不同意见，请告诉我们，说编号即可。")]
    )
    if routes:
        said.append(_("您也可以："))
        said += [f"{n}. {route}" for n, route in enumerate(routes, 1)]
    return tuple(said)
