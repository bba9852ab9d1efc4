"""Rights over enquiries, quotations and requests to suppliers. Sales see their own, managers all.

Sales ask for parts; purchasers ask the suppliers, note what they answer and award.
"""

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
_ASK = ["quotations.view_rfq", "quotations.add_rfq", "quotations.change_rfq"]
_READ_REPLIES = [
    "quotations.view_all_rfq",
    "quotations.view_rfqsupplier",
    "quotations.view_all_rfqsupplier",
]
_BUY = [
    *_ASK,
    *_READ_REPLIES,
    "quotations.send_rfq",
    "quotations.reply_rfq",
    "quotations.award_rfq",
]
_ALL = ["quotations.view_all_enquiry", "quotations.view_all_quotation"]

ROLES = {
    "manager": [
        *_WORK,
        *_ALL,
        *_BUY,
        "quotations.override_rfq",
        "quotations.approve_quotation",
    ],
    "sales": [*_WORK, *_ASK],
    "purchaser": _BUY,
    "accountant": [
        "quotations.view_quotation",
        "quotations.view_all_quotation",
        "quotations.view_rfq",
        *_READ_REPLIES,
    ],
}
