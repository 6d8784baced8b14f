"""The people of 和檐物业 in November: hand-counted figures, who reads whose, self-reviews on their clocks, recognition, letting go."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.cast import Cast
from tests.complaints.story import answer, days, fresh, hours, investigate, minutes, on, refused, walk

from kesu.company.actions.people import dismiss
from kesu.company.models import Person
from kesu.company.rights import rights_of
from kesu.complaints import actions as acts
from kesu.complaints.actions.formerstaff import let_go_of_person
from kesu.complaints.models import Case, Notice
from kesu.config.proof import prove
from kesu.insights import duties
from kesu.insights.actions.counting import catch_up
from kesu.insights.coverage import Coverage
from kesu.insights.periods import Period
from kesu.insights.tables.look import Look
from kesu.performance import actions
from kesu.performance.actions.opening import forget, open_due
from kesu.performance.comparing import Sheet, sheet
from kesu.performance.lettinggo import let_go
from kesu.performance.models import Recognition, Review, ReviewWords
from kesu.performance.queries.recognitions import proposed
from kesu.performance.queries.reviews import found, owed
from kesu.performance.ringing import ring_due
from kesu.performance.tables import tables, thanked

pytestmark = pytest.mark.django_db
NOVEMBER = Period.month(2026, 11)
DECEMBER = on("12-01", "09:00")  # when self-reviews open
LATER = on("12-01", "10:00")


@pytest.fixture(autouse=True)
def anew() -> None:
    duties.forget()
    forget()


def given_to(cast: Cast, case: Case, at: datetime) -> Case:
    """周海 signs and gives it to 马强."""
    acts.sign(cast.zhou_hai, case.pk, at=at)
    return acts.transfer(cast.zhou_hai, case.pk, to=cast.ma_qiang.pk, reason="马强办", at=at + minutes(1))


@pytest.fixture
def november(cast: Cast, at: datetime) -> list[Case]:
    """One that 周海 handles to its end; one of 马强's in time; one of 马强's with which 安保部 helps, both late with it."""
    one = cast.judged(cast.complaint(at=at), at=at)
    walk(cast, one, "done", at + minutes(2))
    two = given_to(cast, cast.judged(cast.complaint(at=at, phone="13900001008", home="7栋1单元101"), at=at), at + minutes(2))
    walk(cast, two, "done", at + minutes(5))
    three = cast.complaint(at=at, phone="13900001009", home="8栋1单元101")
    acts.judge(cast.lin_xiao, three.pk, nature="valid", facts={}, at=at)
    acts.dispatch(cast.lin_xiao, three.pk, lead=cast.engineering.pk, co=[cast.security.pk], at=at)
    given_to(cast, three, at + minutes(3))
    acts.sign(cast.chen_li, three.pk, at=at + minutes(3))
    return [one, two, fresh(three)]


def seen_by(cast: Cast, person: Person, at: datetime = LATER) -> Sheet:
    while catch_up(cast.company, at, 100):
        pass
    rights = rights_of(cast.fresh(person), at)
    assert rights.pack.performance is not None
    return sheet(rights.pack.performance, Coverage.of(rights), rights, NOVEMBER, at)


def counts(found: Sheet, of: str, measure: str) -> dict[int, tuple[int, int]]:
    return {unit: (row.result.n, row.result.observed) for unit, row in found.measure(of, measure).items()}


def test_what_was_counted_by_hand(cast: Cast, november: list[Case]) -> None:
    """Three cases: one of 周海's, two of 马强's of which the last is owed still, with 安保部 helping."""
    all_ = seen_by(cast, cast.luo_qing)
    zhou, ma, chen = cast.zhou_hai.pk, cast.ma_qiang.pk, cast.chen_li.pk
    assert counts(all_, "person", "solved") == {zhou: (1, 0), ma: (1, 0)}
    assert counts(all_, "person", "satisfied") == {zhou: (1, 0), ma: (1, 0)}
    assert counts(all_, "person", "sent_back") == {zhou: (1, 0), ma: (2, 0), chen: (1, 0)}
    assert counts(all_, "department", "sent_back") == {cast.engineering.pk: (3, 0), cast.security.pk: (1, 0)}
    handling = counts(all_, "person", "handling")
    assert handling[ma] == (2, 1) and handling[zhou] == (1, 0)  # the open one is overdue: not on time
    rows = {row.unit: row.work for row in all_.rows("person")}
    assert (len(rows[ma].taken), len(rows[ma].helped), len(rows[chen].taken), len(rows[chen].helped)) == (2, 0, 1, 1)
    assert {row.word for row in all_.measure("person", "handling").values()} == {"few"}
    two, three = november[1].pk, november[2].pk
    assert all_.cases("person", "handling", ma, "above") == [three] and all_.cases("person", "handling", ma, "rest") == [two]


def test_too_many_cases_are_said_to_be_too_many(cast: Cast, november: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    seen_by(cast, cast.luo_qing)
    look = Look(Coverage.of(cast.company), NOVEMBER, LATER, "zh-hans", True, rights_of(cast.fresh(cast.luo_qing), LATER))
    assert [table.notes for table in tables(look, "person") if table.id == "person-solved"] == [["2 个例数太少，不作比较。"]]
    monkeypatch.setattr("kesu.performance.tables.MOST", 2)
    (only,) = tables(look, "person")
    assert not only.rows and "换短一点的时段" in only.empty


def test_who_reads_whose(cast: Cast, november: list[Case]) -> None:
    """Quality everybody's, a director those of the site, a head those of the department, a handler their own."""
    zhou, ma, chen = cast.zhou_hai.pk, cast.ma_qiang.pk, cast.chen_li.pk

    def people(person: Person) -> set[int]:
        return {row.unit for row in seen_by(cast, person).rows("person")} & {zhou, ma, chen}

    assert people(cast.luo_qing) == people(cast.he_wei) == {zhou, ma, chen}
    assert people(cast.zhou_hai) == {zhou, ma} and people(cast.chen_li) == {chen}
    assert people(cast.ma_qiang) == {ma} and people(cast.su_min) == people(cast.zheng_chuan) == set()
    head = seen_by(cast, cast.chen_li)
    assert set(counts(head, "department", "sent_back")) == {cast.security.pk}  # helping gives no right to the lead's figures
    own = seen_by(cast, cast.ma_qiang)
    assert not own.rows("department") and not own.cases("person", "handling", zhou, "below")


