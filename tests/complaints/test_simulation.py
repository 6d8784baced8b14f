"""The demonstration company: lived, not written; deterministic; with something due for every role at its end."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.db.models import F
from django.test import Client
from tests.remembered import forget_all

from kesu.channels.models import OfficialAccount, OutAccount
from kesu.channels.out import groups
from kesu.company.models import Company, ProcedureVersion
from kesu.company.rights import rights_of
from kesu.company.standing import forget
from kesu.complaints import ringing
from kesu.complaints.models import Attachment, Case, Clock, JournalEntry, Notice, Visit
from kesu.complaints.queries import cases, work
from kesu.complaints.queries.histories import histories, times_at
from kesu.config.proof import prove
from kesu.procedure.packfile import loads
from kesu.procedure.playing import AGREED, play
from kesu.procedure.refused import Refused
from kesu.procedure.replaying import replay, shifts
from kesu.reporting.models import APPROVED, Report
from kesu.simulation import bulk, life, reports
from kesu.simulation.story import told

NOW = datetime(2026, 11, 20, 14, 32, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def lived(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[life.Founded]:
    """One thin month, undone at the end of this module."""
    forget_all()
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:  # type: ignore[attr-defined]
        patch.setattr(life, "A_MONTH", 40)
        yield life.fill(seed=7, months=1, until=NOW)
        transaction.set_rollback(True)
        forget_all()


def test_everything_that_the_company_did_holds(lived: life.Founded) -> None:
    proof, kept = prove(), 2 * Report.objects.filter(state=APPROVED).count()  # in both languages
    assert proof.faults == []
    assert proof.cases > 40 and proof.entries > 10 * proof.cases and proof.files == Attachment.objects.count() + kept > 0


@pytest.mark.django_db
def test_broken_off_in_the_middle_it_leaves_an_empty_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Served anew it starts over, instead of showing half a year that ends in July."""
    days = []

    def pull_the_plug(day: date) -> None:
        days.append(day)
        if len(days) == 2:
            assert Company.objects.exists()
            raise KeyboardInterrupt

    monkeypatch.setattr(life, "A_MONTH", 40)
    with pytest.raises(KeyboardInterrupt):
        life.fill(seed=7, months=1, until=NOW, told_of=pull_the_plug)
    assert not Company.objects.exists() and not Case.objects.exists()
    forget()


def test_reports_of_the_last_month_are_written_and_approved_by_somebody_else(lived: life.Founded) -> None:
    """Whoever opens the demonstration does not find every report of the past waiting for its first word."""
    rows = list(Report.objects.filter(company=lived.company, kind="month_report", first=date(2026, 10, 1)))
    assert {row.site_id for row in rows} == {site.pk for site in lived.sites.values()}
    approved = [row for row in rows if row.state == APPROVED]
    assert len(approved) >= 2
    for row in approved:
        assert row.comments and row.approved_by_id not in row.commented_by and row.approved_at <= NOW and row.sha256


def test_nothing_happens_after_today_or_before_it_was_heard(lived: life.Founded) -> None:
    assert not JournalEntry.objects.filter(written_at__gt=NOW).exists()
    assert not JournalEntry.objects.filter(at__gt=F("written_at")).exists()
    assert not Case.objects.filter(heard_at__gt=F("received_at")).exists()


def test_every_role_that_answers_for_something_has_something_to_do_today(lived: life.Founded) -> None:
    answers = {row.role for row in lived.pack.owed()}
    busy = {worker.row.role for worker in lived.workers if work.owed(worker.person, NOW)[0]}
    assert answers - busy == set()


def test_today_knows_late_nearly_late_and_later(lived: life.Founded) -> None:
    running = Clock.objects.filter(state="running")
    assert running.filter(due_at__lt=NOW).exists()
    assert running.filter(due_at__gte=NOW, due_at__lt=NOW + timedelta(hours=6)).exists()
    assert running.filter(due_at__gte=NOW + timedelta(days=1)).exists()


def test_cases_stand_at_every_step_where_somebody_waits(lived: life.Founded) -> None:
    steps = set(Case.objects.values_list("step", flat=True))
    assert {"judge", "sign", "investigate", "answer", "handle", "report", "visit", "close", "archive"} <= steps


