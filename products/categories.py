"""Categories as a tree: its order, its branches. The table is small: one query reads all of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from products.models import Category


@dataclass(frozen=True, slots=True)
class Branch:
    """A category at its place in the tree, with how many stand directly below it."""

    category: Category
    depth: int
    children: int


def tree_of(categories: Iterable[Category]) -> list[Branch]:
    """Return the categories in the order of the tree, siblings by code.

    One whose parent is not among them stands at the top.
    """
    rows = sorted(categories, key=lambda row: row.code)
    known = {row.pk for row in rows}
    below: dict[int | None, list[Category]] = defaultdict(list)
    for row in rows:
        below[row.parent_id if row.parent_id in known else None].append(row)
    found: list[Branch] = []
    rest = [(row, 0) for row in reversed(below[None])]
    while rest:
        row, depth = rest.pop()
        children = below[row.pk]
        found.append(Branch(row, depth, len(children)))
        rest += [(child, depth + 1) for child in reversed(children)]
    return found


def subtree_of(category_id: int) -> set[int]:
    """Return the ids of a category and of everything below it."""
    below: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent_id in Category.objects.order_by().values_list("pk", "parent_id"):
        below[parent_id].append(pk)
    found, rest = {category_id}, [category_id]
    while rest:
        new = [pk for pk in below[rest.pop()] if pk not in found]
        found.update(new)
        rest += new
    return found
