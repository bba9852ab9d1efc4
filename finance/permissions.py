"""Rights over invoices, money and the ledger."""

_LEDGER = ["finance.view_account", "finance.view_journalentry", "finance.view_bankaccount"]
_DOCUMENTS = [
    f"finance.{verb}_{name}" for name in ("invoice", "payment") for verb in ("view", "view_all")
]

ROLES = {
    "administrator": [
        "finance.view_account",
        "finance.add_account",
        "finance.change_account",
        "finance.delete_account",
        "finance.view_bankaccount",
        "finance.add_bankaccount",
        "finance.change_bankaccount",
        "finance.delete_bankaccount",
    ],
    "manager": [*_LEDGER, *_DOCUMENTS, "finance.view_allocation"],
    "sales": ["finance.view_invoice"],
    "accountant": [
        *_LEDGER,
        *_DOCUMENTS,
        "finance.view_allocation",
        "finance.add_invoice",
        "finance.change_invoice",
        "finance.delete_invoice",
        "finance.post_invoice",
        "finance.import_opening_balances",
        "finance.add_payment",
        "finance.change_payment",
        "finance.delete_payment",
        "finance.post_payment",
        "finance.allocate_payment",
    ],
}
