"""Sets made of components and taken apart again; what goes in comes out, to the cent."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.documents import check_quantity, check_total
from erp.core.errors import DomainError
from erp.core.money import ZERO, round_money, round_quantity
from erp.core.periods import company_today
from erp.core.record import record
from erp.core.service import service
from inventory.models import Assembly, AssemblyLine, Bin, Recipe, StockBalance, StockMove
from inventory.services.costs import CurrentCosts
from inventory.services.lines import StockLineInput, check_lines, line_field, number_lines
from inventory.services.movements import Movement, Posting, Source, ends
from inventory.services.places import usual_bins
from inventory.services.reversals import reverse_movements
from inventory.services.steps import finish, opened, require_status
from products.models import Product


@service("assembly.create")
def create_assembly(
    product_id: int,
    quantity: Decimal,
    *,
    bin_id: int,
    by: User,
    kind: str = Assembly.Kind.ASSEMBLE,
    lines: Sequence[StockLineInput] | None = None,
    labour_amount: Decimal = ZERO,
    notes: str = "",
) -> Assembly:
    """Draft an assembly, or the taking apart, of so many sets, in the warehouse of the set's bin.

    Without lines the components are those of the recipe, from (or into) where they usually lie;
    an empty list is filled later.
    Raises DomainError unknown_product, unknown_bin, unknown_kind, bad_quantity, no_recipe,
    bad_labour, component_of_itself, component_twice, and what ``check_lines``
    raises.
    """
    place = Bin.objects.active().select_related("warehouse").filter(pk=bin_id).first()
    if place is None:
        raise DomainError(_("The warehouse has no such bin."), code="unknown_bin", field="bin_id")
    if kind not in Assembly.Kind.values:
        raise DomainError(_("There is no such kind."), code="unknown_kind", field="kind")
    check_quantity(quantity, field="quantity")
    product = Product.objects.active().filter(pk=product_id).first()
    if product is None:
        raise DomainError(
            _("There is no such product."), code="unknown_product", field="product_id"
        )
    assembly = Assembly(
        kind=kind,
        product=product,
        quantity=quantity,
        bin=place,
        warehouse=place.warehouse,
        labour_amount=_labour(kind, labour_amount),
        created_by=by,
        dated_on=company_today(),
        notes=notes,
    )
    components = _from_recipe(assembly) if lines is None else list(lines)
    if components:
        _check(assembly, components)
    assembly.save()
    _write_lines(assembly, components)
    record("assembly.created", assembly, by=by)
    return assembly


def _labour(kind: str, amount: Decimal) -> Decimal:
    bad = not amount.is_finite() or amount < 0 or round_money(amount) != amount
    if bad or (amount and kind == Assembly.Kind.DISASSEMBLE):
        raise DomainError(
            _("Labour is an amount of 0 or more, and none when a set is taken apart."),
            code="bad_labour",
            field="labour_amount",
        )
    check_total(amount, field="labour_amount")
    return amount


def recipe_lines(
    product_id: int, quantity: Decimal, *, warehouse_id: int, takes_apart: bool = False
) -> list[StockLineInput]:
    """Return the components of so many sets, with the bin of each; none without a recipe."""
    recipe = Recipe.objects.active().filter(product_id=product_id).first()
    if recipe is None:
        return []
    parts = list(recipe.lines.all())
    ids = {part.product_id for part in parts}
    fullest = {} if takes_apart else _fullest_bins(ids, warehouse_id)
    usual = usual_bins(ids, warehouse_id)
    lines = []
    for part in parts:
        place = usual.get(part.product_id)
        bin_id = fullest.get(part.product_id, place.pk if place else None)
        needed = round_quantity(part.quantity * quantity)
        lines.append(StockLineInput(part.product_id, needed, bin_id))
    return lines


def _fullest_bins(product_ids: set[int], warehouse_id: int) -> dict[int, int]:
    """Return per product the bin with most to spare."""
    balances = StockBalance.objects.filter(
        product_id__in=product_ids, bin__warehouse_id=warehouse_id, on_hand__gt=0
    )
    rows = sorted(balances, key=lambda balance: (balance.available, -balance.pk))
    return {balance.product_id: balance.bin_id for balance in rows}


def _from_recipe(assembly: Assembly) -> list[StockLineInput]:
    lines = recipe_lines(
        assembly.product_id,
        assembly.quantity,
        warehouse_id=assembly.bin.warehouse_id,
        takes_apart=assembly.takes_apart,
    )
    if not lines:
        raise DomainError(
            _("There is no recipe for this product; name its components."),
            code="no_recipe",
            field="product_id",
        )
    # A component that lies nowhere is looked for beside the set; posting refuses what is missing.
    return [
        StockLineInput(line.product_id, line.quantity, line.bin_id or assembly.bin_id)
        for line in lines
    ]


def _check(assembly: Assembly, lines: Sequence[StockLineInput]) -> None:
    check_lines(lines, {"bin_id": assembly.bin.warehouse_id})
    seen: set[tuple[int, int | None]] = set()
    for number, line in enumerate(lines, 1):
        if line.bin_id is None:
            raise DomainError(
                _("Name the bin."), code="bin_missing", field=line_field(number, "bin_id")
            )
        if line.product_id == assembly.product_id:
            raise DomainError(
                _("A set is no component of itself."),
                code="component_of_itself",
                field=line_field(number, "product_id"),
            )
        if (line.product_id, line.bin_id) in seen:
            raise DomainError(
                _("This component is there twice."),
                code="component_twice",
                field=line_field(number, "product_id"),
            )
        seen.add((line.product_id, line.bin_id))


def _write_lines(assembly: Assembly, lines: Sequence[StockLineInput]) -> None:
    rows = [
        AssemblyLine(
            document=assembly,
            product_id=line.product_id,
            quantity=line.quantity,
            bin_id=line.bin_id or 0,
            note=line.note[:200],
        )
        for line in lines
    ]
    AssemblyLine.objects.bulk_create(number_lines(rows), batch_size=500)


@service("assembly.change")
def replace_components(
    assembly_id: int,
    lines: Sequence[StockLineInput],
    *,
    by: User,
    version: int | None = None,
    notes: str | None = None,
) -> Assembly:
    """Put these components in the place of a draft's."""
    assembly = opened(Assembly, assembly_id, version)
    require_status(assembly, Assembly.Status.DRAFT)
    _check(assembly, lines)
    assembly.lines.all().delete()
    _write_lines(assembly, lines)
    assembly.notes = assembly.notes if notes is None else notes
    assembly.version += 1
    assembly.save()
    record("assembly.changed", assembly, by=by)
    return assembly


