"""The steps of a quotation as its edges offer them: which right, which service, when."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.policy import allowed
from quotations import services
from quotations.models import ORDERABLE, Quotation, QuotationStatus


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    label: Any
    done: Any  # "QUO-1 was sent."
    right: str
    target: str
    service: Callable[..., Quotation]
    takes_reason: bool = False
    # Whether it asks why the customer decided so.
    takes_outcome: bool = False
    # In which statuses it is offered; empty: where the workflow lets it become ``target``.
    when: frozenset[str] = frozenset()
    # Whether the page offers it with the others; leave is asked and given beside the warning.
    is_listed: bool = True

    def take(
        self,
        quotation_id: int,
        *,
        by: User,
        version: int | None,
        reason: str = "",
        outcome: services.Outcome | None = None,
    ) -> Quotation:
        """Return the quotation moved, or the one made. Raises what the service raises."""
        options: dict[str, Any] = {"reason": reason} if self.takes_reason else {}
        if self.takes_outcome:
            options["outcome"] = outcome or services.Outcome(note=reason)
        return self.service(quotation_id, by=by, version=version, **options)

    def told(self, quotation: Quotation) -> str:
        """Return what is said afterwards; of one within the limits that it is approved already."""
        done = self.done
        if self.name == "submit" and quotation.status == QuotationStatus.APPROVED:
            done = _("%(ref)s is within your limits and approved.")
        return str(done) % {"ref": quotation.ref}

    def is_open(self, quotation: Quotation, user: User) -> bool:
        """Return whether workflow and rights let this user take the step now."""
        if not self.is_listed or not self._is_drawn(quotation.status):
            return False
        if not allowed(user, self.right):
            return False
        return self.target != QuotationStatus.APPROVED or _may_check(quotation, user)

    def _is_drawn(self, status: str) -> bool:
        if self.when:
            return status in self.when
        return Quotation.WORKFLOW.allows(status, self.target)


def _may_check(quotation: Quotation, user: User) -> bool:
    try:
        services.check_not_own(quotation, "quotations.approve_own_quotation", by=user)
    except DomainError:
        return False
    return True


_S = QuotationStatus
STEPS = {
    step.name: step
    for step in (
        Step(
            "submit",
            _("Submit"),
            _("%(ref)s was submitted."),
            "quotations.submit_quotation",
            _S.SUBMITTED,
            services.submit_quotation,
        ),
        Step(
            "approve",
            _("Approve"),
            _("%(ref)s was approved."),
            "quotations.approve_quotation",
            _S.APPROVED,
            services.approve_quotation,
        ),
        Step(
            "send",
            _("Send"),
            _("%(ref)s was sent."),
            "quotations.send_quotation",
            _S.SENT,
            services.send_quotation,
        ),
        Step(
            "reject",
            _("Refuse"),
            _("%(ref)s was given back to its author."),
            "quotations.approve_quotation",
            _S.DRAFT,
            services.refuse_quotation,
            takes_reason=True,
        ),
        Step(
            "lose",
            _("Lost"),
            _("%(ref)s was noted as lost."),
            "quotations.change_quotation",
            _S.LOST,
            services.lose_quotation,
            takes_reason=True,
            takes_outcome=True,
            when=ORDERABLE,
        ),
        Step(
            "explain",
            _("Why?"),
            _("The reason was noted on %(ref)s."),
            "quotations.change_quotation",
            "",
            services.explain_outcome,
            takes_outcome=True,
            when=services.ENDED,
        ),
        Step(
            "revise",
            _("Revise"),
            _("%(ref)s was drafted."),
            "quotations.add_quotation",
            _S.REVISED,
            services.revise_quotation,
            takes_reason=True,
        ),
        Step(
            "cancel",
            _("Cancel quotation"),
            _("%(ref)s was cancelled."),
            "quotations.change_quotation",
            _S.CANCELLED,
            services.cancel_quotation,
            takes_reason=True,
        ),
        Step(
            "ask-protected",
            _("Ask for leave"),
            _("Those who may allow %(ref)s were told."),
            "quotations.submit_quotation",
            "",
            services.ask_protected,
            is_listed=False,
        ),
        Step(
            "allow-protected",
            _("Allow it"),
            _("%(ref)s may go out with its protected items."),
            "products.quote_protected",
            "",
            services.allow_protected,
            is_listed=False,
        ),
    )
}


def open_steps(quotation: Quotation, user: User) -> list[Step]:
    """Return the steps this user may take now."""
    return [step for step in STEPS.values() if step.is_open(quotation, user)]
