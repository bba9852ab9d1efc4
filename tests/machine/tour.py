"""A trader's fixed ways, subject by subject, through every verb and every refusal.

Nothing of them is left to chance: what is met here is met in every run.
"""

from collections.abc import Callable
from decimal import Decimal

from tests.machine.costs import SentBackLine
from tests.machine.selling import Asked, Order
from tests.machine.shipping import BackLine
from tests.machine.storing import Placed
from tests.machine.trader import Trader
from tests.support import assert_books_ok

D = Decimal
Tour = Callable[[Trader], None]


def walk(tour: Tour) -> None:
    """Walk it with a new trader; between all verbs the model must agree, at the end the books."""
    trader = Trader()
    trader.careful = True
    try:
        tour(trader)
        trader.agrees()
        assert_books_ok()
    finally:
        trader.leave()


def _sold(t: Trader, product: int, quantity: str, home: int = 0) -> Order:
    order = t.order(t.homes[home], Asked(t.products[product], D(quantity)))
    t.confirm(order)
    return order


def purchases(t: Trader) -> None:
    (one, two, _three), (here, *_rest) = t.products, t.bins
    order = t.draft_purchase(t.homes[0], [(one, D(5), D("1.11"))])
    t.change_purchase(order, [(one, D(1), D(1))], stale=True)
    t.change_purchase(order, [(one, D(10), D("3.3333")), (two, D(4), D("0.005"))])
    t.approve_purchase(order)  # not before it is submitted
    t.submit_purchase(order)
    t.change_purchase(order, [(one, D(1), D(1))])
    t.refuse_purchase(order)
    t.submit_purchase(order)
    t.submit_purchase(order)
    t.approve_purchase(order)
    t.refuse_purchase(order)
    t.draft_receipt(order, [(order.lines[0], D(1), here, D(0))])
    t.confirm_purchase(order)
    t.close_purchase(order)
    t.send_purchase(order)
    t.send_purchase(order)
    t.confirm_purchase(order)


def receipts(t: Trader) -> None:
    (one, two, _three), (here, _there, beside) = t.products, t.bins
    order = t.draft_purchase(t.homes[0], [(one, D(10), D("3.3333")), (two, D(4), D("0.005"))])
    for verb in (t.submit_purchase, t.approve_purchase, t.send_purchase, t.confirm_purchase):
        verb(order)
    first, second = order.lines
    part = t.draft_receipt(order, [(first, D(3), here, D(1)), (second, D("0.333"), beside, D(0))])
    assert part is not None
    t.post_receipt(part)  # not before it is counted
    t.change_receipt(part, [(first, D("2.5"), here, D(1))], stale=True)
    t.change_receipt(part, [(first, D("2.5"), here, D(1)), (first, D("0.7"), beside, D(0))])
    t.count_receipt(part)
    t.reopen_receipt(part)
    t.reopen_receipt(part)
    t.count_receipt(part)
    t.count_receipt(part)
    t.cancel_purchase(order)  # refused: goods are coming
    t.post_receipt(part, by_clerk=True)
    t.change_receipt(part, [(first, D(1), here, D(0))])
    t.cancel_receipt(part)
    t.confirm_purchase(order, days=True)
    over = t.draft_receipt(order, [(first, D("8.5"), here, D(0))])
    assert over is not None
    t.count_receipt(over)
    t.post_receipt(over, by_clerk=True)  # beyond the supplier's tolerance
    t.post_receipt(over)
    given_up = t.draft_receipt(order, [(second, D(1), here, D(0))])
    assert given_up is not None
    t.cancel_receipt(given_up)
    t.close_purchase(order, first)  # nothing open
    t.close_purchase(order, second)
    t.reverse_receipt(over)
    t.reverse_receipt(over)
    t.reverse_receipt(part)
    t.cancel_purchase(order)
    t.cancel_purchase(order)
    bought = t.buy(one, here, D("0.3"), D("0.05"))
    t.post_entry(t.entry("scrap", Placed(one, here, D("0.1"))))
    t.reverse_receipt(bought)  # some of it is gone


