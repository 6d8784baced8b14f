"""What processes do at once to WeChat's messages (tests/complaints/racers.py lets them race)."""

from __future__ import annotations

from datetime import datetime

from tests.complaints import racers

from kesu.channels.wechat import arriving, message, sorting, talking
from kesu.channels.wechat.arriving import Came
from kesu.channels.wechat.models import OfficialAccount

assert racers.ROOT  # Django is set up by it


def called(account_id: int, text: str, at: datetime) -> str:
    """WeChat's call has been proved and is kept."""
    came = Came(text.encode(), message.read(text.encode()), sealed=True)
    arriving.arrive(OfficialAccount.objects.get(pk=account_id), came, at)
    return "kept it"


def sort(at: datetime) -> str:
    """The worker's round, without WeChat."""
    while sorting.sort_new(at):
        pass
    talking.file_silent(at)
    return "sorted it"
