"""Which quotations may go out unapproved: the company's limits by margin, discount and amount."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.money import plain, round_money
from quotations.costs import margin_rate
from quotations.models import ApprovalLimit, Quotation, QuotationLine


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody has to approve; ``figures`` is for those who may see cost."""

    code: str
    message: str | Promise
    figures: str = ""


def approval_reasons(
    quotation: Quotation, lines: Sequence[QuotationLine], *, by: User
) -> list[Reason]:
    """Return why this quotation of ``by`` needs approval; nothing where it does not.

    A person with several roles goes by the limits that let him furthest.
    """
    limits = _limits_of(by)
    if not limits:
        return [Reason("no_limit", _("There is no limit up to which you may quote alone."))]
    found = [list(_reasons(quotation, lines, limit)) for limit in limits]
    return min(found, key=len)


def _limits_of(user: User) -> list[ApprovalLimit]:
    """Return the rows of the user's roles, or else the one for everybody."""
    rows = list(
        ApprovalLimit.objects.active()
        .filter(Q(role__isnull=True) | Q(role__in=user.groups.all()))
        .order_by("pk")
    )
    own = [row for row in rows if row.role_id is not None]
    return own or rows


def _reasons(
    quotation: Quotation, lines: Sequence[QuotationLine], limit: ApprovalLimit
) -> Iterator[Reason]:
    if limit.most_amount is not None:
        yield from _amount(quotation, limit.most_amount)
    if limit.most_discount is not None:
        yield from _discount(lines, limit.most_discount)
    if limit.least_margin is not None:
        yield from _margin(quotation, limit.least_margin)


def _amount(quotation: Quotation, most: Decimal) -> Iterator[Reason]:
    amount = round_money(quotation.gross_total * quotation.exchange_rate)
    if amount > most:
        text = _("The amount %(amount)s is above %(most)s.")
        yield Reason("amount", text % {"amount": f"{amount:,.2f}", "most": f"{most:,.2f}"})


def discount_of(line: QuotationLine) -> Decimal | None:
    """Return how far a line's price is below the suggested one, None where there is none."""
    if not line.suggested_price:
        return None
    return 1 - line.unit_price / line.suggested_price


def _discount(lines: Sequence[QuotationLine], most: Decimal) -> Iterator[Reason]:
    for line in lines:
        discount = discount_of(line)
        if discount is not None and discount > most:
            text = _("%(line)s: %(discount)s%% below the suggested price, at most %(most)s%%.")
            told = {"line": line, "discount": _percent(discount), "most": _percent(most)}
            yield Reason("discount", text % told)


def _margin(quotation: Quotation, least: Decimal) -> Iterator[Reason]:
    rate = margin_rate(quotation.net_total, quotation.cost_total, quotation.exchange_rate)
    if rate is None:
        yield Reason("cost_unknown", _("What it costs is not known of every line."))
    elif rate < least:
        figures = f"{_percent(rate)} % < {_percent(least)} %"
        yield Reason("margin", _("The margin is below the limit."), figures)


def _percent(rate: Decimal) -> str:
    return plain((rate * 100).quantize(Decimal("0.1")))
