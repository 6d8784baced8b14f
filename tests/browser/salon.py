"""A salon beside the cast's company: for pages that only its procedure has."""

from __future__ import annotations

from datetime import timedelta

from kesu.company.models import Company, Grant, Person, Site
from kesu.company.procedures import minutes_of_week, pack_of, publish, shipped_packs
from tests.browser.house import House

MANAGER = "gao_lang"  # 高朗, a site director: an attribute of the cast once the salon is there


def settle_salon(house: House) -> None:
    """拾翎美容 with one salon and 高朗, once; its name is in letters that the English page may show."""
    if hasattr(house.cast, MANAGER):
        return
    founded = house.at - timedelta(days=300)
    company = Company.objects.create(name="拾翎美容", founded_at=founded)
    pack = pack_of(publish(company, next(path for path in shipped_packs() if path.stem == "salon"), None, founded).pk)
    site = Site.objects.create(company=company, code="XL", name="Star Salon", door="shiling-xl", hours=minutes_of_week(pack))
    person = Person.objects.create(company=company, login="gaolang", name="高朗")
    Grant.objects.create(person=person, role="site_director", site=site)
    setattr(house.cast, MANAGER, person)
