"""Fair comparison in plain Python: expected adds up to observed, ordinary people stay ordinary, hard cases cost nobody anything."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kesu.performance.fair import (
    ALONE,
    AS_EXPECTED,
    BETTER,
    FEW,
    UNTOLD,
    WORSE,
    Item,
    Result,
    Rules,
    cells,
    compared_with,
    looked_at,
    once_each,
    ratio_interval,
    results,
    verdict,
    z_of,
)

RULES = Rules(stratum_from=20, others=3)
items = st.builds(
    Item,
    st.integers(1, 9),
    st.integers(1, 5000),
    st.tuples(st.sampled_from("ab"), st.sampled_from("cdefg"), st.sampled_from("hi")),
    st.booleans(),
)


@settings(max_examples=150)
@given(st.lists(items, max_size=300), st.integers(5, 40), st.integers(1, 4))
def test_everybody_together_is_expected_what_was_observed(rows: list[Item], least: int, others: int) -> None:
    rules = Rules(least, others)
    found = results(rows, rules)
    assert sum(row.n for row in found.values()) == len(rows)
    assert sum(row.expected for row in found.values()) == pytest.approx(sum(row.bad for row in rows))
    for unit, row in found.items():
        mine = [one for one in rows if one.unit == unit]
        assert (row.n, row.observed) == (len(mine), sum(one.bad for one in mine))
        assert 0 <= row.expected <= row.n
    parts = cells(rows, rules)
    assert sorted(map(id, rows)) == sorted(id(one) for cell in parts for one in cell.items)  # a partition
    assert all(cell.stands for cell in parts) or len(parts) == 1
    for cell in parts:
        if cell.stands:  # no expectation rests on few cases, few people, or mostly one person's
            assert rules.stands(cell.items) or rules.stands(rows)


def test_a_hand_counted_table() -> None:
    """40 grave ones, half late; 60 ordinary ones, 6 late. Whoever had 10 grave and 12 ordinary is expected 5 + 1.2."""
    rows = [Item(1 + n % 4, n, ("grave",), n < 20) for n in range(40)]
    rows += [Item(1 + n % 5, 100 + n, ("plain",), n < 6) for n in range(60)]
    found = results(rows, RULES)
    assert [found[unit].expected for unit in (1, 5)] == pytest.approx([10 * 0.5 + 12 * 0.1, 12 * 0.1])
    assert found[1].observed == 5 + 2 and found[1].n == 22


def test_small_strata_go_into_the_coarser_one() -> None:
    rows = [Item(1 + n % 5, n, ("a", "x"), n < 5) for n in range(30)]
    rows += [Item(1 + n % 5, 100 + n, ("a", "y"), n < 4) for n in range(12)]  # too few: with z one step up
    rows += [Item(1 + n % 5, 200 + n, ("a", "z"), n < 2) for n in range(12)]
    rows += [Item(1 + n % 5, 300 + n, ("b", "x"), n == 0) for n in range(3)]  # too few at any step: with the largest
    found = sorted((len(cell.items), round(cell.rate, 4)) for cell in cells(rows, RULES))
    assert found == [(24, round(6 / 24, 4)), (33, round(6 / 33, 4))]


def test_a_stratum_of_one_person_is_compared_one_step_coarser() -> None:
    """Only 甲 does lifts: lifts by themselves would make 甲 the measure of 甲."""
    rows = [Item(1, n, ("lift",), n < 10) for n in range(30)]
    rows += [Item(2 + n % 4, 100 + n, ("noise",), n < 10) for n in range(40)]
    found = results(rows, RULES)
    assert found[1].expected == pytest.approx(30 * 20 / 70)


def test_hard_cases_and_ordinary_results_are_not_called_worse_though_raw_figures_would() -> None:
    rng = Random(7)
    rows = [Item(1, n, ("grave",), rng.random() < 0.4) for n in range(120)]  # only grave ones, ordinary results
    rows += [Item(2 + n % 8, 1000 + n, ("grave",), rng.random() < 0.4) for n in range(240)]
    rows += [Item(2 + n % 8, 2000 + n, ("plain",), rng.random() < 0.05) for n in range(1600)]
    found = results(rows, RULES)
    z = z_of(0.95, looked_at(found.values(), 20))
    said = {unit: verdict(row, ratio_interval(row, z), 20, 1.25) for unit, row in found.items()}
    assert WORSE not in said.values()
    raw = results([Item(row.unit, row.case, (), row.bad) for row in rows], RULES)[1]  # one stratum: what raw figures say
    assert verdict(raw, ratio_interval(raw, z), 20, 1.25) == WORSE


def test_ordinary_people_are_rarely_called_anything_and_one_twice_as_bad_is_found() -> None:
    """400 simulated years of twelve ordinary handlers: on at most 5 % of the pages somebody is called better or worse; each single
    95 % interval holds 1 at least 95 % of the time."""
    rng, wrong, outside, single, worse = Random(2026), 0, 0, 0, 0
    for _ in range(400):
        rows = [
            Item(unit, 100 * unit + n, ("hard" if n % 3 else "easy",), rng.random() < (0.3 if n % 3 else 0.08))
            for unit in range(12)
            for n in range(40 + 5 * unit)
        ]
        found = results(rows, RULES)
        z = z_of(0.95, looked_at(found.values(), 20))
        said = {verdict(row, ratio_interval(row, z), 20, 1.25) for row in found.values()}
        wrong += bool(said & {BETTER, WORSE})
        for row in found.values():
            low, high = ratio_interval(row, z_of(0.95, 1)) or (0, 0)
            single, outside = single + 1, outside + (not low <= 1 <= high)
        bad = [Item(row.unit, row.case, row.stratum, row.bad or rng.random() < 0.28) if row.unit == 11 else row for row in rows]
        row = results(bad, RULES)[11]
        worse += verdict(row, ratio_interval(row, z), 20, 1.25) == WORSE
    assert wrong <= 0.05 * 400
    assert outside <= 0.05 * single
    assert worse >= 0.8 * 400


def test_what_may_be_said() -> None:
    def row(n: int, observed: int, expected: float, known: int | None = None) -> Result:
        return Result(n, observed, expected, n if known is None else known, spread=expected)

    def say(one: Result) -> str:
        return verdict(one, ratio_interval(one, 1.96), 20, 1.25)

    assert say(row(19, 19, 1.0)) == FEW
    assert say(row(20, 20, 1.0)) == WORSE
    assert say(row(20, 0, 2.0)) == UNTOLD
    assert say(row(200, 5, 40.0)) == BETTER
    assert say(row(2000, 400, 400.0)) == AS_EXPECTED
    assert say(row(60, 12, 12.0)) == UNTOLD
    assert say(row(60, 30, 12.0, known=59)) == ALONE
    assert say(row(60, 0, 0.0)) == UNTOLD  # nothing goes wrong with anybody: nothing to tell
    assert [round(end, 2) for end in ratio_interval(row(900, 0, 4.0), 1.959964) or ()] == [0.0, 0.92]


def test_one_hidden_colleague_is_never_told_of_by_the_difference() -> None:
    rows = [Item(unit, 10 * unit + n, (), n == 0) for unit in (1, 2, 3, 4) for n in range(8)]
    mine, two = (lambda item: item.unit == 1), (lambda item: item.unit < 3)
    assert {item.unit for item in compared_with(rows, mine, 3)} == {1, 2, 3, 4}
    assert {item.unit for item in compared_with(rows, two, 3)} == {1, 2}  # the other two would be known from the rest
    assert {item.unit for item in compared_with(rows, lambda item: True, 3)} == {1, 2, 3, 4}


def test_no_stratum_rests_on_one_or_two_whom_the_reader_does_not_see() -> None:
    """Lifts: three whom the reader sees and one hidden; noise: only hidden ones. Put together there are six of these: a stratum."""
    rows = [Item(1 + n % 4, n, ("lift",), n % 3 == 0) for n in range(40)]
    rows += [Item(4 + n % 6, 100 + n, ("noise",), False) for n in range(60)]
    all_, some = Rules(20, 3), Rules(20, 3, lambda item: item.unit < 4, 3)
    assert sorted(len(cell.items) for cell in cells(rows, all_)) == [40, 60]
    late = [Item(9, 500, ("phone",), True)]  # one more, of a hidden one: it may not go to those of whom the reader sees all
    whole = [Item(1 + n % 4, n, ("lift",), False) for n in range(40)]
    known = Rules(20, 3, lambda item: item.unit < 5, 3)
    assert [(len(cell.items), cell.stands) for cell in cells([*whole, *late], known)] == [(40, True), (1, False)]
    (one,) = [cell for cell in cells(rows, some) if any(item.unit == 1 for item in cell.items)]
    assert len({item.unit for item in one.items if item.unit >= 4}) >= 3


def test_a_case_counts_once_and_is_bad_if_any_of_it_is() -> None:
    rows = [Item(1, 7, (), False), Item(1, 7, (), True), Item(1, 7, (), False), Item(2, 7, (), False)]
    assert sorted((row.unit, row.bad) for row in once_each(rows)) == [(1, True), (2, False)]
