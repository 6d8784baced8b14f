"""Who looks at which days of what, in which language; and what the values of a dimension are called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from kesu.company.models import Department, Person, Site
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights
from kesu.company.standing import Standing, standing
from kesu.insights.coverage import Coverage
from kesu.insights.duties import label
from kesu.insights.exposed import Entered, open_since
from kesu.insights.measuring import entered_of
from kesu.insights.periods import Period, today
from kesu.insights.tables.table import Tongue
from kesu.procedure.acts import step_name
from kesu.procedure.pack import Pack
from kesu.procedure.remedies import PAYERS

TABLES = {
    "channel": "channels", "nature": "natures", "grade": "grades", "category": "categories", "cause": "causes", "remedy": "remedies",
    "body": "outside",
}  # fmt: skip
MARKS = {"good": ("好", "good"), "middle": ("一般", "middling"), "bad": ("不好", "bad"), "unrated": ("没评", "unrated")}


@dataclass
class Look:
    """One look at the figures."""

    cover: Coverage
    period: Period
    at: datetime
    language: str
    people: bool = False  # whether this reader may compare people
    reader: Rights | None = None  # whose rights cut further than the coverage does
    by_result: bool = False  # whether rows are wanted in the order of a result, where that is allowed

    @cached_property
    def tongue(self) -> Tongue:
        """Its language."""
        return Tongue(self.language)

    @cached_property
    def standing(self) -> Standing:
        """The company's standing data."""
        return standing(self.cover.company)

    @cached_property
    def packs(self) -> list[Pack]:
        """The procedure in force, then the older and newer ones: what a category was called stands in the one that had it."""
        now = self.standing.version_at(self.at)
        others = [pk for _, pk in reversed(self.standing.versions) if pk != now]
        return [pack_of(pk) for pk in (now, *others)]

    @cached_property
    def ranks_people(self) -> bool:
        """Whether people may be set in the order of a result: not where they are compared with what their own cases let expect."""
        rules = self.packs[0].performance
        return rules is None or rules.rank_people

    @cached_property
    def entered(self) -> Entered | None:
        """What complaints are set against."""
        return entered_of(self.cover.company, self.at)

    @cached_property
    def _since(self) -> date | None:
        """The first month of which anything is known here; None before that."""
        found = self.entered.since if self.entered else open_since(self.cover.company, {})
        here = [found[site] for site in self.cover.site_ids() if site in found] or list(found.values())
        return min(here, default=None)

    @cached_property
    def so_far(self) -> Period:
        """The period up to today, where it is not over: it is compared with as many days, and set against what can be entered by now."""
        day = today(self.cover.company.zone, self.at)
        return self.period.until(day) or self.period

    def silent(self, period: Period) -> str:
        """Why nothing can be said of these days, which is not the same as nothing having happened; "" where something can."""
        if period.first > today(self.cover.company.zone, self.at):
            return self.tongue("还没到", "not yet")
        if self._since and period.last < self._since:
            return self.tongue("那时还没有记录", "no records then")
        return ""

    def behind(self, kpi: str, side: str = "above", **more: object) -> dict[str, str]:
        """What leads to the cases behind a figure of this look."""
        found = {"kpi": kpi, "side": side, "period": str(self.period)}
        if self.cover.site:
            found["site"] = str(self.cover.site)
        if self.cover.department:
            found["department"] = str(self.cover.department)
        return found | {name: str(value) for name, value in more.items() if value not in (None, "")}

    def name(self, dimension: str, value: str) -> str:
        """What a value of a dimension is called now, or was when the procedure still had it."""
        if dimension == "hour":
            return self.tongue(f"{int(value)} 点", f"{int(value)}:00")
        if dimension in ("handler", "against"):
            return self.person(int(value)) if value else self.tongue("还没人接", "nobody yet")
        if dimension == "department":
            return self.department(int(value or 0))
        if dimension == "step":
            return self.tongue("退回重派", "Sent back") if value == "bounce" else step_name(value, self.language)
        if dimension == "duty":
            return label(value, self.language)
        if dimension == "payer":
            return self.tongue.pair(PAYERS[value]) if value in PAYERS else value
        if dimension == "answer":
            return self._answer(*value.partition(":")[::2])
        return self._of_pack(dimension, value)

    def _answer(self, question: str, mark: str) -> str:
        asked = next((row for pack in self.packs for row in pack.follow_up.survey.questions if row.id == question), None)
        name = asked.label(self.language) if asked else question
        return f"{name}{self.tongue('：', ': ')}{self.tongue.pair(MARKS[mark])}" if mark in MARKS else name

    def _of_pack(self, dimension: str, value: str) -> str:
        if not value:
            return self.tongue("还没查明", "Not found yet") if dimension == "cause" else self.tongue("没填", "Not said")
        for n, pack in enumerate(self.packs):
            row = (
                pack.obligation(value)
                if dimension == "rule"
                else pack.find(TABLES.get(dimension, ""), value)
                if dimension in TABLES
                else None
            )
            if row is not None:
                name: str = row.label(self.language)
                return name if n == 0 else self.tongue(f"{name}（旧）", f"{name} (former)")
        return value

    @cached_property
    def _people(self) -> dict[int, str]:
        return dict(Person.objects.filter(company=self.cover.company).values_list("pk", "name"))

    def person(self, pk: int) -> str:
        """The name of somebody of the company, also of one who has left."""
        found = self.standing.people.get(pk)
        return found.name if found else self._people.get(pk, str(pk))

    def site(self, pk: int) -> str:
        """The name of a site, also of a closed one."""
        found = self.standing.sites.get(pk)
        return found.name if found else self._sites.get(pk, str(pk))

    @cached_property
    def _sites(self) -> dict[int, str]:
        return dict(Site.objects.filter(company=self.cover.company).values_list("pk", "name"))

    def department(self, pk: int) -> str:
        """The name of a department, with its site; 还没派 for none."""
        if not pk:
            return self.tongue("还没派", "Not sent out")
        found = self.standing.departments.get(pk)
        name, site = (found.name, found.site_id) if found else self._departments.get(pk, (str(pk), 0))
        return name if self.cover.site or not site else f"{self.site(site)} {name}"

    @cached_property
    def _departments(self) -> dict[int, tuple[str, int]]:
        rows = Department.objects.filter(site__company=self.cover.company)
        return {pk: (name, site) for pk, name, site in rows.values_list("pk", "name", "site_id")}
