"""The kind of import of opening balances; contract: ``imports.kinds``."""

from finance.imports.opening_balances import OpeningBalanceKind, partner_of, posted_items, side_of
from imports.exports import register_export
from imports.kinds import register


def register_kinds() -> None:
    register(OpeningBalanceKind)
    register_export(
        "opening_balances",
        "finance.invoice",
        {
            "side": side_of,
            "partner": partner_of,
            "invoice_no": "partner_reference",
            "dated_on": "dated_on",
            "due_on": "due_on",
            "amount": "gross_total",
            "currency": "currency_id",
        },
        posted_items,
    )
