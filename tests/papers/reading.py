"""What the tests of papers share: a case that went the whole way, and the text of a PDF."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from io import BytesIO

from pypdf import PdfReader
from tests.cast import Cast
from tests.complaints.story import approver_of, walk

from kesu.complaints import actions
from kesu.complaints.actions import Promise
from kesu.complaints.models import Case, Proposal
from kesu.simulation.photo import photo


def whole_way(cast: Cast, at: datetime, **said: object) -> Case:
    """A complaint of three matters with two pictures, handled to the archive; the remedy costs 360.50 yuan."""
    items = [("6 栋 2 单元电梯停在 3 层，门打不开", "lift"), ("按呼叫钮没人应", "lift"), ("值班的人态度冷淡", "")]
    case = cast.complaint(at=at, **({"items": items, "wants": "说清原因，书面道歉", "uploads": [photo(1), photo(2)]} | said))
    at = walk(cast, case, "investigate", at + timedelta(minutes=1))
    actions.investigate(cast.zhou_hai, case.pk, side="record", kind="record", words="维保记录与现场一致", upload=photo(3), at=at)
    at = walk(cast, case, "answer", at)
    actions.propose(
        cast.zhou_hai, case.pk, words="今天换好皮带，登门道歉", promises=[Promise("换门机皮带", cost=36_050, remedy="mend")], at=at
    )
    if Proposal.objects.get(case=case).state == "pending":
        actions.approve(approver_of(cast, case), case.pk, at=at)  # type: ignore[arg-type]
    actions.reply(cast.zhou_hai, case.pk, channel="hotline", words="查清了，今天换皮带", at=at)
    actions.agree(None, case.pk, words="好的", actor="customer", at=at)
    walk(cast, case, "done", at + timedelta(minutes=1))
    return Case.objects.get(pk=case.pk)


def text_of(data: bytes) -> str:
    """Everything that can be read in a PDF, without the spaces that setting puts between characters."""
    pages = PdfReader(BytesIO(data)).pages
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))


def pages_of(data: bytes) -> int:
    """How many pages a PDF has."""
    return len(PdfReader(BytesIO(data)).pages)
