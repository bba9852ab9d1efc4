"""Base classes of every app's admin, and the admin of the kernel's own tables."""

from erp.core.admin.actions import (
    ActionsAdmin,
    ObjectAction,
    add_facts,
    add_inlines,
    add_object_actions,
    link_to,
    transition_action,
)
from erp.core.admin.audited import (
    ArchivableAdmin,
    ArchivedFilter,
    AuditedAdmin,
    MasterAdmin,
    change_row,
)
from erp.core.admin.company import CompanyAdmin
from erp.core.admin.copying import copy_action
from erp.core.admin.documents import DocumentAdmin, LinesInline, document_fieldsets
from erp.core.admin.figures import figure, percent, plain, price
from erp.core.admin.files import FilesAdmin
from erp.core.admin.filters import VisibleFilter
from erp.core.admin.inlines import ReadOnlyInline, ScopedInline
from erp.core.admin.ledger import LedgerAdmin
from erp.core.admin.scoped import (
    COST_RIGHT,
    ReadOnlyAdmin,
    ScopedAdmin,
    display,
    may_see_cost,
    right,
    visible_rows,
)
from erp.core.admin.versions import VersionedForm

__all__ = [
    "COST_RIGHT",
    "ActionsAdmin",
    "ArchivableAdmin",
    "ArchivedFilter",
    "AuditedAdmin",
    "CompanyAdmin",
    "DocumentAdmin",
    "FilesAdmin",
    "LedgerAdmin",
    "LinesInline",
    "MasterAdmin",
    "ObjectAction",
    "ReadOnlyAdmin",
    "ReadOnlyInline",
    "ScopedAdmin",
    "ScopedInline",
    "VersionedForm",
    "VisibleFilter",
    "add_facts",
    "add_inlines",
    "add_object_actions",
    "change_row",
    "copy_action",
    "display",
    "document_fieldsets",
    "figure",
    "link_to",
    "may_see_cost",
    "percent",
    "plain",
    "price",
    "right",
    "transition_action",
    "visible_rows",
]
