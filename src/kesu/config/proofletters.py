"""The proof of letters: what the journal says was sent is what is kept, byte for byte (the bytes themselves are files like others)."""

from __future__ import annotations

from kesu.complaints.models import JournalEntry, Letter
from kesu.config.proof import Fault, Proof


def prove_letters(proof: Proof) -> None:
    """Every letter sent has the file whose SHA-256 its journal names; every letter the journal names is still there."""
    said = JournalEntry.objects.filter(act="send_letter").order_by("case_id", "n").values_list("data", "case__number", "n")
    sums = {int(data["letter_id"]): (str(data["sha256"]), number, n) for data, number, n in said.iterator(chunk_size=500)}
    kept = Letter.objects.filter(state="sent").values_list("pk", "title", "attachment__sha256", "case__number")
    for pk, title, sha256, number in kept.iterator(chunk_size=500):
        wanted, _number, n = sums.pop(pk, ("", number, None))
        if sha256 != wanted:
            proof.faults.append(
                Fault(number, n, f"信“{title}”存的不是发出的那一份", f"what is kept of the letter “{title}” is not what was sent")
            )
    for _sha256, number, n in sums.values():
        proof.faults.append(Fault(number, n, "发出的信不见了", "a letter that was sent is gone"))