def test_sent_back_and_reopened_count_where_they_belong(cast: Cast, at: datetime) -> None:
    back = cast.judged(cast.complaint(at=at), at=at)
    acts.send_back(cast.zhou_hai, back.pk, reason="归安保", at=at + minutes(5))
    again = cast.judged(cast.complaint(at=at, phone="13900001008", home="7栋1单元101"), at=at)
    end = walk(cast, again, "done", at + minutes(2))
    acts.reopen(cast.lin_xiao, again.pk, reason="又停了", at=end + hours(1))
    all_ = seen_by(cast, cast.luo_qing)
    assert counts(all_, "department", "sent_back")[cast.engineering.pk] == (2, 1)
    assert counts(all_, "person", "solved") == {cast.zhou_hai.pk: (1, 1)}  # his round: reopened is not solved


def test_waiting_for_the_customer_is_not_held_against_the_handler(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(at=at), at=at)
    acts.sign(cast.zhou_hai, case.pk, at=at + minutes(1))
    investigate(cast, case, at + minutes(2))
    acts.pause(cast.zhou_hai, case.pk, reason="customer_evidence", evidence="等住户发照片", at=at + minutes(3))
    acts.resume(cast.zhou_hai, case.pk, at=at + days(4))
    answer(cast, case, at + days(4) + minutes(1))
    walk(cast, case, "done", at + days(4) + minutes(2))
    work = {row.unit: row.work for row in seen_by(cast, cast.luo_qing).rows("person")}[cast.zhou_hai.pk]
    assert 0 < work.waiting <= work.handling and work.handling - work.waiting < 30


def opened(cast: Cast, at: datetime = DECEMBER) -> dict[str, Review]:
    open_due(at)
    return {row.person.name if row.person else row.department.name: row for row in Review.objects.all()}  # type: ignore[union-attr]


