"""Set-up, drafts: changed in place with lint beside the field, approved by somebody else, and never read by a case before that."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from tests.cast import Cast

from kesu.company import actions
from kesu.company.models import Person, ProcedureDraft, ProcedureVersion
from kesu.complaints.models import Clock


@pytest.fixture
def admin(client: Client, cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Client:
    """唐青, the administrator, signed in, at the cast's own moment."""
    for module in ("procedure", "drafts", "trying", "replay", "frame"):
        monkeypatch.setattr(f"kesu.web.setup.{module}.now", lambda: at)
    client.force_login(cast.tang_qing)
    return client


@pytest.fixture
def draft(cast: Cast, at: datetime) -> ProcedureDraft:
    """明年用的, from the version in force."""
    return actions.start_draft(cast.tang_qing, cast.version.pk, "明年用的", at)


@pytest.fixture
def second(cast: Cast) -> Person:
    """顾问, a second administrator."""
    return cast.employ("guwen", "顾问", "administrator")


SIGN = {
    "which": "row", "table": "obligations", "id": "sign", "seen": "1", "limit": "10m", "time": "always", "role": "department_head",
}  # fmt: skip


def sign(cast: Cast, **typed: str) -> dict[str, str]:
    """What the form of 签收 sends: as it stands, but for what was typed."""
    from kesu.web.setup.draftforms import draft_rows
    from kesu.web.setup.drafts import _checked, _raw

    text = cast.version.text
    row = next(row for _heading, rows in draft_rows(_raw(text), _checked(text, "x"), "zh")[0] for row in rows if row.id == "sign")
    stands = {key: row.form[key].value() for key in row.form.keys}
    return SIGN | stands | typed


def page(draft: ProcedureDraft) -> str:
    return f"/setup/procedure/drafts/{draft.pk}/"


def test_a_draft_is_started_from_a_version(admin: Client, cast: Cast) -> None:
    answer = admin.post(f"/setup/procedure/{cast.version.pk}/draft/", {"name": " 明年 用的 "})
    made = ProcedureDraft.objects.get(company=cast.company)
    assert answer["Location"] == page(made) and (made.name, made.text) == ("明年 用的", cast.version.text)
    assert "明年 用的" in admin.get("/setup/procedure/").content.decode()
    assert "还没有不同" in admin.get(page(made)).content.decode()
    assert admin.post(f"/setup/procedure/{cast.version.pk}/draft/", {"name": ""}).status_code == 409


def test_a_limit_is_changed_in_place_and_the_difference_shown(admin: Client, cast: Cast, draft: ProcedureDraft) -> None:
    text = admin.post(page(draft), sign(cast, limit="15m"), follow=True).content.decode()
    draft.refresh_from_db()
    before, after = cast.version.text.splitlines(), draft.text.splitlines()
    assert [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]] == [('limit = "10m"', 'limit = "15m"')]
    assert "10 分钟 → 15 分钟" in text and draft.changes == 2


def test_what_lint_says_stands_beside_the_field_and_keeps_it_from_being_published(admin: Client, cast: Cast, draft: ProcedureDraft) -> None:
    text = admin.post(page(draft), sign(cast, limit="10x"), follow=True).content.decode()
    field = text.index('id="obligations-sign-limit"')
    assert 'data-time="late">' in text[field : field + 600] and "处要改" in text and 'value="10x"' in text
    posted = admin.post(page(draft), {"which": "publish", "effective": "2026-12-01", "seen": "2"})
    assert "改好才能发布" in posted.content.decode() and ProcedureVersion.objects.filter(company=cast.company).count() == 1
    for more in ("try/", "replay/"):
        assert admin.get(page(draft) + more).status_code == 409


def test_a_draft_touches_no_case(admin: Client, cast: Cast, draft: ProcedureDraft) -> None:
    case = cast.complaint()
    before = list(Clock.objects.values())
    admin.post(page(draft), sign(cast, limit="1m"))
    admin.post(page(draft), {"which": "text", "text": "not = [a procedure", "seen": "2"})
    assert list(Clock.objects.values()) == before and cast.complaint().version_id == case.version_id == cast.version.pk


def test_what_cannot_be_written_is_said_beside_its_field_and_stays_typed(admin: Client, cast: Cast, draft: ProcedureDraft) -> None:
    text = admin.post(page(draft), sign(cast, ladder="一小时后告诉主任", limit="7m")).content.decode()
    assert "要写成 4h after：岗位" in text and "一小时后告诉主任</textarea>" in text and 'value="7m"' in text
    draft.refresh_from_db()
    assert draft.text == cast.version.text


