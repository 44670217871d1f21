from .ops import select_columns


def quote_cell(cell, delimiter):
    """Quote a cell that holds the delimiter, a quote or a line break."""
    text = str(cell)
    if delimiter in text or '"' in text or "\n" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def write_rows(rows, names, delimiter=","):
    """Write the named columns of rows back as delimited text with a header."""
    lines = [delimiter.join(names)]
    for row in select_columns(rows, names):
        cells = [quote_cell(cell, delimiter) for cell in row.values()]
        lines.append(delimiter.join(cells))
    return "\n".join(lines) + "\n"


def preview(rows, limit=10):
    """Show the first rows, and say how many more there are."""
    lines = [str(row) for row in rows[:limit]]
    if len(rows) > limit:
        lines.append("... %d more" % len(rows) - limit)
    return "\n".join(lines)
