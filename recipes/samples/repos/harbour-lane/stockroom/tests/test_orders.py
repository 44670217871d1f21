from stockroom.items import Item, Lot
from stockroom.orders import allocate, release, reserve


def box(quantity):
    return Item("BX-0001", "box", [Lot(quantity, 1.5)])


def test_reserve_keeps_pieces_aside():
    item = box(10)
    assert reserve(item, 4) == 4
    assert item.reserved == 4


def test_release_gives_back():
    item = box(10)
    reserve(item, 4)
    assert release(item, 4) == 4
    assert item.reserved == 0


def test_allocate_costs():
    assert allocate(box(10), 2) == 3.0