def test_of_two_who_change_it_the_later_one_hears_so_and_keeps_what_was_typed(
    admin: Client, cast: Cast, draft: ProcedureDraft, second: Person, at: datetime
) -> None:
    actions.replace_draft(cast.fresh(second), draft.pk, draft.text + "# 顾问看过\n", seen=1, at=at)
    text = admin.post(page(draft), sign(cast, limit="15m")).content.decode()
    assert "顾问刚改过这份草稿" in text and 'value="15m"' in text and 'name="seen" value="2"' in text
    draft.refresh_from_db()
    assert draft.text.endswith("# 顾问看过\n") and 'limit = "15m"' not in draft.text
    admin.post(page(draft), sign(cast, limit="15m", seen="2"))
    draft.refresh_from_db()
    assert 'limit = "15m"' in draft.text and draft.text.endswith("# 顾问看过\n")


def test_whoever_changed_it_last_asks_another_to_publish(
    admin: Client, client: Client, cast: Cast, draft: ProcedureDraft, second: Person
) -> None:
    admin.post(page(draft), sign(cast, limit="15m"))
    sent = {"which": "publish", "effective": "2026-12-01", "seen": "2"}
    assert "最后改的人不能自己批准，请顾问来发布" in admin.post(page(draft), sent).content.decode()
    client.force_login(second)
    client.post(page(draft), sent)
    version = ProcedureVersion.objects.exclude(pk=cast.version.pk).get(company=cast.company)
    assert (version.drafted_by, version.published_by, version.effective) == (cast.tang_qing, second, date(2026, 12, 1))
    assert not ProcedureDraft.objects.exists() and "唐青起草" in client.get("/setup/procedure/").content.decode()


def test_who_is_alone_may_publish_what_they_wrote(admin: Client, cast: Cast, draft: ProcedureDraft, at: datetime) -> None:
    admin.post(page(draft), sign(cast, limit="15m"))
    admin.post(page(draft), {"which": "publish", "effective": "2026-12-01", "seen": "2"})
    version = ProcedureVersion.objects.exclude(pk=cast.version.pk).get(company=cast.company)
    assert cast.complaint(at=at + timedelta(days=20)).version_id == version.pk


@pytest.mark.parametrize(
    ("sent", "words"),
    [({"effective": "2026-11-19"}, "生效日不能早于今天"), ({"effective": ""}, "这里要填"), ({"seen": "7"}, "刚改过这份草稿")],
)
def test_a_draft_that_cannot_be_published_says_why(
    admin: Client, cast: Cast, draft: ProcedureDraft, sent: dict[str, str], words: str
) -> None:
    admin.post(page(draft), sign(cast, limit="15m"))
    assert words in admin.post(page(draft), {"which": "publish", "effective": "2026-12-01", "seen": "2", **sent}).content.decode()
    assert ProcedureDraft.objects.exists()


def test_the_whole_text_is_replaced_even_by_what_cannot_be_read(admin: Client, draft: ProcedureDraft) -> None:
    text = admin.post(page(draft), {"which": "text", "text": "obligations = [\r\n", "seen": "1"}, follow=True).content.decode()
    assert "处要改" in text and "obligations = [" in text
    for wrong in (
        "obligations = 3",
        "[[obligations]]\nid = 4\nladder = 3\nwarn = 'x'\nextension = []",
        "pack = []\n[follow_up]\nattempts = 'x'",
    ):
        draft.refresh_from_db()
        answer = admin.post(page(draft), {"which": "text", "text": wrong, "seen": draft.changes}, follow=True)
        assert answer.status_code == 200 and "处要改" in answer.content.decode(), wrong


def test_a_draft_is_tried_replayed_and_dropped(admin: Client, cast: Cast, draft: ProcedureDraft) -> None:
    admin.post(page(draft), sign(cast, limit="15m"))
    typed = {"site": cast.site.pk, "received": "2026-11-20T14:32", "nature": "valid", "grade": "important", "acts": "派单 @ 14:40"}
    assert "11 月 20 日 周五 14:47" in admin.get(page(draft) + "try/", typed).content.decode()
    assert "还没有投诉可以试" in admin.get(page(draft) + "replay/").content.decode()
    admin.post(page(draft), {"which": "drop"})
    assert not ProcedureDraft.objects.exists()


def test_for_others_it_does_not_exist(client: Client, cast: Cast, draft: ProcedureDraft) -> None:
    for person in (cast.lin_xiao, cast.bai_shi):
        client.force_login(person)
        for more in ("", "try/", "replay/"):
            assert client.get(page(draft) + more).status_code == 404
        assert client.post(page(draft), {"which": "drop"}).status_code == 404
    assert ProcedureDraft.objects.exists()
