"""What came by a door goes with its case: de-identification takes messages and answers, too."""

from datetime import datetime, timedelta

import pytest
from tests.cast import Cast
from tests.channels.letters import letter, mailbox, take

from kesu.channels.models import Answer, Arrival, Outgoing
from kesu.complaints import actions
from kesu.complaints.files import stored

pytestmark = pytest.mark.django_db


def test_the_message_goes_with_its_case(cast: Cast, at: datetime, django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    box = mailbox(cast)
    came = take(box, letter(subject="6 栋 1202 漏水", text="我是闵女士，13800006021，又漏了。"), at)
    came.refresh_from_db()
    case = came.case
    assert case is not None and came.sender and stored(came.sha256).exists()
    Answer.objects.create(case=case, key="a", kind="notice", address="min@c.example", message_id="<a>", subject="s", body="闵女士：", at=at)
    said = {"case": case, "company": cast.company, "means": "sms", "kind": "notice", "topic": "t", "key": "t:0", "at": at}
    Outgoing.objects.create(**said, error="闵女士", address="13800006021", payload={"text": "闵女士：您反映的事"}, words="闵女士不要短信")
    actions.withdraw(cast.lin_xiao, case.pk, reason="业主自己修好了", at=at)
    actions.close(cast.lin_xiao, case.pk, at=at)
    with django_capture_on_commit_callbacks(execute=True):
        actions.deidentify(cast.luo_qing, case.pk, at=at.replace(year=at.year + 3) + timedelta(days=2))
    came.refresh_from_db()
    assert (came.sender, came.sender_name, came.subject, came.message_id) == ("", "", "", "")
    assert came.case_id == case.pk and came.received_at and not stored(came.sha256).exists()
    assert not Answer.objects.filter(case=case).exclude(body="", address="").exists()
    sent = Outgoing.objects.get(key="t:0")
    assert (sent.address, sent.payload, sent.error, sent.words, sent.means) == ("", {}, "", "", "sms")
    assert Arrival.objects.count() == 1
