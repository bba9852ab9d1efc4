"""Why a product was found, in words for the person who decides."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from products.models import Interchange
from products.offers import GRADES_BEST_FIRST
from products.search.lookup import Replacement

EXACT = _("Designation as written.")
NORMALISED = _("The same designation but for spaces, signs or case.")
NORMALISED_OTHER_BRAND = _("The same designation of another brand than asked for.")
MISREAD = _("The same designation with O read as 0 or l as 1.")
SOUNDS = _("The same designation in Russian letters.")
OWN_CODE = _("This customer's own code for it.")
CODE = _("Known under this code.")
PARSED = _("Says the same in other words: %(form)s.")
PARSED_OTHER_BRAND = _("Says the same in other words, another brand than asked for: %(form)s.")
OLD_NUMBER = _("Old number of %(designation)s.")
OLD_NUMBER_DOUBTFUL = _("This may be its old number; please check.")
PREFIX = _("Its designation begins like this.")
NAME = _("Its name begins like this.")
CATEGORY = _("Of the category “%(category)s”.")
BRAND = _("A product of this brand.")
DIMENSION = _("The same size: %(size)s mm.")
FUZZY = _("The same number in a similar spelling; please check.")
CONTAINS = _("Its designation contains this; please check.")
SLIP = _("Spelled almost like this; please check.")
OTHER_BORE = _("Spelled alike but of another bore; please check.")
DIGITS = _("Another number, in case digits were mistyped; please check.")
INTERCHANGE = _("Replacement for %(designation)s: %(grade)s.")

SUPERSEDED = _("Replaces %(designation)s, which was superseded.")
SUPERSEDED_BY_WAY = _("Replaces %(designation)s, which was superseded: %(way)s.")
FORBIDDEN = _("This customer does not take %(brand)s.")
FORBIDDEN_BECAUSE = _("This customer does not take %(brand)s: %(why)s")


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence to be translated when it is shown."""

    text: Any  # a lazy translation
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.text) % self.values if self.values else str(self.text)

    def as_stored(self) -> dict[str, Any]:
        """Return what can be kept and told later in any language: the sentence and its values."""
        with override(None):
            values = {name: str(value) for name, value in self.values.items()}
            return {"text": str(self.text), "values": values}


def retold(stored: dict[str, Any]) -> str:
    """Tell a stored reason in the reader's language."""
    values = stored["values"]
    if "grade" in values:
        values = {**values, "grade": gettext(values["grade"])}
    sentence = gettext(stored["text"])
    return sentence % values if values else sentence


def of_interchange(offer: Replacement, designation: str) -> tuple[Reason, float]:
    """Return the reason and a score by which the better grade comes first."""
    grade = Interchange.Grade(offer.grade)
    score = -float(GRADES_BEST_FIRST.index(grade))
    values = {"designation": designation}
    if offer.way:
        way = " → ".join((designation, *offer.way, offer.row.designation))
        return Reason(SUPERSEDED_BY_WAY, values | {"way": way}), score
    if grade == Interchange.Grade.SUPERSEDED:
        return Reason(SUPERSEDED, values), score
    return Reason(INTERCHANGE, values | {"grade": grade.label}), score
