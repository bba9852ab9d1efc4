"""Ledgers: rows that point at the document behind them by type and id."""
# ruff: noqa: ARG002 (hooks take what Django hands them)

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.admin.scoped import BoundedList, M, ReadOnlyAdmin, display
from erp.core.sources import refs_of


class LedgerList(BoundedList):
    """Names the documents of a whole page at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)
        listing: Any = self
        listing.model_admin.prepare(rows)
        listing.result_list = rows


class LedgerAdmin(ReadOnlyAdmin[M]):
    """A read-only table with ``source_type`` and ``source_id``; ``document`` names its source."""

    def prepare(self, rows: Sequence[Any]) -> None:
        refs = refs_of({(row.source_type, row.source_id) for row in rows})
        for row in rows:
            row.document_ref = refs.get((row.source_type, row.source_id))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return LedgerList

    @display(description=_("document"))
    def document(self, obj: Any) -> str | None:
        if not hasattr(obj, "document_ref"):
            source = (obj.source_type, obj.source_id)
            obj.document_ref = refs_of([source]).get(source)
        ref: str | None = obj.document_ref
        return ref