def test_customers_answer_what_they_are_asked_and_not_always_everything(lived: life.Founded) -> None:
    answered = [row for row in Visit.objects.all() if row.outcome in ("content", "not_content")]
    assert answered and all("overall" in row.answers for row in answered)
    assert {len(row.answers) for row in answered} > {4} and not any(row.answers for row in Visit.objects.filter(outcome="not_reached"))


def test_the_worker_has_nothing_left_to_ring(lived: life.Founded) -> None:
    before = JournalEntry.objects.count()
    assert ringing.ring_due(NOW) == 0
    assert JournalEntry.objects.count() == before


def test_old_notices_are_read_new_ones_are_not(lived: life.Founded) -> None:
    assert not Notice.objects.filter(at__lt=NOW - timedelta(days=3), read_at=None).exists()
    assert Notice.objects.filter(at__gt=NOW - timedelta(hours=1), read_at=None).exists()
    assert not Notice.objects.exclude(mail="none").exists()


def test_a_company_that_is_there_is_not_overrun(lived: life.Founded) -> None:
    before = Case.objects.count()
    with pytest.raises(Refused) as refused:
        life.fill(seed=7, months=1, until=NOW)
    assert refused.value.code == "not_empty"
    assert Case.objects.count() == before


def test_copies_hold_as_the_lived_cases_do(lived: life.Founded) -> None:
    with transaction.atomic():
        assert bulk.build(400, NOW) == 400
        assert prove().faults == []
        assert Case.objects.filter(closed_at=None).count() > 15
        assert not Case.objects.filter(received_at__gt=NOW).exists()
        assert not Clock.objects.filter(next_ring_at__lte=NOW).exists()
        person = lived.workers[0].person
        case = Case.objects.order_by("-pk")[0]
        assert cases.get(person, case.number, NOW).pk == case.pk
        transaction.set_rollback(True)


def _course() -> str:
    said = JournalEntry.objects.order_by("case_id", "n").values_list("case__number", "act", "at", "name", "data__words")
    return hashlib.sha256(repr(list(said)).encode()).hexdigest()


