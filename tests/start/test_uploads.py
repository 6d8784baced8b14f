"""Large bodies."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import path


def take(request):
    return HttpResponse(str(sum(file.size for file in request.FILES.values())))


urlpatterns = [path("take", take)]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def founded(monkeypatch):
    """There is a company: nobody is led to the first-run page."""
    from kesu.web.middleware import FirstRunMiddleware

    monkeypatch.setattr(FirstRunMiddleware, "founded", True)


def test_fifty_megabytes_reach_the_form_that_refuses_them(client):
    answer = client.post("/take", {"photo": SimpleUploadedFile("photo.jpg", b"x" * 50_000_000)})
    assert answer.status_code == 200 and answer.content == b"50000000"


def test_more_than_the_limit_is_told_in_both_languages(client, settings):
    settings.MAX_REQUEST_BYTES = 1000
    answer = client.post("/take", {"photo": SimpleUploadedFile("photo.jpg", b"x" * 3000)})
    assert answer.status_code == 413
    assert "每个文件最多 20 MB" in answer.content.decode() and "At most 20 MB a file" in answer.content.decode()
    assert answer.wsgi_request.read() == b"", "the body was read away"
