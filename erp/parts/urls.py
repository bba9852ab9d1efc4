"""The part pages."""

from django.urls import path

from erp.parts import views

app_name = "parts"
urlpatterns = [
    path("parts/", views.search_parts, name="search"),
    path("parts/<int:pk>/", views.part, name="part"),
    path("parts/<int:pk>/merge/", views.merge_part, name="merge"),
]
