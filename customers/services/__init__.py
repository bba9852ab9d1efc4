"""Finding, keeping and joining partners, by noun."""

from customers.services.duplicates import Likeness, find_similar, told_of
from customers.services.finding import (
    check_not_blocked,
    customer_named,
    default_contact,
    partner_snapshot,
    partner_with_snapshot,
)
from customers.services.follow_ups import add_follow_up, complete_follow_up
from customers.services.keeping import (
    change_partner,
    check_similar,
    create_partner,
    draw_codes,
    keep_one_default,
)
from customers.services.merging import merge_partners

__all__ = [
    "Likeness",
    "add_follow_up",
    "change_partner",
    "check_not_blocked",
    "check_similar",
    "complete_follow_up",
    "create_partner",
    "customer_named",
    "default_contact",
    "draw_codes",
    "find_similar",
    "keep_one_default",
    "merge_partners",
    "partner_snapshot",
    "partner_with_snapshot",
    "told_of",
]
