"""What of a partner follows a merge or changes hands."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from guardian.models import UserObjectPermission

from customers.models import (
    Address,
    Contact,
    Customer,
    FollowUp,
    InvoiceProfile,
    PartnerDetail,
    Supplier,
)
from customers.services import keep_one_default
from erp.core.models import Attachment
from erp.core.owners import owner_hands_over
from erp.core.registry import (
    Repoint,
    after_deletion,
    follows_merge,
    follows_merge_of,
    goes_along,
    goes_along_by_name,
    repoint_all,
)

_SAID_ALREADY = ("id", "customer", "supplier", "is_default")


def _what_it_says(detail: PartnerDetail) -> tuple[Any, ...]:
    fields = detail._meta.concrete_fields
    return tuple(getattr(detail, f.attname) for f in fields if f.name not in _SAID_ALREADY)


def _details_follow(model: type[PartnerDetail], column: str) -> Repoint:
    """The kept partner's default stays the default; what both say is said once."""

    def repoint(gone_id: int, kept_id: int) -> int:
        rows: Any = model._default_manager
        kept = list(rows.filter(**{f"{column}_id": kept_id}))
        said = {_what_it_says(row): row for row in kept}
        has_default = any(row.is_default for row in kept)
        coming = list(rows.filter(**{f"{column}_id": gone_id}).order_by("pk"))
        for row in coming:
            twin = said.get(_what_it_says(row))
            if twin is not None:
                repoint_all(model, row.pk, twin.pk)
                row.delete()
                continue
            setattr(row, f"{column}_id", kept_id)
            if has_default:
                row.is_default = None
            row.save(update_fields=[column, "is_default"])
        return len(coming)

    return repoint


def _defaults_pass_on(details: list[Any], by: Any) -> None:
    """Another becomes the default, where the partner itself is still there."""
    for column, model in (("customer", Customer), ("supplier", Supplier)):
        named = {getattr(detail, f"{column}_id") for detail in details}
        for partner in model.objects.filter(pk__in=named).order_by("pk"):
            keep_one_default(partner, by=by)


for _model in (Contact, Address, InvoiceProfile):
    goes_along(_model, "customer", "supplier")
    after_deletion(_model, _defaults_pass_on)
    for _column in ("customer", "supplier"):
        follows_merge(_model, _column, repoint=_details_follow(_model, _column))


def _named_by_type_and_id(model: type[Customer] | type[Supplier]) -> None:
    """Files hang on a partner, and rows are shared with colleagues, by type and id."""
    label = model._meta.label_lower

    def attachments(gone_id: int, kept_id: int) -> int:
        files = Attachment.objects.filter(object_type=label, object_id=gone_id)
        return files.update(object_id=kept_id)

    def shares(gone_id: int, kept_id: int) -> int:
        kind = ContentType.objects.get_for_model(model)
        grants = UserObjectPermission.objects.filter(content_type=kind)
        held = set(grants.filter(object_pk=str(kept_id)).values_list("user_id", "permission_id"))
        moved = 0
        for grant in grants.filter(object_pk=str(gone_id)):
            if (grant.user_id, grant.permission_id) not in held:
                grant.object_pk = str(kept_id)
                grant.save(update_fields=["object_pk"])
                moved += 1
        return moved

    follows_merge_of(model, "core.Attachment", attachments)
    follows_merge_of(model, "guardian.UserObjectPermission", shares)


for _partner in (Customer, Supplier):
    follows_merge(_partner, "merged_into")
    _named_by_type_and_id(_partner)
    owner_hands_over(_partner.objects.all)
for _column in ("customer", "supplier"):
    follows_merge(FollowUp, _column)
goes_along(FollowUp, "customer", "supplier")


def _shares(model: type[Model], pks: list[Any]) -> QuerySet[UserObjectPermission]:
    kind = ContentType.objects.get_for_model(model)
    return UserObjectPermission.objects.filter(
        content_type=kind, object_pk__in=[str(pk) for pk in pks]
    )


goes_along_by_name("guardian.UserObjectPermission", _shares)
owner_hands_over(FollowUp.objects.open)
