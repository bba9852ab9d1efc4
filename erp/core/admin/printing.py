"""Printing the documents ticked in a list as one file."""

import io
from copy import copy
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.core.admin.actions import ActionsAdmin
from erp.core.admin.scoped import M

# Documents one file takes: each may have to be rendered.
MOST_PRINTED = 100


class PrintingAdmin(ActionsAdmin[M]):
    """Documents with ``pdf_url_name``: their own pages print them and ask for the right."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = dict(super().get_actions(request))
        if self.pdf_url_name and self.has_view_permission(request):
            text = gettext_lazy("Print as one PDF")
            actions["print_selected"] = (_print_selected, "print_selected", text)
        return actions

    def print_rows(self, request: HttpRequest, rows: QuerySet[M]) -> HttpResponse | None:
        """Answer the PDFs of these documents as one file; tell which are not in it."""
        chosen = list(rows.order_by("pk")[: MOST_PRINTED + 1])
        if len(chosen) > MOST_PRINTED:
            text = _("Choose at most %(most)d rows.") % {"most": MOST_PRINTED}
            messages.error(request, text)
            return None
        printed = []
        for row in chosen:
            content = self._printed(request, row)
            if content is None:
                messages.warning(request, _("%(row)s is not in the file.") % {"row": row})
            else:
                printed.append(content)
        if not printed:
            return None
        name = f"{self.opts.model_name}-{len(printed)}.pdf"
        headers = {
            "Content-Disposition": f'inline; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        }
        return HttpResponse(merged(printed), content_type="application/pdf", headers=headers)

    def _printed(self, request: HttpRequest, row: M) -> bytes | None:
        """Return what the document's own page answers, None where it is no PDF."""
        address = resolve(reverse(self.pdf_url_name, args=(row.pk,)))
        asked = copy(request)
        asked.method = "GET"
        asked.GET = QueryDict()
        answer = address.func(asked, *address.args, **address.kwargs)
        is_pdf = answer.headers.get("Content-Type") == "application/pdf"
        return bytes(answer.content) if is_pdf else None


def _print_selected(
    model_admin: Any, request: HttpRequest, rows: QuerySet[Any]
) -> HttpResponse | None:
    answer: HttpResponse | None = model_admin.print_rows(request, rows)
    return answer


def merged(files: list[bytes]) -> bytes:
    """Return several PDFs as one; each of them stays as it is stored."""
    from pypdf import PdfWriter  # noqa: PLC0415 (only where something is printed)

    writer = PdfWriter()
    for content in files:
        writer.append(io.BytesIO(content))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
