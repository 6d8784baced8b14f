"""Addresses of the figures."""

from django.urls import path

from kesu.web.figures import entering, exporting, views, walls

urlpatterns = [
    path("figures/", views.overview, name="figures"),
    path("figures/cases/", views.listing, name="figures_cases"),
    path("figures/entered/", entering.entered, name="figures_entered"),
    path("figures/entered/form.csv", entering.blank, name="figures_entered_form"),
    path("figures/walls/", walls.walls, name="figures_walls"),
    path("figures/walls/<int:wall>/end/", walls.end, name="figures_wall_end"),
    path("figures/<slug:view>/", views.view, name="figures_view"),
    path("figures/<slug:view>/<slug:table>.<str:kind>", exporting.export, name="figures_export"),
    path("wall/<str:token>/", walls.wall, name="wall"),
]
