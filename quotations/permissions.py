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
    "quotations.view_outcomereason",
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
_REASONS = [f"quotations.{verb}_outcomereason" for verb in ("view", "add", "change")]
_LIMITS = [f"quotations.{verb}_approvallimit" for verb in ("view", "add", "change")]
_ALL = ["quotations.view_all_enquiry", "quotations.view_all_quotation"]

ROLES = {
    # Who approves does not say what needs no approval.
    "administrator": [*_REASONS, *_LIMITS],
    "manager": [
        *_WORK,
        *_ALL,
        *_BUY,
        "quotations.override_rfq",
        *_REASONS,
        "quotations.approve_quotation",
        "quotations.view_approvallimit",
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
