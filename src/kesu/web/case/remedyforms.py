"""Forms about remedies and money: the proposal with its promises, carrying out with proof, paying, taking a payment back."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from kesu.company.models import Person
from kesu.complaints import actions
from kesu.complaints.actions.proving import Shown
from kesu.complaints.actions.remedies import Promise
from kesu.complaints.files import Upload
from kesu.complaints.models import AgreedAction, Proposal
from kesu.procedure.refused import Refused
from kesu.procedure.remedies import PAYERS, PROOFS
from kesu.web.case.desk import Desk
from kesu.web.case.fields import Group, choose, files, hidden, line, moment, pick, signature, words, yuan
from kesu.web.case.tableform import ActForm, Values, number

PROMISES, PROMISES_OPEN = 8, 2  # lines for what is promised, and how many of them stand open
DATA_URL = "data:image/png;base64,"
LARGEST_SIGNATURE = 400_000  # characters
FIRST_LINE = ("what", "remedy", "cost", "basis", "ground")  # what an address may bring along for the first promise


def _propose(desk: Desk) -> list[Group]:
    last, lines = _last(desk)
    head = {
        "words": words(
            _("打算怎么办"),
            initial=last.words if last else desk.asked.get("words", ""),
            hint=_("写清怎么办、为什么；批准后照这个答复客户"),
        ),
        "price": yuan(
            _("这次服务的价款（元）"),
            hint=_("赔多少按它的百分比看；不知道就不填"),
            initial=last.price if last else _fen(desk, "price"),
        ),
        "order_number": line(_("服务单号"), initial=last.order_number if last else "", longest=60),
        "customer_pays": yuan(_("客户要出的钱（元）"), hint=_("动手前先说清；没有就不填"), initial=last.customer_pays if last else 0),
        "over_why": words(
            _("超过上限的理由"),
            needed=False,
            rows=2,
            initial=last.over_why if last else desk.asked.get("over_why", ""),
            hint=_("哪一项超过规程的上限，才要写；批的人会看到"),
        ),
    }
    return [Group(head), *(_promise(desk, n, lines[n - 1] if n <= len(lines) else None) for n in range(1, PROMISES + 1))]


def _fen(desk: Desk, name: str) -> int:
    typed = desk.asked.get(name, "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 15 else 0


def _last(desk: Desk) -> tuple[Proposal | None, list[AgreedAction]]:
    """What the last proposal said, when it has to be made again."""
    last = desk.page.proposal
    if last is None or last.state == "agreed":
        return None, []
    return last, [row for row in desk.page.actions if row.proposal_id == last.pk]


def _promise(desk: Desk, n: int, row: AgreedAction | None) -> Group:
    brought = {name: desk.asked.get(name, "") for name in FIRST_LINE} if n == 1 and row is None else dict.fromkeys(FIRST_LINE, "")
    fields = {
        f"what_{n}": line(_("答应做什么"), initial=row.what if row else brought["what"]),
        f"remedy_{n}": choose(_("哪一类"), desk.rows("remedies"), needed=False, initial=row.remedy if row else brought["remedy"]),
        f"cost_{n}": yuan(_("多少钱（元）"), initial=row.cost if row else _fen(desk, "cost") if n == 1 else 0),
        f"payer_{n}": choose(_("谁出"), desk.pair(PAYERS), initial=row.payer if row else "company"),
        f"department_{n}": choose(
            _("谁办"),
            desk.departments(),
            needed=False,
            initial=str(row.department_id) if row and row.department_id else "",
            hint=_("不选就是主办部门"),
        ),
        f"due_{n}": moment(_("什么时候前"), initial=row.due_at if row else None),
    }
    more = {
        f"basis_{n}": line(_("凭什么、为什么这么多"), initial=row.basis if row else brought["basis"]),
        f"ground_{n}": choose(_("法条或约定"), desk.rows("grounds"), needed=False, initial=row.ground if row else brought["ground"]),
        f"owner_{n}": choose(_("谁盯着办好"), desk.owners(), needed=False, initial=str(row.owner_id) if row and row.owner_id else ""),
        f"effect_{n}": line(_("要有什么效果"), initial=row.effect if row else "", hint=_("办完拿什么看它有没有用")),
    }
    folded = n > PROMISES_OPEN and row is None
    return Group(fields, say("第 %(n)s 项") % {"n": n}, folded=folded, more=more, more_title=say("依据、谁盯着、效果"))


def _promises(values: Values) -> list[Promise]:
    """The lines in which something is promised, in order."""
    return [
        Promise(
            values[f"what_{n}"],
            due_at=values[f"due_{n}"],
            remedy=values[f"remedy_{n}"],
            cost=values[f"cost_{n}"],
            department_id=number(values[f"department_{n}"]) or None,
            payer=values[f"payer_{n}"] or "company",
            basis=values[f"basis_{n}"],
            ground=values[f"ground_{n}"],
            owner_id=number(values[f"owner_{n}"]) or None,
            effect=values[f"effect_{n}"],
        )
        for n in range(1, PROMISES + 1)
        if values[f"what_{n}"].strip()
    ]


def _do_propose(person: Person, case_id: int, values: Values, at: datetime) -> Any:
    names = ("words", "customer_pays", "price", "order_number", "over_why")
    return actions.propose(person, case_id, promises=_promises(values), **{name: values[name] for name in names}, at=at)


# proof


def _proof(desk: Desk) -> Group:
    return Group(
        {
            "proof_kind": pick(_("哪种凭据"), desk.pair({key: PROOFS[key] for key in ("receipt", "photo")}), initial="receipt"),
            "proof": files(_("凭据"), hint=_("收据、转账截图或照片")),
            "signature": signature(_("客户手写签字"), hint=_("在手机上请客户用手指签；签错了擦掉重签")),
        },
        say("凭据"),
        hint=_wanted(desk),
    )


def _wanted(desk: Desk) -> str:
    """Which of the things to be done need a proof, and what kind."""
    rows = [*desk.page.situation.to_do(), *desk.page.situation.unpaid()]
    remedies = {row.id: row for action in rows if (row := desk.page.pack.find("remedies", action.remedy)) and row.proof}
    joint = "、" if desk.zh else ", "
    half = 0 if desk.zh else 1
    said = [
        f"{row.label(desk.page.language)}{'：' if desk.zh else ': '}{joint.join(PROOFS[kind][half] for kind in row.proof)}"
        for row in remedies.values()
    ]
    return say("规程要凭据的（有一样就行）：%(kinds)s") % {"kinds": ("；" if desk.zh else "; ").join(said)} if said else ""


def shown(values: Values) -> Iterable[Shown]:
    """The proofs of a form: its files, and what was signed on the screen. Refused for a signature that is no picture."""
    for row in values["proof"]:
        yield (values["proof_kind"] or "receipt", Upload(row.name or "", row.size or 0, row.chunks()))
    if drawn := values["signature"]:
        yield ("signature", signed(drawn))


def signed(drawn: str) -> Upload:
    """A finger signature as it came from the page: a PNG in a data address."""
    try:
        if not drawn.startswith(DATA_URL) or len(drawn) > LARGEST_SIGNATURE:
            raise ValueError
        data = base64.b64decode(drawn.removeprefix(DATA_URL), validate=True)
    except (ValueError, binascii.Error):
        raise Refused("signature", "签字没有传上来，请再签一次", "the signature did not arrive; sign again", field="signature") from None
    return Upload("签字.png", len(data), [data])


def _execute(desk: Desk) -> list[Group]:
    rows = desk.actions()
    head = {"action": choose(_("哪一项"), rows, initial=desk.asked_or("action", rows)), "words": words(_("做了什么、结果怎样"))}
    return [Group(head), _proof(desk)]


def _do_execute(person: Person, case_id: int, values: Values, at: datetime) -> Any:
    action = number(values["action"])
    return actions.execute(person, case_id, action_id=action, words=values["words"], proofs=list(shown(values)), at=at)


def _pay(desk: Desk) -> list[Group]:
    rows = desk.unpaid()
    chosen = desk.asked_or("action", rows)
    owed = next((desk.page.situation.owed(row) for row in desk.page.situation.unpaid() if str(row.pk) == chosen), 0)
    methods = desk.rows("payment_methods")
    head = {
        "action": choose(_("付哪一项"), rows, initial=chosen),
        "amount": yuan(_("付了多少（元）"), initial=owed, hint=_("不能比还没付的多；分几次付就记几笔")),
        "method": choose(_("怎么付的"), methods) if methods else line(_("怎么付的"), needed=True, longest=60),
        "to": line(_("付给谁"), needed=True, initial=desk.customer, longest=120),
        "words": line(_("流水号或说明")),
        "key": hidden(secrets.token_hex(16)),
    }
    return [Group(head), _proof(desk)]


def _do_pay(person: Person, case_id: int, values: Values, at: datetime) -> Any:
    names = ("amount", "to", "method", "words", "key")
    given = {name: values[name] for name in names}
    return actions.pay(person, case_id, action_id=number(values["action"]), proofs=list(shown(values)), **given, at=at)


def _reverse(desk: Desk) -> list[Group]:
    rows = desk.payments()
    return [
        Group(
            {
                "payment": choose(_("冲回哪一笔"), rows, initial=desk.asked_or("payment", rows)),
                "reason": words(_("为什么冲回"), rows=2, hint=_("原来那笔留着，另记一笔冲回；钱又算没付")),
            }
        )
    ]


REMEDIES = (
    ActForm("propose", _propose, _do_propose),
    ActForm("execute", _execute, _do_execute),
    ActForm("pay", _pay, _do_pay, hint=_("钱付出去以后再记；同一张表单只算一笔")),
    ActForm(
        "reverse_payment",
        _reverse,
        lambda person, case_id, values, at: actions.reverse_payment(
            person, case_id, payment_id=number(values["payment"]), reason=values["reason"], at=at
        ),
    ),
)