def test_self_reviews_open_once_on_the_day_for_those_who_had_cases(cast: Cast, november: list[Case]) -> None:
    assert open_due(DECEMBER - timedelta(seconds=1)) == 0
    forget()
    rows = opened(cast)
    assert set(rows) == {"马强", cast.engineering.name, cast.security.name}
    forget()
    assert open_due(LATER) == 0 and Review.objects.count() == 3
    row = rows["马强"]
    assert (row.opened_at, row.due_at) == (DECEMBER, on("12-07", "00:00")) and row.state == "owed"
    wrong = {case.case_id: case.wrong for case in row.cases.all()}
    assert wrong[november[1].pk] == [] and "handling" in wrong[november[2].pk]
    told = Notice.objects.filter(kind="review_opened").values_list("person__name", flat=True)
    assert set(told) == {"马强", "周海", "陈立"}
    assert {one.number for one in owed(cast.ma_qiang, LATER)} == {row.number}
    assert not owed(cast.zhou_hai, LATER)[0].person_id  # his department's; 马强's is not his yet


def test_written_answered_added_and_read_by_two_people_only(cast: Cast, november: list[Case]) -> None:
    row = opened(cast)["马强"]
    with refused("missing"):
        actions.write(cast.ma_qiang, row.pk, well="", change="早点到场", at=LATER)
    with pytest.raises(Review.DoesNotExist):
        actions.write(cast.chen_li, row.pk, well="x", change="y", at=LATER)
    with refused("not_allowed"):
        actions.write(cast.zhou_hai, row.pk, well="x", change="y", at=LATER)
    with refused("not_written"):
        actions.answer(cast.zhou_hai, row.pk, said="好", at=LATER)
    actions.write(cast.ma_qiang, row.pk, well="都当天到场", change="晚上的单先打电话", help="多一副门机钥匙", at=LATER)
    with refused("written"):
        actions.write(cast.ma_qiang, row.pk, well="改", change="改", at=LATER)
    row.refresh_from_db()
    assert row.due_at == on("12-07", "00:00") and [one.pk for one in owed(cast.zhou_hai, LATER) if one.person_id] == [row.pk]
    actions.answer(cast.zhou_hai, row.pk, said="钥匙本周配。", at=LATER + hours(1))
    actions.add(cast.ma_qiang, row.pk, said="钥匙收到了", at=LATER + days(2))
    assert [(one.act, one.by.name) for one in row.words.all()] == [("write", "马强"), ("answer", "周海"), ("add", "马强")]
    assert set(Notice.objects.filter(kind="review_answered").values_list("person__name", flat=True)) == {"马强"}
    readers = {who.name for who in _everybody(cast) if found(who, row.pk, LATER + days(3))}
    assert readers == {"马强", "周海"}
    assert not prove().faults
    ReviewWords.objects.filter(act="write").update(words={"well": "我最好", "change": "", "help": ""})
    assert [fault.zh for fault in prove().faults] == ["自查写的话被改动过"]


def _everybody(cast: Cast) -> list[Person]:
    return [cast.fresh(person) for person in Person.objects.filter(company=cast.company)] + [cast.bai_shi]


def test_what_is_not_written_rings_upwards(cast: Cast, november: list[Case]) -> None:
    """Warned at 75 %, late at 24:00 of the fifth day, the head at once, the director three days later; each moment once."""
    row = opened(cast)["马强"]
    due = on("12-07", "00:00")

    def told(kind: str) -> set[str]:
        return set(Notice.objects.filter(kind=kind, data__review=row.pk).values_list("person__name", flat=True))

    ring_due(due - timedelta(seconds=1))
    assert told("warned") == {"马强"} and not told("fell_late")
    ring_due(due)
    assert told("fell_late") | told("climbed") == {"马强", "周海"}
    ring_due(due + days(3))
    ring_due(due + days(3))
    assert told("climbed") == {"周海", "何伟"}
    assert [(entry.act, entry.at) for entry in row.journal.all()][1:] == [
        ("warned", row.journal.all()[1].at), ("fell_late", due), ("climbed", due), ("climbed", due + days(3)),
    ]  # fmt: skip
    actions.write(cast.ma_qiang, row.pk, well="好", change="改", at=due + days(4))
    row.refresh_from_db()
    assert row.due_at == on("12-17", "00:00")
    assert not prove().faults


def test_a_department_is_reviewed_by_its_head_and_answered_by_the_director(cast: Cast, november: list[Case]) -> None:
    row = opened(cast)[cast.engineering.name]
    assert {one["measure"]: (one["n"], one["observed"]) for one in row.figures}["sent_back"] == (3, 0)
    actions.write(cast.zhou_hai, row.pk, well="三张都签了", change="晚班排人", at=LATER)
    assert [one.pk for one in owed(cast.he_wei, LATER)] == [row.pk]
    actions.answer(cast.he_wei, row.pk, said="同意", at=LATER)
    assert not found(cast.ma_qiang, row.pk, LATER) and not found(cast.luo_qing, row.pk, LATER)