@pytest.mark.once
@pytest.mark.django_db
def test_the_same_seed_tells_the_same_story(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(life, "A_MONTH", 6)
    monkeypatch.setattr(reports, "LIVED", timedelta())
    courses = []
    for seed in (3, 3, 4):
        forget()
        with transaction.atomic():
            life.fill(seed=seed, months=1, until=NOW)
            courses.append(_course())
            transaction.set_rollback(True)
    forget()
    assert courses[0] == courses[1] != courses[2]
    assert not Company.objects.exists()


def test_what_is_told_names_only_what_the_pack_knows(lived: life.Founded) -> None:
    pack, story = lived.pack, told()
    for matter in [*story.matters, *(row.matter for row in story.scandals)]:
        wanted = [("categories", matter.category)] + [("causes", cause) for cause, _ in matter.causes]
        wanted += [("facts", fact) for fact in matter.facts] + [("natures", nature) for nature in matter.natures]
        wanted += [("remedies", act.remedy) for act in matter.acts if act.remedy]
        assert [row for row in wanted if pack.find(*row) is None] == []
    assert [row.login for row in story.people if pack.find("roles", row.role) is None] == []
    assert {row.id for row in pack.pauses} <= set(story.common)


def test_nothing_is_written_before_what_is_written_already(lived: life.Founded) -> None:
    last: dict[int, JournalEntry] = {}
    for entry in JournalEntry.objects.order_by("case_id", "n"):
        before = last.get(entry.case_id)
        assert before is None or entry.written_at >= before.written_at, (entry.case_id, before and before.act, entry.act)
        last[entry.case_id] = entry


def test_the_journal_alone_tells_every_clock(lived: life.Founded) -> None:
    """Played again from its journal, each case has the same clocks: due, done and void at the same seconds."""
    mine = Case.objects.filter(company=lived.company)
    clocks = 0
    for story, case in histories(mine, NOW):
        course = play(lived.pack, times_at(case.site), story.happenings)
        stored = Clock.objects.filter(case__number=story.number, case__company=lived.company).exclude(limit__in=AGREED)
        real = sorted((row.obligation, row.round, row.state, *_times(row.state, row.due_at, row.done_at)) for row in stored)
        told = sorted(
            (row.obligation.id, row.round, row.state, *_times(row.state, row.due and row.due.at, row.done))
            for row in course.clocks.values()
            if row.due or row.state == "void"
        )
        assert told == real, story.number
        clocks += len(real)
    assert clocks > 5 * mine.count()


def _times(state: str, due: datetime | None, done: datetime | None) -> tuple[str, str]:
    """What counts of a clock in this state; of one that nobody had to keep, only that it was there."""
    utc = [moment.astimezone(UTC).isoformat() if moment else "" for moment in (due, done)]
    return ("", "") if state == "void" else (utc[0], utc[1] if state == "done" else "")


def test_under_its_own_procedure_a_replay_changes_nothing(lived: life.Founded) -> None:
    mine = [(story, times_at(case.site)) for story, case in histories(Case.objects.filter(company=lived.company), NOW)]
    old = replay(lived.pack, mine)
    assert shifts(old, replay(lived.pack, mine)) == [] and not old.unreadable
    late = Clock.objects.filter(case__company=lived.company).exclude(limit__in=AGREED).exclude(state="void")
    wanted = late.filter(done_at__gt=F("due_at")).count() + late.filter(state="running", due_at__lt=NOW).count()
    assert sum(row.late and row.state != "void" for row in old.outcomes.values()) == wanted > 0


def test_a_stricter_procedure_is_late_more_often_and_says_where(lived: life.Founded) -> None:
    stricter = loads(ProcedureVersion.objects.get(company=lived.company).text.replace('limit = "3d"', 'limit = "1d"')).pack
    mine = [(story, times_at(case.site)) for story, case in histories(Case.objects.filter(company=lived.company), NOW)]
    old, new = replay(lived.pack, mine), replay(stricter, mine)
    moved = shifts(old, new)
    assert moved and {row.obligation for row in moved} <= {row.id for row in lived.pack.obligations if row.limit == "3d"}
    assert all(row.now_late and row.before and row.after and row.after < row.before for row in moved)
    assert sum(new.told.values()) > sum(old.told.values())


@pytest.mark.django_db
def test_its_accounts_stand_there_switched_off_and_reach_nobody(lived: life.Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """WeChat, text messages, robots: on their pages and in the strip of doors, without secrets; a try, switching on, a round of the worker
    ask nobody."""

    def network(*asked: object, **more: object) -> None:
        raise AssertionError(f"asked the network: {asked}")

    monkeypatch.setattr("httpx.Client.send", network)
    monkeypatch.setattr("httpx.request", network)
    monkeypatch.setattr("kesu.channels.out.posting.post", network)
    monkeypatch.setattr("kesu.channels.out.robots.post", network)
    official, accounts = OfficialAccount.objects.get(), list(OutAccount.objects.order_by("id"))
    assert not official.active and not any(row.active for row in accounts) and len(accounts) == 3
    admin = next(worker.person for worker in lived.workers if rights_of(worker.person, NOW).page("setup"))
    client = Client()
    client.force_login(admin)
    strip = client.get("/out/").content.decode()
    for row in (official, *accounts):
        assert row.name in strip, row.name
    page = f"/setup/wechat/{official.pk}/"
    typed = {"name": "x", "site": official.site_id, "channel": official.channel, "app_id": official.app_id, "origin": official.origin}
    answer = client.post(page, typed | {"mode": "safe", "active": "on", "do": "try"})
    assert "AppSecret 还没填" in answer.content.decode()
    for row in accounts:
        said = {
            "name": row.name,
            "active": "on",
            "provider": "aliyun",
            "key_id": "a",
            "sign": "x",
            "language": "zh-hans",
            "to": "13800006021",
        }
        for do in ("try", "save"):
            page = client.post(f"/setup/out/{row.pk}/", said | {"do": do}).content.decode()
            assert ("先填密钥" if row.means == "sms" else "整个粘贴过来") in page, (row.name, do)
    assert not OutAccount.objects.filter(active=True).exists()
    OutAccount.objects.update(active=True, since=NOW - timedelta(days=9))
    groups.tell_groups(NOW)
    assert OutAccount.objects.update(active=False)
