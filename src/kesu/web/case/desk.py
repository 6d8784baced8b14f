"""What act forms offer to choose from: the pack's tables and the company's people, for one case and one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kesu.company.models import Person
from kesu.complaints.models import Clock
from kesu.complaints.queries.case_page import CasePage
from kesu.complaints.queries.clocks import ClockView
from kesu.complaints.queries.next_step import decidable, extendable, superiors, urgeable
from kesu.papers.money import yuan
from kesu.procedure.suggest import suggest
from kesu.web.case.fields import Branch

Pairs = list[tuple[str, Any]]


@dataclass
class Desk:
    """A case's page and the person who sits before it; `asked` is what the address asks for (?action=, ?extension=, ?clock=)."""

    page: CasePage
    person: Person
    asked: dict[str, str]

    @property
    def zh(self) -> bool:
        """Whether the reader reads Chinese."""
        return self.page.language.startswith("zh")

    @property
    def customer(self) -> str:
        """The customer's name to begin a form with; "" where it is covered: what is covered is never sent back as if it were the name."""
        return self.page.case.contact_name if self.page.sight.name else ""

    def rows(self, table: str, *ids: str) -> Pairs:
        """(id, name) of a table of the pack; only the given ids when some are given."""
        return [(row.id, row.label(self.page.language)) for row in getattr(self.page.pack, table) if not ids or row.id in ids]

    def pair(self, table: dict[str, tuple[str, str]]) -> Pairs:
        """(id, name) of a table of the code."""
        return [(key, names[0 if self.zh else 1]) for key, names in table.items()]

    def channels(self) -> Pairs:
        """The channels staff may use, those by which this customer is best answered first."""
        first = self.answer_by()
        rows = [row for row in self.page.pack.channels if row.staff]
        rows.sort(key=lambda row: first.index(row.id) if row.id in first else len(first))
        return [(row.id, row.label(self.page.language)) for row in rows]

    def answer_by(self) -> list[str]:
        """The channels by which the pack has complaints of this channel answered."""
        row = self.page.pack.find("channels", self.page.case.channel)
        return list(row.answer_by) if row else []

    def channel(self) -> str:
        """The channel offered first."""
        return next(iter(self.answer_by()), "")

    def tree(self, table: str) -> Pairs:
        """A table with `parent`s as groups of choices."""
        rows = getattr(self.page.pack, table)
        label = lambda row: row.label(self.page.language)  # noqa: E731 – three uses on three lines
        grouped: Pairs = []
        for top in (row for row in rows if not row.parent):
            below = [(row.id, label(row)) for row in rows if row.parent == top.id]
            grouped.append((label(top), [(top.id, label(top)), *below]) if below else (top.id, label(top)))
        return grouped

    def branches(self, table: str) -> list[Branch]:
        """A table with `parent`s as a tree of choices, of any depth."""
        return self._below(getattr(self.page.pack, table), None)

    def _below(self, rows: Any, parent: str | None) -> list[Branch]:
        here = [row for row in rows if (row.parent or None) == parent]
        return [Branch(row.id, row.label(self.page.language), tuple(self._below(rows, row.id))) for row in here]

    def departments(self) -> Pairs:
        """The departments of the case's site."""
        rows = self.page.standing.departments.values()
        return [(str(row.pk), row.name) for row in rows if row.site_id == self.page.case.site_id]

    def leading(self) -> tuple[str, list[str]]:
        """(lead department, co-departments) that the case's category suggests, as ids of departments here."""
        kinds = {row.kind: str(row.pk) for row in self.page.standing.departments.values() if row.site_id == self.page.case.site_id}
        first, co = self.page.pack.with_leads(self.page.case.category)
        for category in self.page.case.categories[1:]:
            other, more = self.page.pack.with_leads(category)
            co = [*co, *([other] if other else []), *more]
        return kinds.get(first or "", ""), list(dict.fromkeys(kinds[kind] for kind in co if kind in kinds and kind != first))

    def colleagues(self) -> Pairs:
        """Who else could take over a part of the person's department."""
        parts = [part for part in self.page.situation.my_parts("transfer") if part.signed_at]
        inside, handlers = {part.department_id for part in parts}, {part.handler_id for part in parts}
        rows = {grant.person_id: grant.person.name for grant in self.page.standing.grants if grant.department_id in inside}
        aside = handlers | {row.person_id for row in self.page.complained}  # nobody is handed the complaint about himself
        before = self.page.situation.before  # nor a new round what he handled in an earlier one
        aside |= {pk for pk in rows if before.bars(pk, "sign") or before.bars(pk, "execute")}
        return [(str(pk), name) for pk, name in rows.items() if pk not in aside]

    def superiors(self) -> Pairs:
        """The roles that cases are presented to, with who holds them."""
        names = {role: self.page.names(role) for role in superiors(self.page.pack)}
        return [(role, self.joined(self.page.pack.label("roles", role, self.page.language), name)) for role, name in names.items()]

    def superior(self) -> str:
        """The role to which a running clock wants this case presented, else the first."""
        for clock in self.page.situation.running():
            row = self.page.pack.obligation(clock.obligation)
            wanted = [end for end in (row.until if row else []) if end.startswith("present:")]
            if wanted:
                return wanted[0].removeprefix("present:")
        return ""

    def joined(self, label: str, name: str) -> str:
        """“总经理（沈岳）”."""
        if name == label:
            return label
        return f"{label}（{name}）" if self.zh else f"{label} ({name})"

    def clocks(self, rows: list[Clock]) -> Pairs:
        """Clocks by name, who owes them and when they are due."""
        views = [(clock, view) for clock in rows if (view := self.page.view(clock))]
        return [(str(clock.pk), self._clock_words(clock, view)) for clock, view in views]

    def _clock_words(self, clock: Clock, view: ClockView) -> str:
        space = "　" if self.zh else ", "
        return space.join([view.name, self.page.who(clock), view.due_words])

    def extendable(self) -> Pairs:
        """Clocks for which more time may be asked."""
        return self.clocks(extendable(self.page.situation))

    def urgeable(self) -> Pairs:
        """Clocks that others owe."""
        return self.clocks(urgeable(self.page.situation))

    def extensions(self) -> Pairs:
        """Requests that this person may answer."""
        names = {clock.pk: view.name for clock in self.page.clocks if (view := self.page.view(clock))}
        return [(str(row.pk), f"{names.get(row.clock_id, '')}　{row.asked_by.name}") for row in decidable(self.page.situation)]

    def actions(self) -> Pairs:
        """Agreed things that are not done, the person's own first."""
        now = self.page.situation
        rows = sorted(now.to_do(), key=lambda row: not now.in_department(now.part_of(row)))
        return [(str(row.pk), row.what) for row in rows]

    def unpaid(self) -> Pairs:
        """Agreed money that is still owed, with how much."""
        rows = self.page.situation.unpaid()
        return [(str(row.pk), self.joined(row.what, yuan(self.page.situation.owed(row), self.zh))) for row in rows]

    def payments(self) -> Pairs:
        """Payments that may be taken back."""
        return [(str(row.pk), self.joined(row.to, yuan(row.amount, self.zh))) for row in self.page.situation.reversible()]

    def owners(self) -> Pairs:
        """Who works at the case's site or for the whole company."""
        site = self.page.case.site_id
        rows = {grant.person_id: grant.person.name for grant in self.page.standing.grants if grant.site_id in (None, site)}
        return [(str(pk), name) for pk, name in rows.items()]

    def suggested(self) -> dict[str, str]:
        """Facts that the customer's words point to → those words, joined."""
        case = self.page.case
        text = "\n".join([case.raw, case.wants, *(item.words for item in self.page.items)])
        found = suggest(self.page.pack, text)
        return {fact: ("、" if self.zh else ", ").join(words) for fact, words in found.facts}

    def findings(self) -> list[tuple[int, str, str]]:
        """(number, words, finding) of each item."""
        return [(item.n, item.words, item.finding) for item in self.page.items]

    def asked_or(self, name: str, choices: Pairs) -> str:
        """What the address asks for, else the first choice."""
        wanted = self.asked.get(name, "")
        ids = [str(key) for key, _name in choices]
        return wanted if wanted in ids else next(iter(ids), "")


def item_title(n: int, words: str) -> str:
    """“第 1 件　电梯停在 3 层”, shortened."""
    short = words if len(words) <= 60 else words[:59] + "…"
    return _("第 %(n)s 件　%(words)s") % {"n": n, "words": short}