def test_who_left_owes_nothing(cast: Cast, november: list[Case]) -> None:
    row = opened(cast)["马强"]
    dismiss(cast.tang_qing, cast.ma_qiang.pk, LATER)
    assert ring_due(on("12-07", "00:00")) >= 1
    row.refresh_from_db()
    assert row.next_ring_at is None and [entry.act for entry in row.journal.all()][-1] == "lapsed" and not prove().faults


def test_recognition_is_given_for_a_case_once_and_proposed_by_praise(cast: Cast, november: list[Case], at: datetime) -> None:
    one = november[1]
    for code, person, who, words in (
        ("not_allowed", cast.ma_qiang, cast.zhou_hai, "好"),
        ("self", cast.zhou_hai, cast.zhou_hai, "好"),
        ("person", cast.zhou_hai, cast.chen_li, "好"),
        ("missing", cast.zhou_hai, cast.ma_qiang, " "),
    ):
        with refused(code):
            actions.recognise(person, one.pk, who=who.pk, words=words, at=LATER)
    with pytest.raises(Case.DoesNotExist):
        actions.recognise(cast.zheng_chuan, one.pk, who=cast.ma_qiang.pk, words="好", at=LATER)
    actions.recognise(cast.zhou_hai, one.pk, who=cast.ma_qiang.pk, words="电梯停了，他一直陪着", at=LATER)
    with refused("recognised"):
        actions.recognise(cast.he_wei, one.pk, who=cast.ma_qiang.pk, words="再说一次", at=LATER)
    assert Notice.objects.get(kind="recognised").person == cast.ma_qiang
    praise = cast.complaint(at=LATER, items=[("马师傅人好，谢谢他", "lift")], phone="13900001010", home="9栋1单元101")
    acts.judge(cast.lin_xiao, praise.pk, nature="praise", facts={}, at=LATER)
    acts.name_person(cast.fang_jing, praise.pk, who=cast.ma_qiang.pk, at=LATER)
    assert [(case.pk, who) for case, who in proposed(cast.lin_xiao, LATER)] == [(praise.pk, cast.ma_qiang)]
    assert not proposed(cast.ma_qiang, LATER) and not proposed(cast.wu_tong, LATER)
    actions.recognise(cast.lin_xiao, praise.pk, who=cast.ma_qiang.pk, words="住户点名谢谢", at=LATER)
    assert not proposed(cast.lin_xiao, LATER) and Recognition.objects.filter(praised=True).count() == 1
    look = Look(Coverage.of(cast.company), Period.month(2026, 12), LATER, "zh-hans")
    (listed,) = thanked(look)
    assert [row[0].value for row in listed.rows] == ["马强", "马强"] and "住户点名谢谢" in {row[1].value for row in listed.rows}
    (frozen,) = thanked(look, words=False)  # a report keeps who and for which case: words must be able to go
    assert "住户点名谢谢" not in str(frozen.rows) and praise.number in str(frozen.rows)
    assert not prove().faults


def test_words_go_with_the_case_and_with_who_left(cast: Cast, november: list[Case]) -> None:
    row = opened(cast)["马强"]
    actions.write(cast.ma_qiang, row.pk, well="好", change="改", at=LATER)
    actions.answer(cast.zhou_hai, row.pk, said="行", at=LATER)
    actions.recognise(cast.zhou_hai, november[1].pk, who=cast.ma_qiang.pk, words="一直陪着", at=LATER)
    let_go(november[1])
    assert Recognition.objects.get().words == "" and all(one.words for one in row.words.all())  # the other case is kept still
    Case.objects.filter(pk=november[2].pk).update(erased_at=LATER)
    let_go(november[1])
    assert not any(one.words for one in row.words.all()) and not prove().faults
    dismiss(cast.tang_qing, cast.zhou_hai.pk, LATER)
    other = Review.objects.get(about="department", department=cast.engineering)
    ReviewWords.objects.create(review=other, by=cast.zhou_hai, at=LATER, act="add", words={"said": "我走了"})
    let_go_of_person(cast.luo_qing, cast.zhou_hai.pk, at=LATER + days(3 * 366))
    assert not any(one.words for one in other.words.all())
