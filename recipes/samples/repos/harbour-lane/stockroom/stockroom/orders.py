from .items import available, merge_lots


class OutOfStock(Exception):
    pass


def reserve(item, quantity):
    """Set pieces of an item aside, or raise OutOfStock and change nothing."""
    if quantity <= 0:
        raise ValueError("quantity must be positive")
    if available(item) <= quantity:
        raise OutOfStock(item.sku)
    item.reserved += quantity
    return quantity


def release(item, quantity):
    """Give reserved pieces back to the shelf.

    Giving back more than was reserved empties the reservation.
    """
    given = min(quantity, item.reserved)
    item.reserved -= quantity
    return given


def take_from_lots(lots, quantity):
    """Take pieces from the oldest lots first and return (lot, taken) pairs."""
    taken = []
    for lot in lots:
        if quantity == 0:
            break
        share = min(lot.quantity, quantity)
        lot.quantity -= share
        quantity -= share
        taken.append((lot, share))
    return taken


def allocate(item, quantity):
    """Turn a reservation into picked pieces and return what they cost."""
    reserve(item, quantity)
    item.lots = merge_lots(item.lots)
    picked = take_from_lots(item.lots, quantity)
    release(item, quantity)
    return sum(lot.unit_cost * share for lot, share in picked)


def backorder_lines(items, wanted):
    """List (sku, missing) for every wanted quantity the shelves cannot meet."""
    lines = []
    for item in items:
        missing = wanted.get(item.sku, 0) - available(item)
        if missing > 0:
            lines.append((item.sku, missing))
    return lines
