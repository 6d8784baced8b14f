"""The buildings and units of a site, read out of the addresses of its homes."""

from __future__ import annotations

import re

from kesu.customers.models import Home

_SPOT = re.compile(r"^\s*(\D*?\d+\s*(?:号楼|栋|幢|座|號樓|棟))\s*(\d+\s*(?:单元|單元|门))?")
MOST = 400


def spots(site_id: int) -> list[str]:
    """ "6 栋", "6 栋 2 单元", … in the order of their numbers; nothing for addresses that name no building."""
    found: dict[tuple[int, ...], str] = {}
    for label in Home.objects.filter(site_id=site_id).order_by("id").values_list("label", flat=True).iterator():
        if place := _SPOT.match(label):
            building, unit = _spaced(place[1]), _spaced(place[2] or "")
            for spot in (building, f"{building} {unit}" if unit else ""):
                if spot:
                    found.setdefault(tuple(int(n) for n in re.findall(r"\d+", spot)), spot)
    return [spot for _, spot in sorted(found.items())][:MOST]


def _spaced(words: str) -> str:
    return re.sub(r"\s*(\d+)\s*", r" \1 ", words).strip()
