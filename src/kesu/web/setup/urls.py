"""First run and set-up."""

from django.urls import path

from kesu.web.setup import (
    days,
    drafts,
    home,
    hooks,
    mailboxes,
    people,
    places,
    procedure,
    replay,
    starting,
    tokens,
    trying,
)

urlpatterns = [
    path("start/", starting.start, name="start"),
    path("setup/", home.home, name="setup"),
    path("setup/people/", people.people, name="setup_people"),
    path("setup/people/new/", people.new_person, name="setup_new_person"),
    path("setup/people/<int:person>/", people.person, name="setup_person"),
    path("setup/sites/", places.sites, name="setup_sites"),
    path("setup/sites/new/", places.new_site, name="setup_new_site"),
    path("setup/sites/<int:site>/", places.site, name="setup_site"),
    path("setup/tokens/", tokens.tokens, name="setup_tokens"),
    path("setup/hooks/", hooks.hooks, name="setup_hooks"),
    path("setup/hooks/new/", hooks.new_hook, name="setup_new_hook"),
    path("setup/hooks/<int:hook>/", hooks.hook, name="setup_hook"),
    path("setup/days/", days.days, name="setup_days"),
    path("setup/mailboxes/", mailboxes.mailboxes, name="setup_mailboxes"),
    path("setup/mailboxes/new/", mailboxes.new_mailbox, name="setup_new_mailbox"),
    path("setup/mailboxes/<int:mailbox>/", mailboxes.mailbox, name="setup_mailbox"),
    path("setup/procedure/", procedure.procedure, name="setup_procedure"),
    path("setup/procedure/new/", procedure.publish, name="setup_publish"),
    path("setup/procedure/<int:version>/", procedure.version, name="setup_version"),
    path("setup/procedure/<int:version>/text/", procedure.text, name="setup_version_text"),
    path("setup/procedure/<int:version>/try/", trying.trial, name="setup_try"),
    path("setup/procedure/<int:version>/replay/", replay.replay, name="setup_replay"),
    path("setup/procedure/<int:version>/draft/", drafts.start, name="setup_start_draft"),
    path("setup/procedure/drafts/<int:draft>/", drafts.draft, name="setup_draft"),
    path("setup/procedure/drafts/<int:draft>/try/", drafts.trial, name="setup_draft_try"),
    path("setup/procedure/drafts/<int:draft>/replay/", drafts.replay, name="setup_draft_replay"),
    path("setup/procedure/<int:version>/withdraw/", procedure.withdraw, name="setup_withdraw"),
]
