"""Photographs piece by piece: broken connections, pieces twice and out of order, files that are none, keys that are none."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast

from kesu.complaints import coming
from kesu.complaints.files import stored
from kesu.complaints.models import Attachment, Case

pytestmark = pytest.mark.django_db
KEY = "0123456789abcdef" * 2
JPEG = b"\xff\xd8\xff\xe0" + os.urandom(700_000)
PIECE = 256 * 1024


@pytest.fixture(autouse=True)
def own_disk(settings: Any, tmp_path: Path) -> None:
    """Nothing of other tests is on its way."""
    settings.DATA = tmp_path


def send(offset: int, data: bytes = JPEG, *, key: str = KEY, name: str = "电梯.jpg", size: int | None = None, most: int = PIECE) -> Any:
    """One piece."""
    query = f"?offset={offset}&size={len(data) if size is None else size}&name={name}"
    return Client().post(reverse("coming", args=[key]) + query, data[offset : offset + most], content_type="application/octet-stream")


def whole(key: str = KEY, data: bytes = JPEG) -> None:
    """All of it."""
    for offset in range(0, len(data), PIECE):
        assert send(offset, data, key=key).status_code == 200


def file_with(cast: Cast, *keys: str, **more: str) -> Any:
    """The form, with what came before it."""
    typed = {"words": "路灯不亮", "place": "东门", "phone": "13900001007", "none": "1", "filed_key": "one", "upload": list(keys)}
    return Client().post(reverse("door", args=[cast.site.door]), typed | more)


def test_a_broken_connection_costs_a_piece(cast: Cast) -> None:
    assert send(0).json() == {"got": PIECE}
    assert send(0).json() == {"got": PIECE}  # the answer was lost: the same again does no harm
    gap = send(2 * PIECE)
    assert (gap.status_code, gap.json()) == (409, {"got": PIECE})
    assert Client().get(reverse("coming", args=[KEY])).json() == {"got": PIECE}  # after a reload
    unfinished = file_with(cast, KEY)
    assert unfinished.status_code == 422 and "没有传完" in unfinished.content.decode() and not Case.objects.exists()
    whole()
    assert file_with(cast, KEY).status_code == file_with(cast, KEY).status_code == 302  # pressed twice
    kept = Attachment.objects.get(case=Case.objects.get())
    assert (kept.name, kept.kind, stored(kept.sha256).read_bytes() == JPEG) == ("电梯.jpg", "image/jpeg", True)


def test_to_an_open_case_and_not_too_many(cast: Cast, at: datetime) -> None:
    case = cast.complaint(at=at)
    keys = [f"{n:032x}" for n in range(10)]
    for key in keys:
        whole(key, b"\xff\xd8\xff" + bytes([int(key, 16)]) * 40)
    track = reverse("track", args=[case.token])
    assert Client().post(track, {"do": "say", "upload": keys}).status_code == 422
    assert Client().post(track, {"do": "say", "upload": keys[:3]}).status_code == 302
    assert Attachment.objects.filter(case=case).count() == 3


def test_what_is_not_taken(cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = [
        send(0, b"MZ" + b"\0" * 100),  # a program, whatever its name says
        send(0, size=settings.UPLOAD_LIMIT + 1),
        send(0, size=10),  # more than was announced
        send(0, size=0),
        send(0, b""),
    ]
    assert [answer.status_code for answer in refused] == [422] * 5
    assert send(0, JPEG * 2, most=coming.LARGEST_PIECE + 1).status_code == 413
    for key in ("x", "..%2f" * 4, KEY.upper(), KEY + "0"):
        assert Client().get(f"/u/{key}/").status_code == 404
    monkeypatch.setattr(coming, "ROOM", 100)
    assert send(0).status_code == 200 and send(0, key="f" * 32).status_code == 422  # the disk is not for everybody
    assert file_with(cast, "e" * 32).status_code == 422 and file_with(cast, "../../etc/passwd").status_code == 422


def test_what_no_form_fetched_is_forgotten(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    whole()
    now = datetime.fromtimestamp((coming._folder() / KEY).stat().st_mtime, at.tzinfo)
    monkeypatch.setattr(coming, "_looked_at", -1e9)
    assert coming.forget_old(now + timedelta(hours=23)) == 0
    monkeypatch.setattr(coming, "_looked_at", -1e9)
    assert coming.forget_old(now + timedelta(hours=25)) == 2 and coming.got(KEY) == 0
