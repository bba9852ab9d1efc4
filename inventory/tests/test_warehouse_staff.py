"""Who may use which warehouse, and that it counts at once."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.policy import (
    authorize,
    authorize_warehouses,
    may_use_warehouse,
    set_warehouses,
    warehouses_of,
)
from inventory.models import StockBalance, StockMove, Warehouse, WarehouseStaff
from inventory.services import available_by_product, average_costs, inbound_by_product, keepers_of
from inventory.services.staff import warehouses_of_user
from orders.models import Delivery
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def main(company: Any) -> Warehouse:
    return Warehouse.objects.get(code="MAIN")


@pytest.fixture
def east(company: Any) -> Warehouse:
    return Warehouse.objects.get(code="EAST")


def again(user: User) -> User:
    """Every request reads its user anew."""
    found: User = User.objects.get(pk=user.pk)
    return found


def test_whoever_is_named_is_kept_to_his_warehouses(main: Warehouse) -> None:
    for role in ("storekeeper", "sales", "manager"):
        user = f.UserFactory(role=role, warehouses=[main])
        assert warehouses_of(user) == {main.pk}, role
        assert may_use_warehouse(user, main.pk)
        assert not may_use_warehouse(user, main.pk + 1)


def test_whoever_is_named_for_none_uses_all_with_the_right_and_else_none() -> None:
    for role in ("administrator", "manager", "sales", "purchaser", "accountant"):
        assert warehouses_of(f.UserFactory(role=role)) is None, role
    assert warehouses_of(f.UserFactory(role="storekeeper", warehouses=[])) == frozenset()


def test_a_superuser_uses_all_and_whoever_may_not_sign_in_none(main: Warehouse) -> None:
    boss = f.UserFactory(is_superuser=True, warehouses=[main])
    assert warehouses_of(boss) is None
    assert warehouses_of(AnonymousUser()) == frozenset()
    left = f.UserFactory(role="manager", is_active=False)
    assert warehouses_of(left) == frozenset()


def test_a_change_of_the_table_counts_from_the_next_request_on(
    main: Warehouse, east: Warehouse
) -> None:
    keeper = f.UserFactory(role="storekeeper", warehouses=[main])
    balance = f.StockFactory(bin=f.BinFactory(warehouse=east, code="B-010101"))
    assert not StockBalance.objects.visible_to(keeper).exists()
    row = WarehouseStaff.objects.create(user=keeper, warehouse=east)
    assert StockBalance.objects.get_visible(again(keeper), balance.pk) == balance
    row.delete()
    with pytest.raises(Http404):
        StockBalance.objects.get_visible(again(keeper), balance.pk)
    WarehouseStaff.objects.filter(user=keeper).delete()
    assert not Warehouse.objects.visible_to(again(keeper)).exists()


def test_a_move_is_seen_from_either_end(main: Warehouse, east: Warehouse) -> None:
    there, here = f.BinFactory(warehouse=east, code="E-1"), f.BinFactory(warehouse=main, code="M-1")
    away = f.StockMoveFactory(from_bin=there, to_bin=here, kind="transfer")
    theirs = f.StockMoveFactory(to_bin=there)
    keeper = f.UserFactory(role="storekeeper", warehouses=[main])
    assert list(StockMove.objects.visible_to(keeper)) == [away]
    other = f.UserFactory(role="storekeeper", warehouses=[east])
    assert list(StockMove.objects.visible_to(other)) == [theirs, away]


def test_warehouse_and_owner_must_both_fit(main: Warehouse, east: Warehouse) -> None:
    """One's own delivery from a foreign warehouse stays hidden, and so does another's from mine."""
    seller = f.UserFactory(role="sales", warehouses=[main])
    mine = f.DeliveryFactory(owner=seller, warehouse=main)
    f.DeliveryFactory(owner=seller, warehouse=east)
    f.DeliveryFactory(warehouse=main)
    assert list(Delivery.objects.visible_to(seller)) == [mine]


def test_the_right_to_the_table_still_counts(main: Warehouse) -> None:
    user = f.UserFactory(warehouses=[main])
    f.StockFactory()
    assert not StockBalance.objects.visible_to(user).exists()
    with pytest.raises(PermissionDenied):
        authorize(user, "inventory.view_stockbalance")


def test_a_document_in_sight_moves_no_goods_of_a_foreign_warehouse(
    main: Warehouse, east: Warehouse
) -> None:
    keeper = f.UserFactory(role="storekeeper", warehouses=[main])
    authorize_warehouses(keeper, main.pk)
    with pytest.raises(DomainError) as refused:
        authorize_warehouses(keeper, main.pk, east.pk)
    assert refused.value.code == "foreign_warehouse"


def test_figures_are_of_the_warehouses_asked_for(main: Warehouse, east: Warehouse) -> None:
    product = f.ProductFactory()
    f.StockFactory(product=product, on_hand=5, unit_cost=8)
    place = f.BinFactory(warehouse=east, code="B-010101")
    f.StockFactory(product=product, bin=place, on_hand=7, unit_cost=10)
    f.InboundFactory(product=product, warehouse=east, quantity=3)
    assert available_by_product([product.pk]) == {product.pk: 12}
    assert available_by_product([product.pk], within={main.pk}) == {product.pk: 5}
    assert available_by_product([product.pk], within=()) == {}
    assert inbound_by_product([product.pk]) == {product.pk: 3}
    assert inbound_by_product([product.pk], within={main.pk}) == {}
    assert average_costs([product.pk], within={east.pk}) == {product.pk: 10}


def test_those_told_are_the_keepers_of_the_warehouse(main: Warehouse, east: Warehouse) -> None:
    here = f.UserFactory(role="storekeeper", warehouses=[main])
    both = f.UserFactory(role="storekeeper", warehouses=[main, east])
    there = f.UserFactory(role="storekeeper", warehouses=[east])
    nowhere = f.UserFactory(role="storekeeper", warehouses=[])
    boss = f.UserFactory(role="manager")
    bound_boss = f.UserFactory(role="manager", warehouses=[east])
    told = keepers_of("orders.ship_delivery", main.pk)
    assert set(told) == {here, both, boss}
    assert set(keepers_of("orders.ship_delivery", main.pk, east.pk)) == {
        here,
        both,
        there,
        boss,
        bound_boss,
    }
    assert nowhere not in told


def test_without_the_table_nobody_is_let_through(monkeypatch: Any) -> None:
    monkeypatch.setattr("erp.core.policy._warehouses", None)
    with pytest.raises(RuntimeError):
        warehouses_of(f.UserFactory(role="manager"))
    set_warehouses(warehouses_of_user)