@service("assembly.copy")
def copy_assembly(assembly_id: int, *, by: User) -> Assembly:
    """Draft the same again; values are found anew when it is posted."""
    old = Assembly.objects.locked(assembly_id)
    lines = [
        StockLineInput(line.product_id, line.quantity, line.bin_id, note=line.note)
        for line in old.lines.all()
    ]
    return create_assembly(
        old.product_id,
        old.quantity,
        bin_id=old.bin_id,
        kind=old.kind,
        lines=lines,
        labour_amount=old.labour_amount,
        notes=old.notes,
        by=by,
    )


@service("assembly.cancel")
def cancel_assembly(
    assembly_id: int, *, by: User, version: int | None = None, reason: str = ""
) -> Assembly:
    assembly = opened(Assembly, assembly_id, version)
    old = assembly.move_to(Assembly.Status.CANCELLED)
    return finish(assembly, "assembly.cancelled", old, by=by, reason=reason)


@service("assembly.post")
def post_assembly(
    assembly_id: int,
    *,
    by: User,
    version: int | None = None,
    on: date | None = None,
    reason: str = "",
) -> Assembly:
    """Turn components into the set, or the set into components, in one posting.

    A set costs what its components cost at their moving average, and the labour. A set taken apart
    is shared out by what its components cost today; where the cost of one is not known, by pieces.
    Locks assembly, stock by key, number. Raises DomainError invalid_transition,
    insufficient_stock, period_closed.
    """
    assembly = opened(Assembly, assembly_id, version)
    old = assembly.move_to(Assembly.Status.POSTED)
    assembly.dated_on = on or company_today()
    lines = list(assembly.lines.select_related("bin"))
    if not lines:
        raise DomainError(_("Enter a line first."), code="no_lines", field="lines")
    movements = [_component(assembly, line) for line in lines]
    whole = _whole(assembly)
    posting = Posting(ends([whole, *movements]), Source.of(assembly), assembly.dated_on)
    if assembly.takes_apart:
        _take_apart(posting, assembly, whole, lines, movements)
    else:
        _put_together(posting, assembly, whole, lines, movements)
    posting.write(by=by)
    AssemblyLine.objects.bulk_update(lines, ["value"], batch_size=500)
    return finish(assembly, "assembly.posted", old, by=by, reason=reason, draws=True)


