"""Addresses for customers: a site's door, and the page behind the secret link."""

from django.urls import path

from kesu.web.customer import arriving, door, kiosk, track

urlpatterns = [
    path("d/<str:door>/", door.file, name="door"),
    path("d/<str:door>/items/", door.items, name="door_items"),
    path("d/<str:door>/poster/", door.poster, name="door_poster"),
    path("kiosk/<str:token>/", kiosk.kiosk, name="kiosk"),
    path("u/<str:key>/", arriving.piece, name="coming"),
    path("c/<str:token>/", track.track, name="track"),
    path("c/<str:token>/data.zip", track.copy, name="track_copy"),
    path("c/<str:token>/seen/", track.seen, name="track_seen"),
    path("c/<str:token>/new/", track.filed, name="filed"),
    path("c/<str:token>/files/<int:file>/", track.photo, name="track_photo"),
]
