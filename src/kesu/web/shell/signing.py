"""Signing in and out, language and light: what a person chooses for themselves."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from kesu.company import actions
from kesu.company.models import Person
from kesu.web.context import LARGE, SIZE_COOKIE, THEME_COOKIE, THEMES
from kesu.web.forms_kit import Form

YEAR = 365 * 24 * 3600  # seconds
LANGUAGES = [code for code, _name in settings.LANGUAGES]


class SignInForm(Form):
    """Login and password."""

    login = forms.CharField(
        label=_("登录名"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"})
    )
    password = forms.CharField(
        label=_("密码"), strip=False, max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


def safe_next(request: HttpRequest, fallback: str) -> str:
    """Where to go on: only within this installation."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    return target if url_has_allowed_host_and_scheme(target, hosts, require_https=request.is_secure()) else fallback


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page. Too many failures lock login and address together for a while (axes)."""
    if isinstance(request.user, Person):
        return redirect(safe_next(request, "/"))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = authenticate(request, username=form.cleaned_data["login"].strip(), password=form.cleaned_data["password"])
        if isinstance(found, Person):
            return _enter(request, found)
        form.add_error(None, _("登录名或密码不对。连错 %(times)d 次会锁定 %(minutes)d 分钟。") % _lock_figures())
    return _page(request, form)


def _page(request: HttpRequest, form: SignInForm, status: int = 200, **more: object) -> HttpResponse:
    return render(request, "web/shell/login.html", {"form": form, "next": safe_next(request, "")} | more, status=status)


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, object] | None = None) -> HttpResponse:
    """429 in both languages, whether or not the login exists: a guesser learns nothing. Called by axes."""
    form = SignInForm(initial={"login": request.POST.get("login", "")})
    return _page(request, form, 429, locked=_lock_figures())


def _lock_figures() -> dict[str, int]:
    return {"times": settings.AXES_FAILURE_LIMIT, "minutes": int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)}


def _enter(request: HttpRequest, person: Person) -> HttpResponse:
    login(request, person)
    return with_choices(redirect(safe_next(request, "/")), person)


def with_choices(response: HttpResponse, person: Person) -> HttpResponse:
    """The person's language and light as cookies, which every page reads without asking the database."""
    _remember(response, settings.LANGUAGE_COOKIE_NAME, person.language)
    if person.theme in THEMES:
        _remember(response, THEME_COOKIE, person.theme)
    return response


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    return redirect(reverse("login"))


# Language and theme change nothing that another site could profit from, and a page with `no-referrer` sends `Origin: null`,
# which the forgery check refuses: the customer's secret pages need both buttons.
@csrf_exempt
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Chinese or English, for this browser and, when signed in, for the person."""
    response = HttpResponseRedirect(safe_next(request, "/"))
    language = request.POST.get("language", "")
    if language in LANGUAGES:
        _remember(response, settings.LANGUAGE_COOKIE_NAME, language)
        if isinstance(request.user, Person):
            actions.choose(request.user, language=language)
    return response


@csrf_exempt
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Light or dark, for this browser and, when signed in, for the person; large type on customers' pages, for this browser."""
    response = HttpResponse(status=204) if request.headers.get("X-Quiet") else HttpResponseRedirect(safe_next(request, "/"))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        _remember(response, THEME_COOKIE, theme)
        if isinstance(request.user, Person):
            actions.choose(request.user, theme=theme)
    if size := request.POST.get("size", ""):
        _remember(response, SIZE_COOKIE, LARGE if size == LARGE else "usual")
    return response
