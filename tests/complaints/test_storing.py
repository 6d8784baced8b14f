"""Inserting in one step stores what `bulk_create` stores, in its order, on both databases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from tests.cast import Cast

from kesu.complaints.models import Case, CaseItem, Clock, JournalEntry, Notice, Part
from kesu.complaints.storing import insert, insert_unless_there, together, update_columns

TABLES: list[tuple[type[models.Model], str]] = [(CaseItem, "n"), (Clock, "subject"), (JournalEntry, "n"), (Part, "round")]

SIGNS = "100 % 满意？%s %(a)s %% 'OR' \"\" \\ \\' $1 ; -- /* E'\\n' \t"  # whatever could be taken for something else in a statement


def _values(row: Any) -> dict[str, Any]:
    return {column.attname: getattr(row, column.attname) for column in type(row)._meta.concrete_fields if not column.primary_key}


@pytest.fixture
def case(cast: Cast, at: datetime) -> Case:
    """A case with rows in every table."""
    return cast.judged(cast.complaint(at=at, wants="“道歉” 😡\n换行", raw=SIGNS, facts={"U1": True}), at=at)


@pytest.mark.parametrize(("table", "different"), TABLES)
def test_the_same_rows(case: Case, table: type[Any], different: str) -> None:
    def copies(first: int) -> list[Any]:
        stored = [row for row in table._default_manager.filter(case=case) for _ in range(1)]
        return [table(**{**_values(row), different: first + n}) for n, row in enumerate(stored)]

    ours, djangos = copies(1000), copies(5000)
    insert(ours)
    table._default_manager.bulk_create(djangos)
    assert ours and all(row.pk for row in ours)
    for one, other in zip(ours, djangos, strict=True):
        one, other = table._default_manager.get(pk=one.pk), table._default_manager.get(pk=other.pk)
        assert _values(one) | {different: 0} == _values(other) | {different: 0}


def test_a_case_as_it_was_written(case: Case) -> None:
    stored = Case.objects.get(pk=case.pk)
    copy = Case(**{**_values(stored), "number": "X-1", "token": "x"})
    insert([copy])
    assert _values(Case.objects.get(pk=copy.pk)) == _values(copy) == _values(stored) | {"number": "X-1", "token": "x"}


def test_more_rows_than_one_statement_takes(case: Case) -> None:
    rows = [CaseItem(case_id=case.pk, n=100 + n, words=f"第 {n} 件") for n in range(7000)]
    insert(rows)
    stored = dict(CaseItem.objects.filter(case=case, n__gte=100).values_list("pk", "words"))
    assert stored == {row.pk: row.words for row in rows}


def test_what_is_there_is_left_alone(case: Case, cast: Cast, at: datetime) -> None:
    def notice(key: str, kind: str) -> Notice:
        return Notice(company_id=case.company_id, person=cast.lin_xiao, case=case, kind=kind, key=key, data={"a": [1, "二"]}, at=at)

    insert_unless_there([notice("one", "first")])
    insert_unless_there([notice("one", "second"), notice("two", "second")])
    assert sorted(Notice.objects.filter(key__in=["one", "two"]).values_list("key", "kind")) == [("one", "first"), ("two", "second")]
    insert([])


def test_columns_of_many_rows_at_once_and_no_other(case: Case, cast: Cast, at: datetime) -> None:
    rows = [Notice(company_id=case.company_id, person=cast.lin_xiao, kind="a", key=f"k{n}", data={"n": n}, at=at) for n in range(3)]
    insert(rows)
    untouched = Notice.objects.get(pk=rows[2].pk)
    rows[0].mail_at, rows[0].mail_error, rows[0].case, rows[0].data = at, SIGNS, case, {"%s": [None, "二"]}
    rows[0].kind = rows[1].kind = "left alone"
    update_columns(rows[:2], ["mail_at", "mail_error", "case_id", "data"])
    one, other = (Notice.objects.get(pk=row.pk) for row in rows[:2])
    assert (one.mail_at, one.mail_error, one.case_id, one.data, one.kind) == (at, SIGNS, case.pk, {"%s": [None, "二"]}, "a")
    assert (other.mail_at, other.mail_error, other.case_id, other.data, other.kind) == (None, "", None, {"n": 1}, "a")
    assert _values(Notice.objects.get(pk=rows[2].pk)) == _values(untouched)
    update_columns(rows[1:2], ["mail_at", "case_id"])  # a column of nothing but NULLs
    update_columns([], ["kind"])


def test_held_together_it_is_the_same_and_what_fails_leaves_nothing(case: Case, cast: Cast, at: datetime) -> None:
    def items(*numbers: int) -> list[CaseItem]:
        return [CaseItem(case_id=case.pk, n=n, words=SIGNS) for n in numbers]

    def notices(*keys: str) -> list[Notice]:
        return [Notice(company_id=case.company_id, person=cast.lin_xiao, kind="a", key=key, data={}, at=at) for key in keys]

    first, second = items(101, 102), items(103)
    with transaction.atomic(), together():
        insert(first), insert_unless_there(notices("one", "two")), insert_unless_there(notices("one")), insert(second)
    assert dict(CaseItem.objects.filter(n__gt=100).values_list("pk", "n")) == {row.pk: row.n for row in first + second}
    assert CaseItem.objects.get(n=103).words == SIGNS and Notice.objects.filter(key__in=["one", "two"]).count() == 2
    with pytest.raises(IntegrityError), transaction.atomic(), together():
        insert(items(104)), insert([JournalEntry(**{**_values(case.journal.get(n=1)), "n": 1})])
    with pytest.raises(ZeroDivisionError), transaction.atomic(), together():
        insert(items(105)), 1 / 0
    insert(items(106))  # nothing is held back any more
    assert sorted(CaseItem.objects.filter(n__gt=103).values_list("n", flat=True)) == [106]
