"""The operation log: one entry per change, in its transaction, with who, what and from where."""

from decimal import Decimal

import pytest

from audit.models import AuditEntry
from erp.core.context import Origin, origin
from erp.core.record import field_changes, record
from tests import factories
from tests.support import full_deal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def test_an_entry_names_actor_object_and_changes() -> None:
    by, product = factories.UserFactory(), factories.ProductFactory()
    record(
        "product.changed",
        product,
        by=by,
        changes={"price": (Decimal("1.50"), Decimal("2")), "brand": (None, product.brand)},
        reason="because",
    )
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.reason) == (by, "product.changed", "because")
    assert (entry.object_type, entry.object_id) == ("products.product", str(product.pk))
    assert entry.object_label == str(product)
    assert entry.changes == {"price": ["1.50", "2"], "brand": [None, "SKF"]}


def test_an_entry_says_where_the_request_came_from() -> None:
    token = origin.set(Origin(request_id="r" * 32, ip="192.0.2.1", device="x" * 500))
    try:
        record("system.started", by=None)
    finally:
        origin.reset(token)
    entry = AuditEntry.objects.get()
    assert (entry.request_id, entry.ip, len(entry.device)) == ("r" * 32, "192.0.2.1", 200)
    assert entry.actor is None


def test_long_labels_are_cut_not_refused() -> None:
    record("thing.changed", by=None, object_ref=("thing", "1", "长" * 500))
    assert AuditEntry.objects.get().object_label == "长" * 120


def test_only_what_differs_is_a_change() -> None:
    before, after = {"a": 1, "b": 2, "gone": 3}, {"a": 1, "b": 5, "new": 4}
    assert field_changes(before, after) == {"b": (2, 5), "gone": (3, None), "new": (None, 4)}


def test_a_whole_deal_has_one_entry_per_change_of_status() -> None:
    deal = full_deal()
    told = {
        obj: list(
            AuditEntry.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk))
            .order_by("pk")
            .values_list("action", flat=True)
        )
        for obj in (deal.quotation, deal.order, deal.delivery, deal.invoice, deal.payment)
    }
    assert told == {
        deal.quotation: [
            "quotation.created",
            "quotation.submitted",
            "quotation.approved",
            "quotation.sent",
            "quotation.accepted",
            "quotation.ordered",
        ],
        deal.order: ["order.created", "order.confirmed", "order.done"],
        deal.delivery: ["delivery.created", "delivery.shipped"],
        deal.invoice: ["invoice.created", "invoice.posted"],
        deal.payment: ["payment.created", "payment.posted"],
    }
    moves = AuditEntry.objects.exclude(changes={}).values_list("changes", flat=True)
    assert all(old != new for change in moves for old, new in change.values())
