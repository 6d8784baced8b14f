"""The named cast that every test plays with: 和檐物业, its two sites, its people, and a stranger of another company.

No Django is imported at the top: `tests/pure` runs without it. Use the fixture `cast`, or `found(at)` where a test needs its own.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kesu.company.models import Company, Department, Person, ProcedureVersion, Site
    from kesu.complaints.models import Case
    from kesu.procedure.pack import Pack

PASSWORD = "kesu-2026!"

# attribute, name, role of packs/property.toml, site code ("" for the whole company), department kind ("" for the whole site)
PEOPLE: tuple[tuple[str, str, str, str, str], ...] = (
    ("fang_jing", "方静", "receptionist", "RY", ""),
    ("lin_xiao", "林晓", "affairs_supervisor", "RY", ""),
    ("zhou_hai", "周海", "department_head", "RY", "engineering"),
    ("chen_li", "陈立", "department_head", "RY", "security"),
    ("ma_qiang", "马强", "handler", "RY", "engineering"),
    ("he_wei", "何伟", "site_director", "RY", ""),
    ("su_min", "苏敏", "service_agent", "RY", ""),
    ("shen_yue", "沈岳", "general_manager", "", ""),
    ("luo_qing", "罗晴", "quality", "", ""),
    ("tang_qing", "唐青", "administrator", "", ""),
    ("wu_tong", "吴桐", "receptionist", "TJ", ""),
    ("zheng_chuan", "郑川", "department_head", "TJ", "engineering"),
)
SITES: tuple[tuple[str, str], ...] = (("RY", "榕砚里"), ("TJ", "听橘苑"))


@dataclass
class Cast:
    """Everybody by pinyin name, sites by code, departments by (site code, kind of the pack)."""

    at: datetime  # when the company was founded
    company: Company
    version: ProcedureVersion
    pack: Pack
    sites: dict[str, Site]
    departments: dict[tuple[str, str], Department]
    bai_shi: Person  # receptionist of another company: sees and does nothing here
    fang_jing: Person = field(init=False)  # receptionist
    lin_xiao: Person = field(init=False)  # affairs supervisor
    zhou_hai: Person = field(init=False)  # head of engineering
    chen_li: Person = field(init=False)  # head of security
    ma_qiang: Person = field(init=False)  # handler in engineering
    he_wei: Person = field(init=False)  # site director
    su_min: Person = field(init=False)  # service agent
    shen_yue: Person = field(init=False)  # general manager
    luo_qing: Person = field(init=False)  # quality
    tang_qing: Person = field(init=False)  # administrator
    wu_tong: Person = field(init=False)  # receptionist of the second site
    zheng_chuan: Person = field(init=False)  # head of engineering of the second site

    @property
    def site(self) -> Site:
        """榕砚里, where the story plays."""
        return self.sites["RY"]

    @property
    def other_site(self) -> Site:
        """听橘苑."""
        return self.sites["TJ"]

    @property
    def engineering(self) -> Department:
        """工程部 of 榕砚里."""
        return self.departments["RY", "engineering"]

    @property
    def security(self) -> Department:
        """安保部 of 榕砚里."""
        return self.departments["RY", "security"]

    def department(self, kind: str, site: str = "RY") -> Department:
        """The department of this kind of the pack at this site."""
        return self.departments[site, kind]

    def fresh(self, person: Person) -> Person:
        """The same person as a new object, as every request gets one: after grants or the procedure have changed."""
        return type(person).objects.select_related("company").get(pk=person.pk)

    def intake(self, **overrides: Any) -> Any:
        """What reception writes down when 6 栋 reports the lift; any field of Intake may be given."""
        from kesu.complaints.actions import Intake

        said = {
            "site_id": self.site.pk,
            "channel": "hotline",
            "items": [("6 栋 2 单元电梯停在 3 层，门打不开", "lift")],
            "name": "闵女士",
            "phone": "13900001007",
            "home": "6栋2单元1103",
        }
        return Intake(**(said | overrides))

    def complaint(self, *, by: Person | None = None, at: datetime | None = None, **overrides: Any) -> Case:
        """A received case: by 方静 unless `by` names somebody else, at the founding unless `at` says when; other names go to Intake."""
        from kesu.complaints.actions import receive

        return receive(by or self.fang_jing, self.intake(**overrides), at or self.at)

    def filed_by_customer(self, *, at: datetime | None = None, **overrides: Any) -> Case:
        """A case that came in by the customer's own page."""
        from kesu.complaints.actions import receive

        return receive(None, self.intake(**({"channel": "web"} | overrides)), at or self.at)

    def employ(self, login: str, name: str, role: str, *, site: str = "", department: str = "") -> Person:
        """One more person of the company, with one grant."""
        return _person(self.company, login, name, role, self.sites.get(site), self.departments.get((site, department)))

    def judged(
        self, case: Case, *, at: datetime, nature: str = "valid", facts: dict[str, bool] | None = None, lead: str = "engineering"
    ) -> Case:
        """林晓 judges the case and sends it to the lead department."""
        from kesu.complaints import actions

        actions.judge(self.lin_xiao, case.pk, nature=nature, facts=facts or {}, at=at)
        return actions.dispatch(self.lin_xiao, case.pk, lead=self.department(lead).pk, at=at)