def sending_back(t: Trader) -> None:
    one, (here, _there, beside) = t.products[0], t.bins
    bought = t.buy(one, here, D(7), D("1.4286"), D(2))
    t.buy(one, here, D(1), D(0))
    row = bought.lines[0]
    t.draft_sent_back(bought, SentBackLine(row, D(8), here, rejected=False))
    t.draft_sent_back(bought, SentBackLine(row, D(3), here, rejected=True))
    third = t.draft_sent_back(bought, SentBackLine(row, D("2.333"), here, rejected=False))
    rest = t.draft_sent_back(bought, SentBackLine(row, D(5), here, rejected=False))
    junk = t.draft_sent_back(bought, SentBackLine(row, D(2), here, rejected=True))
    away = t.draft_sent_back(bought, SentBackLine(row, D(1), beside, rejected=False))
    assert third
    assert rest
    assert junk
    assert away
    t.reverse_sent_back(third)
    t.post_sent_back(third)
    t.post_sent_back(third)
    t.cancel_sent_back(third)
    t.post_sent_back(rest)  # more than is left of what came
    t.post_sent_back(junk)
    t.post_sent_back(away)  # none of it lies there
    t.cancel_sent_back(away)
    t.reverse_receipt(bought)  # blocked
    t.reverse_sent_back(third)
    t.reverse_sent_back(junk)
    t.post_sent_back(rest)
    t.reverse_sent_back(rest)
    t.reverse_receipt(bought)
    t.draft_sent_back(bought, SentBackLine(row, D(1), here, rejected=False))


def costs(t: Trader) -> None:
    (one, two, _three), (here, there, _beside) = t.products, t.bins
    first, second = t.buy(one, here, D(3), D("3.3333")), t.buy(two, there, D(7), D("0.07"))
    third = t.buy(one, here, D(4), D(2))
    free = t.buy(two, here, D(1), D(0))
    _ship_all(t, _sold(t, 0, "5.5"))
    for by_value in (True, False):
        cost = t.draft_landed([third, first, second], D("10.01"), by_value=by_value)
        assert cost
        t.reverse_landed(cost)
        t.post_landed(cost)
        t.post_landed(cost)
        t.cancel_landed(cost)
        t.reverse_receipt(second)  # blocked
        _ship_all(t, _sold(t, 0, "0.75"))
        t.reverse_landed(cost)
    t.draft_landed([free], D(1), by_value=True)
    given_up = t.draft_landed([free], D(1), by_value=False)
    assert given_up
    t.cancel_landed(given_up)
    bill = t.draft_bill(first, [D("4.0001")])
    t.draft_bill(first, [])
    assert bill
    t.cancel_bill(bill)
    t.post_bill(bill)
    dearer, cheaper, same = (
        t.draft_bill(first, [D("4.0001")]),
        t.draft_bill(second, [D("0.01")]),
        t.draft_bill(third, []),
    )
    for one_bill in (dearer, cheaper, same):
        assert one_bill
        t.post_bill(one_bill)
    assert dearer
    t.cancel_bill(dearer)
    t.reverse_receipt(first)  # blocked
    t.reverse_receipt(free)
    t.draft_bill(free, [])
    t.draft_landed([free, third], D(1), by_value=True)


def _ship_all(t: Trader, order: Order) -> None:
    one = t.plan(order)
    assert one is not None
    t.ship(one)


def orders(t: Trader) -> None:
    (one, two, _three), (here, _there, beside) = t.products, t.bins
    t.buy(one, here, D("7.5"), D("3.3333"))
    t.buy(one, beside, D(2), D(4))
    order = t.order(t.homes[0], Asked(one, D(1)))
    t.change_order(order, Asked(two, D(1)), stale=True)
    t.change_order(order, Asked(one, D(9)), Asked(one, D("0.75"), "gift"))
    t.reopen(order)
    t.confirm(order)  # all or nothing
    t.reserve_waiting(order)
    t.unreserve(order)
    t.close(order)
    t.confirm(order, partial=True)
    t.confirm(order)
    t.change_order(order, Asked(one, D(1)))
    t.reserve_waiting(order)  # there is nothing
    t.reopen(order)  # it holds stock
    t.unreserve(order)
    t.unreserve(order)
    t.reopen(order)
    t.confirm(order, partial=True)
    t.close(order, D("0.5"))
    planned = t.plan(order)
    assert planned
    for verb in (t.close, t.cancel, t.reopen, t.unreserve):
        verb(order)  # refused: it is planned
    t.ship(planned)
    t.cancel(order)
    t.close(order)
    t.close(order)
    other = _sold(t, 0, "0.5")
    t.cancel(other)
    t.cancel(other)
    t.buy(one, here, D(3), D(1))
    waits = t.order(t.homes[0], Asked(one, D(8), "sale"), Asked(two, D(1), "sample"))
    t.confirm(waits, partial=True)
    t.unreserve(waits)
    t.reserve_waiting(waits, D("0.333"))
    t.close(waits, D("0.00001"))  # that is nothing


