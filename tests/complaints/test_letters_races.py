"""Two people send the same letter at once, with real processes: it goes out once, and what is kept is what went out."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.cast import Cast
from tests.complaints import racers
from tests.complaints.racers import race
from tests.complaints.story import chain_holds, entries, minutes

from kesu.complaints import actions
from kesu.complaints.files import stored
from kesu.complaints.models import Attachment, Letter

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_letter_sent_by_two_at_once_goes_out_once(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    letter = actions.draft_letter(cast.lin_xiao, case.pk, kind="letter_result", title="办理结果", text="修好了。", at=at)
    runs = [(racers.send_letter, (person.pk, case.pk, letter.pk, at + minutes(1))) for person in (cast.lin_xiao, cast.he_wei)]
    answers = race([*runs, *runs])
    assert answers.count("sent it") == 1
    assert {answer[1] for answer in answers if answer != "sent it"} == {"sent"}
    file, kept = Attachment.objects.get(), Letter.objects.get()
    assert kept.attachment == file and kept.sent_by_id is not None
    assert stored(file.sha256).read_bytes() == b"%PDF-1.7 " + str(kept.sent_by_id).encode()
    assert len(entries(case, "send_letter")) == 1 and chain_holds(case)
