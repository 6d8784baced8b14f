"""One value of a procedure's text changed in place: everything else stays, to the letter."""

from __future__ import annotations

import difflib
import re
import tomllib

import pytest
from tests.pure.shipped import PACKS

from kesu.procedure.drafting import KINDS, Edit, put, rows, typed
from kesu.procedure.refused import Refused

WHOLE = (PACKS / "property.toml").read_text(encoding="utf-8")


def _shortened() -> str:
    """The shipped pack without the tables that nothing is changed in: the reader that keeps comments takes its time."""
    tables = re.split(r"\n(?=\[)", WHOLE)
    kept = ("[pack]", "[[roles]]", "[[pauses]]", "[[channels]]", "[[approvals]]", "[follow_up]", "[dispatching]")
    duties = [table for table in tables if table.startswith("[[obligations]]")]
    wanted = [*duties[:6], *(table for table in duties if 'id = "sign"' in table)]
    return "\n".join(table for table in tables if table.startswith(kept) or table in wanted)


TEXT = _shortened()


def lines_changed(new: str, old: str = TEXT) -> list[str]:
    return [
        line
        for line in difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
        if line[0] in "+-" and line[:3] not in ("+++", "---")
    ]


def row(text: str, table: str, id: str) -> dict:
    return dict(rows(tomllib.loads(text), table))[id]


def test_a_limit_is_changed_and_nothing_else() -> None:
    assert lines_changed(put(TEXT, Edit("obligations", "sign", "limit", " 15m "))) == ['-limit = "10m"', '+limit = "15m"']


def test_the_comment_behind_a_value_stays() -> None:
    text = TEXT.replace('limit = "10m"', 'limit = "10m"  # P-6 说的', 1)
    id = next(id for id, one in rows(tomllib.loads(text), "obligations") if one["limit"] == "10m")
    assert lines_changed(put(text, Edit("obligations", id, "limit", "20m")), text)[1] == '+limit = "20m"  # P-6 说的'


def test_what_is_shown_typed_again_changes_nothing() -> None:
    text, data = TEXT, tomllib.loads(TEXT)
    for table, keys in KINDS.items():
        for id, one in rows(data, table):
            for key in keys:
                for language in ("zh", "en"):
                    shown = typed(data, table, one, key, language)
                    if shown or key in ("warn", "ladder", "pauses", "extension", "up_to"):
                        assert put(text, Edit(table, id, key, shown)) == text, (table, id, key)


def test_a_row_that_stands_apart_from_its_fellows_stays_there() -> None:
    text = TEXT + '\n[[obligations]]\nid = "apart"\nlimit = "1h"\n# the end\n'
    assert lines_changed(put(text, Edit("obligations", "sign", "limit", "15m")), text) == ['-limit = "10m"', '+limit = "15m"']
    assert lines_changed(put(text, Edit("obligations", "apart", "limit", "2h")), text) == ['-limit = "1h"', '+limit = "2h"']


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        (Edit("obligations", "sign", "time", "office"), "office"),
        (Edit("obligations", "sign", "role", "管理处主任"), "site_director"),
        (Edit("obligations", "sign", "role", "Receptionist"), "receptionist"),
        (Edit("obligations", "sign", "warn", "50%、2m before"), ["50%", "2m before"]),
        (Edit("obligations", "sign", "warn", ""), None),
        (
            Edit("obligations", "sign", "ladder", "0m after：管理处主任\r\n1h after: general_manager, 事务部主管"),
            [{"at": "0m after", "tell": ["site_director"]}, {"at": "1h after", "tell": ["general_manager", "affairs_supervisor"]}],
        ),
        (Edit("obligations", "sign", "ladder", ""), None),
        (Edit("obligations", "sign", "extension", "总经理：3d × 2"), {"approver": "general_manager", "longest": "3d", "times": 2}),
        (Edit("approvals", "2", "up_to", "1,999.50"), 199950),
        (Edit("approvals", "2", "up_to", ""), None),
        (Edit("approvals", "2", "by", "总经理"), "general_manager"),
        (Edit("follow_up", "", "attempts", "5"), 5),
        (Edit("dispatching", "", "max_bounces", "1"), 1),
        (Edit("pack", "", "version", "2027.1"), "2027.1"),
    ],
)
def test_every_kind_of_value_is_read_as_people_type_it(edit: Edit, wanted: object) -> None:
    changed = put(TEXT, edit)
    assert row(changed, edit.table, edit.id).get(edit.key) == wanted
    comments = [line for line in TEXT.splitlines() if "#" in line]
    assert [line for line in changed.splitlines() if "#" in line] == comments


