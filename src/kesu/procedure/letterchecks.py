"""What a pack's letters say: places that exist, both languages, roles that may do what is asked of them."""

from __future__ import annotations

from kesu.procedure import packchecks as check
from kesu.procedure.findings import Findings, error, warning
from kesu.procedure.letterwords import PLACEHOLDERS, unknown
from kesu.procedure.pack import Pack
from kesu.procedure.packchecks import Faults
from kesu.procedure.packfaults import Fault


def faults(pack: Pack) -> Faults:
    """Every fault of [[letters]]."""
    for n, row in enumerate(pack.letters):
        for key in ("title", "title_en", "body", "body_en"):
            for name in unknown(getattr(row, key)):
                yield Fault(
                    ("letters", n, key),
                    f"没有 {{{name}}}，能写的是 {'、'.join(f'{{{one}}}' for one in PLACEHOLDERS)}",
                    f"no {{{name}}} here; possible are {', '.join(f'{{{one}}}' for one in PLACEHOLDERS)}",
                )
        for key in ("title", "body"):
            if bool(getattr(row, key).strip()) != bool(getattr(row, f"{key}_en").strip()):
                yield Fault(("letters", n, key), "中文英文都要写，或者都不写", "write it in both languages or in neither")
        for m, rule in enumerate(row.reviews):
            yield from check.known(pack, ("letters", n, "reviews", m, "by"), "roles", rule.by)
            yield from check.known(pack, ("letters", n, "reviews", m, "grades"), "grades", rule.grades)


def lint(pack: Pack) -> Findings:
    """Letters that nobody may write, pass or send."""
    if not pack.letters:
        return
    for act, zh, en in (("draft_letter", "写", "write"), ("send_letter", "发", "send")):
        if not any(act in role.may for role in pack.roles):
            yield error(("letters",), f"没有岗位能{zh}信函；给一个岗位加上 {act}", f"no role may {en} a letter; give {act} to a role")
    for n, row in enumerate(pack.letters):
        for m, rule in enumerate(row.reviews):
            for act in ("pass_letter", "return_letter"):
                if not pack.may(rule.by, act):
                    yield error(
                        ("letters", n, "reviews", m, "by"),
                        f"{pack.one('roles', rule.by).name}要审这封信，却没有 {act}；给这个岗位加上",
                        f"the {pack.one('roles', rule.by).name_en} must review this letter but may not {act}; give it to the role",
                    )
    reviewed = any(row.reviews for row in pack.letters)
    if reviewed and not any(row.per == "letter" for row in pack.obligations):
        yield warning(
            ("letters",),
            '信函要审，但没有审信的时限；加一条 per = "letter" 的时限，审信的人才看得到欠着',
            'letters are reviewed but no clock says by when; add an obligation with per = "letter" so that it shows as owed',
        )


__all__ = ["faults", "lint"]
