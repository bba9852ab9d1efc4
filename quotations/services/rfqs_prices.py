"""From the suppliers' replies to the prices of a quotation: proposed, then taken line by line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.documents import check_unit_price
from erp.core.errors import DomainError
from erp.core.money import round_price
from erp.core.periods import company, company_today
from erp.core.record import record
from erp.core.service import service
from quotations.models import Quotation, QuotationLine, Rfq, RfqLine, RfqReply
from quotations.services.lines import shown_price, total


@dataclass(frozen=True, slots=True)
class PriceProposal:
    """What the best reply means for a line of a quotation.

    ``cost``: net, in the company's currency. ``unit_price``: as the line's customer sees it.
    """

    line: QuotationLine
    reply: RfqReply
    cost: Decimal
    unit_price: Decimal
    lead_time_days: int | None


@dataclass(frozen=True, slots=True)
class TakeInput:
    """A proposal a salesperson takes, at this price."""

    quotation_line_id: int
    reply_id: int
    unit_price: Decimal


def sales_price(cost: Decimal, line: QuotationLine, exchange_rate: Decimal) -> Decimal:
    """Return cost with the company's markup in the quotation's currency and on the line's side."""
    net = cost * (1 + company().markup_rate) / exchange_rate
    return shown_price(net * (1 + line.tax_rate) if line.price_includes_tax else net)


def best_replies(rfq: Rfq) -> dict[int, RfqReply]:
    """Return per line of the request the reply to build a price on.

    What was awarded goes before what is cheapest; what has run out or was never valid is left out.
    """
    rows = RfqReply.objects.filter(line__document=rfq).select_related("invitation", "line")
    valid = rows.exclude(invitation__valid_until__lt=company_today()).prefetch_related("awards")
    best: dict[int, RfqReply] = {}
    for reply in valid:
        known = best.get(reply.line_id)
        if known is None or _rank(reply) < _rank(known):
            best[reply.line_id] = reply
    return best


def _rank(reply: RfqReply) -> tuple[bool, Decimal, int]:
    awarded = bool(reply.awards.all())
    return (not awarded, reply.base_price(reply.invitation.exchange_rate), reply.pk)


def propose_prices(rfq: Rfq, quotation: Quotation) -> list[PriceProposal]:
    """Return what the replies mean for the quotation's lines, in its order."""
    best = best_replies(rfq)
    lines = [line for line in rfq.lines.all() if line.pk in best]
    found = []
    for line in quotation.lines.all():
        asked = _asked_for(line, lines)
        if asked is None:
            continue
        reply = best[asked.pk]
        cost = reply.base_price(reply.invitation.exchange_rate)
        days = reply.lead_time_days
        found.append(
            PriceProposal(
                line=line,
                reply=reply,
                cost=cost,
                unit_price=sales_price(cost, line, quotation.exchange_rate),
                lead_time_days=days if days is not None else reply.invitation.lead_time_days,
            )
        )
    return found


def _asked_for(line: QuotationLine, lines: Iterable[RfqLine]) -> RfqLine | None:
    """Return what was asked for a line: by its own id or its enquiry's, otherwise by its part."""
    known = [one for one in lines if one.product_id == line.product_id]
    sources = {line.pk, line.source_line_id}
    return next((one for one in known if one.origin_line_id in sources), next(iter(known), None))


@service("rfq.take_prices")
def take_prices(
    rfq_id: int,
    quotation_id: int,
    takes: Sequence[TakeInput],
    *,
    version: int | None,
    by: User,
) -> Quotation:
    """Put prices and lead times of replies into a draft quotation, as a salesperson decided.

    Raises DomainError not_a_draft, stale_version, nothing_taken, unknown_line, unknown_reply,
    bad_price.
    """
    rfq = Rfq.objects.filter(pk=rfq_id).first()
    quotation = Quotation.objects.locked(quotation_id)
    quotation.check_version(version)
    if rfq is None or quotation.status != Quotation.Status.DRAFT:
        raise DomainError(
            _("Only a draft can be edited; %(ref)s is %(status)s.")
            % {"ref": quotation.ref, "status": quotation.get_status_display()},
            code="not_a_draft",
        )
    if not takes:
        raise DomainError(_("Choose at least one line."), code="nothing_taken", field="lines")
    proposals = {one.line.pk: one for one in propose_prices(rfq, quotation)}
    lines = {line.pk: line for line in quotation.lines.all()}
    changes = {}
    changed = []
    for take in takes:
        line = lines.get(take.quotation_line_id)
        proposal = proposals.get(take.quotation_line_id)
        if line is None or proposal is None or proposal.reply.pk != take.reply_id:
            raise DomainError(
                _("The replies have changed meanwhile; look again."),
                code="stale_reply",
                field="lines",
            )
        check_unit_price(take.unit_price, field=f"lines[{line.line_no}].unit_price")
        changes[str(line)] = (f"{line.unit_price:f}", f"{take.unit_price:f}")
        _take(line, proposal, take.unit_price)
        changed.append(line)
    QuotationLine.objects.bulk_update(changed, _columns(), batch_size=500)
    _finish(quotation, lines, changes, rfq, by=by)
    return quotation


def _take(line: QuotationLine, proposal: PriceProposal, unit_price: Decimal) -> None:
    line.unit_price = round_price(unit_price)
    line.suggested_price = proposal.unit_price
    line.unit_cost = proposal.cost
    if proposal.lead_time_days is not None:
        line.lead_time_days = proposal.lead_time_days
    line.compute_amounts()


def _columns() -> list[str]:
    amounts = ["net_amount", "tax_amount", "gross_amount"]
    return ["unit_price", "suggested_price", "unit_cost", "lead_time_days", *amounts]


def _finish(
    quotation: Quotation,
    lines: Mapping[int, QuotationLine],
    changes: dict[str, tuple[str, str]],
    rfq: Rfq,
    *,
    by: User,
) -> None:
    total(quotation, list(lines.values()))
    quotation.version += 1
    quotation.save()
    record("quotation.priced", quotation, by=by, changes=changes, reason=rfq.ref)
