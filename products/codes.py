"""Customers' own names for products, learned from what a salesperson decides.

Invariant: of one customer's names that read alike at most one is in use; a newer decision archives
the older. Nothing in the database enforces it, for a merge of customers brings the names of both
together: the customer's row is the lock.
"""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Customer
from erp.core.errors import DomainError
from erp.core.record import record
from erp.core.service import service
from products.designation import search_key
from products.models import Product, ProductCode

MAX_LENGTH = 80


@service("product_code.learn")
def learn_code(customer_id: int, wording: str, product_id: int, *, by: User) -> ProductCode:
    """Remember what this customer means by a wording; the same again changes nothing.

    Locks the customer. Raises DomainError no_wording, unknown_customer, unknown_product.
    """
    code = " ".join(wording.split())[:MAX_LENGTH]
    key = search_key(code)
    if not key:
        raise DomainError(
            _("A wording needs at least one letter or digit."), code="no_wording", field="wording"
        )
    customer = Customer.objects.select_for_update().filter(pk=customer_id).first()
    if customer is None:
        raise DomainError(
            _("There is no such customer."), code="unknown_customer", field="customer"
        )
    product = Product.objects.following([product_id]).get(product_id)
    if product is None or product.archived_at is not None:
        raise DomainError(_("There is no such product."), code="unknown_product", field="product")
    known = list(ProductCode.objects.active().filter(customer=customer, search_key=key))
    same = next((row for row in known if row.product_id == product.pk), None)
    for row in known:
        if row is not same:
            _archive(row, by=by)
    if same is not None:
        return same
    learned = ProductCode.objects.create(
        customer=customer, product=product, code=code, search_key=key
    )
    record("product_code.learned", learned, by=by, changes={"product": ("", str(product))})
    return learned


def _archive(row: ProductCode, *, by: User) -> None:
    row.archived_at = timezone.now()
    row.version += 1
    row.save(update_fields=["archived_at", "version", "updated_at"])
    record("product_code.archived", row, by=by, changes={"product": (str(row.product), "")})
