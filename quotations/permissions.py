"""Rights over enquiries and quotations. Sales see their own, managers all."""

_WORK = [
    "quotations.view_enquiry",
    "quotations.add_enquiry",
    "quotations.change_enquiry",
    "quotations.view_quotation",
    "quotations.add_quotation",
    "quotations.change_quotation",
    "quotations.delete_quotation",
    "quotations.submit_quotation",
    "quotations.send_quotation",
]
_ALL = ["quotations.view_all_enquiry", "quotations.view_all_quotation"]

ROLES = {
    "manager": [
        *_WORK,
        *_ALL,
        "quotations.approve_quotation",
    ],
    "sales": _WORK,
    "accountant": ["quotations.view_quotation", "quotations.view_all_quotation"],
}
