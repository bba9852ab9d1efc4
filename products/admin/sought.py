"""The products a search term names, for the lists of products and of what belongs to one."""

from django.db.models import Q

from products.designation import search_key


def designated(term: str, prefix: str = "") -> Q:
    """Return the condition on (the products at) ``prefix`` that a term names."""
    key = search_key(term)
    if not key:
        return Q(pk__in=[])
    found = Q(**{f"{prefix}search_key__startswith": key})
    found |= Q(**{f"{prefix}old_key__startswith": key})
    brand, _space, rest = term.partition(" ")
    rest_key = search_key(rest)
    if rest_key:
        found |= Q(
            **{f"{prefix}brand__code__iexact": brand, f"{prefix}search_key__startswith": rest_key}
        )
    return found
