"""What happens to the company itself: the only code that writes sites, departments, people, hours, official days and versions.

Every one asks whether the person may set the company up (`allowed`), raises `Refused(code, zh, en, field=…)` when something is not
possible, and `DoesNotExist` for what belongs to another company.
"""

from kesu.company.actions.calendar import add_days, confirm_days, drop_day, read_days
from kesu.company.actions.drafting import change_draft, drop_draft, publish_draft, replace_draft, start_draft, upload_draft
from kesu.company.actions.founding import NewSite, found
from kesu.company.actions.people import (
    Particulars,
    add_person,
    change_own,
    change_password,
    choose,
    dismiss,
    edit_person,
    enlist,
    grant,
    reinstate,
    revoke,
    set_password,
)
from kesu.company.actions.places import (
    add_department,
    add_site,
    drop_special,
    edit_company,
    edit_department,
    edit_site,
    set_hours,
    set_special,
)
from kesu.company.actions.publishing import withdraw_version

__all__ = [
    "NewSite", "Particulars", "add_days", "add_department", "add_person", "add_site", "change_draft", "change_own", "change_password",
    "choose", "confirm_days", "dismiss", "drop_day", "drop_draft", "drop_special", "edit_company", "edit_department", "edit_person",
    "edit_site", "enlist", "found", "grant", "publish_draft", "read_days", "reinstate", "replace_draft", "revoke", "set_hours",
    "set_password", "set_special", "start_draft", "upload_draft", "withdraw_version",
]  # fmt: skip
