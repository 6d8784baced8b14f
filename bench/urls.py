"""The product's addresses, and `/bare/BYTES`: a signed-in page that does nothing but answer with so many bytes."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from kesu.config.urls import urlpatterns as product


@login_required
def bare(request: HttpRequest, size: int) -> HttpResponse:
    """The least that any page of ours does: the same middleware, the signed-in person, a body of the same size."""
    request.user.pk  # noqa: B018  # the person is looked up, as every page does
    return HttpResponse(b"x" * size)


urlpatterns = [path("bare/<int:size>", bare), *product]
