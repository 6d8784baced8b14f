"""Drawings hold what they show: no bar is taller than the picture, whatever stands last in the row."""

from __future__ import annotations

import re

from kesu.insights.drawing import pareto


def test_the_rest_together_may_be_more_than_the_largest_and_still_fits() -> None:
    drawn = pareto([("门岗与外来人员", 3), ("噪音", 2), ("其余", 5)], "前 2 类占了八成")
    tops = [float(y) for y in re.findall(r'<rect class="few" x="[\d.]+" y="(-?[\d.]+)"', drawn)]
    assert len(tops) == 3 and min(tops) >= 20 and tops[2] == min(tops)
