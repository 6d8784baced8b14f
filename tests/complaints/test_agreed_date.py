"""The date agreed with the customer, agreed anew: a governed act, seen on both sides, and the limits go with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast
from tests.complaints.story import clock as clock_of
from tests.complaints.story import entries, fresh, refused, republished
from tests.web.case_hands import Clock, Sit, clock, do, post, sit

from kesu.complaints import actions, sentences
from kesu.complaints.models import Case, CustomerNotice
from kesu.complaints.queries import histories
from kesu.complaints.ringing import ring_due

__all__ = ["clock", "sit"]
RULE = "[customer_date]\nchanges = 2\n"
HOUR = timedelta(hours=1)
SAID: dict[str, Any] = {"spoke_to": "闵女士", "channel": "hotline", "words": "等她出差回来再换锁", "reason": "住户出差"}


@pytest.fixture
def minor(cast: Cast, at: datetime) -> Case:
    """A small matter that 闵女士 wants done within ten hours: solve_minor is due then, earlier than two days."""
    case = cast.complaint(items=[("门锁松了", "")], wanted_by=at + 10 * HOUR, at=at)
    return actions.judge(cast.lin_xiao, case.pk, nature="valid", facts={"limits_only": True}, at=at)


def test_the_limit_goes_with_the_date_and_both_dates_stay(cast: Cast, minor: Case, at: datetime) -> None:
    assert clock_of(minor, "solve_minor").due_at == at + 10 * HOUR
    actions.agree_date(cast.lin_xiao, minor.pk, new_date=at + 30 * HOUR, **SAID, at=at + HOUR)
    row = clock_of(minor, "solve_minor")
    assert (row.due_at, row.first_due_at, fresh(minor).wanted_by) == (at + 30 * HOUR, at + 10 * HOUR, at + 30 * HOUR)
    said = entries(minor, "agree_date")[0]
    assert [datetime.fromisoformat(said.data[key]) for key in ("before", "after")] == [at + 10 * HOUR, at + 30 * HOUR]
    zh, en = (sentences.say(said, cast.pack, language) for language in ("zh-hans", "en"))
    assert "与闵女士商定把日期由 11 月 21 日 00:32 改为 11 月 21 日 20:32：住户出差" in zh and "instead of 21 Nov 00:32" in en
    told = CustomerNotice.objects.get(case=minor).words
    assert "原来 11 月 21 日 00:32 前，现在 11 月 21 日 20:32 前" in told and "出差回来" in told and "住户出差" not in told
    page = Client().get(f"/c/{minor.token}/").content.decode()
    assert "出差回来再换锁" in page and "住户出差" not in page and "原来答应 11 月 21 日 00:32 前" in page
    ring_due(at + 20 * HOUR)
    assert not [entry for entry in entries(minor, "fell_late") if entry.data["obligation"] == "solve_minor"]


def test_a_date_beyond_what_binds_beside_it_does_not_help(cast: Cast, minor: Case, at: datetime) -> None:
    actions.agree_date(cast.lin_xiao, minor.pk, new_date=at + timedelta(days=9), **SAID, at=at + HOUR)
    assert clock_of(minor, "solve_minor").due_at == at + timedelta(days=2)


def test_a_first_date_is_no_change_and_two_changes_are_all(cast: Cast, at: datetime) -> None:
    case = cast.complaint(items=[("门锁松了", "")], at=at)
    case = actions.judge(cast.lin_xiao, case.pk, nature="valid", facts={"limits_only": True}, at=at)
    for hours in (5, 6, 7):
        actions.agree_date(cast.lin_xiao, case.pk, new_date=at + hours * HOUR, **SAID, at=at)
    assert clock_of(case, "solve_minor").due_at == at + 7 * HOUR
    with refused("often"):
        actions.agree_date(cast.lin_xiao, case.pk, new_date=at + 8 * HOUR, **SAID, at=at)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("missing", {"reason": " "}),
        ("missing", {"spoke_to": ""}),
        ("missing", {"words": ""}),
        ("past", {"new_date": 0}),
        ("same", {"new_date": 10}),
    ],
)
def test_what_is_missing_or_cannot_be(cast: Cast, minor: Case, at: datetime, code: str, change: dict[str, Any]) -> None:
    given = {**SAID, "new_date": at + 20 * HOUR} | change
    if isinstance(given["new_date"], int):
        given["new_date"] = at + given["new_date"] * HOUR
    with refused(code):
        actions.agree_date(cast.lin_xiao, minor.pk, **given, at=at)


def test_it_is_agreed_before_the_limit_is_past_and_not_after(cast: Cast, minor: Case, at: datetime) -> None:
    with refused("expired"):
        actions.agree_date(cast.lin_xiao, minor.pk, new_date=at + 30 * HOUR, **SAID, at=at + 10 * HOUR)
    actions.agree_date(cast.lin_xiao, minor.pk, new_date=at + 30 * HOUR, **SAID, at=at + 10 * HOUR - timedelta(seconds=1))


def test_only_who_may_and_where_the_procedure_has_it(cast: Cast, minor: Case, at: datetime) -> None:
    with refused("not_allowed"):
        actions.agree_date(cast.fang_jing, minor.pk, new_date=at + 30 * HOUR, **SAID, at=at)
    republished(cast, **{RULE: '[customer_date]\nlatest = "1d"\n'})
    with refused("too_late"):
        actions.agree_date(cast.lin_xiao, minor.pk, new_date=at + 25 * HOUR, **SAID, at=at)
    actions.agree_date(cast.lin_xiao, minor.pk, new_date=at + 24 * HOUR, **SAID, at=at)
    republished(cast, **{RULE: ""})
    with refused("no_date"):
        actions.agree_date(cast.lin_xiao, minor.pk, new_date=at + 20 * HOUR, **SAID, at=at)


def test_undoing_a_merge_keeps_what_was_agreed_since(cast: Cast, minor: Case, at: datetime) -> None:
    other = cast.complaint(wanted_by=at + 5 * HOUR, at=at)
    said = {"reason": "同一把锁", "channel": "hotline", "words": "一起办"}
    actions.merge(cast.lin_xiao, other.pk, into=minor.number, **said, at=at)
    assert fresh(minor).wanted_by == at + 5 * HOUR
    actions.agree_date(cast.lin_xiao, minor.pk, new_date=at + 20 * HOUR, **SAID, at=at + HOUR)
    actions.unmerge(cast.lin_xiao, other.pk, reason="不是一把", at=at + 2 * HOUR)
    assert fresh(minor).wanted_by == clock_of(minor, "solve_minor").due_at == at + 20 * HOUR


def test_a_replay_goes_by_the_date_that_was_known_then(cast: Cast, minor: Case, at: datetime) -> None:
    actions.agree_date(cast.lin_xiao, minor.pk, new_date=at + 30 * HOUR, **SAID, at=at + HOUR)
    story, _ = next(histories.histories(Case.objects.filter(pk=minor.pk), at + 2 * HOUR))
    dates = [happening.what["customer_date"] for happening in story.happenings if "customer_date" in happening.what]
    assert dates == [at + 10 * HOUR, at + 30 * HOUR]


def test_by_the_page(cast: Cast, minor: Case, at: datetime, clock: Clock, sit: Sit) -> None:
    page = sit(cast.lin_xiao)
    refused_page = post(page, minor, "agree_date", new_date="2026-11-21T20:32", **SAID | {"reason": ""})
    assert refused_page.status_code == 422 and "写清为什么改" in refused_page.content.decode()
    do(page, minor, "agree_date", new_date="2026-11-21T20:32", **SAID)
    shown = page.get(f"/cases/{minor.number}/").content.decode()
    assert "商定的日期" in shown and "明天 20:32 前" in shown and "原定 明天 00:32" in shown and "林晓与闵女士商定" in shown