def deliveries(t: Trader) -> None:
    (one, two, three), (here, there, beside) = t.products, t.bins
    for product in (one, two, three):
        t.buy(product, here, D("4.5"), D("3.3333"))
        t.buy(product, beside, D("5.5"), D("1.2345"))
    t.buy(one, there, D(2), D(9))
    order = t.order(
        t.homes[0],
        Asked(one, D(3)),
        Asked(two, D(3), "sample"),
        Asked(three, D(6)),
        Asked(one, D(2), "gift", t.homes[1]),
    )
    first, second, *_rest = order.lines
    t.confirm(order)
    one_go = t.plan(order, {first: D(1), second: D(1)})
    assert one_go
    t.step_back(one_go)
    t.step_back(one_go)
    t.pick_goods(one_go)
    t.ship(one_go)
    t.change_delivery(one_go, {one_go.lines[0]: D(2)}, stale=True)
    t.change_delivery(one_go, {one_go.lines[0]: D(2)})
    t.change_delivery(one_go, {one_go.lines[0]: D(0), one_go.lines[1]: D(0)})
    t.reserve_delivery(one_go)
    t.reserve_delivery(one_go)
    t.change_delivery(one_go, {one_go.lines[1]: D("1.5")})
    t.pick_goods(one_go)
    t.change_delivery(one_go, {one_go.lines[1]: D(1)})
    t.reserve_delivery(one_go)  # picked goods are put back by a step of their own
    t.step_back(one_go)
    t.pick_goods(one_go)
    t.finish(one_go)
    t.ship(one_go)
    t.reverse_delivery(one_go)
    t.plan_each(order)
    t.plan_each(order)  # nothing is left
    back_to_draft = t.order(t.homes[0], Asked(one, D("0.1")))
    t.confirm(back_to_draft)
    again = t.plan(back_to_draft)
    assert again
    t.cancel_delivery(again)
    t.unreserve(back_to_draft)
    t.plan(back_to_draft)  # nothing is reserved
    t.reopen(back_to_draft)
    t.change_order(back_to_draft, Asked(two, D("0.1")))  # a delivery names its line
    t.plan(back_to_draft)


def tolerances(t: Trader) -> None:
    (one, two, three), (here, there, beside) = t.products, t.bins
    for product in (one, two, three):
        t.buy(product, here, D("4.5"), D("3.3333"))
        t.buy(product, beside, D("5.5"), D("1.2345"))
    t.buy(one, there, D(2), D(9))
    order = t.order(
        *(t.homes[0], Asked(one, D(3)), Asked(three, D(6)), Asked(one, D(2), "gift", t.homes[1]))
    )
    first, third, elsewhere = order.lines
    t.confirm(order)
    t.plan(order, {third: D(7)}, by_clerk=True)  # beyond the tolerance
    little_left = t.plan(order, {third: D("5.8")}, by_clerk=True)
    assert little_left
    t.ship(little_left)  # nobody waits for the rest
    t.reverse_delivery(little_left)
    more = t.plan(order, {third: D("6.6")}, by_clerk=True)
    assert more
    t.plan(order, {third: D("0.7")})  # by who may
    t.cancel_delivery(more)
    t.cancel_delivery(more)
    t.plan(order, {first: D(99)})
    t.plan(order, {first: D(25)})  # not so much is there
    rest = t.plan(order)
    assert rest
    t.ship(rest)
    far = t.plan(order)
    assert far
    assert far.lines[0].source is elsewhere
    t.ship(far)
    t.finish(far)
    t.reverse_delivery(far)
    t.reverse_delivery(far)
    t.plan(order, {})
    over = t.plan(_sold(t, 1, "1"))
    assert over
    t.step_back(over)
    t.change_delivery(over, {over.lines[0]: D("1.5")})
    t.step_back(over)
    t.reserve_delivery(over, by_clerk=True)
    t.reserve_delivery(over)
    for live in t.live(order, "reserved", "picked"):
        t.cancel_delivery(live)


