"""What processes do at once to letters that have arrived (tests/complaints/racers.py lets them race)."""

from __future__ import annotations

import os
import signal
from datetime import datetime
from typing import Any
from unittest.mock import patch

from tests.complaints import racers

from kesu.channels import sorting
from kesu.channels.arriving import arrive
from kesu.channels.mail.letter import Letter
from kesu.channels.models import Mailbox

assert racers.ROOT  # Django is set up by it
POISON = "毒"  # in its words: a letter at which our own program stumbles

_belongs = sorting.belongs


def _stumbles(found: Letter, company: int) -> Any:
    if POISON in found.text:
        raise ValueError
    return _belongs(found, company)


def take(box_id: int, letters: list[bytes], at: datetime) -> str:
    """They come by the pipe, the web hook or another reader, and are sorted at once."""
    arrive(Mailbox.objects.get(pk=box_id), [(data, None) for data in letters], at)
    sort(at)
    return "took them"


def sort(at: datetime) -> str:
    """A worker's round."""
    with patch.object(sorting, "belongs", _stumbles):
        while sorting.sort_new(at):
            pass
    return "sorted them"


def sort_and_die(at: datetime) -> None:
    """Killed when the batch is filed but not yet committed."""

    def killed(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with patch.object(sorting, "_write", killed):
        sorting.sort_new(at)