def _component(assembly: Assembly, line: AssemblyLine) -> Movement:
    comes_from, goes_to = (None, line.bin) if assembly.takes_apart else (line.bin, None)
    return Movement(line.pk, line.product_id, line.quantity, comes_from, goes_to)


def _whole(assembly: Assembly) -> Movement:
    """The set itself; line 0 of its document."""
    place = assembly.bin
    comes_from, goes_to = (place, None) if assembly.takes_apart else (None, place)
    return Movement(0, assembly.product_id, assembly.quantity, comes_from, goes_to)


def _put_together(
    posting: Posting,
    assembly: Assembly,
    whole: Movement,
    lines: Sequence[AssemblyLine],
    movements: Sequence[Movement],
) -> None:
    worth = assembly.labour_amount
    for line, asked in zip(lines, movements, strict=True):
        posting.stock.check_available(line.product_id, line.bin, line.quantity)
        line.value = posting.stock.account(line.product_id, line.bin).cost_of(line.quantity)
        posting.add(asked, StockMove.Kind.ASSEMBLY, line.value)
        worth += line.value
    posting.add(whole, StockMove.Kind.ASSEMBLY, worth)
    assembly.value = worth


def _take_apart(
    posting: Posting,
    assembly: Assembly,
    whole: Movement,
    lines: Sequence[AssemblyLine],
    movements: Sequence[Movement],
) -> None:
    stock = posting.stock
    stock.check_available(assembly.product_id, assembly.bin, assembly.quantity)
    worth = stock.account(assembly.product_id, assembly.bin).cost_of(assembly.quantity)
    costs = CurrentCosts(stock, {line.product_id for line in lines})
    unit_costs = {line.product_id: costs.unit_cost(line.product_id, line.bin) for line in lines}
    posting.add(whole, StockMove.Kind.ASSEMBLY, worth)
    for line, asked, value in zip(lines, movements, shares(worth, lines, unit_costs), strict=True):
        line.value = value
        posting.add(asked, StockMove.Kind.ASSEMBLY, value)
    assembly.value = worth


def shares(
    worth: Decimal, lines: Sequence[AssemblyLine], unit_costs: Mapping[int, Decimal]
) -> list[Decimal]:
    """Share a value out by cost, or by pieces where a cost is unknown; to the cent in all."""
    by_cost = all(unit_costs[line.product_id] for line in lines)
    weights = [
        line.quantity * (unit_costs[line.product_id] if by_cost else Decimal(1)) for line in lines
    ]
    total, passed, given, found = sum(weights, ZERO), ZERO, ZERO, []
    for weight in weights:
        passed += weight
        up_to_here = round_money(worth * passed / total)
        found.append(up_to_here - given)
        given = up_to_here
    return found


@service("assembly.reverse")
def reverse_assembly(
    assembly_id: int,
    *,
    by: User,
    version: int | None = None,
    reason: str = "",
    on: date | None = None,
) -> Assembly:
    """Undo a posted one, in the same quantities and values.

    Raises DomainError invalid_transition, insufficient_stock when what was made is gone,
    period_closed.
    """
    assembly = opened(Assembly, assembly_id, version)
    old = assembly.move_to(Assembly.Status.REVERSED)
    reverse_movements(Source.of(assembly), on=on or company_today(), by=by)
    return finish(assembly, "assembly.reversed", old, by=by, reason=reason)
