"""Transfers, counts, other receipts and issues, assemblies."""

from decimal import Decimal
from functools import partial
from typing import Any

from inventory import services
from inventory.models import Assembly, Bin, StockCount, StockEntry, Transfer
from inventory.services import CountInput, StockLineInput
from products.models import Product
from tests import factories
from tests.lives import Life, verb
from tests.support import keeper, main_bin, main_warehouse, manager, stock


def stocked(quantity: int = 10) -> Product:
    product: Product = factories.ProductFactory()
    stock(product, quantity, f"{quantity * 8}.00")
    return product


def east_bin() -> Bin:
    return Bin.objects.get(warehouse__code="EAST")


def transfer() -> Transfer:
    lines = [StockLineInput(stocked().pk, Decimal(4), to_bin_id=east_bin().pk)]
    here, there = main_warehouse().pk, east_bin().warehouse_id
    return services.create_transfer(here, there, lines, by=keeper())


def transfer_within() -> Transfer:
    target = Bin.objects.filter(code="A-020202").first() or factories.BinFactory(code="A-020202")
    lines = [StockLineInput(stocked().pk, Decimal(4), main_bin().pk, to_bin_id=target.pk)]
    return services.create_transfer(main_warehouse().pk, main_warehouse().pk, lines, by=keeper())


def count() -> StockCount:
    return services.create_count(main_warehouse().pk, product_ids=[stocked().pk], by=keeper())


def count_all(document: StockCount) -> Any:
    entries = [CountInput(Decimal(8), line_id=row.pk) for row in document.lines.all()]
    return services.record_counts(document.pk, entries, by=keeper())


def entry() -> StockEntry:
    lines = [StockLineInput(stocked().pk, Decimal(4), main_bin().pk)]
    return services.create_entry("scrap", main_warehouse().pk, lines, reason="x", by=keeper())


def assembly() -> Assembly:
    lines = [StockLineInput(stocked().pk, Decimal(4), main_bin().pk)]
    made = factories.ProductFactory()
    return services.create_assembly(
        made.pk, Decimal(2), bin_id=main_bin().pk, lines=lines, by=keeper()
    )


def _replaced(service: Any, document: Any) -> Any:
    row = document.lines.get()
    place, to_bin = getattr(row, "bin_id", None), getattr(row, "to_bin_id", None)
    lines = [StockLineInput(row.product_id, Decimal(3), place, to_bin_id=to_bin)]
    return service(document.pk, lines, by=manager())


_TRANSFER = (
    verb(services.reserve_transfer, {"draft": "reserved"}),
    verb(services.ship_transfer, {"reserved": "in_transit"}),
    verb(services.receive_transfer, {"in_transit": "done"}),
    verb(services.unreserve_transfer, {"reserved": "draft"}),
    verb(services.cancel_transfer, {"draft": "cancelled", "reserved": "cancelled"}),
    verb(services.reverse_transfer, {"in_transit": "reversed", "done": "reversed"}),
    verb(
        services.replace_transfer_lines,
        {"draft": "draft"},
        call=partial(_replaced, services.replace_transfer_lines),
    ),
)
LIVES = (
    Life(
        "transfer",
        Transfer,
        transfer,
        (*_TRANSFER, verb(services.post_transfer, {}, "invalid_transition", "not_within")),
    ),
    Life(
        "transfer within",
        Transfer,
        transfer_within,
        (
            verb(services.post_transfer, {"draft": "done"}),
            verb(services.reserve_transfer, {}, "invalid_transition", "within_one_warehouse"),
            verb(services.ship_transfer, {}),
            verb(services.cancel_transfer, {"draft": "cancelled"}),
            verb(services.reverse_transfer, {"done": "reversed"}),
        ),
    ),
    Life(
        "stock count",
        StockCount,
        count,
        (
            verb(services.start_count, {"draft": "counting"}),
            verb(services.record_counts, {"counting": "counting"}, call=count_all),
            verb(
                services.review_count,
                {"counting": "reviewed"},
                call=lambda document: (
                    count_all(document),
                    services.review_count(document.pk, by=keeper()),
                ),
            ),
            verb(services.recount, {"reviewed": "counting"}),
            verb(services.post_count, {"reviewed": "posted"}),
            verb(
                services.cancel_count,
                {"draft": "cancelled", "counting": "cancelled", "reviewed": "cancelled"},
            ),
            verb(services.reverse_count, {"posted": "reversed"}),
        ),
    ),
    Life(
        "stock entry",
        StockEntry,
        entry,
        (
            verb(services.submit_entry, {"draft": "submitted"}),
            verb(services.refuse_entry, {"submitted": "draft"}),
            verb(services.post_entry, {"draft": "posted", "submitted": "posted"}),
            verb(services.cancel_entry, {"draft": "cancelled", "submitted": "cancelled"}),
            verb(services.reverse_entry, {"posted": "reversed"}),
            verb(
                services.replace_entry_lines,
                {"draft": "draft"},
                call=partial(_replaced, services.replace_entry_lines),
            ),
        ),
    ),
    Life(
        "assembly",
        Assembly,
        assembly,
        (
            verb(services.post_assembly, {"draft": "posted"}),
            verb(services.cancel_assembly, {"draft": "cancelled"}),
            verb(services.reverse_assembly, {"posted": "reversed"}),
            verb(
                services.replace_components,
                {"draft": "draft"},
                call=partial(_replaced, services.replace_components),
            ),
        ),
    ),
)
