"""The admin: lists stay quick, rows and rights come from the one policy, saves are recorded."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.module_loading import import_string

from accounts.models import User
from audit.models import AuditEntry
from customers.models import Customer
from erp.core.admin import DocumentAdmin, ReadOnlyAdmin, ScopedAdmin
from products.models import Product
from tests import factories as f

pytestmark = pytest.mark.django_db
COUNTS = Path(__file__).parent / "query_counts.json"
MOST_QUERIES = 15
ADMINS: dict[str, Any] = {
    model._meta.label_lower: model_admin
    for model, model_admin in admin.site._registry.items()
    if isinstance(model_admin, ScopedAdmin)
}

FACTORIES: dict[str, Callable[[], Any]] = {
    "quotations.enquiry": f.EnquiryFactory,
    "quotations.quotation": f.QuotationFactory,
    "quotations.rfq": f.RfqFactory,
    "inventory.assembly": f.AssemblyFactory,
    "inventory.stockcount": f.StockCountFactory,
    "inventory.stockentry": f.StockEntryFactory,
    "inventory.transfer": f.TransferFactory,
    "orders.salesorder": f.SalesOrderFactory,
    "orders.delivery": f.DeliveryFactory,
    "orders.return": f.ReturnFactory,
    "orders.purchaseorder": f.PurchaseOrderFactory,
    "orders.receipt": f.ReceiptFactory,
    "orders.landedcost": f.LandedCostFactory,
    "orders.supplierreturn": f.SupplierReturnFactory,
    "finance.invoice": f.InvoiceFactory,
    "finance.payment": f.PaymentFactory,
}


def url(model: type[models.Model] | str, page: str, *args: Any) -> str:
    label = model if isinstance(model, str) else model._meta.label_lower
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def everything() -> Any:
    """A user with every right there is, and still no superuser."""
    user = f.UserFactory()
    user.user_permissions.set(Permission.objects.all())
    return user


def _rows(number: int) -> None:  # noqa: PLR0915 (one of everything)
    """One row of everything; every third shares its relations."""
    k = number % 3
    owner = User.objects.filter(username=f"owner{k}").first() or f.UserFactory(
        username=f"owner{k}", department=f.DepartmentFactory(name=f"D{k}")
    )
    customer = f.CustomerFactory(owner=owner)
    supplier = f.SupplierFactory(owner=owner)
    currency = f.CurrencyFactory(code=("CNY", "USD", "EUR")[k])
    place = f.BinFactory(warehouse__code=f"W{k}", code=f"A-{number:06d}")
    f.ApiClientFactory(user=owner)
    f.ContactFactory(customer=customer)
    f.FollowUpFactory(customer=customer, owner=owner)
    f.InvoiceProfileFactory(customer=customer)
    product = f.ProductFactory(brand__code=f"BRAND{k}", category=f.CategoryFactory(code=f"c{k}"))
    f.BrandFactory(code=f"B{number}")
    f.CategoryFactory(code=f"cat{number}", parent=product.category)
    f.StopWordFactory(word=f"w{number}")
    f.ProductCodeFactory(product=product, customer=customer)
    f.InterchangeFactory(from_product=product, to_product__brand__code=f"BRAND{(k + 1) % 3}")
    f.ProtectedItemFactory(product=product, customer=customer)
    f.PriceFactFactory(product=product, customer=customer, currency=currency)
    f.WarehouseFactory(code=f"WH{number}")
    f.StockFactory(product=product, bin=place)
    f.ReservationFactory(product=product, bin=place)
    f.InboundFactory(product=product, warehouse=place.warehouse)
    f.StockAgeFactory(product=product, warehouse=place.warehouse)
    f.InboundPromiseFactory(product=product, warehouse=place.warehouse, noted_by=owner)
    f.ReorderRuleFactory(product=product, warehouse=place.warehouse, supplier=supplier)
    _stock_documents(k, place, product, owner)
    document = {"owner": owner, "currency": currency}
    f.EnquiryFactory(owner=owner, customer=customer)
    f.QuotationFactory(customer=customer, **document)
    f.OutcomeReasonFactory()
    f.ApprovalLimitFactory()
    f.RfqFactory(owner=owner)
    order = f.SalesOrderFactory(customer=customer, warehouse=place.warehouse, **document)
    f.ReturnFactory(delivery=f.DeliveryFactory(sales_order=order, **document), **document)
    f.DeliveryToleranceFactory(customer=customer)
    purchase = f.PurchaseOrderFactory(supplier=supplier, warehouse=place.warehouse, **document)
    receipt = f.ReceiptFactory(purchase_order=purchase, **document)
    f.LandedCostFactory(supplier=supplier, lines__receipt_line__document=receipt)
    f.SupplierReturnFactory(receipt=receipt, **document)
    f.InvoiceFactory(customer=customer, **document)
    account = f.BankAccountFactory(code=f"BANK{number}", currency=currency)
    f.PaymentFactory(customer=customer, bank_account=account, **document)
    f.JournalEntryFactory(posted_by=owner, source_type="orders.salesorder", source_id=order.pk)
    f.AuditEntryFactory(actor=owner)
    f.AttachmentFactory(created_by=owner, object_type="orders.salesorder", object_id=order.pk)
    f.UserFactory(department=owner.department, role="sales" if k else "manager")
    f.DepartmentFactory(name=f"Dep{number}")
    f.PeriodFactory()
    f.ExchangeRateFactory()
    f.UnitFactory(code=f"u{number}")
    f.TaxRateFactory(code=f"t{number}")
    f.PaymentTermFactory(code=f"p{number}", name=f"p{number}")
    f.CurrencyFactory(code=f"X{number:02d}")


def _stock_documents(k: int, place: Any, product: Any, owner: Any) -> None:
    stock_document = {"warehouse": place.warehouse, "created_by": owner, "lines__product": product}
    f.TransferFactory(to_warehouse__code=f"W{(k + 1) % 3}", **stock_document)
    f.StockCountFactory(lines__bin=place, **stock_document)
    f.StockEntryFactory(lines__bin=place, **stock_document)
    f.AssemblyFactory(bin=place, created_by=owner, lines__product=product)
    f.RecipeFactory(product=product)
    f.UsualBinFactory(product=product, bin=place)


@pytest.fixture
def thirty_rows(everything: Any) -> Any:
    for number in range(30):
        _rows(number)
        f.NotificationFactory(recipient=everything)
    return everything


def test_every_list_and_page_opens_and_its_queries_are_pinned(
    thirty_rows: Any, settings: Any
) -> None:
    # With Redis the session costs no query: pinned is the number without.
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    client = client_of(thirty_rows)
    counted = {}
    for label in sorted(ADMINS):
        if label == "core.company":  # one row: its list leads to it
            continue
        client.get(url(label, "changelist"))  # content types are remembered after this
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = client.get(url(label, "changelist"))
        assert response.status_code == 200, label
        shown = response.context["cl"].result_list
        if label != "auth.group":
            assert len(shown) >= 30, label
        counted[label] = len(queries)
        page = client.get(url(label, "change", shown[0].pk))
        assert page.status_code == 200, label
    assert max(counted.values()) <= MOST_QUERIES, counted
    pinned = json.loads(COUNTS.read_text()) if COUNTS.exists() else {}
    assert counted == pinned, f"write this to {COUNTS.name}:\n{json.dumps(counted, indent=2)}"


# --- who sees and does what ---------------------------------------------------------------------


@pytest.mark.parametrize("page", ["change", "history", "delete"])
def test_a_strangers_document_is_as_absent_as_a_missing_one(page: str) -> None:
    foreign = f.CustomerFactory()
    client = client_of(f.UserFactory(role="sales"))

    answers = [client.get(url("customers.customer", page, pk)) for pk in (foreign.pk, 10**6)]

    assert [a.status_code for a in answers] in ([302, 302], [403, 403])
    assert foreign.name not in b"".join(a.content for a in answers).decode()
    assert answers[0].headers.get("Location") == answers[1].headers.get("Location")


def test_a_list_and_a_typeahead_leave_out_foreign_rows() -> None:
    sales = f.UserFactory(role="sales")
    mine, foreign = f.CustomerFactory(owner=sales, name="甲"), f.CustomerFactory(name="乙")
    client = client_of(sales)

    listed = client.get(url("customers.customer", "changelist")).content.decode()
    found = client.get(
        reverse("admin:autocomplete"),
        {
            "app_label": "products",
            "model_name": "productcode",
            "field_name": "customer",
            "term": "",
        },
    )

    assert mine.code in listed
    assert foreign.code not in listed
    if found.status_code == 200:
        assert [row["id"] for row in found.json()["results"]] == [str(mine.pk)]


def test_a_typeahead_of_a_model_without_the_right_is_refused() -> None:
    storekeeper = f.UserFactory(rights=["products.view_product"])
    query = {"app_label": "products", "model_name": "product", "field_name": "brand", "term": "S"}

    answer = client_of(storekeeper).get(reverse("admin:autocomplete"), query)

    assert answer.status_code == 403


def test_an_action_over_foreign_rows_touches_none_of_them() -> None:
    sales = f.UserFactory(role="sales")
    f.CustomerFactory(owner=sales)
    foreign = f.CustomerFactory()
    data = {"action": "archive", "_selected_action": [foreign.pk], "select_across": "1"}

    client_of(sales).post(url("customers.customer", "changelist"), data)

    foreign.refresh_from_db()
    assert foreign.archived_at is None


def test_a_foreign_key_may_not_name_an_invisible_row() -> None:
    editor = f.UserFactory(rights=["products.view_product", "products.change_product"])
    product = f.ProductFactory()
    hidden = f.BrandFactory(code="HIDDEN")
    data = _product_form(product) | {"brand": hidden.pk, "name": "new"}

    client_of(editor).post(url("products.product", "change", product.pk), data)

    product.refresh_from_db()
    assert product.brand_id != hidden.pk


@pytest.mark.parametrize(
    "query",
    [
        "_connector=OR",
        "owner__password__startswith=a",
        "pk__in=1",
        "notes__contains=x",
        "owner__username=root",
    ],
)
def test_only_offered_filters_may_be_asked(everything: Any, query: str) -> None:
    answer = client_of(everything).get(url("customers.customer", "changelist") + "?" + query)
    assert answer.status_code == 400


def test_offered_filters_work(everything: Any) -> None:
    customer = f.CustomerFactory()
    client = client_of(everything)
    wanted: dict[str, Any] = {"owner__id__exact": customer.owner_id, "archived": "all"}

    answer = client.get(url("customers.customer", "changelist"), wanted)

    assert [row.pk for row in answer.context["cl"].result_list] == [customer.pk]


@pytest.mark.parametrize("label", sorted(ADMINS))
def test_nothing_is_written_with_the_right_to_view_alone(label: str) -> None:
    model_admin = ADMINS[label]
    viewer = f.UserFactory(rights=[f"{label.split('.', maxsplit=1)[0]}.view_{label.split('.')[1]}"])
    client = client_of(viewer)
    before = model_admin.model._default_manager.count()

    added = client.post(url(label, "add"), {"code": "X", "name": "X"})

    assert added.status_code == 403
    assert model_admin.model._default_manager.count() == before
    assert client.get(url(label, "changelist")).status_code in {200, 302, 403}


def test_every_first_party_model_decides_through_the_policy() -> None:
    assert [
        model._meta.label
        for model, model_admin in admin.site._registry.items()
        if not model._meta.app_label.startswith("django_celery")
        and not isinstance(model_admin, ScopedAdmin)
    ] == []


def test_ledgers_can_only_be_looked_at(everything: Any) -> None:
    client = client_of(everything)
    moved = f.StockMoveFactory()
    page = url("inventory.stockmove", "change", moved.pk)

    assert client.post(page, {"quantity": 99}).status_code == 403
    assert client.post(url("inventory.stockmove", "delete", moved.pk)).status_code == 403
    assert isinstance(ADMINS["inventory.stockmove"], ReadOnlyAdmin)


def test_cost_is_shown_to_those_who_may_see_it() -> None:
    move = f.StockMoveFactory(unit_cost=Decimal("7.77"))
    page = url("inventory.stockmove", "changelist")
    detail = url("inventory.stockmove", "change", move.pk)
    view = "inventory.view_stockmove"
    without = client_of(f.UserFactory(rights=[view]))
    with_cost = client_of(f.UserFactory(rights=[view, "products.view_cost"]))

    assert "7.77" not in without.get(page).content.decode()
    assert "7.77" not in without.get(detail).content.decode()
    assert "7.77" in with_cost.get(page).content.decode()
    assert "7.77" in with_cost.get(detail).content.decode()


# --- saving master data -------------------------------------------------------------------------


def _product_form(product: Any) -> dict[str, Any]:
    empty = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    prefixes = ("productcode_set", "replaced_by")
    return {
        "brand": product.brand_id,
        "designation": product.designation,
        "name": product.name,
        "unit": product.unit_id,
        "status": product.status,
        "seen_version": product.version,
        **{f"{prefix}-{key}": value for prefix in prefixes for key, value in empty.items()},
    }


def test_a_save_is_recorded_with_what_it_changed(everything: Any) -> None:
    product = f.ProductFactory(designation="6205", name="old")
    page = url("products.product", "change", product.pk)

    client_of(everything).post(page, _product_form(product) | {"name": "new"})

    product.refresh_from_db()
    entry = AuditEntry.objects.get(object_type="products.product", object_id=str(product.pk))
    assert (product.name, product.version) == ("new", 2)
    assert (entry.action, entry.actor) == ("products.product.changed", everything)
    assert entry.changes == {"name": ["old", "new"]}


def test_a_save_without_a_change_leaves_no_trace(everything: Any) -> None:
    product = f.ProductFactory()

    client_of(everything).post(
        url("products.product", "change", product.pk), _product_form(product)
    )

    product.refresh_from_db()
    assert product.version == 1
    assert not AuditEntry.objects.exists()


def test_a_stale_form_is_refused_with_the_difference(everything: Any) -> None:
    product = f.ProductFactory(name="old")
    form = _product_form(product) | {"name": "mine"}
    Product.objects.filter(pk=product.pk).update(name="theirs", version=2)

    answer = client_of(everything).post(url("products.product", "change", product.pk), form)

    product.refresh_from_db()
    assert (product.name, product.version) == ("theirs", 2)
    text = answer.content.decode()
    assert "theirs" in text
    assert "mine" in text
    assert not AuditEntry.objects.exists()


def test_two_spellings_of_one_product_are_a_form_error(everything: Any) -> None:
    f.ProductFactory(designation="6205-2RS")
    product = f.ProductFactory(designation="6206")

    answer = client_of(everything).post(
        url("products.product", "change", product.pk),
        _product_form(product) | {"designation": "6205 2rs"},
    )

    assert answer.status_code == 200
    assert "already has this designation" in answer.content.decode()


# What a customer's page keeps besides its contacts.
OTHER_SETS = ("address_set", "invoiceprofile_set", "followup_set", "forbiddenbrand_set")


def test_the_default_contact_passes_from_one_row_to_another(everything: Any) -> None:
    customer = f.CustomerFactory()
    first = f.ContactFactory(customer=customer)
    second = f.ContactFactory(customer=customer, is_default=True)
    rows = {"TOTAL_FORMS": 2, "INITIAL_FORMS": 2, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    empty = rows | {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0}
    form = {
        "code": customer.code,
        "name": customer.name,
        "kind": customer.kind,
        "owner": customer.owner_id,
        "currency": customer.currency_id,
        "price_includes_tax": "on",
        "payment_term": customer.payment_term_id,
        "seen_version": customer.version,
        **{f"contact_set-{key}": value for key, value in rows.items()},
        **{f"{p}-{k}": v for p in OTHER_SETS for k, v in empty.items()},
    }
    for number, (row, default) in enumerate([(first, "True"), (second, "")]):
        form |= {
            f"contact_set-{number}-id": row.pk,
            f"contact_set-{number}-customer": customer.pk,
            f"contact_set-{number}-name": row.name,
            f"contact_set-{number}-is_default": default,
        }

    answer = client_of(everything).post(url("customers.customer", "change", customer.pk), form)

    assert answer.status_code == 302, answer.context["errors"]
    first.refresh_from_db()
    second.refresh_from_db()
    customer.refresh_from_db()
    assert (first.is_default, second.is_default) == (True, None)
    assert customer.version == 2
    assert AuditEntry.objects.filter(action="customers.contact.changed").count() == 2


def test_a_referenced_row_is_not_deleted_and_what_stands_against_it_is_named(
    everything: Any,
) -> None:
    order = f.SalesOrderFactory()
    page = url("customers.customer", "delete", order.customer_id)

    seen = {f"seen-{order.customer_id}": 1}
    answer = client_of(everything).post(page, {"post": "yes", **seen})

    assert Customer.objects.filter(pk=order.customer_id).exists()
    assert order.ref in answer.content.decode()


def test_deleting_several_is_all_or_nothing(everything: Any) -> None:
    free, used = f.CustomerFactory(), f.SalesOrderFactory().customer
    data = {
        "action": "delete_selected",
        "_selected_action": [free.pk, used.pk],
        "post": "yes",
        f"seen-{free.pk}": 1,
        f"seen-{used.pk}": 1,
    }

    client_of(everything).post(url("customers.customer", "changelist"), data)

    assert Customer.objects.filter(pk__in=[free.pk, used.pk]).count() == 2


def test_archiving_is_recorded_and_takes_the_row_out_of_the_list(everything: Any) -> None:
    customer = f.CustomerFactory()
    client = client_of(everything)

    client.post(url("customers.customer", "do", customer.pk, "archive"), {"version": 1})

    customer.refresh_from_db()
    assert customer.archived_at is not None
    assert AuditEntry.objects.get().action == "customers.customer.archived"
    shown = client.get(url("customers.customer", "changelist")).context["cl"].result_list
    assert customer.pk not in [row.pk for row in shown]


def test_a_period_is_closed_and_opened_by_recorded_verbs(everything: Any) -> None:
    period = f.PeriodFactory()
    client = client_of(everything)

    for verb in ("close", "reopen"):
        page = client.get(url("core.period", "change", period.pk))
        seen = {"version": page.context["row_version"]}
        client.post(url("core.period", "do", period.pk, verb), seen)

    period.refresh_from_db()
    assert period.closed_at is None
    actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["core.period.closed", "core.period.reopened"]


def test_the_history_page_tells_the_operation_log(everything: Any) -> None:
    product = f.ProductFactory(name="old")
    client = client_of(everything)
    client.post(
        url("products.product", "change", product.pk), _product_form(product) | {"name": "new"}
    )

    page = client.get(url("products.product", "history", product.pk)).content.decode()

    assert "<span>changed</span>" in page
    assert "old → new" in page


# --- documents ----------------------------------------------------------------------------------


def _actions() -> list[tuple[str, Any]]:
    return [
        (label, action)
        for label, model_admin in sorted(ADMINS.items())
        for action in getattr(model_admin, "object_actions", ())
    ]


def test_every_action_names_a_right_that_exists() -> None:
    rights = {
        f"{app}.{name}"
        for app, name in Permission.objects.values_list("content_type__app_label", "codename")
    }
    assert [(at, a.name) for at, a in _actions() if a.permission not in rights] == []


def test_every_transition_names_a_service_that_exists() -> None:
    for _label, action in _actions():
        if action.service:
            assert callable(import_string(action.service)), action.service


def test_the_actions_of_one_page_have_names_of_their_own() -> None:
    names = [(label, action.name) for label, action in _actions()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "label", [label for label, found in ADMINS.items() if isinstance(found, DocumentAdmin)]
)
def test_a_document_has_no_editable_status_is_never_added_and_deleted_as_a_draft_alone(
    label: str, rf: Any, everything: Any
) -> None:
    model_admin = ADMINS[label]
    request = rf.get("/")
    request.user = everything
    document = FACTORIES[label]()

    assert not model_admin.has_add_permission(request)
    draft = document.status == "draft" and document.number is None
    assert model_admin.has_delete_permission(request, document) == draft
    form = model_admin.get_form(request, document)
    assert set(form.base_fields) <= {"partner_reference", "notes", "seen_version"}


def test_a_draft_takes_notes_and_a_confirmed_order_does_not(everything: Any) -> None:
    client = client_of(everything)
    draft = f.SalesOrderFactory()
    confirmed = f.SalesOrderFactory(status="confirmed")
    form = {"notes": "call first", "partner_reference": "PO 7", "seen_version": 1, "status": "done"}
    form |= {f"lines-{key}": 0 for key in ("TOTAL_FORMS", "INITIAL_FORMS")}

    first = client.post(url("orders.salesorder", "change", draft.pk), form)
    second = client.post(url("orders.salesorder", "change", confirmed.pk), form)

    draft.refresh_from_db()
    confirmed.refresh_from_db()
    assert (first.status_code, second.status_code) == (302, 403)
    assert (draft.notes, draft.status, draft.version) == ("call first", "draft", 2)
    assert confirmed.notes == ""
    assert AuditEntry.objects.get().action == "orders.salesorder.changed"


def _post_action(client: Client, document: Any, name: str, version: int | None = None) -> Any:
    seen = document.version if version is None else version
    page = url(type(document), "do", document.pk, name)
    return client.post(page, {"version": seen}, follow=True)


def test_a_transition_calls_its_service_and_tells_the_outcome() -> None:
    sales = f.UserFactory(role="sales")
    quotation = f.QuotationFactory(owner=sales)

    answer = _post_action(client_of(sales), quotation, "submit")

    quotation.refresh_from_db()
    assert quotation.status == "submitted"
    assert quotation.ref in str(next(iter(answer.context["messages"])))


def test_a_transition_without_the_right_is_refused() -> None:
    sales = f.UserFactory(role="sales")
    quotation = f.QuotationFactory(owner=sales, status="submitted")

    answer = _post_action(client_of(sales), quotation, "approve")

    quotation.refresh_from_db()
    assert answer.status_code == 403
    assert quotation.status == "submitted"


def test_a_transition_of_a_strangers_document_is_not_found() -> None:
    quotation = f.QuotationFactory()
    sales = f.UserFactory(role="sales")

    assert _post_action(client_of(sales), quotation, "submit").status_code == 404
    quotation.refresh_from_db()
    assert quotation.status == "draft"


def test_a_transition_is_a_post() -> None:
    sales = f.UserFactory(role="sales")
    quotation = f.QuotationFactory(owner=sales)

    answer = client_of(sales).get(url("quotations.quotation", "do", quotation.pk, "submit"))

    quotation.refresh_from_db()
    assert answer.status_code == 405
    assert quotation.status == "draft"


def test_a_transition_decided_on_an_old_version_is_refused() -> None:
    sales = f.UserFactory(role="sales")
    quotation = f.QuotationFactory(owner=sales, version=3)

    answer = _post_action(client_of(sales), quotation, "submit", version=2)

    quotation.refresh_from_db()
    assert quotation.status == "draft"
    assert "changed in the meantime" in answer.content.decode()


def test_in_a_list_one_refusal_loses_one_row(everything: Any) -> None:
    good = f.QuotationFactory()
    sent = f.QuotationFactory(status="sent")
    keys = [good.pk, sent.pk]
    data: dict[str, Any] = {"action": "submit", "_selected_action": keys, "go": keys}
    data["post"] = "yes"
    data |= {f"seen-{pk}": 1 for pk in keys}

    answer = client_of(everything).post(url("quotations.quotation", "changelist"), data)

    good.refresh_from_db()
    sent.refresh_from_db()
    assert (good.status, sent.status) == ("submitted", "sent")
    assert [one.kind for one in answer.context["outcomes"]] == ["done", "refused"]


def test_a_page_offers_only_what_status_and_rights_allow() -> None:
    sales = f.UserFactory(role="sales")
    client = client_of(sales)
    offered = {}
    for status in ("draft", "submitted", "ordered"):
        quotation = f.QuotationFactory(owner=sales, status=status)
        page = client.get(url("quotations.quotation", "change", quotation.pk))
        buttons = page.context["object_actions"]
        offered[status] = [button["url"].rsplit("/", 2)[1] for button in buttons]
    copies = ["copy", "copy_for"]
    assert offered["draft"] == ["submit", "cancel", *copies]
    assert offered["submitted"] == ["cancel", *copies]
    assert offered["ordered"] == ["explain", *copies]


@pytest.mark.parametrize("term", ["quo-2026-000007", "客户甲", "kj001"])
def test_documents_are_found_by_number_and_by_partner(everything: Any, term: str) -> None:
    wanted = f.QuotationFactory(
        number="QUO-2026-000007", customer=f.CustomerFactory(code="KJ001", name="客户甲机械")
    )
    f.QuotationFactory(number="QUO-2026-000008")

    answer = client_of(everything).get(url("quotations.quotation", "changelist"), {"q": term})

    assert [row.pk for row in answer.context["cl"].result_list] == [wanted.pk]


@pytest.mark.parametrize("term", ["6205-2RS1/C3", "62052rs1", "SKF 6205", "６２０５"])
def test_products_are_found_in_any_spelling(everything: Any, term: str) -> None:
    wanted = f.ProductFactory(designation="6205-2RS1/C3")
    f.ProductFactory(designation="6306")

    answer = client_of(everything).get(url("products.product", "changelist"), {"q": term})

    assert [row.pk for row in answer.context["cl"].result_list] == [wanted.pk]
