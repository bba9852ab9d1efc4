"""The admin's side bar: one group per work area, each entry for those who may view it."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from erp.core.policy import allowed


def _entry(model: str, title: str | Promise, icon: str) -> dict[str, Any]:
    app, name = model.split(".")
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{name}_changelist"),
        "right": f"{app}.view_{name}",
    }


def _page(route: str, title: str | Promise, icon: str, right: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(route), "right": right}


def _group(title: str | Promise, *entries: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "separator": True, "collapsible": True, "items": list(entries)}


_GROUPS: list[dict[str, Any]] = [
    _group(
        _("Sales"),
        _entry("quotations.enquiry", _("Enquiries"), "contact_support"),
        _entry("quotations.quotation", _("Quotations"), "request_quote"),
        _entry("quotations.outcomereason", _("Reasons of outcomes"), "fact_check"),
        _entry("quotations.approvallimit", _("Approval limits"), "verified_user"),
        _entry("orders.salesorder", _("Sales orders"), "shopping_cart"),
        _page("orders:waiting", _("Waiting for stock"), "hourglass_top", "orders.view_salesorder"),
        _entry("orders.delivery", _("Deliveries"), "local_shipping"),
        _entry("orders.return", _("Customer returns"), "assignment_return"),
        _entry("orders.deliverytolerance", _("Delivery tolerances"), "balance"),
    ),
    _group(
        _("Purchasing"),
        _entry("quotations.rfq", _("Requests for quotation"), "contact_support"),
        _entry("orders.purchaseorder", _("Purchase orders"), "add_shopping_cart"),
        _page(
            "orders:shortages",
            _("Shortages"),
            "production_quantity_limits",
            "orders.add_purchaseorder",
        ),
        _entry("orders.receipt", _("Goods receipts"), "inventory"),
        _entry("orders.landedcost", _("Landed costs"), "local_shipping"),
        _entry("orders.supplierreturn", _("Returns to suppliers"), "assignment_return"),
        _entry("inventory.inbound", _("Inbound goods"), "flight_land"),
        _entry("inventory.inboundpromise", _("Promised dates"), "event_repeat"),
        _page("inventory:reorder", _("To buy again"), "shopping_bag", "inventory.view_reorderrule"),
        _entry("inventory.reorderrule", _("Reorder rules"), "rule_settings"),
    ),
    _group(
        _("Stock"),
        _page("inventory:stock", _("Stock on a day"), "today", "inventory.view_stockbalance"),
        _entry("inventory.stockbalance", _("Stock"), "inventory_2"),
        _entry("inventory.stockage", _("Stock ageing"), "hourglass_bottom"),
        _entry("inventory.stockmove", _("Stock moves"), "sync_alt"),
        _entry("inventory.reservation", _("Reservations"), "bookmark"),
        _entry("inventory.stockvalue", _("Stock values"), "paid"),
        _entry("inventory.transfer", _("Transfers"), "move_down"),
        _entry("inventory.stockcount", _("Stock counts"), "checklist"),
        _entry("inventory.stockentry", _("Other receipts and issues"), "swap_vert"),
        _entry("inventory.assembly", _("Assembly orders"), "build"),
        _entry("inventory.recipe", _("Recipes"), "receipt_long"),
        _entry("inventory.warehouse", _("Warehouses"), "warehouse"),
        _entry("inventory.bin", _("Bins"), "shelves"),
        _entry("inventory.usualbin", _("Usual bins"), "pin_drop"),
    ),
    _group(
        _("Products"),
        _entry("products.product", _("Products"), "settings_input_component"),
        _page("parts:search", _("Find parts"), "search", "products.view_product"),
        _entry("products.interchange", _("Interchanges"), "swap_horiz"),
        _page(
            "products:proposals",
            _("Proposed interchanges"),
            "rule",
            "products.approve_interchange",
        ),
        _entry("products.protecteditem", _("Protected items"), "shield_person"),
        _entry("products.pricefact", _("Prices"), "sell"),
        _entry("products.brand", _("Brands"), "verified"),
        _entry("products.category", _("Categories"), "category"),
        _entry("products.stopword", _("Stop words"), "block"),
    ),
    _group(
        _("Partners"),
        _entry("customers.customer", _("Customers"), "groups"),
        _entry("customers.supplier", _("Suppliers"), "factory"),
        _entry("customers.followup", _("Follow-ups"), "event_upcoming"),
        _entry("customers.invoiceprofile", _("Invoice profiles"), "contact_page"),
    ),
    _group(
        _("Finance"),
        _entry("finance.invoice", _("Invoices"), "receipt_long"),
        _entry("finance.payment", _("Payments"), "payments"),
        _entry("finance.journalentry", _("Journal"), "menu_book"),
        _entry("finance.account", _("Accounts"), "account_tree"),
        _entry("finance.bankaccount", _("Bank accounts"), "account_balance"),
        _entry("core.period", _("Periods"), "event_busy"),
        _entry("core.exchangerate", _("Exchange rates"), "currency_exchange"),
    ),
    _group(
        _("Administration"),
        _entry("core.company", _("Company"), "business"),
        _entry("accounts.user", _("Employees"), "badge"),
        _entry("accounts.department", _("Departments"), "lan"),
        _entry("accounts.apiclient", _("API clients"), "key"),
        _entry("auth.group", _("Roles"), "admin_panel_settings"),
        _entry("core.currency", _("Currencies"), "euro"),
        _entry("core.taxrate", _("Tax rates"), "percent"),
        _entry("core.unit", _("Units"), "straighten"),
        _entry("core.paymentterm", _("Payment terms"), "schedule"),
        _entry("core.attachment", _("Files"), "attach_file"),
        _page("imports:list", _("Imports"), "upload_file", "imports.view_import"),
        _page("exports", _("My exports"), "download", "core.add_export"),
        _entry("audit.auditentry", _("Operation log"), "manage_search"),
    ),
]


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups with the entries this user may view; unfold asks once per page."""
    groups = []
    for group in _GROUPS:
        items = [item for item in group["items"] if allowed(request.user, item["right"])]
        if items:
            groups.append({**group, "items": items})
    return groups
