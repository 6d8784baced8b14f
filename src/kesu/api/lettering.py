"""Letters by programs: the paper that goes out is made here from the text that was reviewed, never taken from outside."""

from collections.abc import Iterable
from datetime import datetime

from kesu.company.models import Person
from kesu.complaints import actions
from kesu.complaints.files import Upload
from kesu.complaints.models import Case, Letter
from kesu.papers import lettersheet
from kesu.procedure.refused import Refused


def send_letter(
    person: Person,
    case_id: int,
    *,
    letter_id: int,
    revision: int,
    way: str,
    to: str = "",
    words: str = "",
    proofs: Iterable[Upload] = (),
    at: datetime,
) -> Letter:
    """Send this version of a letter; its PDF is made from the text as it stands, kept, and sent. Refused as in `actions.send_letter`."""
    case = Case.objects.select_related("site__company").get(pk=case_id)
    letter = Letter.objects.filter(case=case, pk=letter_id).first()
    if letter is None:
        raise Refused("no_letter", "没有这封信", "there is no such letter", field="letter")
    pdf = lettersheet.as_pdf(case, letter)
    return actions.send_letter(
        person, case_id, letter_id=letter_id, revision=revision, way=way, to=to, words=words, pdf=pdf, proofs=proofs, at=at
    )
