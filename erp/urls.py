"""Every route of the system."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path

urlpatterns = [
    path("admin/", admin.site.urls),
]
