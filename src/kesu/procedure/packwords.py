"""A pack in words: acts, limits, moments and whole obligations as people read them, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from kesu.procedure import acts
from kesu.procedure.duties import Obligation
from kesu.procedure.limits import parse_limit
from kesu.procedure.moments import read_moment
from kesu.procedure.pack import Pack

NOT_ACTS = {
    "heard": ("客户说起", "the customer says so"),
    "fact": ("答“是”", "yes to"),
    "event": ("发生", "event:"),
    "step": ("走完", "step done:"),
}
FROM_ELSEWHERE = {"own-date": ("约定的日期", "the agreed date"), "before-expiry": ("原到期之前", "before it expires")}


@dataclass(frozen=True)
class Duty:
    """An obligation in words."""

    row: Obligation
    name: str
    begins: str
    until: str
    limit: str
    office: bool
    official: bool
    procedure: str  # of which law or platform; empty: the company's own
    role: str
    applies: str
    warnings: str
    ladder: list[tuple[str, str]]
    extension: str
    pauses: str
    note: str


class Reader:
    """Turns ids of a pack into words of the reader's language."""

    def __init__(self, pack: Pack, language: str) -> None:
        self.pack, self.language, self.zh = pack, language, language.startswith("zh")

    def names(self, table: str, ids: list[str]) -> str:
        """The names of these rows, joined."""
        return self.joined([self.pack.label(table, id, self.language) for id in ids])

    def joined(self, words: list[str]) -> str:
        """Words in a list of the language."""
        return ("、" if self.zh else ", ").join(words)

    def act(self, name: str) -> str:
        """An act of the vocabulary, with what stands behind its colon: present:general_manager → 呈报总经理."""
        act, _colon, detail = name.partition(":")
        row = acts.ACTS.get(act)
        pair = (row.zh, row.en) if row else NOT_ACTS.get(act, (act, act))
        words = pair[0 if self.zh else 1]
        return f"{words} {self._detail(act, detail)}".strip() if detail else words

    def _detail(self, act: str, detail: str) -> str:
        if act == "fact":
            return detail  # the questions are long; their ids stand in the procedure's own list
        if act == "step":
            return acts.step_name(detail, self.language)
        for table in ("roles", "events", "pauses"):
            if row := self.pack.find(table, detail):
                return str(row.label(self.language))
        return detail

    def limit(self, text: str) -> str:
        """A limit in words."""
        if text in FROM_ELSEWHERE:
            return FROM_ELSEWHERE[text][0 if self.zh else 1]
        return parse_limit(text).words(self.language)

    def moment(self, spec: str) -> str:
        """75%, 1h before, 20m after in words."""
        kind, number, unit = read_moment(spec)
        units = {"s": ("秒", "s"), "m": ("分钟", "min"), "h": ("小时", "h"), "d": ("天", "d")}
        if kind == "share":
            return f"用掉 {number}%" if self.zh else f"{number}% used"
        if not number:
            return "一超时" if self.zh else "when late"
        amount = f"{number} {units[unit][0 if self.zh else 1]}"
        if self.zh:
            return f"到期前 {amount}" if kind == "before" else f"超时 {amount}"
        return f"{amount} before" if kind == "before" else f"{amount} late"

    def duty(self, row: Obligation) -> Duty:
        """One line of the table."""
        return Duty(
            row=row,
            name=row.label(self.language),
            begins=self.begins(row),
            until=self.joined([self.act(name) for name in row.until]),
            limit=self.limit(row.limit),
            office=row.time == "office",
            official=row.time == "official",
            procedure=self.pack.label("procedures", row.procedure, self.language) if row.procedure else "",
            role=self.pack.label("roles", row.role, self.language),
            applies=self._applies(row),
            warnings=self.joined([self.moment(spec) for spec in row.warn]),
            ladder=[(self.moment(rung.at), self.names("roles", rung.tell)) for rung in row.ladder],
            extension=self._extension(row),
            pauses=self.names("pauses", row.pauses),
            note=row.note if self.zh else row.note_en,
        )

    def begins(self, row: Obligation) -> str:
        """What starts the clock; several questions answered yes are said once."""
        facts = [name.partition(":")[2] for name in row.begins if name.startswith("fact:")]
        others = [self.act(name) for name in row.begins if not name.startswith("fact:")]
        asked = [f"{self.joined(facts)} 答“是”" if self.zh else f"yes to {self.joined(facts)}"] if facts else []
        return self.joined([*others, *asked])

    def _applies(self, row: Obligation) -> str:
        tables = [("grades", row.grades), ("natures", row.natures), ("channels", row.channels), ("categories", row.categories)]
        words = [self.names(table, list(ids)) for table, ids in tables if ids]
        if row.facts and not any(name.startswith("fact:") for name in row.begins):
            words.append(self.joined(list(row.facts)))
        if row.unless_facts:
            words.append(("除了 " if self.zh else "unless ") + self.joined(list(row.unless_facts)))
        if row.stages:
            rounds = self.joined([str(number) for number in row.stages])
            words.append(f"第 {rounds} 轮" if self.zh else f"round {rounds}")
        for id, zh, en in ((row.unless_fast, "除非", "unless"), (row.if_fast, "如果", "if")):
            if id:
                words.append((zh if self.zh else f"{en} ") + self.pack.label("fast_paths", id, self.language))
        if row.follows_agreed:
            words.append("客户约得更晚的，等到约好的时间" if self.zh else "waits for a later time agreed with the customer")
        if row.anew:
            words.append("再发生的再算" if self.zh else "owed anew when it happens again")
        if row.despite_withdrawal:
            words.append("撤回也不免" if self.zh else "a withdrawal does not lift it")
        if row.outlives_closing:
            words.append("结案后也要做" if self.zh else "also after closing")
        return ("；" if self.zh else "; ").join(words)

    def _extension(self, row: Obligation) -> str:
        if row.extension is None:
            return ""
        who, longest = self.pack.label("roles", row.extension.approver, self.language), self.limit(row.extension.longest)
        facts = self.joined(list(row.extension.facts))
        ground = (f"；{facts} 答“是”才可以" if self.zh else f", only after a yes to {facts}") if facts else ""
        return (f"{who}批，最多再 {longest}" if self.zh else f"by {who}, at most {longest} more") + ground
