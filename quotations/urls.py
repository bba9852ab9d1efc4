"""The sales pages."""

from django.urls import path

from quotations.views import enquiries, lookups, quotations

app_name = "quotations"
urlpatterns = [
    path("", enquiries.home, name="home"),
    path("enquiries/new/", enquiries.new_enquiry, name="new-enquiry"),
    path("enquiries/customers/", lookups.customers, name="find-customers"),
    path("enquiries/<int:pk>/", enquiries.enquiry, name="enquiry"),
    path(
        "enquiries/<int:pk>/lines/<int:line_pk>/", enquiries.choose_product, name="choose-product"
    ),
    path("enquiries/<int:pk>/quotation/", enquiries.quote_enquiry, name="quote-enquiry"),
    path("quotations/", quotations.quotation_list, name="list"),
    path("quotations/export/", quotations.export_list, name="export-list"),
    path("quotations/parts/", lookups.parts, name="find-parts"),
    path("quotations/<int:pk>/", quotations.quotation, name="quotation"),
    path("quotations/<int:pk>/row/", quotations.new_row, name="new-row"),
    path("quotations/<int:pk>/pdf/", quotations.pdf, name="pdf"),
    path("quotations/<int:pk>/<slug:step>/", quotations.take_step, name="step"),
]
