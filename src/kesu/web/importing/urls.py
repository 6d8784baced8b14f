"""The addresses of importing."""

from django.urls import path

from kesu.web.importing import views

urlpatterns = [
    path("import/", views.imports, name="imports"),
    path("import/<int:whole>/", views.one, name="import"),
    path("import/<int:whole>/faults.csv", views.faults, name="import_faults"),
]
