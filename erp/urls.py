"""Every route of the system."""

from django.contrib import admin
from django.urls import include, path

from erp.api import api, not_found

handler400 = "erp.core.bodies.bad_request"
urlpatterns = [
    path("", include("orders.urls")),  # before quotations: /quotations/1/order/ is an order's
    path("", include("quotations.urls")),
    path("", include("finance.urls")),
    path("", include("imports.urls")),
    path("", include("inventory.urls")),
    path("", include("products.urls")),
    path("", include("erp.core.urls")),
    path("", include("erp.parts.urls")),
    path("i18n/", include("django.conf.urls.i18n")),  # the language switch
    path("api/v1/", api.urls),
    path("api/<path:rest>", not_found),
    path("admin/", admin.site.urls),
]
