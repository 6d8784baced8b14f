"""Counting statistics against brute-force sums, published figures and a simulated process."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kesu.warnings.statistics import intervals, rare, scan, seasons, tails
from kesu.warnings.statistics.chancewords import how_often
from kesu.warnings.statistics.charts import Period, sigma_z, u_chart
from kesu.warnings.statistics.likeness import Texts, pairs
from kesu.warnings.statistics.scan import Known

COUNTS, MEANS, SHARES = st.integers(0, 60), st.floats(0.01, 80), st.floats(0.001, 0.999)


# Tails


@settings(max_examples=150, deadline=None)
@given(COUNTS, MEANS)
def test_poisson_tails_are_the_sums(k: int, mean: float) -> None:
    below = math.fsum(math.exp(j * math.log(mean) - mean - math.lgamma(j + 1)) for j in range(k + 1))
    assert tails.poisson_or_fewer(k, mean) == pytest.approx(below, rel=1e-9, abs=1e-12)
    above = math.fsum(math.exp(j * math.log(mean) - mean - math.lgamma(j + 1)) for j in range(k, k + 400))
    assert tails.poisson_or_more(k, mean) == pytest.approx(above, rel=1e-8, abs=1e-13)


@settings(max_examples=150, deadline=None)
@given(COUNTS, st.integers(1, 60), SHARES)
def test_binomial_tails_are_the_sums(k: int, n: int, share: float) -> None:
    terms = [math.comb(n, j) * share**j * (1 - share) ** (n - j) for j in range(n + 1)]
    assert tails.binomial_or_more(k, n, share) == pytest.approx(math.fsum(terms[k:]), rel=1e-8, abs=1e-12)
    assert tails.binomial_or_fewer(k, n, share) == pytest.approx(math.fsum(terms[: k + 1]), rel=1e-8, abs=1e-12)


def test_large_counts_stay_exact_enough() -> None:
    assert tails.poisson_or_more(1_000_000, 1_000_000) == pytest.approx(0.5, abs=5e-4)
    assert tails.poisson_or_more(0, 0.0) == 1.0 and tails.poisson_or_fewer(0, 0.0) == 1.0 and tails.poisson(0, 0.0) == 1.0
    with pytest.raises(ValueError):
        tails.gamma_below(0, 1)


# Intervals: Garwood's table; Newcombe (1998), table I


@pytest.mark.parametrize(("n", "low", "high"), [(0, 0.0, 3.689), (3, 0.619, 8.767), (10, 4.795, 18.390)])
def test_garwood_as_published(n: int, low: float, high: float) -> None:
    found = intervals.garwood(n)
    assert (round(found.low, 3), round(found.high, 3)) == (low, high)


@pytest.mark.parametrize(
    ("k", "n", "wilson", "exact"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_shares_as_published(k: int, n: int, wilson: tuple[float, float], exact: tuple[float, float]) -> None:
    for found, wanted in ((intervals.wilson(k, n), wilson), (intervals.clopper_pearson(k, n), exact)):
        assert (round(found.low, 4), round(found.high, 4)) == wanted


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.floats(0.1, 50), st.floats(0.1, 50))
def test_the_interval_of_a_ratio_is_where_its_tails_say(before: int, after: int, e0: float, e1: float) -> None:
    if before + after == 0:
        return
    found = intervals.rate_ratio(before, e0, after, e1)
    for end in (found.interval.low, found.interval.high):
        if 0 < end < math.inf:
            share = end * e1 / (end * e1 + e0)
            terms = [math.comb(before + after, j) * share**j * (1 - share) ** (before + after - j) for j in range(before + after + 1)]
            mid = math.fsum(terms[after + 1 :]) + terms[after] / 2
            assert min(mid, 1 - mid) == pytest.approx(0.025, abs=1e-6)
    if found.value is not None:
        assert found.interval.holds(found.value)
    assert found.interval.holds(1.0) == (found.p > 0.05) or abs(found.p - 0.05) < 1e-6


def test_more_spread_makes_a_ratio_less_sure() -> None:
    plain, wide = intervals.rate_ratio(30, 1, 12, 1), intervals.rate_ratio(30, 1, 12, 1, spread=2.0)
    assert wide.interval.low < plain.interval.low and plain.interval.high < wide.interval.high and wide.value == plain.value
    with pytest.raises(ValueError):
        intervals.rate_ratio(1, 0, 1, 1)


# Charts, worked by hand


def test_u_chart_and_laney_by_hand() -> None:
    periods = [Period(n, 4.0) for n in (4, 8, 4, 8, 4, 8, 4, 8)]  # 1.5 a unit; z = ±0.8165, neighbours 1.633 apart
    assert sigma_z(periods) == pytest.approx(2 * 0.5 / math.sqrt(1.5 / 4) / 1.128)
    plain, laney = u_chart(periods, laney=False), u_chart(periods)
    assert plain.limits[0] == (0.0, pytest.approx(1.5 + 3 * math.sqrt(1.5 / 4)))
    assert laney.limits[0] and laney.limits[0][1] == pytest.approx(1.5 + 3 * sigma_z(periods) * math.sqrt(1.5 / 4))
    assert plain.outside == laney.outside == []


def test_a_chart_says_nothing_of_periods_without_exposure_and_of_few_ones() -> None:
    chart = u_chart([Period(3, 1.0), Period(5, 0.0), Period(2, 1.0)])
    assert chart.middle == 2.5 and chart.limits[1] is None and chart.sigma_z == 1.0
    with pytest.raises(ValueError):
        u_chart([Period(3, 0.0)])


# Rare events


def test_limits_of_gaps() -> None:
    found = rare.t_limits(100)
    assert 1 - math.exp(-found.low / 100) == pytest.approx(rare.EITHER) and math.exp(-found.high / 100) == pytest.approx(rare.EITHER)
    served = rare.g_limits(50)
    stays = 50 / 51
    assert stays ** (served.high + 1) <= rare.EITHER < stays**served.high and 1 - stays ** (served.median + 1) >= 0.5
    assert rare.mean_gap([5]) is None and rare.mean_gap([0, 10, 40]) == 20


# The sliding window: against a process that was let run


def test_clusters_come_as_often_as_counted() -> None:
    chance, rate, days, years = random.Random(6), 0.4, 14, 1500
    events, t = [], 0.0
    while t < years * scan.A_YEAR:
        t += chance.expovariate(rate)
        events.append(t)
    hits, first, last = 0, 0, -math.inf
    for n, now in enumerate(events):
        while events[first] <= now - days:
            first += 1
        if n - first + 1 >= 12:
            hits += now - last > days
            last = now
    counted = scan.clusters_a_year(12, Known(1e9 * rate, 1e9), days, days)
    assert counted == pytest.approx(1.226, abs=0.001) and hits / years == pytest.approx(counted, rel=0.1)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 200), st.floats(100, 800), st.sampled_from([7, 28, 91]), st.floats(1, 3))
def test_more_is_rarer_and_less_history_makes_it_likelier(n: int, exposure: float, days: int, spread: float) -> None:
    known = scan.known_from(n, exposure)
    often = [scan.clusters_a_year(k, known, days, days, spread) for k in range(1, 60)]
    assert all(a >= b - 1e-12 for a, b in zip(often, often[1:], strict=False))
    k = scan.fewest(0.05, known, days, days, spread)
    assert scan.clusters_a_year(k, known, days, days, spread) <= 0.05
    if exposure / 4 < days and n == 0:
        return  # a history of nothing, shorter than the window, says so little that the tail is fat only further out
    half = Known(known.events / 4, known.exposure / 4)
    assert scan.clusters_a_year(k + 3, half, days, days, spread) >= scan.clusters_a_year(k + 3, known, days, days, spread)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 30), st.floats(0.5, 40), st.floats(1, 400), st.floats(0.1, 90))
def test_what_a_window_holds_adds_up(k: int, events: float, exposure: float, window: float) -> None:
    known = Known(events, exposure)
    below = math.fsum(scan.holds(j, known, window) for j in range(k))
    assert scan.holds_or_more(k, known, window) == pytest.approx(1 - below, abs=1e-9)


# Season, trend, likeness, words


def test_a_season_is_found_and_a_few_complaints_make_none() -> None:
    seen = {month: 100.0 * (2 if month in (6, 7) else 1) for month in range(1, 13)}
    even = dict.fromkeys(range(1, 13), 100.0)
    factors = seasons.month_factors(seen, even)
    assert factors[6] / factors[1] == pytest.approx(2, abs=0.25) and sum(factors.values()) == pytest.approx(12)
    few = seasons.month_factors({6: 3.0, 1: 1.0}, dict.fromkeys(range(1, 13), 0.5))
    assert max(few.values()) < 1.15


def test_a_trend_is_fitted() -> None:
    points = [(float(t), 20 * math.exp(0.03 * t), 1.0) for t in range(24)]
    found = seasons.trend(points)
    assert found and found.slope == pytest.approx(0.03, abs=1e-6) and found.at(0) == pytest.approx(20, rel=1e-4) and found.clear
    assert seasons.trend(points[:2]) is None and seasons.trend([(0.0, 0.0, 1.0)] * 5) is None
    steep = seasons.trend([(float(t), float(t == 23) * 40, 1.0) for t in range(24)])
    assert steep is None or math.isfinite(steep.slope)


def test_how_long_and_how_often_is_not_what_it_is_about() -> None:
    said = ["对讲没有声音，已经8周了", "楼道垃圾没人收，已经 8 周了", "门禁坏了进不去，又7天了", "快递柜占了通道，又7天了"]
    said += ["the lift stops, 8 weeks now", "the gate is open, 8 weeks now", "水压低，都三个多月了"]
    texts = Texts([*said, "路灯不亮", "绿化太高挡窗", "物业费收据没给", "儿童乐园滑梯松了", "楼上半夜装修", "the pump is loud at night"])
    assert [texts.like(n) for n in range(len(said))] == [[]] * len(said)
    assert "批2" in pairs("滤芯批2231有怪味，已经两天") and "两天" not in pairs("滤芯批2231有怪味，已经两天")


def test_alike_words_are_found_in_chinese_and_english() -> None:
    texts = [
        *("电梯又困人了，三号楼的电梯一个月坏了两次", "三号楼电梯又坏了，把老人困在里面", "保洁没有打扫楼道，垃圾堆了三天", "短"),
        *("物业费账单算错了", "楼下装修太吵，中午也不停", "水管漏水把地板泡了", "车位被别人占了没有人管", "The lift is stuck again"),
    ]
    found = Texts(texts)
    assert found.like(0) == [1] and found.like(2) == [] and found.like(4) == []


@pytest.mark.parametrize(
    ("a_year", "zh", "en"),
    [
        (1 / 3.4, "单凭巧合，约 3 年一次", "about once in 3 years by chance"),
        (1 / 47, "单凭巧合，约 40 年一次", "about once in 40 years by chance"),
        (1e-9, "单凭巧合，一百年也难有一次", "by chance less than once in a hundred years"),
        (1.0, "单凭巧合，约一年一次", "about once a year by chance"),
        (4.2, "单凭巧合，一年约 4 次", "about 4 times a year by chance"),
    ],
)
def test_words_never_make_it_rarer(a_year: float, zh: str, en: str) -> None:
    assert how_often(a_year, "zh-hans") == zh and how_often(a_year, "en") == en
