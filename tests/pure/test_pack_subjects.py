"""What one proposal or one department owes does not depend on what happened to another."""

from datetime import UTC, datetime, timedelta

from tests.pure.shipped import shipped

from kesu.procedure.running import CaseState, Subject, runs

PACK = shipped("property")
START = datetime(2026, 5, 4, 8, tzinfo=UTC)


def mark(hours: float) -> tuple[datetime, datetime]:
    at = START + timedelta(hours=hours)
    return (at, at)


def owed(subject: Subject, **marks: float) -> dict[str, datetime | None]:
    case = {"receive": mark(0), **{act: mark(hours) for act, hours in marks.items()}}
    state = CaseState(marks=case, grade=PACK.grade_default().id, nature=PACK.nature_default().id, channel="", subjects=(subject,))
    return {run.obligation.id: run.done for run in runs(PACK, state) if run.subject == subject.id}


def test_a_proposal_that_needs_no_approval_owes_none_though_an_earlier_one_was_proposed() -> None:
    assert "approve" not in owed(Subject("proposal", 7, {}), propose=1)


def test_the_customers_answer_is_awaited_only_from_when_this_proposal_was_offered() -> None:
    assert "agree" not in owed(Subject("proposal", 7, {"propose": mark(5)}), propose=1, reply=2)
    assert owed(Subject("proposal", 7, {"propose": mark(5), "reply": mark(6)}), propose=1, reply=2)["agree"] is None


def test_a_form_that_came_back_before_the_last_action_is_not_owed_again() -> None:
    back = Subject("part", 3, {"dispatch": mark(0), "sign": mark(0.1), "return": mark(2)}, lead=False)
    assert "return" not in owed(back, dispatch=0, execute=6)


def test_a_form_still_out_when_the_last_action_is_done_is_owed() -> None:
    out = Subject("part", 3, {"dispatch": mark(0), "sign": mark(0.1)})
    assert owed(out, dispatch=0, execute=6)["return"] is None


def test_a_form_returned_after_the_last_action_is_done() -> None:
    back = Subject("part", 3, {"dispatch": mark(0), "sign": mark(0.1), "return": mark(7)})
    assert owed(back, dispatch=0, execute=6)["return"] == START + timedelta(hours=7)