def test_a_new_key_stands_in_its_row_and_not_below_the_next_comment() -> None:
    text = TEXT.replace('[[obligations]]\nid = "sign"', '# 上一条到此\n\n[[obligations]]\nid = "sign"')
    before = text.index('id = "sign"\n')
    previous = [id for id, _row in rows(tomllib.loads(text), "obligations")]
    id = previous[previous.index("sign") - 1]
    changed = put(text, Edit("obligations", id, "extension", "总经理：1d"))
    assert changed.index("extension = {approver") < changed.index("# 上一条到此") < before + 80


def test_a_wrong_limit_is_written_down_for_lint_to_judge() -> None:
    assert row(put(TEXT, Edit("obligations", "sign", "limit", '10x"\n#')), "obligations", "sign")["limit"] == '10x" #'


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (Edit("obligations", "sign", "role", "皇帝"), "unknown"),
        (Edit("obligations", "sign", "role", ""), "unknown"),
        (Edit("obligations", "sign", "ladder", "一小时后告诉主任"), "ladder"),
        (Edit("obligations", "sign", "extension", "总经理"), "extension"),
        (Edit("obligations", "sign", "pauses", "下雨"), "unknown"),
        (Edit("obligations", "nothing", "limit", "1h"), "row"),
        (Edit("obligations", "sign", "begins", "receive"), "key"),
        (Edit("roles", "receptionist", "sees", "company"), "key"),
        (Edit("approvals", "2", "up_to", "many"), "amount"),
        (Edit("approvals", "2", "up_to", "-1"), "amount"),
        (Edit("approvals", "2", "up_to", "NaN"), "amount"),
        (Edit("approvals", "2", "up_to", "1e999999"), "amount"),
        (Edit("approvals", "2", "up_to", "0.001"), "amount"),
        (Edit("approvals", "99", "by", "总经理"), "row"),
        (Edit("follow_up", "", "attempts", "²"), "number"),
        (Edit("obligations", "sign", "limit", "1" * 3000), "too_long"),
    ],
)
def test_what_cannot_be_written_down_is_refused(edit: Edit, code: str) -> None:
    with pytest.raises(Refused) as refused:
        put(TEXT, edit)
    assert refused.value.code == code


def test_a_way_of_writing_that_cannot_be_changed_in_place_is_left_alone() -> None:
    text = TEXT.replace('[[obligations]]\nid = "sign"', '[[obligations]]\nid = "sign"', 1)
    text += '\n[[obligations]]\nid = "dotted"\nextension.approver = "general_manager"\nextension.longest = "1d"\nlimit = "1h"\n'
    try:
        changed = put(text, Edit("obligations", "dotted", "extension", "总经理：2d"))
    except Refused as refused:
        assert refused.code == "by_hand"
    else:
        assert row(changed, "obligations", "dotted")["extension"] == {"approver": "general_manager", "longest": "2d"}


def test_a_whole_shipped_pack_keeps_every_other_letter() -> None:
    assert lines_changed(put(WHOLE, Edit("obligations", "sign", "limit", "15m")), WHOLE) == ['-limit = "10m"', '+limit = "15m"']
