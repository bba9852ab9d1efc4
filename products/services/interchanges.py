"""Proposing interchanges and deciding on them, one or many at a time.

A bulk is one transaction in which every row is decided by itself: what may not be approved stays a
proposal and its reason is told; the others go through.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from erp.core.errors import DomainError, StaleVersionError
from erp.core.record import record
from erp.core.service import service
from products.grading import check_grade, verdict_on
from products.models import Interchange, Product
from products.supersession import Steps, reachable, steps_from

_Grade = Interchange.Grade
# Rows one bulk takes: one transaction holds them locked.
MOST_AT_ONCE = 500
Check = Callable[[Interchange], None]


class Seen(NamedTuple):
    """A row as the page showed it; ``grade`` is told in the difference when it changed since."""

    pk: int
    version: int
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    row: Interchange
    refusal: DomainError | None = None


@service("interchange.propose")
def propose_interchange(
    from_id: int,
    to_id: int,
    grade: str,
    *,
    one_way: bool = False,
    source: str = "",
    valid_until: date | None = None,
    by: Any,
) -> Interchange:
    """Say that one product may replace another, for somebody to approve.

    Raises DomainError unknown_product, unknown_grade, same_product, interchange_exists,
    not_identical and the like.
    """
    _check_grade_known(grade)
    products = Product.objects.select_related("brand").in_bulk([from_id, to_id])
    for field, pk in (("from_product", from_id), ("to_product", to_id)):
        if pk not in products:
            raise DomainError(_("There is no such product."), code="unknown_product", field=field)
    if from_id == to_id:
        raise DomainError(_("A product does not replace itself."), code="same_product")
    check_grade(verdict_on(products[from_id], products[to_id]), grade)
    row = Interchange(
        from_product=products[from_id],
        to_product=products[to_id],
        grade=grade,
        one_way=one_way or grade == _Grade.SUPERSEDED,
        source=source,
        valid_until=valid_until,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise DomainError(
            _("These two products have an interchange already."),
            code="interchange_exists",
            field="to_product",
        ) from None
    changes = {"grade": (None, grade), "one_way": (None, row.one_way), "source": (None, source)}
    record("interchange.proposed", row, by=by, changes=changes)
    return row


@service("interchange.approve")
def approve_interchanges(
    seen: Sequence[Seen], *, grade: str = "", valid_until: date | None = None, by: Any
) -> list[Outcome]:
    """Approve proposals, as they are or all with another grade; tell how each one fared.

    Locks the rows, then the products along supersessions. A row is refused with stale_version,
    not_a_proposal, not_identical (and the like) or supersession_cycle.
    Raises DomainError unknown_grade, nothing_chosen, too_many.
    """
    if grade:
        _check_grade_known(grade)
    now = timezone.now()

    def approve(row: Interchange) -> dict[str, Any]:
        row.approved_by, row.approved_at = by, now
        return {"approved_by": by, "approved_at": now} | _until(row, valid_until)

    return _decide(seen, grade, "interchange.approved", approve, _Approvable, by=by)


@service("interchange.reject")
def reject_interchanges(seen: Sequence[Seen], *, reason: str = "", by: Any) -> list[Outcome]:
    """Reject proposals; they are kept, so that nothing derives them again.

    Refusals as for approving.
    """
    now = timezone.now()

    def reject(row: Interchange) -> dict[str, Any]:
        row.rejected_at, row.reject_reason = now, reason[:200]
        return {"rejected_at": now, "reject_reason": row.reject_reason}

    return _decide(seen, "", "interchange.rejected", reject, _undecided, by=by)


@service("interchange.regrade")
def regrade_interchanges(seen: Sequence[Seen], grade: str, *, by: Any) -> list[Outcome]:
    """Give proposals another grade; they stay proposals. Refusals as for approving."""
    _check_grade_known(grade)

    return _decide(seen, grade, "interchange.regraded", lambda _row: {}, _gradable, by=by)


@service("interchange.approve")
def approve_interchange(interchange_id: int, *, version: int, by: Any) -> Interchange:
    """Approve one; raises what refuses it."""
    return _only(approve_interchanges([Seen(interchange_id, version)], by=by))


@service("interchange.reject")
def reject_interchange(interchange_id: int, *, version: int, by: Any) -> Interchange:
    """Reject one; raises what refuses it."""
    return _only(reject_interchanges([Seen(interchange_id, version)], by=by))


@service("interchange.reopen")
def reopen_interchange(interchange_id: int, *, version: int, by: Any) -> Interchange:
    """Take a decision back: the row is a proposal again.

    Raises DomainError unknown_interchange, stale_version, not_decided.
    """
    row = _locked(Seen(interchange_id, version))
    if row.is_proposal:
        raise DomainError(_("Nobody has decided on this yet."), code="not_decided")
    changes = {
        "approved_by": (row.approved_by_id, None),
        "approved_at": (row.approved_at, None),
        "rejected_at": (row.rejected_at, None),
    }
    row.approved_by = row.approved_at = row.rejected_at = None
    row.reject_reason = ""
    _save(row, {name: change for name, change in changes.items() if change[0]}, "reopened", by=by)
    return row


@service("interchange.set_validity")
def set_validity(
    interchange_id: int, valid_until: date | None, *, version: int, by: Any
) -> Interchange:
    """Say until when an interchange is offered; a day that has passed ends it now.

    Raises DomainError unknown_interchange, stale_version.
    """
    row = _locked(Seen(interchange_id, version))
    change = {"valid_until": (row.valid_until, valid_until)}
    row.valid_until = valid_until
    _save(row, change, "validity_set", by=by)
    return row


def preview(seen: Sequence[Seen], *, grade: str = "", approving: bool = True) -> list[Outcome]:
    """Tell what deciding would do to each row, writing and locking nothing."""
    _check_size(seen)
    stored = Interchange.objects.filter(pk__in=[one.pk for one in seen])
    rows = _with_products(stored, seen)
    check: Check = _Approvable(rows, lock=False) if approving else _check_proposal
    outcomes = []
    for row in rows:
        _grade_as(row, grade)
        outcomes.append(Outcome(row, _refusal(row, _seen_of(row, seen), check)))
    return outcomes


# --- how a bulk goes -------------------------------------------------------------------------


def _decide(
    seen: Sequence[Seen],
    grade: str,
    action: str,
    change: Callable[[Interchange], dict[str, Any]],
    checking: Callable[[Sequence[Interchange]], Check],
    *,
    by: Any,
) -> list[Outcome]:
    _check_size(seen)
    stored = Interchange.objects.select_for_update().filter(pk__in=[one.pk for one in seen])
    rows = _with_products(stored, seen)
    check = checking(rows)
    outcomes = []
    for row in rows:
        before = {"grade": row.grade, "one_way": row.one_way, "valid_until": row.valid_until}
        _grade_as(row, grade)
        refusal = _refusal(row, _seen_of(row, seen), check)
        if refusal is None:
            values = change(row) | {"grade": row.grade, "one_way": row.one_way}
            changes = {
                name: (before.get(name), value)
                for name, value in values.items()
                if before.get(name) != value
            }
            _save(row, changes, action.partition(".")[2], by=by)
        outcomes.append(Outcome(row, refusal))
    return outcomes


def _with_products(rows: Any, seen: Sequence[Seen]) -> list[Interchange]:
    """Return the rows in the order of their ids with products and brands.

    Those are read apart: only the interchanges are locked.
    """
    found = list(rows.order_by("pk"))
    ids = {pk for row in found for pk in (row.from_product_id, row.to_product_id)}
    products = Product.objects.select_related("brand").in_bulk(ids)
    for row in found:
        row.from_product = products[row.from_product_id]
        row.to_product = products[row.to_product_id]
    if len(found) < len({one.pk for one in seen}):
        raise DomainError(
            _("An interchange among these is gone."), code="unknown_interchange", field="row"
        )
    return found


def _seen_of(row: Interchange, seen: Sequence[Seen]) -> Seen:
    return next(one for one in seen if one.pk == row.pk)


def _grade_as(row: Interchange, grade: str) -> None:
    if grade:
        row.grade = grade
    if row.grade == _Grade.SUPERSEDED:
        row.one_way = True


def _refusal(row: Interchange, seen: Seen, check: Check) -> DomainError | None:
    try:
        if row.version != seen.version:
            raise _stale(row, seen)
        check(row)
    except DomainError as refusal:
        return refusal
    return None


def _stale(row: Interchange, seen: Seen) -> StaleVersionError:
    """Say what is stored now."""
    stored = Interchange.objects.select_related("approved_by").get(pk=row.pk)
    now = [_("proposal") if stored.is_proposal else _("rejected")]
    if stored.approved_at:
        now = [_("approved by %(name)s") % {"name": stored.approved_by}]
    if seen.grade and seen.grade != stored.grade:
        now.append(
            _("%(new)s instead of %(old)s")
            % {"old": _Grade(seen.grade).label, "new": stored.get_grade_display()}
        )
    return StaleVersionError(
        _("This was changed in the meantime: %(now)s.") % {"now": ", ".join(now)},
        code="stale_version",
    )


def _check_proposal(row: Interchange) -> None:
    if not row.is_proposal or row.archived_at is not None:
        raise DomainError(_("This is no proposal any more."), code="not_a_proposal")


def _undecided(_rows: Sequence[Interchange]) -> Check:
    return _check_proposal


def _gradable(_rows: Sequence[Interchange]) -> Check:
    def check(row: Interchange) -> None:
        _check_proposal(row)
        check_grade(verdict_on(row.from_product, row.to_product), row.grade)

    return check


class _Approvable:
    """Checks rows for approval one after the other, the earlier ones taken for granted."""

    def __init__(self, rows: Sequence[Interchange], *, lock: bool = True) -> None:
        self._rows, self._lock = rows, lock
        self._steps: Steps | None = None

    def __call__(self, row: Interchange) -> None:
        _check_proposal(row)
        check_grade(verdict_on(row.from_product, row.to_product), row.grade)
        if row.grade == _Grade.SUPERSEDED:
            self._check_no_cycle(row)

    def _check_no_cycle(self, row: Interchange) -> None:
        if self._steps is None:
            ends = {pk for one in self._rows for pk in (one.from_product_id, one.to_product_id)}
            self._steps = steps_from(ends, lock=self._lock)
        if row.from_product_id in reachable(self._steps, row.to_product_id):
            raise DomainError(
                _("%(new)s is itself superseded by %(old)s.")
                % {"new": row.to_product, "old": row.from_product},
                code="supersession_cycle",
                field="grade",
            )
        self._steps[row.from_product_id].add(row.to_product_id)


def _until(row: Interchange, valid_until: date | None) -> dict[str, Any]:
    if valid_until is None:
        return {}
    row.valid_until = valid_until
    return {"valid_until": valid_until}


def _save(row: Interchange, changes: dict[str, Any], verb: str, *, by: Any) -> None:
    row.version += 1
    row.save()
    record(f"interchange.{verb}", row, by=by, changes=changes)


def _locked(seen: Seen) -> Interchange:
    rows = Interchange.objects.select_for_update().filter(pk=seen.pk)
    (row,) = _with_products(rows, [seen])
    if row.version != seen.version:
        raise _stale(row, seen)
    return row


def _only(outcomes: list[Outcome]) -> Interchange:
    (outcome,) = outcomes
    if outcome.refusal is not None:
        raise outcome.refusal
    return outcome.row


def _check_grade_known(grade: str) -> None:
    if grade not in _Grade.values:
        raise DomainError(_("There is no such grade."), code="unknown_grade", field="grade")


def _check_size(seen: Sequence[Seen]) -> None:
    if not seen:
        raise DomainError(_("Choose at least one row."), code="nothing_chosen", field="row")
    if len(seen) > MOST_AT_ONCE:
        raise DomainError(
            _("Choose at most %(most)d rows.") % {"most": MOST_AT_ONCE},
            code="too_many",
            field="row",
        )
