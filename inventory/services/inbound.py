"""What a purchase order still expects."""

from collections.abc import Sequence
from datetime import date

from inventory.models import Inbound
from inventory.services.movements import Source
from inventory.services.reservations import Need


def expect_inbound(lines: Sequence[Need], *, requested_on: date | None, source: Source) -> None:
    """Replace what a purchase order still expects; lines without quantity disappear."""
    Inbound.objects.filter(source_type=source.type, source_id=source.id).delete()
    Inbound.objects.bulk_create(
        [
            Inbound(
                product_id=line.product_id,
                warehouse_id=line.warehouse_id,
                quantity=line.quantity,
                requested_on=requested_on,
                source_type=source.type,
                source_id=source.id,
                source_line_id=line.line_id,
            )
            for line in lines
            if line.quantity > 0
        ],
        batch_size=500,
    )
