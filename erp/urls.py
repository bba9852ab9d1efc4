"""Every route of the system."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),  # the language switch
    path("admin/", admin.site.urls),
]
