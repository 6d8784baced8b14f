"""The life of a report: drafted once, commented, approved by another person, frozen; what changes later corrects the next one."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.cast import Cast
from tests.complaints.story import days, on, refused, shown, walk
from tests.papers.reading import text_of

from kesu.company.models import Grant
from kesu.company.standing import changed
from kesu.complaints import actions as acts
from kesu.complaints import chain
from kesu.complaints.files import stored
from kesu.complaints.models import Case, Notice
from kesu.config.commands import report as command
from kesu.config.proof import prove
from kesu.insights import duties
from kesu.reporting import actions
from kesu.reporting.actions import drafting
from kesu.reporting.actions.drafting import draft_due
from kesu.reporting.models import APPROVED, Report
from kesu.reporting.queries.kept import Altered, holds, kept_of
from kesu.reporting.queries.sight import owed, visible_to
from kesu.reporting.ringing import ring_due

pytestmark = pytest.mark.django_db
FIRST = on("12-01", "06:00")


@pytest.fixture(autouse=True)
def fresh() -> None:
    """What a process remembers of companies and versions comes round again from test to test."""
    duties.forget()
    drafting.forget()


def november(cast: Cast, at: datetime) -> Report:
    """Two complaints of November, one settled; the draft of 榕砚里."""
    one, _two = (cast.judged(cast.complaint(phone=f"1390000200{n}", home=f"6栋2单元110{n}", at=at), at=at) for n in range(2))
    walk(cast, one, "done", at + timedelta(minutes=5))
    draft_due(FIRST)
    assert Report.objects.filter(company=cast.company).count() == 2  # November of each site; nothing of the time before
    return Report.objects.get(site=cast.site)


def approved(cast: Cast, row: Report, at: datetime) -> Report:
    actions.comment(cast.lin_xiao, row.pk, {"own-sum": "电梯两件，一件没办完"}, at)
    handed = actions.submit(cast.lin_xiao, row.pk, at)
    return actions.approve(cast.he_wei, row.pk, handed.digest, at + timedelta(hours=1))


def test_it_drafts_itself_once_on_the_packs_day(cast: Cast, at: datetime) -> None:
    assert draft_due(on("12-01", "05:59")) == 0
    drafting.forget()
    row = november(cast, at)
    assert (row.kind, str(row.period), row.state) == ("month_report", "2026-11", "draft")
    assert shown(row.due_at) == "12-11 24:00" or shown(row.due_at) == "12-12 00:00"
    assert shown(row.approve_due) in ("12-30 24:00", "12-31 00:00")  # by the 30th (P-12)
    drafting.forget()
    assert draft_due(FIRST + timedelta(hours=1)) == 0
    told = {notice.person for notice in Notice.objects.filter(kind="report_drafted")}
    assert told == {cast.lin_xiao, cast.shen_yue}  # at 听橘苑 nobody holds the role: whom the ladder names
    assert [one.pk for one in owed(cast.lin_xiao, FIRST)] == [row.pk] and owed(cast.he_wei, FIRST) == []


def test_it_warns_and_falls_late_by_its_own_clock(cast: Cast, at: datetime) -> None:
    row = november(cast, at)
    assert ring_due(FIRST + days(4)) == 0
    assert ring_due(on("12-20", "09:00")) >= 2 and ring_due(on("12-20", "09:00")) == 0
    said = [entry.act for entry in row.journal.all()]
    assert said[0] == "drafted" and set(said[1:]) == {"warned", "fell_late", "climbed"}
    assert Notice.objects.filter(kind="climbed", person=cast.he_wei, data__report=row.pk).exists()
    assert Notice.objects.filter(kind__in=("climbed", "fell_late"), person=cast.lin_xiao, data__report=row.pk).count() == 1


def test_commented_by_one_approved_by_another_then_kept_and_sent(cast: Cast, at: datetime) -> None:
    row = november(cast, at)
    with refused("no_comment"):
        actions.submit(cast.lin_xiao, row.pk, FIRST)
    with refused("not_allowed"):
        actions.comment(cast.luo_qing, row.pk, {"own-sum": "x"}, FIRST)
    with refused("part"):
        actions.comment(cast.lin_xiao, row.pk, {"own-nothing": "x"}, FIRST)
    for stranger in (cast.fang_jing, cast.bai_shi, cast.zhou_hai):  # no page of reports, another company, one department
        with pytest.raises(Report.DoesNotExist):
            actions.comment(stranger, row.pk, {"own-sum": "x"}, FIRST)
    done = approved(cast, row, FIRST + days(1))
    assert done.state == APPROVED and done.due_at is None and holds(done)
    assert chain.faults(done, done.journal.all()) == []
    assert [entry.act for entry in done.journal.all()] == ["drafted", "commented", "submitted", "approved"]
    assert {notice.person for notice in Notice.objects.filter(kind="report_approved")} == {cast.shen_yue, cast.luo_qing, cast.lin_xiao}
    kept = stored(done.sha256).read_bytes()
    assert "电梯两件，一件没办完" in text_of(kept) and "何伟" in text_of(kept) and done.digest[:20] in text_of(kept)
    with refused("approved"):
        actions.comment(cast.lin_xiao, row.pk, {"own-sum": "改"}, FIRST + days(2))


def test_whoever_commented_does_not_approve(cast: Cast, at: datetime) -> None:
    row = november(cast, at)
    Grant.objects.create(person=cast.lin_xiao, site=cast.site, role="site_director")
    changed(cast.company.pk)
    handed = actions.comment(cast.lin_xiao, row.pk, {"own-sum": "两件"}, FIRST)
    handed = actions.submit(cast.lin_xiao, row.pk, FIRST)
    with refused("own_words"):
        actions.approve(cast.lin_xiao, row.pk, handed.digest, FIRST)
    assert [one.pk for one in owed(cast.he_wei, FIRST)] == [row.pk] and owed(cast.lin_xiao, FIRST) == []
    with refused("changed"):
        actions.approve(cast.he_wei, row.pk, "0" * 64, FIRST)
    with refused("missing"):
        actions.send_back(cast.he_wei, row.pk, " ", FIRST)
    back = actions.send_back(cast.he_wei, row.pk, "写明为什么超时", FIRST + days(1))
    assert back.state == "draft" and back.approve_due == row.approve_due and shown(back.due_at) in ("12-12 24:00", "12-13 00:00")


def test_frozen_it_never_changes_and_the_next_one_corrects_it(cast: Cast, at: datetime, tmp_path: Path) -> None:
    done = approved(cast, november(cast, at), FIRST)
    before = (done.content, done.figures, done.digest, stored(done.sha256).read_bytes(), stored(done.sha256_en).read_bytes())
    english = text_of(before[4])
    assert "Received" in english and "受理" not in english and done.digest[:20] in english and "电梯两件，一件没办完" in english
    walk(cast, Case.objects.get(number=Case.objects.order_by("pk")[1].number), "done", FIRST + days(2))
    case = Case.objects.order_by("pk")[0]
    acts.reopen(cast.lin_xiao, case.pk, reason="又停了", at=FIRST + days(3))
    drafting.forget()
    assert draft_due(on("01-01", "06:00", 2027)) >= 2
    done.refresh_from_db()
    files = [stored(sha256).read_bytes() for sha256 in done.kept]
    assert (done.content, done.figures, done.digest, *files) == before and holds(done)
    following = Report.objects.get(site=cast.site, first="2026-12-01")
    assert following.corrections == []  # closed later and reopened later: nothing of November was reported wrongly
    last = following.content["zh-hans"]["parts"][-1]
    wrong, since = last["tables"]
    assert last["id"] == "corrections-all" and wrong["rows"] == [] and since["title"] == "2026-11 以后办到哪里"
    done_since = {cells[0]["words"]: (cells[1]["words"], cells[2]["words"]) for cells in since["rows"]}
    assert done_since["重开率"] == ("0.0% (0/2)", "50.0% (1/2)") and "投诉" not in done_since and "结案" in done_since
    approved(cast, following, on("01-02", "10:00", 2027))
    drafting.forget()
    draft_due(on("02-01", "06:00", 2027))
    out = tmp_path / "kept.pdf"
    assert command.main(["month", "2026-11", "--site", "RY", "--format", "pdf", "--out", str(out)]) == 0
    assert out.read_bytes() == before[3]
    assert command.main(["month", "2026-11", "--site", "RY", "--format", "pdf", "--out", str(out), "--language", "en"]) == 0
    assert out.read_bytes() == before[4]
    assert prove().faults == []
    stored(done.sha256).write_bytes(b"%PDF-other")
    Report.objects.filter(pk=done.pk).update(comments={"own-sum": "没有超时"})
    done.refresh_from_db()
    assert [row.en for row in prove().faults] == ["the report is not what was approved", "its file has been changed"]
    kept = kept_of(cast.company, cast.site, done.period, "zh-hans")
    assert kept is not None and not holds(done)
    with pytest.raises(Altered):
        kept.file()
    other = kept_of(cast.company, cast.site, done.period, "en")
    assert other is not None and other.file() == before[4]


def test_what_was_recorded_or_judged_otherwise_afterwards_is_corrected_once_and_apart_from_progress(cast: Cast, at: datetime) -> None:
    """Of November's two complaints the open one turns out to be a question; a second is followed up late but was told in time; one more is
    merged into the first in December. What is merely done in December is progress."""
    third = cast.judged(cast.complaint(phone="13900002007", home="6栋2单元1107", at=at), at=at)
    approved(cast, november(cast, at), FIRST)
    _settled, open_one = Case.objects.exclude(pk=third.pk).order_by("pk")
    acts.regrade(cast.lin_xiao, open_one.pk, nature="question", grade="minor", reason="只是来问", at=FIRST + days(1))
    walk(cast, third, "done", FIRST + days(2))
    drafting.forget()
    draft_due(on("01-01", "06:00", 2027))
    following = Report.objects.get(site=cast.site, first="2026-12-01")
    corrected = {row["figure"]: (row["was"]["above"], row["now"]["above"]) for row in following.corrections}
    assert corrected["complaints"] == (3, 2) and corrected["valid"] == (3, 2) and "closed" not in corrected and "received" not in corrected
    shares = {row["figure"]: [(row[end]["above"], row[end]["below"]) for end in ("was", "now")] for row in following.corrections}
    assert shares["done_rate"] == [(1, 3), (1, 2)]  # the third, settled in December, is not in it
    since = {cells[0]["words"]: cells[2]["words"] for cells in following.content["zh-hans"]["parts"][-1]["tables"][1]["rows"]}
    assert since["办结率"] == "100.0% (2/2)" and "投诉" not in since
    approved(cast, following, on("01-02", "10:00", 2027))
    drafting.forget()
    draft_due(on("02-01", "06:00", 2027))
    assert Report.objects.get(site=cast.site, first="2027-01-01").corrections == []  # told once


def test_a_reader_sees_reports_of_what_they_see_wholly(cast: Cast, at: datetime) -> None:
    row = november(cast, at)
    assert {one.site for one in visible_to(cast.luo_qing, FIRST)} == {cast.site, cast.other_site}
    assert [one.pk for one in visible_to(cast.he_wei, FIRST)] == [row.pk]
    for nobody in (cast.zhou_hai, cast.fang_jing, cast.bai_shi, cast.ma_qiang):
        assert not visible_to(nobody, FIRST).exists()
