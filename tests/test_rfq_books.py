"""Faults planted in requests are found by name; merged suppliers keep what they answered."""

from decimal import Decimal
from typing import Any

import pytest

from customers.models import Supplier
from customers.services import merge_partners
from erp.core.invariants import verify
from quotations import services
from quotations.models import Rfq, RfqAward, RfqReply, RfqSupplier
from quotations.services import AwardInput, ReplyInput, RfqLineInput
from tests import factories as f
from tests.support import buyer, manager

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
WITHIN = "requests: awarded ≤ asked for per line, or with a reason"
OWN = "requests: an award is to a reply of its own line"
REPLIES = "requests: a reply is to a line of its own request"
STATUS = "requests: awards and orders as the status says"


@pytest.fixture
def awarded() -> Rfq:
    rfq = services.create_rfq(
        [RfqLineInput(f.ProductFactory().pk, Decimal(10)) for _ in range(2)],
        supplier_ids=[f.SupplierFactory().pk],
        by=buyer(),
    )
    services.send_rfq(rfq.pk, by=buyer())
    lines, row = list(rfq.lines.all()), rfq.suppliers.get()
    replies = [ReplyInput(line.pk, Decimal(5)) for line in lines]
    services.record_replies(row.pk, replies, by=buyer())
    reply = RfqReply.objects.get(line=lines[0])
    services.award_line(rfq.pk, lines[0].pk, [AwardInput(reply.pk, Decimal(10))], by=buyer())
    return rfq


def broken() -> set[str]:
    return {outcome.name for outcome in verify() if not outcome.ok}


FAULTS: dict[str, Any] = {
    WITHIN: lambda rfq: RfqAward.objects.update(quantity=11),
    OWN: lambda rfq: RfqAward.objects.update(line=rfq.lines.all()[1]),
    REPLIES: lambda rfq: RfqReply.objects.filter(line=rfq.lines.all()[1]).update(
        line=f.RfqLineFactory()
    ),
    STATUS: lambda rfq: RfqAward.objects.all().delete(),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(name: str, awarded: Rfq) -> None:
    assert broken() == set()
    FAULTS[name](awarded)
    assert broken() == {name}


def test_an_order_of_a_request_that_is_not_ordered_is_found(awarded: Rfq) -> None:
    award = RfqAward.objects.get()
    RfqAward.objects.update(ordered_at=award.awarded_at)
    assert broken() == {STATUS}


def test_an_award_with_the_wrong_status_is_found(awarded: Rfq) -> None:
    Rfq.objects.filter(pk=awarded.pk).update(status="received")
    assert broken() == {STATUS}


def test_a_merged_suppliers_invitations_follow(awarded: Rfq) -> None:
    gone, kept = awarded.suppliers.get().supplier, f.SupplierFactory()
    merge_partners(Supplier, gone.pk, kept.pk, by=manager())
    assert awarded.suppliers.get().supplier == kept
    assert broken() == set()


def test_of_two_that_become_one_what_each_answered_stays(awarded: Rfq) -> None:
    gone, kept, silent = awarded.suppliers.get().supplier, f.SupplierFactory(), f.SupplierFactory()
    for other in (kept, silent):
        f.RfqSupplierFactory(document=awarded, supplier=other)
    merge_partners(Supplier, silent.pk, kept.pk, by=manager())
    assert set(awarded.suppliers.values_list("supplier", flat=True)) == {gone.pk, kept.pk}
    merge_partners(Supplier, gone.pk, kept.pk, by=manager())
    assert RfqSupplier.objects.filter(supplier=gone).count() == 1  # with its answer
    assert broken() == set()
