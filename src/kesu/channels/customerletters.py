"""A letter to a customer as an e-mail: the words that stand in its row, the PDF as it lies in the archive."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage

from kesu.complaints.files import stored
from kesu.complaints.models import Letter
from kesu.complaints.proofs import fault_on_disk


class NotAsKept(OSError):
    """The archived PDF is gone or has been changed: nothing else may go out in its place."""


def customer_mail(letter: Letter) -> EmailMessage:
    """The e-mail. Raises NotAsKept when the file is not what was archived."""
    file = letter.attachment
    if file is None or fault_on_disk(file, whole=True):
        raise NotAsKept("归档的 PDF 不见了或被改过 / the archived PDF is missing or was changed")
    path: Path = stored(file.sha256)
    mail = EmailMessage(
        subject=letter.subject,
        body=letter.cover,
        to=[letter.to],
        headers={"Message-ID": _message_id(letter)},
    )
    mail.attach(file.name, path.read_bytes(), file.kind)
    return mail


def _message_id(letter: Letter) -> str:
    """The same for every try to this address."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    return f"<kesu.{uuid.uuid5(uuid.NAMESPACE_URL, f'letter/{letter.pk}/{letter.to}/{letter.sent_at}').hex}@{domain}>"