def returns(t: Trader) -> None:
    one, (here, there, _beside) = t.products[0], t.bins
    t.buy(one, here, D(3), D("3.3333"))
    t.buy(one, here, D(4), D("0.0149"))
    order = _sold(t, 0, "7")
    shipped = t.plan(order)
    assert shipped
    row = shipped.lines[0]
    t.draft_return(shipped, BackLine(row, D(1), here))
    t.ship(shipped)
    t.draft_return(shipped, BackLine(row, D("7.001"), here))
    some = t.draft_return(shipped, BackLine(row, D("2.333"), here, D(1)))
    more = t.draft_return(shipped, BackLine(row, D(3), there))
    t.draft_return(shipped, BackLine(row, D(2), here))
    assert some
    assert more
    t.reverse_return(some)
    t.post_return(some)
    t.post_return(some)
    t.cancel_return(some)
    t.reverse_delivery(shipped)  # blocked
    t.post_return(more)
    t.post_entry(t.entry("scrap", Placed(one, there, D("0.5"))))
    t.reverse_return(more)  # some of it is gone
    t.post_entry(t.entry("surplus", Placed(one, there, D(1), D(0))))
    t.reverse_return(more)
    t.reverse_return(some)
    given_up = t.draft_return(shipped, BackLine(row, D(7), here))
    assert given_up
    t.cancel_return(given_up)
    t.reverse_delivery(shipped)


def entries(t: Trader) -> None:
    (one, two, _three), (here, there, beside) = t.products, t.bins
    found = t.entry("surplus", Placed(one, here, D(3), D("1.005")), Placed(two, here, D(1)))
    t.change_entry(found, Placed(one, here, D(1)), stale=True)
    t.refuse_entry(found)
    t.submit_entry(found)
    t.submit_entry(found)
    t.change_entry(found, Placed(one, here, D(1)))
    t.refuse_entry(found)
    t.change_entry(found, Placed(one, here, D("0.7"), D("1.005")), Placed(one, here, D(1)))
    t.post_entry(found)
    t.post_entry(found)
    t.cancel_entry(found)
    t.post_entry(t.entry("adjustment_in", Placed(one, there, D("0.3"))))  # at what it costs there
    dear = t.entry("adjustment_in", Placed(two, here, D(2), D(9999)))
    t.post_entry(dear, by_clerk=True)
    t.post_entry(dear)
    for kind in ("sample", "scrap", "adjustment_out"):
        one_of_it = t.entry(kind, Placed(one, here, D("0.333")))
        t.reverse_entry(one_of_it)
        t.post_entry(one_of_it)
        t.post_entry(t.entry(kind, Placed(one, here, D(99))))
        if kind == "scrap":
            t.reverse_entry(one_of_it)
    t.reverse_entry(found)  # some of it is gone
    t.reverse_entry(dear)
    gone = t.entry("scrap", Placed(one, here, D(1)))
    t.cancel_entry(gone)
    moved = t.move_bin(one, here, beside, D("0.5"))
    t.move_bin(one, here, beside, D(99))
    assert moved
    t.move_back(moved)
    t.move_back(moved)
    t.post_entry(t.entry("scrap", Placed(one, here, t.model.free(one, here))))  # the last unit


def sets(t: Trader) -> None:
    (one, two, three), (here, there, beside) = t.products, t.bins
    t.buy(one, here, D(3), D("3.3333"))
    t.buy(two, beside, D(3), D("0.0149"))
    parts = [Placed(one, here, D("1.333")), Placed(two, beside, D(2))]
    t.set_order(Placed(one, here, D(1)), parts)
    t.set_order(Placed(three, here, D(1)), [*parts, parts[0]])
    pair = t.set_order(Placed(three, here, D("0.7")), parts[:1], labour=D("0.13"))
    assert pair
    t.change_set(pair, parts, stale=True)
    t.change_set(pair, parts)
    t.reverse_set(pair)
    t.post_set(pair)
    t.post_set(pair)
    t.change_set(pair, parts)
    t.cancel_set(pair)
    halves = [Placed(one, here, D("0.7")), Placed(two, here, D("0.3"))]
    apart = t.set_order(Placed(three, here, D("0.333")), halves, takes_apart=True)
    assert apart
    t.post_set(apart)
    t.reverse_set(pair)  # some of it is gone
    t.reverse_set(apart)
    t.reverse_set(pair)
    t.post_entry(t.entry("surplus", Placed(three, there, D(1), D("7.77"))))
    unknown = t.set_order(Placed(three, there, D(1)), _at(halves, there), takes_apart=True)
    short = t.set_order(Placed(three, here, D(1)), [Placed(one, here, D(99))])
    assert unknown
    assert short
    t.post_set(short)
    t.cancel_set(short)
    t.post_set(unknown)
    too_much = t.set_order(Placed(three, there, D(9)), _at(halves, there), takes_apart=True)
    assert too_much
    t.post_set(too_much)


