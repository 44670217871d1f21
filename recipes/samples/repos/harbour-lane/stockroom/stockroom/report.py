from .items import available, on_hand


def low_stock(items):
    """Pick the items whose free pieces have sunk to the reorder mark."""
    return [item for item in items if available(item) < item.reorder_at]


def valuation(items):
    """Add up what everything on the shelves has cost."""
    total = 0.0
    for item in items:
        for lot in item.lots:
            total += lot.quantity * lot.unit_cost
    return round(total, 2)


def column_widths(rows):
    """Measure the widest cell of every column."""
    widths = []
    for row in rows:
        for column, cell in enumerate(row):
            if column == len(widths):
                widths.append(0)
            widths[column] = max(widths[column], len(str(cell)))
    return widths


def stock_table(items):
    """Lay out sku, name and pieces of every item as aligned text."""
    rows = [(item.sku, item.name, on_hand(item)) for item in items]
    widths = column_widths(rows)
    lines = []
    for row in rows:
        cells = [str(cell).ljust(width) for cell, width in zip(row, widths)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
