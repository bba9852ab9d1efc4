"""The hot word lists: one term a line, for an analyser outside that asks again and again.

The words are the brands (code, names, aliases), the categories, and every product's name and
designation, archived ones too: customers go on writing them. A list's revision rises in the
transaction that changes one of them, and in no other.

Whoever adds, renames or deletes brands, categories or products calls ``changed()`` as the last
thing in that transaction: it locks the list's row until the commit.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from products.models import Brand, Category, Product, StopWord, WordList

WORDS, STOP_WORDS = "words", "stopwords"
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_BATCH = 2000
_REMEMBERED = 50_000  # names; beyond it a word may come twice, which does no harm
_SEPARATORS = re.compile(r"[\s,;:/()\[\]，；：、（）]+")


@dataclass(frozen=True, slots=True)
class State:
    """What a list is known by: both rise with every change."""

    revision: int
    changed_at: datetime

    @property
    def etag(self) -> str:
        return f'"{self.revision}-{int(self.changed_at.timestamp())}"'


def state_of(name: str) -> State:
    row = WordList.objects.filter(name=name).first()
    return State(row.revision, row.changed_at) if row else State(0, _BEGINNING)


def changed(name: str = WORDS) -> None:
    """Say that the list has changed, in the transaction that changed it.

    The time has whole seconds, as HTTP has, and rises with every change even within one second.
    """
    with transaction.atomic():
        WordList.objects.get_or_create(name=name, defaults={"changed_at": _BEGINNING})
        row = WordList.objects.select_for_update().get(name=name)
        now = timezone.now().replace(microsecond=0)
        row.changed_at = max(now, row.changed_at + timedelta(seconds=1))
        row.revision += 1
        row.save()


def lines(name: str) -> Iterator[bytes]:
    """Yield the list in pieces; memory does not grow with the catalogue."""
    terms = _stop_words() if name == STOP_WORDS else _words()
    for batch in terms:
        if batch:
            yield ("\n".join(batch) + "\n").encode()


def _stop_words() -> Iterator[list[str]]:
    yield _clean(StopWord.objects.order_by("word").values_list("word", flat=True))


def _words() -> Iterator[list[str]]:
    given: set[str] = set()
    for code, name_en, name_zh, aliases in Brand.objects.order_by("code").values_list(
        "code", "name_en", "name_zh", "aliases"
    ):
        yield _new([code, *_parts(name_en), *_parts(name_zh), *map(str, aliases)], given)
    for category in Category.objects.order_by("code").values_list("name_zh", "name_en"):
        yield _new([part for name in category for part in _parts(name)], given)
    for products in _products():
        designations = dict.fromkeys(designation for _key, designation, _name in products)
        names = dict.fromkeys(name for _key, _designation, name in products)
        yield _new([part for name in names for part in _parts(name)], given)
        yield _clean(designations)


def _products() -> Iterator[list[tuple[str, str, str]]]:
    """Yield search key, designation and name by key; the rows of one key are never parted."""
    after = ""
    while True:
        rows = Product.objects.filter(search_key__gt=after).order_by("search_key", "brand_id")
        batch = list(rows.values_list("search_key", "designation", "name")[:_BATCH])
        if not batch:
            return
        last = batch[-1][0]
        if len(batch) == _BATCH and batch[0][0] != last:
            batch = [row for row in batch if row[0] != last]  # they begin the next batch
        after = batch[-1][0]
        yield batch


def _parts(name: str) -> list[str]:
    """Return a name and, where it has several words, each of them."""
    parts = [part for part in _SEPARATORS.split(name) if len(part) > 1]
    return [name, *parts] if len(parts) > 1 else [name]


def _new(terms: Iterable[str], given: set[str]) -> list[str]:
    fresh = [term for term in dict.fromkeys(_clean(terms)) if term not in given]
    if len(given) < _REMEMBERED:
        given.update(fresh)
    return fresh


def _clean(terms: Iterable[str]) -> list[str]:
    """Return the terms without line breaks and control characters, empty ones left out."""
    cleaned = (" ".join(term.split()) for term in terms)
    return ["".join(filter(str.isprintable, term)) for term in cleaned if term]
