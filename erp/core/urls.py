"""The kernel's own pages."""

from django.urls import path

from erp.core import views

urlpatterns = [
    path("exports/", views.exports, name="exports"),
    path("exports/<int:pk>/file/", views.export_file, name="export-file"),
    path("files/<int:pk>/", views.stored_file, name="file"),
    path("files/<int:pk>/thumbnail/", views.thumbnail, name="thumbnail"),
]
