"""The steps of a request for quotation as its edges offer them: which right, which service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.policy import allowed
from quotations import services
from quotations.models import Rfq, RfqStatus


@dataclass(frozen=True, slots=True)
class RfqStep:
    name: str
    label: Any
    done: Any  # "RFQ-1 was sent."
    right: str
    service: Callable[..., Rfq]
    # In which status; None: in any.
    when: frozenset[str] | None
    takes_reason: bool = False

    def take(self, rfq_id: int, *, by: User, version: int | None, reason: str) -> Rfq:
        """Raises what the service raises."""
        options: dict[str, Any] = {"reason": reason} if self.takes_reason else {}
        if self.service is not services.copy_rfq:
            options["version"] = version
        return self.service(rfq_id, by=by, **options)

    def is_open(self, rfq: Rfq, user: User) -> bool:
        """Return whether status and rights let this user take the step now."""
        return (self.when is None or rfq.status in self.when) and allowed(user, self.right)


_S = RfqStatus
RFQ_STEPS = {
    step.name: step
    for step in (
        RfqStep(
            "send",
            _("Mark as sent"),
            _("%(ref)s was sent."),
            "quotations.send_rfq",
            services.send_rfq,
            frozenset({_S.DRAFT}),
        ),
        RfqStep(
            "reject",
            _("Take none"),
            _("The replies to %(ref)s were rejected."),
            "quotations.award_rfq",
            services.reject_rfq,
            frozenset({_S.RECEIVED}),
            takes_reason=True,
        ),
        RfqStep(
            "reopen",
            _("Look again"),
            _("The replies to %(ref)s are open again."),
            "quotations.award_rfq",
            services.reopen_rfq,
            frozenset({_S.REJECTED}),
        ),
        RfqStep(
            "cancel",
            _("Cancel request"),
            _("%(ref)s was cancelled."),
            "quotations.change_rfq",
            services.cancel_rfq,
            frozenset({_S.DRAFT, _S.SENT}),
            takes_reason=True,
        ),
        RfqStep(
            "copy",
            _("Copy"),
            _("%(ref)s was drafted."),
            "quotations.add_rfq",
            services.copy_rfq,
            None,
        ),
    )
}


def open_rfq_steps(rfq: Rfq, user: User) -> list[RfqStep]:
    """Return the steps this user may take now."""
    return [step for step in RFQ_STEPS.values() if step.is_open(rfq, user)]
