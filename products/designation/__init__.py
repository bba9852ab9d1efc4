"""Designations of rolling bearings: spelling, keys, grammar, comparison.

``search_key`` reduces the spelling, ``form_key`` what is said, so that ``6205DDUC3`` and
``6205-2RS1/C3`` are one; ``parse`` tells the meaning of every part of a designation, ``compare``
grades what one part is for somebody who asked for another. All facts are tables in
``products/data``.
"""

from products.designation.compare import Comparison, Difference, Grade, compare, judge
from products.designation.form import (
    FORM_KEY_LENGTH,
    Form,
    form_key,
    forms_meant,
    read,
    readings,
)
from products.designation.grammar import Designation, Mark, parse
from products.designation.old import from_old_number, is_current_number, old_meaning
from products.designation.spelling import fold, misread_key, search_key

__all__ = [
    "FORM_KEY_LENGTH",
    "Comparison",
    "Designation",
    "Difference",
    "Form",
    "Grade",
    "Mark",
    "compare",
    "fold",
    "form_key",
    "forms_meant",
    "from_old_number",
    "is_current_number",
    "judge",
    "misread_key",
    "old_meaning",
    "parse",
    "read",
    "readings",
    "search_key",
]
