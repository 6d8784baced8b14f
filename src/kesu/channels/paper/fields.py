"""Which fields of the procedure's complaint form are the customer's to fill in. Plain Python."""

from __future__ import annotations

from kesu.procedure.pack import Pack

FORM = "opinion"
# Whose words stand there; the others on the form are for us to write, and are not read.
THEIRS = ("customer", "home", "contact", "happened_at", "happened_place", "against", "story", "wishes", "wanted_by")


def labels_of(pack: Pack) -> dict[str, str]:
    """What is printed → the field it stands for, "" where it is not the customer's."""
    form = pack.find("forms", FORM)
    rows = form.fields if form else []
    return {label: row.id if row.id in THEIRS else "" for row in rows for label in (row.name, row.name_en)}
