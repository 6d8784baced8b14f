"""A record's page put together: what is mine now, the stages, the measures with their time left, the effect, the journal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from kesu.improvement.models import CapaEntry, Measure, MeasureExtension, Proof
from kesu.improvement.queries.record_page import RecordPage, Turn
from kesu.improvement.words import duty_names, say
from kesu.papers.telling import Line
from kesu.procedure.acts import SYSTEM
from kesu.procedure.improving import KINDS, RECORD_ACTS, STAGES, stage_name
from kesu.web.work.rows import Reader, TimeLeft, bar

BESIDE = {
    "end": ("ask_extension",),
    "plan": ("measure",),
    "measure": ("plan",),
    "grant_extension": ("refuse_extension",),
    "close": ("reopen",),
}
TONES = {"warned": "warn", "fell_late": "late", "climbed": "late", "recurred": "late"}
PER_MEASURE = ("end", "ask_extension", "hand", "drop")  # offered beside the measure, not among the chips
SHOWN = 8  # of the journal; the rest is folded


@dataclass(frozen=True)
class Button:
    """What it says and where it leads."""

    act: str
    label: str
    url: str


@dataclass
class Head:
    """What is mine now, or what is waited for."""

    caption: str
    title: str
    hint: str = ""
    view: TimeLeft | None = None
    main: Button | None = None
    beside: list[Button] = field(default_factory=list)

    @property
    def tone(self) -> str:
        """The tone of its time."""
        return self.view.tone if self.view else "done"


@dataclass(frozen=True)
class MeasureRow:
    """A measure with its time, what shows that it was done, and its changed dates."""

    row: Measure
    kind: str
    view: TimeLeft | None
    proofs: list[Proof]
    extensions: list[MeasureExtension]
    buttons: list[Button]

    @property
    def moved(self) -> bool:
        """Whether its date is not the first one."""
        return self.row.due_at != self.row.first_due_at


def address(page: RecordPage, act: str, measure: Measure | None = None) -> str:
    """Where the act's form is."""
    url = reverse("capa_act", args=[page.capa.number, act])
    return f"{url}?{urlencode({'measure': measure.pk})}" if measure else url


def verb(act: str, language: str) -> str:
    """The act's verb in the reader's language."""
    row = RECORD_ACTS[act]
    return row.zh if language.startswith("zh") else row.en


def button(page: RecordPage, act: str, measure: Measure | None = None) -> Button:
    """The button of an act."""
    return Button(act, verb(act, page.language), address(page, act, measure))


def context(page: RecordPage, reader: Reader) -> dict[str, Any]:
    """Everything the page shows."""
    head = _head(page, reader)
    lines = [_line(page, entry) for entry in sorted(page.journal, key=lambda entry: (entry.at, entry.n), reverse=True)]
    seen = page.effect
    again = page.seen(seen.cases)
    return {
        "page": page,
        "capa": page.capa,
        "pack": page.pack,
        "head": head,
        "stages": stages(page, head.tone),
        "others": [button(page, act) for act in page.others if act not in {*PER_MEASURE, *(item.act for item in head.beside)}],
        "measures": [_measure(page, row, reader) for row in page.measures if row.round == page.capa.round],
        "earlier": [_measure(page, row, reader) for row in page.measures if row.round != page.capa.round],
        "counted": seen,
        "again": [(case, case.pk in seen.unsure) for case in again],
        "again_unseen": len(seen.cases) - len(again),
        "same": same_words(page),
        "effect_words": effect_words(page),
        "lines": lines[:SHOWN],
        "folded": lines[SHOWN:],
        "pack_name": page.pack.pack.name if page.language.startswith("zh") else page.pack.pack.name_en,
    }


def stages(page: RecordPage, tone: str) -> list[tuple[str, str, str]]:
    """(name, done/now/todo, tone) of every stage."""
    order = [stage for stage in STAGES if stage != "closed"]
    here = order.index(page.capa.stage) if page.capa.stage in order else len(order)
    states = ["done" if n < here else "now" if n == here else "todo" for n in range(len(order))]
    return [(stage_name(stage, page.language), state, tone if state == "now" else "") for stage, state in zip(order, states, strict=True)]


