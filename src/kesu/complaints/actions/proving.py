"""What proves that an agreed thing was done or paid: receipts, photographs, signatures, kept as files of the case (B-16)."""

from __future__ import annotations

from collections.abc import Iterable

from kesu.complaints.actions.road import Road
from kesu.complaints.files import Upload, keep
from kesu.complaints.models import AgreedAction, Payment, Proof
from kesu.procedure.refused import Refused
from kesu.procedure.remedies import PROOFS

Shown = tuple[str, Upload]  # what kind of proof, and its file


def prove(road: Road, action: AgreedAction, shown: Iterable[Shown], payment: Payment | None = None) -> list[str]:
    """Keep the files as proof of the action; their hashes, for the journal."""
    files = []
    for kind, upload in shown:
        if kind not in PROOFS:
            raise Refused("proof_kind", "请选收据、照片或签字", "choose receipt, photograph or signature", field="proof")
        row = keep(upload, road.case, road.person, road.at)
        Proof.objects.create(action=action, payment=payment, kind=kind, attachment=row)
        files.append(row.sha256)
    return files


def need_proof(road: Road, action: AgreedAction, payment: Payment | None = None) -> None:
    """Refused where the pack asks for a proof of this remedy and none of its kinds is there."""
    remedy = road.pack.find("remedies", action.remedy)
    wanted = list(remedy.proof) if remedy else []
    rows = Proof.objects.filter(action=action, kind__in=wanted)
    if remedy and wanted and not (rows.filter(payment=payment) if payment else rows).exists():
        zh = "、".join(PROOFS[kind][0] for kind in wanted)
        en = ", ".join(PROOFS[kind][1] for kind in wanted)
        raise Refused(
            "no_proof", f"“{remedy.name}”要有凭据：{zh}，有一样就行", f"“{remedy.name_en}” needs proof: one of {en}", field="proof"
        )