def found(at: datetime) -> Cast:
    """Found 和檐物业 with packs/property.toml in force, its sites, departments and people; and a stranger's company beside it."""
    from kesu.company.models import Company, Department, Grant, Person, Site
    from kesu.company.procedures import minutes_of_week, pack_of, publish
    from kesu.company.standing import changed

    company = Company.objects.create(name="和檐物业", phone="4000001007", founded_at=at)
    version = publish(company, _pack_file(), None, at)
    pack = pack_of(version.pk)
    hours, doors = minutes_of_week(pack), _doors()
    sites = {code: Site.objects.create(company=company, code=code, name=name, door=next(doors), hours=hours) for code, name in SITES}
    departments = {
        (code, row.id): Department(site=site, kind=row.id, name=row.name) for code, site in sites.items() for row in pack.departments
    }
    # Fifteen hundred tests found this company: what can be written in one step is.
    Department.objects.bulk_create(departments.values())
    cast = Cast(at, company, version, pack, sites, departments, _stranger(at))
    people = {row[0]: _named(company, row[0].replace("_", ""), row[1]) for row in PEOPLE}
    Person.objects.bulk_create(people.values())
    Grant.objects.bulk_create(
        Grant(person=people[attribute], role=role, site=sites.get(code), department=departments.get((code, kind)))
        for attribute, _, role, code, kind in PEOPLE
    )
    changed(company.pk)
    for attribute, person in people.items():
        setattr(cast, attribute, person)
    return cast


def _pack_file() -> Any:
    from kesu.company.procedures import shipped_packs

    return next(path for path in shipped_packs() if path.stem == "property")


_numbers = itertools.count(1)


def _doors() -> Any:
    return (f"door-{number}" for number in _numbers)


def _named(company: Company, login: str, name: str) -> Person:
    from kesu.company.models import Person

    person = Person(company=company, login=login, name=name)
    person.set_password(PASSWORD)
    return person


def _person(company: Company, login: str, name: str, role: str, site: Site | None, department: Department | None) -> Person:
    from kesu.company.models import Grant

    person = _named(company, login, name)
    person.save()
    Grant.objects.create(person=person, role=role, site=site, department=department)
    return person


def _stranger(at: datetime) -> Person:
    from kesu.company.models import Company, Site
    from kesu.company.procedures import publish

    company = Company.objects.create(name="别家物业", founded_at=at)
    publish(company, _pack_file(), None, at)
    site = Site.objects.create(company=company, code="BJ", name="别家园", door=next(_doors()))
    return _person(company, "baishi", "白石", "receptionist", site, None)
