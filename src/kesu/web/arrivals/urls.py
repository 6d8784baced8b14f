"""What arrived; where messages are pushed."""

from django.urls import path

from kesu.web.arrivals import pushing, views

urlpatterns = [
    path("arrivals/", views.arrivals, name="arrivals"),
    path("arrivals/<int:arrival>/", views.arrival, name="arrival"),
    path("arrivals/<int:arrival>/raw/", views.raw_message, name="arrival_raw"),
    path("arrivals/<int:arrival>/files/<int:n>/", views.enclosed, name="arrival_file"),
    path("hooks/mail/<int:mailbox>/", pushing.push, name="push_mail"),
    path("hooks/out/<int:account>/<str:token>/", pushing.report, name="out_reports"),
]
