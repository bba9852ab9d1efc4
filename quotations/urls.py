"""The sales pages."""

from django.urls import path

from quotations.views import enquiries, lists, lookups, quotations, rfq_replies, rfqs, steps

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
    path("quotations/", lists.quotation_list, name="list"),
    path("quotations/export/", lists.export_list, name="export-list"),
    path("quotations/hit-rate/", lists.hit_rate, name="hit-rate"),
    path("quotations/hit-rate/export/", lists.export_hit_rate, name="export-hit-rate"),
    path("quotations/parts/", lookups.parts, name="find-parts"),
    path("quotations/<int:pk>/", quotations.quotation, name="quotation"),
    path("quotations/<int:pk>/changes/", steps.changes, name="changes"),
    path("quotations/<int:pk>/row/", quotations.new_row, name="new-row"),
    path("rfqs/", rfqs.rfq_list, name="rfqs"),
    path("rfqs/new/", rfqs.new_rfq, name="new-rfq"),
    path("rfqs/row/", rfqs.rfq_row, name="rfq-row"),
    path("rfqs/suppliers/", lookups.suppliers, name="find-suppliers"),
    path("rfqs/<int:pk>/", rfqs.rfq, name="rfq"),
    path("rfqs/<int:pk>/suppliers/", rfqs.rfq_invite, name="rfq-invite"),
    path("rfqs/<int:pk>/suppliers/<int:invitation_pk>/", rfqs.rfq_uninvite, name="rfq-uninvite"),
    path("rfqs/<int:pk>/sheet/<int:invitation_pk>/", rfqs.rfq_sheet_file, name="rfq-sheet"),
    path("rfqs/<int:pk>/pdf/<int:invitation_pk>/", rfqs.rfq_paper, name="rfq-pdf"),
    path("rfqs/<int:pk>/reply/<int:invitation_pk>/", rfq_replies.reply, name="rfq-reply"),
    path("rfqs/<int:pk>/reply/<int:invitation_pk>/file/", rfq_replies.reply_file, name="rfq-file"),
    path(
        "rfqs/<int:pk>/reply/<int:invitation_pk>/paste/",
        rfq_replies.reply_paste,
        name="rfq-paste",
    ),
    path("rfqs/<int:pk>/award/", rfq_replies.rfq_award, name="rfq-award"),
    path("rfqs/<int:pk>/prices/", rfq_replies.rfq_prices, name="rfq-prices"),
    path("rfqs/<int:pk>/copy/", rfqs.copy_rfq, name="copy-rfq"),
    path("rfqs/<int:pk>/<slug:step>/", rfqs.rfq_step, name="rfq-step"),
    path("quotations/<int:pk>/pdf/", steps.pdf, name="pdf"),
    path("quotations/<int:pk>/copy/", quotations.copy_quotation, name="copy"),
    path("quotations/<int:pk>/<slug:step>/", steps.take_step, name="step"),
]
