from dataclasses import dataclass, field


@dataclass
class Lot:
    quantity: int
    unit_cost: float
    received: str = ""


@dataclass
class Item:
    sku: str
    name: str
    lots: list = field(default_factory=list)
    reserved: int = 0
    reorder_at: int = 5


def parse_sku(text):
    """Split a stock keeping unit into family, number and variant.

    "BX-0042/L" gives ("BX", 42, "L"); a missing variant is "".
    """
    head, _, variant = text.strip().upper().partition("/")
    family, dash, number = head.partition("-")
    if not dash or not number.isdigit():
        raise ValueError("not a stock keeping unit: %r" % text)
    return family, int(number), variant


def on_hand(item):
    """Count the pieces of an item over all of its lots."""
    return sum(lot.quantity for lot in item.lots)


def available(item):
    """Count the pieces of an item that no order has reserved yet."""
    return on_hand(item) - item.reserved


def merge_lots(lots):
    """Join lots of equal unit cost, keeping the order of first arrival."""
    merged = {}
    for lot in lots:
        if lot.unit_cost in merged:
            merged[lot.unit_cost].quantity += lot.quantity
        else:
            merged[lot.unit_cost] = lot
    return list(merged.values())
