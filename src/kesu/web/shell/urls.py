"""Sign-in, inbox, search, drafts, one's own account."""

from django.urls import path

from kesu.web.shell import drafts, finding, notices, own, signing

urlpatterns = [
    path("login/", signing.sign_in, name="login"),
    path("logout/", signing.sign_out, name="logout"),
    path("language/", signing.choose_language, name="language"),
    path("theme/", signing.choose_theme, name="theme"),
    path("me/", own.me, name="me"),
    path("notices/", notices.notices, name="inbox"),
    path("notices/bell/", notices.bell, name="bell"),
    path("notices/read/", notices.read_all, name="read_all"),
    path("notices/<int:notice>/", notices.open_notice, name="notice"),
    path("search/", finding.search, name="search"),
    path("drafts/<str:form>/", drafts.draft, name="draft"),
]