def _at(parts: list[Placed], place: int) -> list[Placed]:
    return [Placed(part.product, place, part.quantity) for part in parts]


def roads(t: Trader) -> None:
    (one, two, _three), (here, there, beside) = t.products, t.bins
    home, target = t.homes
    t.buy(one, here, D(2), D("3.3333"))
    t.buy(one, beside, D(5), D("0.0149"))
    haul = t.haul(home, target, (one, D(1), None))
    t.change_haul(haul, (one, D(6), None), stale=True)
    t.change_haul(haul, (one, D(6), None), (one, D("0.5"), beside))
    t.ship_haul(haul)
    t.receive_haul(haul, [(haul.lines[0], D(1), D(0), there)])
    t.unreserve_haul(haul)
    t.reserve_haul(haul)
    t.reserve_haul(haul)
    t.change_haul(haul, (one, D(1), None))
    t.unreserve_haul(haul)
    t.reserve_haul(haul)
    t.reverse_haul(haul)
    t.ship_haul(haul)
    first, second = haul.lines
    t.cancel_haul(haul)
    t.receive_haul(haul, [])
    t.receive_haul(haul, [(first, D(6), D("0.001"), there)])
    t.receive_haul(haul, [(first, D(1), D(1), there)], said=False)
    t.receive_haul(haul, [(first, D("2.333"), D("0.333"), there)])
    t.receive_haul(haul, [(first, D("3.334"), D(0), there), (second, D(0), D("0.5"), there)])
    t.receive_haul(haul, [(first, D(1), D(0), there)])
    _ship_all(t, _sold(t, 0, "1", home=1))
    t.reverse_haul(haul)  # some of it is gone
    t.buy(one, there, D(1), D(0))
    t.reverse_haul(haul)
    t.reverse_haul(haul)
    short = t.haul(home, target, (one, D(1), None), (two, D(1), None))
    t.reserve_haul(short)
    t.cancel_haul(short)
    lost = t.haul(home, target, (one, D("0.5"), beside))
    t.reserve_haul(lost)
    t.ship_haul(lost)
    t.reverse_haul(lost)


def counts(t: Trader) -> None:
    (one, two, three), (here, _there, beside) = t.products, t.bins
    home = t.homes[0]
    t.draft_count(t.homes[1])
    t.buy(one, here, D(5), D("3.3333"))
    t.buy(two, here, D(5), D("0.0149"))
    count = t.draft_count(home)
    assert count
    t.count(count, (one, here), D(1))
    t.buy(one, beside, D(1), D(7))
    t.start_count(count)
    t.start_count(count)
    t.review_count(count)  # nothing was counted
    t.recount(count)
    _ship_all(t, _sold(t, 0, "0.5"))  # trade goes on
    t.count(count, (one, here), D(4))
    t.count(count, (two, here), D("5.333"))
    t.count(count, (three, beside), D("0.3"))
    t.count(count, (one, beside), D(0))
    t.count(count, (one, beside), None)
    _ship_all(t, _sold(t, 0, "0.25"))
    t.post_count(count)
    t.review_count(count)
    t.recount(count)
    t.review_count(count)
    t.review_count(count)
    holds = _sold(t, 0, "4.75")  # less than that would be left
    t.post_count(count)
    t.cancel(holds)
    t.reverse_count(count)
    t.post_count(count)
    t.post_count(count)
    t.cancel_count(count)
    _sold(t, 2, "0.3")
    t.reverse_count(count)  # what was found is promised
    stale, dear, given_up = (t.draft_count(home) for _n in range(3))
    for fresh in (stale, dear, given_up):
        assert fresh
        t.start_count(fresh)
    assert stale
    assert dear
    assert given_up
    t.cancel_count(given_up)
    t.count(stale, (one, here), D(1))
    t.count(dear, (one, here), D(500))
    t.review_count(stale)
    t.review_count(dear)
    t.post_count(dear, by_clerk=True)
    t.post_count(dear)
    t.post_count(stale)  # it was corrected since
    t.reverse_count(dear)


TOURS: dict[str, Tour] = {
    tour.__name__: tour
    for tour in (
        *(purchases, receipts, sending_back, costs),
        *(orders, deliveries, tolerances, returns),
        *(entries, sets, roads, counts),
    )
}
