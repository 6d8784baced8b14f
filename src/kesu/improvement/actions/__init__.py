"""What happens to records of corrective and preventive action: the only code that writes them. One function per act, `at` handed down.

Every act takes the one road (`road.begin`) and raises `Refused(code, zh, en, field=…)` when the procedure says no, and
`Capa.DoesNotExist` for a record that the person may not see.
"""

from kesu.improvement.actions.carrying import ask_extension, end, grant_extension, refuse_extension
from kesu.improvement.actions.judging import close, judge, note, withdraw
from kesu.improvement.actions.opening import Same, include, open_capa
from kesu.improvement.actions.planning import Owner, drop, hand, measure, plan, reopen

__all__ = [
    "Owner",
    "Same",
    "ask_extension",
    "close",
    "drop",
    "end",
    "grant_extension",
    "hand",
    "include",
    "judge",
    "measure",
    "note",
    "open_capa",
    "plan",
    "refuse_extension",
    "reopen",
    "withdraw",
]
