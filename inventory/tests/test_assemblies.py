"""Sets of components: what goes in comes out, to the cent."""
# mypy: disable-error-code="comparison-overlap"

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from erp.core.periods import company_today
from finance.ledger import Role, account_balance
from inventory.models import Assembly, AssemblyLine, Bin, StockBalance, StockValue
from inventory.services import (
    StockLineInput,
    cancel_assembly,
    copy_assembly,
    create_assembly,
    post_assembly,
    replace_components,
    reverse_assembly,
)
from inventory.services.assemblies import shares
from products.models import Product
from tests import factories
from tests.support import (
    actions,
    assert_books_ok,
    confirmed_order,
    keeper,
    line,
    main_bin,
    manager,
    refused,
    stock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def part(quantity: Any = 10, value: Any = "75.00", place: Bin | None = None) -> Product:
    product = factories.ProductFactory()
    stock(product, quantity, value, place)
    return product


def of(product: Product, quantity: Any, place: Bin | None = None) -> StockLineInput:
    return StockLineInput(product.pk, Decimal(quantity), (place or main_bin()).pk)


def draft(made: Product, quantity: Any = 1, *lines: StockLineInput, **more: Any) -> Assembly:
    more.setdefault("bin_id", main_bin().pk)
    return create_assembly(made.pk, Decimal(quantity), lines=lines or None, by=keeper(), **more)


def figures(product: Product) -> tuple[Decimal, Decimal]:
    row = StockValue.objects.get(product=product)
    return row.quantity, row.value


def test_a_set_costs_what_its_components_cost() -> None:
    inner, outer, made = part(10, "75.00"), part(3, "10.00"), factories.ProductFactory()
    assembly = draft(made, 2, of(inner, 4), of(outer, 2))

    assembly = post_assembly(assembly.pk, by=keeper())

    assert (assembly.status, assembly.number) == ("posted", f"AS-{company_today().year}-000001")
    assert [row.value for row in assembly.lines.all()] == [Decimal("30.00"), Decimal("6.67")]
    assert (assembly.value, figures(made)) == (Decimal("36.67"), (2, Decimal("36.67")))
    assert figures(inner) == (6, Decimal("45.00"))
    assert account_balance(Role.STOCK_ADJUSTMENT) == 0
    assert actions(assembly) == ["assembly.created", "assembly.posted"]
    assert_books_ok()


def test_labour_is_added() -> None:
    inner, made = part(), factories.ProductFactory()
    assembly = draft(made, 1, of(inner, 2), labour_amount=Decimal("12.50"))
    post_assembly(assembly.pk, by=keeper())
    assert figures(made) == (1, Decimal("27.50"))
    assert account_balance(Role.STOCK_ADJUSTMENT) == Decimal("-12.50")
    assert_books_ok()


def test_a_recipe_gives_the_components_and_the_fullest_bins() -> None:
    piece, pair = part(2, "15.00"), factories.ProductFactory()
    full = factories.BinFactory(code="A-020202")
    stock(piece, 9, "67.50", full)
    factories.RecipeFactory(product=pair, lines__product=piece)
    assembly = draft(pair, 3)
    row = assembly.lines.get()
    assert (row.product, row.quantity, row.bin) == (piece, 6, full)
    post_assembly(assembly.pk, by=keeper())
    assert StockBalance.objects.get(product=piece, bin=full).on_hand == 3


def test_a_component_that_lies_nowhere_is_missed_when_posting() -> None:
    pair = factories.ProductFactory()
    factories.RecipeFactory(product=pair)
    assembly = draft(pair)
    with refused("insufficient_stock"):
        post_assembly(assembly.pk, by=keeper())


def test_taken_apart_a_set_is_shared_out_by_what_its_components_cost() -> None:
    dear, cheap, made = part(10, "90.00"), part(10, "10.00"), part(1, "33.33")
    assembly = draft(made, 1, of(dear, 1), of(cheap, 1), kind="disassemble")
    assembly = post_assembly(assembly.pk, by=keeper())
    assert [row.value for row in assembly.lines.all()] == [Decimal("30.00"), Decimal("3.33")]
    assert figures(made) == (0, 0)
    assert figures(dear) == (11, Decimal("120.00"))
    assert_books_ok()


def test_where_a_cost_is_unknown_pieces_share_alike() -> None:
    dear, unknown, made = part(10, "90.00"), factories.ProductFactory(), part(1, "10.00")
    assembly = draft(made, 1, of(dear, 1), of(unknown, 2), kind="disassemble")
    post_assembly(assembly.pk, by=keeper())
    assert [row.value for row in assembly.lines.all()] == [Decimal("3.33"), Decimal("6.67")]
    assert_books_ok()


def test_put_together_and_taken_apart_by_recipe() -> None:
    piece, pair = part(4, "30.01"), factories.ProductFactory()
    factories.RecipeFactory(product=pair, lines__product=piece)
    post_assembly(draft(pair, 2).pk, by=keeper())
    assert figures(pair) == (2, Decimal("30.01"))
    post_assembly(draft(pair, 2, kind="disassemble").pk, by=keeper())
    assert figures(piece) == (4, Decimal("30.01"))
    assert_books_ok()


def test_reversed_all_is_as_before() -> None:
    inner, made = part(3, "10.00"), factories.ProductFactory()
    assembly = draft(made, 1, of(inner, 2), labour_amount=Decimal("5.00"))
    post_assembly(assembly.pk, by=keeper())
    assembly = reverse_assembly(assembly.pk, by=manager(), reason="装错")
    assert assembly.status == "reversed"
    assert figures(inner) == (3, Decimal("10.00"))
    assert figures(made) == (0, 0)
    assert account_balance(Role.STOCK_ADJUSTMENT) == 0
    assert_books_ok()


def test_a_set_that_is_promised_is_not_taken_back() -> None:
    inner, made = part(), factories.ProductFactory()
    assembly = draft(made, 1, of(inner, 2))
    post_assembly(assembly.pk, by=keeper())
    confirmed_order(line(made, 1))
    with refused("insufficient_stock"):
        reverse_assembly(assembly.pk, by=manager())
    apart = draft(made, 1, of(inner, 2), kind="disassemble")
    with refused("insufficient_stock"):
        post_assembly(apart.pk, by=keeper())


@pytest.mark.parametrize(
    ("make", "code", "field"),
    [
        (lambda a, b: draft(b, 0, of(a, 1)), "bad_quantity", "quantity"),
        (lambda a, b: draft(b, 1, of(b, 1)), "component_of_itself", "lines[1].product_id"),
        (lambda a, b: draft(b, 1, of(a, 1), of(a, 2)), "component_twice", "lines[2].product_id"),
        (lambda a, b: draft(b), "no_recipe", "product_id"),
        (lambda a, b: draft(b, 1, of(a, 1), kind="melt"), "unknown_kind", "kind"),
        (lambda a, b: draft(b, 1, of(a, 1), bin_id=10**9), "unknown_bin", "bin_id"),
        (
            lambda a, b: draft(b, 1, of(a, 1), labour_amount=Decimal("-1")),
            "bad_labour",
            "labour_amount",
        ),
        (
            lambda a, b: draft(b, 1, of(a, 1), labour_amount=Decimal("0.001")),
            "bad_labour",
            "labour_amount",
        ),
        (
            lambda a, b: draft(b, 1, of(a, 1), kind="disassemble", labour_amount=Decimal(1)),
            "bad_labour",
            "labour_amount",
        ),
        (
            lambda a, b: draft(b, 1, StockLineInput(a.pk, Decimal(1))),
            "bin_missing",
            "lines[1].bin_id",
        ),
        (
            lambda a, b: draft(b, 1, of(a, 1, Bin.objects.get(warehouse__code="EAST"))),
            "unknown_bin",
            "lines[1].bin_id",
        ),
    ],
)
def test_wrong_orders_are_refused(make: Any, code: str, field: str) -> None:
    inner, made = part(), factories.ProductFactory()
    keeper()
    with refused(code, field=field):
        make(inner, made)


def test_an_unknown_product_is_not_made() -> None:
    inner = part()
    with refused("unknown_product", field="product_id"):
        create_assembly(10**9, Decimal(1), bin_id=main_bin().pk, lines=[of(inner, 1)], by=keeper())


def test_a_draft_is_changed_copied_and_cancelled() -> None:
    inner, made = part(), factories.ProductFactory()
    assembly = draft(made, 1, of(inner, 2), labour_amount=Decimal(3))
    changed = replace_components(assembly.pk, [of(inner, 3)], by=keeper(), version=1, notes="配对")
    assert (changed.version, changed.notes, changed.lines.get().quantity) == (2, "配对", 3)
    copy = copy_assembly(assembly.pk, by=keeper())
    assert (copy.status, copy.labour_amount, copy.lines.get().quantity) == ("draft", 3, 3)
    cancel_assembly(assembly.pk, by=keeper())
    with refused("invalid_transition"):
        post_assembly(assembly.pk, by=keeper())
    with refused("invalid_transition"):
        replace_components(assembly.pk, [of(inner, 3)], by=keeper())


@settings(max_examples=50, deadline=None)
@given(
    st.decimals("0", "99999.99", places=2),
    st.lists(
        st.tuples(st.decimals("0.001", "999", places=3), st.decimals("0", "99", places=6)),
        min_size=1,
        max_size=8,
    ),
)
def test_shares_add_up_and_none_is_negative(
    worth: Decimal, parts: list[tuple[Decimal, Decimal]]
) -> None:
    lines = [AssemblyLine(product_id=n, quantity=q) for n, (q, _cost) in enumerate(parts)]
    found = shares(worth, lines, {n: cost for n, (_q, cost) in enumerate(parts)})
    assert sum(found) == worth
    assert min(found) >= 0
