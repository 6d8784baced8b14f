"""The addresses of the interface."""

from django.urls import path

from kesu.api import acting, filing, improving, reading, reported, reviewed, warned
from kesu.api.interface import api

acting.add_routes(api)
filing.add_routes(api)
improving.add_routes(api)
reading.add_routes(api)
reported.add_routes(api)
reviewed.add_routes(api)
warned.add_routes(api)

urlpatterns = [path("api/v1/", api.urls)]
