"""What the kinds share: a row on its way in, and reading its cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from kesu.company.models import Department, Person, Site
from kesu.company.rights import Rights
from kesu.company.standing import Standing
from kesu.procedure.pack import Pack
from kesu.procedure.refused import Refused

ADDED, KNOWN, REFUSED = "added", "known", "refused"
FORMS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日%H:%M", "%Y年%m月%d日", "%Y%m%d%H%M%S", "%Y%m%d",
)  # fmt: skip


@dataclass
class Line:
    """One row: its number, its cells by field, its own words, and what came of it."""

    number: int
    cells: dict[str, str]
    words: list[str]
    outcome: str = ""
    fault: Refused | None = None

    def get(self, name: str) -> str:
        """The cell of this field; "" when the file has none."""
        return self.cells.get(name, "")

    def refuse(self, fault: Refused) -> None:
        """It is not taken, and why."""
        self.outcome, self.fault = REFUSED, fault


@dataclass
class Desk:
    """Who takes in, at which moment, and what counts for the whole file (`settled`: site, channel, source)."""

    person: Person
    rights: Rights
    pack: Pack
    standing: Standing
    at: datetime
    settled: dict[str, str]
    dry: bool = False
    sites: dict[str, Site] = field(default_factory=dict)

    def site(self, line: Line) -> Site:
        """The row's site by code or name, else the file's. Raises Refused."""
        said = line.get("site") or self.settled.get("site", "")
        if not self.sites:
            for site in self.standing.sites.values():
                self.sites[site.code.lower()] = self.sites[site.name.lower()] = self.sites[str(site.pk)] = site
        found = self.sites.get(said.strip().lower())
        if found is None and not said and len(self.standing.sites) == 1:
            found = next(iter(self.standing.sites.values()))
        if found is None:
            zh = f"没有“{said}”这个服务点" if said else "没写是哪个服务点"
            raise Refused("site", zh, f"there is no site “{said}”" if said else "the site is missing", field="site")
        return found

    def department(self, site: Site, said: str) -> Department:
        """The department with this name at the site. Raises Refused."""
        for row in self.standing.departments.values():
            if row.site_id == site.pk and said.strip() in (row.name, row.kind):
                return row
        raise Refused("department", f"{site.name}没有“{said}”这个部门", f"{site.name} has no department “{said}”", field="department")

    def moment(self, line: Line, name: str) -> datetime | None:
        """A time as written, in the company's zone unless it says another; None for a blank cell. Raises Refused."""
        text = " ".join(line.get(name).replace("T", " ").split())
        if not text:
            return None
        zone = ZoneInfo(self.rights.company.zone)
        for form in FORMS:
            try:
                return datetime.strptime(text, form).replace(tzinfo=zone)
            except ValueError:
                continue
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            raise Refused("time", f"看不懂时间“{text[:40]}”", f"“{text[:40]}” is no time we can read", field=name) from None
        return (found if found.tzinfo else found.replace(tzinfo=zone)).replace(microsecond=0)

    def chosen(self, table: str, said: str, name: str) -> str:
        """The id of a row of the pack by its id or its name in either language; "" for a blank cell. Raises Refused."""
        said = said.strip()
        if not said:
            return ""
        for row in getattr(self.pack, table):
            if said in (row.id, self.pack.label(table, row.id, "zh"), self.pack.label(table, row.id, "en")):
                return str(row.id)
        raise Refused(name, f"规程里没有“{said[:40]}”", f"the procedure has no “{said[:40]}”", field=name)