def _head(page: RecordPage, reader: Reader) -> Head:
    capa, turn, clock = page.capa, page.mine, page.waiting
    if turn and turn.clock:
        head = Head(_("轮到你"), _headline(page, turn), _hint(page, turn), bar(turn.clock.opens_at, turn.clock.due_at, reader))
        head.main = button(page, turn.act, turn.measure)
        head.beside = [
            button(page, act, turn.measure) for act in BESIDE.get(turn.act, ()) if act in page.others or _may_beside(page, act, turn)
        ]
        return head
    if capa.stage == "watch" and capa.carried_at and capa.watch_until and page.at < capa.watch_until:
        until = bar(capa.carried_at, capa.watch_until, reader)
        return Head(_("在看"), _("看同样的投诉还来不来"), _("看完由没有办过措施的人评效果"), until)
    if clock:
        what = clock.measure.what if clock.measure and clock.duty == "measure" else duty_names(clock)[0 if reader.zh else 1]
        who = page.who(clock)
        return Head(_("在等"), _("%(who)s：%(what)s") % {"who": who, "what": what}, "", bar(clock.opens_at, clock.due_at, reader))
    words = _("已评为有效，%(n)s 条措施都办完了") % {"n": len(page.live())}
    return Head(_("结果"), stage_name(capa.stage, page.language), words)


def _may_beside(page: RecordPage, act: str, turn: Turn) -> bool:
    return turn.measure is not None and act in ("ask_extension", "refuse_extension") and turn.measure in page.targets(act)


def _headline(page: RecordPage, turn: Turn) -> str:
    if turn.measure:
        if turn.act in ("grant_extension", "refuse_extension"):
            return _("批复第 %(n)s 条措施的延期") % {"n": turn.measure.n}
        return turn.measure.what
    plain = {"measure": _("加上措施：谁、做什么、哪天办完"), "plan": _("查明根本原因，定下计划"), "judge": _("评效果"), "close": _("结项")}
    return plain.get(turn.act, verb(turn.act, page.language))


def _hint(page: RecordPage, turn: Turn) -> str:
    if turn.act == "measure":
        half = 0 if page.language.startswith("zh") else 1
        kinds = ("、" if half == 0 else ", ").join(KINDS[kind][half] for kind in page.lacking())
        return _("计划里还缺：%(kinds)s") % {"kinds": kinds}
    if turn.act == "grant_extension":
        asked = next((row for row in page.requests() if row.measure_id == (turn.measure.pk if turn.measure else 0)), None)
        return asked.reason if asked else ""
    return effect_words(page) if turn.act == "judge" else ""


def effect_words(page: RecordPage) -> str:
    """“立项前 60 天 5 件；办完后 12.5 天 0 件”."""
    before, since = page.effect.before, page.effect.after
    said = _("立项前 %(days)s 天 %(n)s 件") % {"days": f"{before.days:g}", "n": before.n}
    if since is None:
        return said
    joint = "；" if page.language.startswith("zh") else "; "
    return said + joint + _("办完后 %(days)s 天 %(n)s 件") % {"days": f"{since.days:g}", "n": since.n}


def same_words(page: RecordPage) -> list[tuple[str, str]]:
    """What counts as the same complaint again: (trait, its value)."""
    capa, pack, language = page.capa, page.pack, page.language
    joint = "、" if language.startswith("zh") else ", "
    found = [
        (_("地点"), joint.join(site.name for site in page.sites) if capa.same_sites else ""),
        (_("类别"), pack.label("categories", capa.same_category, language)),
        (_("原因"), pack.label("causes", capa.same_cause, language)),
        (_("被投诉"), capa.same_against),
    ]
    return [(name, value) for name, value in found if value]


def _measure(page: RecordPage, row: Measure, reader: Reader) -> MeasureRow:
    acts = PER_MEASURE if row.is_open and row.round == page.capa.round else ()
    primary = page.mine.measure if page.mine else None
    buttons = [
        button(page, act, row)
        for act in acts
        if page.may(act) and row in page.targets(act) and not (row == primary and act in ("end", "ask_extension"))
    ]
    return MeasureRow(
        row=row,
        kind=KINDS[row.kind][0 if reader.zh else 1],
        view=bar(row.at, row.due_at, reader) if row.is_open else None,
        proofs=[proof for proof in page.proofs if proof.measure_id == row.pk],
        extensions=[ask for ask in page.extensions if ask.measure_id == row.pk],
        buttons=buttons,
    )


def _line(page: RecordPage, entry: CapaEntry) -> Line:
    who = "" if entry.actor == SYSTEM else entry.name
    role = page.pack.label("roles", entry.role, page.language) if entry.role else ""
    return Line(entry, who, say(entry, page.pack, page.language, page.capa.company.zone), role, TONES.get(entry.act, ""))
