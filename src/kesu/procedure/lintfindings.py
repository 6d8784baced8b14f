"""Lint of finding out: acts that the table [investigation] brings, and settings by which a case would stall or nobody sees a thing."""

from __future__ import annotations

from kesu.procedure.acts import ACTS
from kesu.procedure.findings import Findings, error, warning
from kesu.procedure.investigationacts import INVESTIGATION
from kesu.procedure.pack import Pack


def _who_may(pack: Pack, act: str) -> list[str]:
    return [role.id for role in pack.roles if act in role.may]


def demanded(pack: Pack) -> dict[str, str]:
    """Act → what asks for it: acts without which a case would never be closed or its cause never be found."""
    found = {}
    if pack.investigation and pack.investigation.findings_first:
        found["find"] = "findings_first"
    for need, act in (("findings_made", "find"), ("person_told", "tell_person")):
        if any(need in row.needs for row in pack.closing):
            found[act] = need
    return found


def idle(pack: Pack) -> set[str]:
    """The acts that never come up in a procedure that says nothing about investigating."""
    return set() if pack.investigation else set(INVESTIGATION)


def check(pack: Pack) -> Findings:
    """Needs without the table, pictures and histories that nobody may look at."""
    rules = pack.investigation
    if rules is None:
        for act, need in demanded(pack).items():
            yield error(
                ("closing",),
                f"closing 里要 {need}，却没有 [investigation]，“{ACTS[act].zh}”用不上；加上这个表",
                f"closing needs {need}, but without [investigation] nobody can {act}; add the table",
            )
        return
    if _who_may(pack, "redact") and not rules.originals:
        yield warning(
            ("investigation", "originals"),
            "照片遮盖以后没有一个岗位能看原图，写上 originals",
            "nobody may see the original of a picture that was blacked out; write originals",
        )
    if _who_may(pack, "name_person") and not rules.histories:
        yield warning(
            ("investigation", "histories"),
            "没有一个岗位看得到同一个人以往被投诉的事，写上 histories",
            "no role sees earlier complaints against the same person; write histories",
        )
    yield from _unwatched(pack)
    for n, row in enumerate(rules.findings_first):
        for nature in pack.natures:
            if nature.id in row.natures and "investigate" not in nature.steps:
                yield warning(
                    ("investigation", "findings_first", n, "natures"),
                    f"“{nature.name}”没有调查这个环节，不会问结论",
                    f"{nature.name_en} has no step investigate, so no finding is ever asked for",
                )


def _unwatched(pack: Pack) -> Findings:
    """A limit for an answer that no obligation watches: the date would be shown, and nobody hear when it has gone by."""
    watched = {act for row in pack.obligations if row.per == "inquiry" for act in row.begins}
    assert pack.investigation is not None  # asked by the caller
    for key, act in (("statement", "ask_statement"), ("assessment", "ask_expert")):
        if getattr(pack.investigation, key) and act not in watched:
            yield warning(
                ("investigation", key),
                f'写了期限却没有人盯：加一条 per = "inquiry"、由 {act} 开始的时限',
                f'a limit that nobody watches: add an obligation with per = "inquiry" that begins with {act}',
            )
